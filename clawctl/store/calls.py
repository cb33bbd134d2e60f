"""Calls and their turns: how they are written, and read back."""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TypeVar

from msgspec import json

from clawctl.call.ports import CallState, StoredCall, TurnRecord, Wanted
from clawctl.store.backlog import Step

T = TypeVar("T")

# When a call began never changes, nor who called once that is known: setting them again would write
# their indexes again.
_PUT_CALL = """
INSERT INTO calls (session_id, created_at, ended_at, summary_upto, state, caller_number)
VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (session_id) DO UPDATE SET
    ended_at = excluded.ended_at, summary_upto = excluded.summary_upto, state = excluded.state
"""
_PUT_TURN = """
INSERT INTO turns (session_id, number, turn) VALUES (?, ?, ?)
ON CONFLICT (session_id, number) DO UPDATE SET turn = excluded.turn
"""
_PUT_NUMBER = "UPDATE calls SET caller_number = ?1 WHERE session_id = ?2 AND caller_number != ?1"
_CALL = "SELECT state FROM calls WHERE session_id = ?"
_LIVE = "SELECT state FROM calls WHERE ended_at IS NULL"
_LIVE_TURNS = """
SELECT turn FROM calls JOIN turns USING (session_id)
WHERE ended_at IS NULL AND number > summary_upto
"""
_NEWEST = "SELECT state FROM calls WHERE {} ORDER BY created_at DESC, session_id DESC LIMIT ?"
_BEFORE = (
    "(created_at, session_id) < (SELECT created_at, session_id FROM calls WHERE session_id = ?)"
)
_OVER = "session_id = ?1 AND EXISTS (SELECT 1 FROM calls WHERE session_id = ?1 AND ended_at)"
_FORGET = (
    f"DELETE FROM turns WHERE {_OVER}",  # noqa: S608 - words of ours
    f"DELETE FROM events WHERE {_OVER}",  # noqa: S608
    f"DELETE FROM messages WHERE {_OVER}",  # noqa: S608
    "DELETE FROM calls WHERE session_id = ? AND ended_at",
)
_NEWEST_TURNS = """
SELECT turn FROM turns WHERE turn ->> '$.started_at' >= ? ORDER BY id DESC LIMIT ?
"""
_TURNS = "SELECT turn FROM turns WHERE session_id = ? AND number > ? ORDER BY number"

_state = json.Decoder(CallState).decode
_turn = json.Decoder(TurnRecord).decode


def put_call(state: CallState) -> tuple[Step, ...]:
    ended_at = state.ended_at if state.end_reason else None
    text = json.encode(state).decode()
    row = (state.session_id, state.created_at, ended_at, state.summary_upto, text)
    return (
        Step(_PUT_CALL, ((*row, state.caller_number),)),
        Step(_PUT_NUMBER, ((state.caller_number, state.session_id),)),
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


def calls(db: sqlite3.Connection, wanted: Wanted) -> list[CallState]:
    """Newest first; rows are read in the order of an index, no more of them than needed."""
    conditions = {
        _BEFORE: wanted.before,
        "created_at >= ?": wanted.since,
        "created_at < ?": wanted.until,
        "caller_number = ? AND caller_number != ''": wanted.number,
    }
    given = {sql: value for sql, value in conditions.items() if value}
    terms = [*given, *(["ended_at IS NOT NULL"] if wanted.ended else [])]
    rows = db.execute(_NEWEST.format(" AND ".join(terms) or "1"), (*given.values(), wanted.limit))
    return [_state(text) for (text,) in rows]


def forget(session_id: str) -> tuple[Step, ...]:
    """A call that is over, with all that belongs to it; the last step tells whether there was one.

    No index leads from a call to its events, for every turn would have to write it: they are all
    looked through, some 50 ms for half a million.
    """
    return tuple(Step(sql, ((session_id,),)) for sql in _FORGET)


def newest_turns(
    db: sqlite3.Connection, since: float, limit: int, look: Callable[[Iterable[TurnRecord]], T]
) -> T:
    """One turn at a time: a hundred thousand of them would be 200 MB."""
    return look(_turn(text) for (text,) in db.execute(_NEWEST_TURNS, (since, limit)))


def turns(db: sqlite3.Connection, session_id: str, after: int = 0) -> list[TurnRecord]:
    return [_turn(text) for (text,) in db.execute(_TURNS, (session_id, after))]
