"""What was announced, by `seq`."""

import sqlite3
from collections.abc import Iterator

from msgspec import json

from clawctl.store.backlog import Step
from clawctl.wire.events import Event, Stamped

_PUT = """
INSERT INTO events (seq, timestamp, type, session_id, event) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (seq) DO NOTHING
"""
_AFTER = "SELECT seq, timestamp, type, event FROM events WHERE seq > ? ORDER BY seq LIMIT ?"

_Row = tuple[int, float, str, str, str]


def put(*stamped: Stamped) -> Step:
    return Step(_PUT, tuple(_row(one) for one in stamped))


def _row(stamped: Stamped) -> _Row:
    event = stamped.event
    text = json.encode(event).decode()
    return stamped.seq, stamped.timestamp, event.type, event.session_id, text


def after(db: sqlite3.Connection, seq: int, limit: int) -> list[Stamped]:
    """An event of a type that is not known (any more, or not yet) is passed over."""
    known = {kind.type: kind for kind in _kinds(Event)}
    return [
        Stamped(number, timestamp, json.decode(text, type=known[name]))
        for number, timestamp, name, text in db.execute(_AFTER, (seq, limit))
        if name in known
    ]


def _kinds(kind: type[Event]) -> Iterator[type[Event]]:
    for sub in kind.__subclasses__():
        if "type" in vars(sub):
            yield sub
        yield from _kinds(sub)
