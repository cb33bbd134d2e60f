"""Words looked for in 100,000 turns: ours beside sqlite3's own query on the same file."""

import random
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import trio

from benchmarks.table import Figure, show
from clawctl.call.ports import CallState, Entry, Search, TurnRecord, Wanted
from clawctl.store.database import FILE_NAME
from clawctl.store.sqlite import SqliteStore, open_store
from clawctl.wire.events import Stamped, TurnReply

TURNS = 100_000
TURNS_A_CALL = 10
ROUNDS = 30
MOST_RATIO = 3.0
# What a list or the end of the events may take, however much is stored.
MOST_MS = 20.0

# The most usual, one in a hundred turns, one in ten thousand.
USUAL, SOMETIMES, RARE = "the", "appointment", "zanzibar"
WORDS = (
    "the", "a", "to", "please", "call", "me", "about", "my", "your", "order", "number", "street",
    "monday", "tuesday", "it", "is", "not",
)  # fmt: skip
# As somebody writes it, and as FTS5 reads it.
QUERIES = {
    "a usual word": (USUAL, '"the"'),
    "a word of one turn in a hundred": (SOMETIMES, '"appointment"'),
    "a word of one in ten thousand": (RARE, '"zanzibar"'),
    "two words": (f"{USUAL} {SOMETIMES}", '"the" AND "appointment"'),
    "a phrase": ('"call me"', '"call me"'),
    "a beginning": ("zanz*", '"zanz"*'),
}
SQL = """
SELECT turn, snippet(words, 0, '[', ']', '…', 16), snippet(words, 1, '[', ']', '…', 16)
FROM words JOIN turns ON turns.id = words.rowid WHERE words MATCH ?
ORDER BY words.rowid DESC LIMIT 20
"""


def measure() -> bool:
    """Build the file, then ask both in turn; whether the limits were kept."""
    with tempfile.TemporaryDirectory() as place:
        return trio.run(_measure, Path(place))


async def _measure(place: Path) -> bool:
    async with open_store(place) as store:
        await _fill(store)
        with closing(sqlite3.connect(place / FILE_NAME)) as db:
            figures = [await _compare(store, db, name, *query) for name, query in QUERIES.items()]
        lists = [
            Figure(
                "calls, the newest 50", await _times(lambda: store.calls(Wanted())), "ms", MOST_MS
            ),
            Figure(
                "events, the last 20", await _times(lambda: store.last_events(20)), "ms", MOST_MS
            ),
        ]
    kept = show(f"Searching {TURNS:,} turns: ours as a multiple of sqlite3's own", figures)
    return show("Lists beside them", lists) and kept


async def _compare(
    store: SqliteStore, db: sqlite3.Connection, name: str, words: str, expression: str
) -> Figure:
    ratios = []
    for _ in range(ROUNDS):
        ours = (await _times(lambda: store.search(Search(words=words)), 1))[0]
        began = time.perf_counter()
        db.execute(SQL, (expression,)).fetchall()
        ratios.append(ours / ((time.perf_counter() - began) * 1000))
    return Figure(name, ratios, most=MOST_RATIO)


async def _times(ask: Callable[[], Awaitable[object]], rounds: int = ROUNDS) -> list[float]:
    """Milliseconds of each."""
    found = []
    for _ in range(rounds):
        began = time.perf_counter()
        await ask()
        found.append((time.perf_counter() - began) * 1000)
    return found


async def _fill(store: SqliteStore) -> None:
    rng = random.Random(1)
    for call in range(TURNS // TURNS_A_CALL):
        state = CallState(
            session_id=f"{call:032x}", created_at=call * 60.0, end_reason="hangup",
            ended_at=call * 60.0 + 50, turn_count=TURNS_A_CALL,
        )  # fmt: skip
        for number in range(1, TURNS_A_CALL + 1):
            seq = call * TURNS_A_CALL + number
            turn = TurnRecord(
                session_id=state.session_id, number=number, started_at=state.created_at + number,
                transcript=_sentence(rng, seq), reply=_sentence(rng, 0),
            )  # fmt: skip
            event = TurnReply(session_id=state.session_id, reply=turn.reply)
            store.record_soon(
                Entry(call=state, turn=turn, events=[Stamped(seq, turn.started_at, event)])
            )
        if call % 100 == 0:
            await store.caught_up()
    await store.caught_up()


def _sentence(rng: random.Random, seq: int) -> str:
    words = rng.choices(WORDS, k=12)
    if seq and seq % 100 == 0:
        words[3] = SOMETIMES
    if seq and seq % 10_000 == 0:
        words[5] = RARE
    return " ".join(words)
