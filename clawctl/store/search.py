"""What was said, found again: the index of words asked, newest turn first."""

import sqlite3

from msgspec import json

from clawctl.call.ports import Hit, Search, TurnRecord

# Between these stand the words that were found.
FOUND, END = "\x02", "\x03"
# Words of a snippet.
AROUND = 16

_SEARCH = f"""
SELECT turn, caller_number, snippet(words, 0, '{FOUND}', '{END}', '…', {AROUND}),
    snippet(words, 1, '{FOUND}', '{END}', '…', {AROUND})
FROM words JOIN turns ON turns.id = words.rowid LEFT JOIN calls USING (session_id)
WHERE words MATCH ?{{}} ORDER BY words.rowid DESC LIMIT ? OFFSET ?
"""  # noqa: S608 - words of ours

_turn = json.Decoder(TurnRecord).decode


def search(db: sqlite3.Connection, wanted: Search, expression: str) -> list[Hit]:
    """`expression` is in the language of FTS5 (sqlite.org/fts5.html, "Full-text Query Syntax")."""
    conditions = {
        "turn ->> '$.started_at' >= ?": wanted.since,
        "turn ->> '$.started_at' < ?": wanted.until,
        "caller_number = ?": wanted.number,
    }
    given = {sql: value for sql, value in conditions.items() if value}
    sql = _SEARCH.format("".join(f" AND {term}" for term in given))
    rows = db.execute(sql, (expression, *given.values(), wanted.limit, wanted.offset))
    return [_hit(*row) for row in rows]


def _hit(text: str, number: str | None, caller: str, assistant: str) -> Hit:
    turn, by_caller = _turn(text), FOUND in caller
    return Hit(
        session_id=turn.session_id,
        turn=turn.number,
        timestamp=turn.started_at,
        caller_number=number or "",
        said_by="caller" if by_caller else "assistant",
        text=turn.transcript if by_caller else turn.reply,
        snippet=caller if by_caller else assistant,
    )
