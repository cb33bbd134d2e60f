"""What callers asked to be passed on, and whether the owner is done with it."""

import sqlite3

from msgspec import json

from clawctl.call.ports import StoredMessage
from clawctl.engines.api import TakenMessage
from clawctl.store.backlog import Step

# A message that was done is open again only if it comes with other words.
_PUT = """
INSERT INTO messages (id, session_id, caller_number, taken_at, done, message)
VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
    session_id = excluded.session_id, caller_number = excluded.caller_number,
    taken_at = excluded.taken_at, message = excluded.message,
    done = excluded.done OR (done AND message = excluded.message)
"""
_FINISH = "UPDATE messages SET done = 1 WHERE id = ?"
_LIST = """
SELECT id, session_id, caller_number, taken_at, done, message FROM messages
WHERE ?1 IS NULL OR done = ?1 ORDER BY taken_at, id
"""

_UNREAD = "SELECT count(*) FROM messages WHERE NOT done"

_words = json.Decoder(TakenMessage).decode


def put(stored: StoredMessage) -> Step:
    words = json.encode(stored.message).decode()
    return Step(
        _PUT,
        (
            (
                stored.id,
                stored.session_id,
                stored.caller_number,
                stored.taken_at,
                stored.done,
                words,
            ),
        ),
    )


def finish(message_id: str) -> Step:
    return Step(_FINISH, ((message_id,),))


def messages(db: sqlite3.Connection, done: bool | None) -> list[StoredMessage]:
    return [
        StoredMessage(
            id=message_id,
            session_id=session_id,
            caller_number=number,
            taken_at=taken_at,
            done=bool(finished),
            message=_words(words),
        )
        for message_id, session_id, number, taken_at, finished, words in db.execute(_LIST, (done,))
    ]


def unread(db: sqlite3.Connection) -> int:
    return int(db.execute(_UNREAD).fetchone()[0])
