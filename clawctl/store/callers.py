"""What is remembered of a number from call to call."""

import sqlite3

from msgspec import json

from clawctl.call.ports import CallerHistory, KnownCaller
from clawctl.store.backlog import Step

_PUT = """
INSERT INTO callers (number, last_call_at, history) VALUES (?, ?, ?)
ON CONFLICT (number) DO UPDATE SET
    last_call_at = excluded.last_call_at, history = excluded.history
"""
_GET = "SELECT history FROM callers WHERE number = ?"
_LIST = """
SELECT number, history ->> '$.total_calls', last_call_at FROM callers
ORDER BY last_call_at DESC, number
"""
_FORGET = "DELETE FROM callers WHERE number = ?"

_history = json.Decoder(CallerHistory).decode


def put(history: CallerHistory) -> Step:
    return Step(_PUT, ((history.number, history.last_call_at, json.encode(history).decode()),))


def forget(number: str) -> Step:
    return Step(_FORGET, ((number,),))


def caller(db: sqlite3.Connection, number: str) -> CallerHistory | None:
    row = db.execute(_GET, (number,)).fetchone()
    return None if row is None else _history(row[0])


def callers(db: sqlite3.Connection) -> list[KnownCaller]:
    """Who called last comes first."""
    return [
        KnownCaller(number=number, total_calls=calls, last_call_at=last)
        for number, calls, last in db.execute(_LIST)
    ]
