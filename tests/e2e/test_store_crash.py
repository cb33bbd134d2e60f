"""A gateway killed while it writes: what was acknowledged is there, and no seq comes twice."""

import random
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import trio

from clawctl.store.database import FILE_NAME
from clawctl.store.sqlite import open_store

pytestmark = pytest.mark.journey

ROUNDS = 15

# Four calls at once, turn after turn. An event is told before it is stored; a turn is
# acknowledged when it is recorded.
WRITE_UNTIL_KILLED = """
import os, sys
from pathlib import Path

import trio

from clawctl.bus import Bus
from clawctl.call.ports import CallState, Entry, TurnRecord
from clawctl.store.sqlite import open_store
from clawctl.wire.events import TurnReply, TurnStarted

def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())

async def talk(store, bus, session_id):
    number = 0
    while True:
        number += 1
        say("told", bus.publish(TurnStarted(session_id=session_id)).seq)
        held = bus.hold(TurnReply(session_id=session_id, reply="Hello " * 50))
        await store.record(
            Entry(
                call=CallState(session_id=session_id, turn_count=number),
                turn=TurnRecord(session_id=session_id, number=number, started_at=1.0),
                events=[held.stamped],
            )
        )
        say("stored", session_id, number, held.stamped.seq)
        bus.tell(held)

async def main(data_dir, name):
    async with open_store(Path(data_dir)) as store, trio.open_nursery() as nursery:
        say("opened", store.last_seq())
        bus = Bus(lambda: 1.0, store.last_seq())
        bus.keep = store.keep
        for line in "abcd":
            nursery.start_soon(talk, store, bus, f"{name}-{line}")

trio.run(main, *sys.argv[1:])
"""


@dataclass
class Said:
    """What a killed writer had said."""

    opened: int
    told: int
    turns: set[tuple[str, int]]
    events: set[int]


def said(output: bytes) -> Said:
    lines = [line.split() for line in output.decode().splitlines()]
    stored = [words[1:] for words in lines if words[0] == "stored"]
    return Said(
        opened=next(int(words[1]) for words in lines if words[0] == "opened"),
        told=max(int(words[1]) for words in lines if words[0] == "told"),
        turns={(session_id, int(number)) for session_id, number, _ in stored},
        events={int(seq) for *_, seq in stored},
    )


async def write_and_kill(data_dir: Path, name: str, after_s: float) -> Said:
    """Killed `after_s` seconds after its first turn was stored."""
    output = b""
    process = await trio.lowlevel.open_process(
        [sys.executable, "-c", WRITE_UNTIL_KILLED, str(data_dir), name], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    with trio.fail_after(20):
        async with process.stdout:
            while b"stored" not in output:
                output += await process.stdout.receive_some()
            with trio.move_on_after(after_s):
                while True:
                    output += await process.stdout.receive_some()
            process.kill()
            async for chunk in process.stdout:
                output += chunk
        assert await process.wait() == -signal.SIGKILL
    return said(output)


def check(data_dir: Path, turns: set[tuple[str, int]], events: set[int]) -> None:
    with closing(sqlite3.connect(data_dir / FILE_NAME)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert turns <= set(db.execute("SELECT session_id, number FROM turns"))
        assert events <= {seq for (seq,) in db.execute("SELECT seq FROM events")}


async def test_a_writer_killed_at_any_moment_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    moments, told = random.Random(2), 0
    turns: set[tuple[str, int]] = set()
    events: set[int] = set()

    for n in range(ROUNDS):
        writer = await write_and_kill(tmp_path, str(n), after_s=moments.uniform(0, 0.25))
        turns |= writer.turns
        events |= writer.events
        check(tmp_path, turns, events)
        assert writer.opened >= told
        told = max(told, writer.told)

    async with open_store(tmp_path) as store:
        assert store.last_seq() >= told
        live = await store.live_calls()
    assert {(call.state.session_id, turn.number) for call in live for turn in call.turns} >= turns
    assert all(call.state.turn_count == len(call.turns) for call in live)
