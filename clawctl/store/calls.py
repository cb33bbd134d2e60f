"""Calls and their turns: how they are written, and read back."""

import sqlite3
from collections import defaultdict

from msgspec import json

from clawctl.call.ports import CallState, StoredCall, TurnRecord
from clawctl.store.backlog import Step

# When a call began never changes, and setting it again would write its index again.
_PUT_CALL = """
INSERT INTO calls (session_id, created_at, ended_at, summary_upto, state) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (session_id) DO UPDATE SET
    ended_at = excluded.ended_at, summary_upto = excluded.summary_upto, state = excluded.state
"""
_PUT_TURN = """
INSERT INTO turns (session_id, number, turn) VALUES (?, ?, ?)
ON CONFLICT (session_id, number) DO UPDATE SET turn = excluded.turn
"""
_CALL = "SELECT state FROM calls WHERE session_id = ?"
_LIVE = "SELECT state FROM calls WHERE ended_at IS NULL"
_LIVE_TURNS = """
SELECT turn FROM calls JOIN turns USING (session_id)
WHERE ended_at IS NULL AND number > summary_upto
"""
_NEWEST = "SELECT state FROM calls ORDER BY created_at DESC, session_id DESC LIMIT ?"
_NEWEST_BEFORE = """
SELECT state FROM calls
WHERE (created_at, session_id) < (SELECT created_at, session_id FROM calls WHERE session_id = ?)
ORDER BY created_at DESC, session_id DESC LIMIT ?
"""
_TURNS = "SELECT turn FROM turns WHERE session_id = ? AND number > ? ORDER BY number"

_state = json.Decoder(CallState).decode
_turn = json.Decoder(TurnRecord).decode


def put_call(state: CallState) -> Step:
    ended_at = state.ended_at if state.end_reason else None
    text = json.encode(state).decode()
    return Step(
        _PUT_CALL, ((state.session_id, state.created_at, ended_at, state.summary_upto, text),)
    )


def put_turn(turn: TurnRecord) -> Step:
    return Step(_PUT_TURN, ((turn.session_id, turn.number, json.encode(turn).decode()),))


def call(db: sqlite3.Connection, session_id: str) -> StoredCall | None:
    row = db.execute(_CALL, (session_id,)).fetchone()
    if row is None:
        return None
    state = _state(row[0])
    return StoredCall(state=state, turns=turns(db, session_id, after=state.summary_upto))


def live_calls(db: sqlite3.Connection) -> list[StoredCall]:
    """Two queries however many calls there are."""
    states = sorted((_state(text) for (text,) in db.execute(_LIVE)), key=lambda s: s.updated_at)
    told = defaultdict[str, list[TurnRecord]](list)
    for (text,) in db.execute(_LIVE_TURNS):
        turn = _turn(text)
        told[turn.session_id].append(turn)
    for one in told.values():
        one.sort(key=lambda turn: turn.number)
    return [StoredCall(state=state, turns=told.pop(state.session_id, [])) for state in states]


def calls(db: sqlite3.Connection, limit: int, before: str) -> list[CallState]:
    rows = db.execute(_NEWEST_BEFORE, (before, limit)) if before else db.execute(_NEWEST, (limit,))
    return [_state(text) for (text,) in rows]


def turns(db: sqlite3.Connection, session_id: str, after: int = 0) -> list[TurnRecord]:
    return [_turn(text) for (text,) in db.execute(_TURNS, (session_id, after))]
