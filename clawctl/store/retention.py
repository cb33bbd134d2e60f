"""What is too old to be kept: found by a reader, deleted a little at a time."""

import sqlite3
from collections.abc import Sequence

from clawctl.store.backlog import Step

# So many are deleted in one transaction, about a millisecond that a turn may have to wait.
CALLS_AT_ONCE = 5
EVENTS_AT_ONCE = 100

_ENDED = "SELECT session_id FROM calls WHERE ended_at < ? ORDER BY ended_at LIMIT ?"
# Asked again when it is done: the call may go on by now.
_DELETE_CALL = "DELETE FROM calls WHERE session_id = ? AND ended_at < ?"
_DELETE_TURNS = """
DELETE FROM turns WHERE session_id = ?1
AND NOT EXISTS (SELECT 1 FROM calls WHERE session_id = ?1)
"""
_STRAY_EVENTS = """
SELECT seq FROM events
WHERE seq > ? AND timestamp < ? AND session_id NOT IN (SELECT session_id FROM calls)
ORDER BY seq LIMIT ?
"""
_DELETE_EVENT = "DELETE FROM events WHERE seq = ?"
_DELETE_MESSAGES = """
DELETE FROM messages
WHERE done AND taken_at < ? AND session_id NOT IN (SELECT session_id FROM calls)
"""
_DELETE_CALLERS = "DELETE FROM callers WHERE last_call_at < ?"


def ended(db: sqlite3.Connection, before: float) -> list[str]:
    return [session_id for (session_id,) in db.execute(_ENDED, (before, CALLS_AT_ONCE))]


def delete_calls(session_ids: Sequence[str], before: float) -> tuple[Step, Step]:
    return (
        Step(_DELETE_CALL, tuple((session_id, before) for session_id in session_ids)),
        Step(_DELETE_TURNS, tuple((session_id,) for session_id in session_ids)),
    )


def stray_events(db: sqlite3.Connection, after: int, before: float) -> list[int]:
    """Old events of no call that is kept, after a seq."""
    return [seq for (seq,) in db.execute(_STRAY_EVENTS, (after, before, EVENTS_AT_ONCE))]


def delete_events(seqs: Sequence[int]) -> Step:
    return Step(_DELETE_EVENT, tuple((seq,) for seq in seqs))


def delete_rest(before: float) -> tuple[Step, Step]:
    return Step(_DELETE_MESSAGES, ((before,),)), Step(_DELETE_CALLERS, ((before,),))
