"""What was announced, by `seq`."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from msgspec import json

from clawctl.store.backlog import Step
from clawctl.wire.events import Event, Stamped

_PUT = """
INSERT INTO events (seq, timestamp, type, session_id, event) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (seq) DO NOTHING
"""
_AFTER = "SELECT seq, timestamp, type, event FROM events WHERE seq > ?{} ORDER BY seq LIMIT ?"
_LAST = "SELECT seq, timestamp, type, event FROM events WHERE 1{} ORDER BY seq DESC LIMIT ?"
_NEXT = "SELECT seq, timestamp FROM events WHERE seq > ? ORDER BY seq LIMIT 1"


@dataclass(frozen=True, slots=True)
class EventFilter:
    """More conditions for a query of ours, and their values."""

    sql: str = ""
    values: tuple[str, ...] = ()


ALL = EventFilter()

_Row = tuple[int, float, str, str, str]


def put(*stamped: Stamped) -> Step:
    return Step(_PUT, tuple(_row(one) for one in stamped))


def _row(stamped: Stamped) -> _Row:
    event = stamped.event
    text = json.encode(event).decode()
    return stamped.seq, stamped.timestamp, event.type, event.session_id, text


def after(db: sqlite3.Connection, seq: int, limit: int, wanted: EventFilter = ALL) -> list[Stamped]:
    """An event of a type that is not known (any more, or not yet) is passed over."""
    return _read(db.execute(_AFTER.format(wanted.sql), (seq, *wanted.values, limit)))


def last(db: sqlite3.Connection, limit: int, wanted: EventFilter = ALL) -> list[Stamped]:
    """The newest of those wanted, oldest first."""
    return _read(db.execute(_LAST.format(wanted.sql), (*wanted.values, limit)))[::-1]


def seq_before(db: sqlite3.Connection, timestamp: float) -> int:
    """Events after this seq are not older; found by halving, as seq and time grow together."""
    low, high = db.execute(
        "SELECT coalesce(min(seq), 1) - 1, coalesce(max(seq), 0) FROM events"
    ).fetchone()
    while low < high:
        middle = (low + high) // 2
        at = db.execute(_NEXT, (middle,)).fetchone()
        if at is None or at[1] >= timestamp:
            high = middle
        else:
            low = at[0]
    return int(low)


def wanted(session_id: str = "", types: Sequence[str] = ()) -> EventFilter:
    """`types` are names, or families such as "turn.*"."""
    terms, values = list[str](), list[str]()
    if session_id:
        terms.append("session_id = ?")
        values.append(session_id)
    if types:
        terms.append("(" + " OR ".join("type GLOB ?" for _ in types) + ")")
        values += [_glob(name) for name in types]
    return EventFilter("".join(f" AND {term}" for term in terms), tuple(values))


def _glob(name: str) -> str:
    """A name as GLOB takes it; only a star at its end means more than itself."""
    family = name.endswith("*")
    plain = "".join(f"[{c}]" if c in "*?[" else c for c in name.removesuffix("*"))
    return plain + "*" * family


def _read(rows: Iterable[tuple[int, float, str, str]]) -> list[Stamped]:
    known = {kind.type: kind for kind in _kinds(Event)}
    return [
        Stamped(number, timestamp, json.decode(text, type=known[name]))
        for number, timestamp, name, text in rows
        if name in known
    ]


def _kinds(kind: type[Event]) -> Iterator[type[Event]]:
    for sub in kind.__subclasses__():
        if "type" in vars(sub):
            yield sub
        yield from _kinds(sub)
