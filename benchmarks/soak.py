"""A thousand calls of five turns in one process, and what they leave behind (`make soak`).

Hearing and thinking are instant; the voice is espeak's, so that processes are at work too.
"""

import os
import statistics
import sys
import tempfile
import time
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from benchmarks.child import open_child
from benchmarks.phone import Phone, Reply
from benchmarks.table import Figure, show, tell
from clawctl.audio import wav
from clawctl.testing.gateway import BEARER
from clawctl.testing.handset_form import SILENCE, TurnFields

CALLS = 1000
# By then every cache is as full as it gets.
FIRST_CALLS = 200
PHONES = 4
# Before it listens again the app settles, opens its capture and beeps (phone.md 8.2, 8.3).
PAUSES_S = 0.3 + 0.25 + 0.56
# Memory is looked at after so many calls.
BLOCK = 20
PAGE_KB = os.sysconf("SC_PAGE_SIZE") / 1024

# What a connection and a call's end still do after the last byte of an answer.
SETTLED_S = 0.5

MOST_KB_A_CALL = 1.0
# Small things that live until the next call, or the next look of a timer.
MOST_OBJECTS = 200


class Caller:
    """Makes calls of five turns: a greeting, three heard twice as the app does, one streamed.

    `answers` counts by the model that answered, `lasted_s` the time a telephone would have taken; a
    turn without a sound is an error.
    """

    def __init__(self, phone: Phone, number: int) -> None:
        self.answers: Counter[str] = Counter()
        self.lasted_s = 0.0
        self._phone = phone
        self._number = f"+49 30 {number}"

    def call(self) -> None:
        greeting = TurnFields(reset_session=True, forced_reply="Hello.", caller_number=self._number)
        greeted = self._heard(self._phone.turn(self._phone.request(greeting, SILENCE)))
        session_id = greeted.fields()["session_id"]
        said = TurnFields(session_id=session_id, caller_number=self._number)
        for _ in range(3):
            _good(self._phone.turn(self._phone.request(said, to="/api/asr")))
            self._heard(self._phone.again(self._phone.request(said)))
        streamed = _good(self._phone.turn(self._phone.request(said, to="/api/turn/stream")))
        if b'"event":"done"' not in streamed.body:
            raise RuntimeError(f"a stream broke off: {streamed.body[-300:]!r}")
        if b'"event":"audio"' not in streamed.body:
            raise RuntimeError(f"a stream without a sound: {streamed.body[-300:]!r}")
        self.answers["apology"] += b'"model":"apology"' in streamed.body
        _good(self._phone.post("/api/session/end", {"session_id": session_id}))

    def _heard(self, reply: Reply) -> Reply:
        fields = _good(reply).fields()
        if not fields["audio_base64"]:
            raise RuntimeError(f"a turn without a sound: {reply.body[:300]!r}")
        self.answers[fields["model"]] += 1
        self.lasted_s += PAUSES_S + wav.read(b64decode(fields["audio_base64"])).seconds
        return reply


def _good(reply: Reply) -> Reply:
    if reply.status != 200:
        raise RuntimeError(f"answered {reply.status}: {reply.body[:300]!r}")
    return reply


@dataclass
class Soak:
    """Memory in kB after so many calls, and how many there are of other things more than before."""

    calls: list[int] = field(default_factory=list)
    memory_kb: list[float] = field(default_factory=list)
    more: dict[str, int] = field(default_factory=dict)
    more_of_type: dict[str, int] = field(default_factory=dict)
    apologies: int = 0
    # Of the last engine of a stage.
    failures: int = 0
    lasted_s: float = 0.0

    def slope(self) -> float:
        """What a call leaves behind, in kB."""
        return statistics.linear_regression(self.calls, self.memory_kb).slope


def run(calls: int, first: int, engines: str = "half") -> Soak:
    soak = Soak()
    with (
        tempfile.TemporaryDirectory() as data_dir,
        open_child("gateway", data_dir, "{}", engines) as gateway,
        _open_callers(gateway.hello["phone_url"]) as callers,
    ):
        for _ in _blocks(callers, first):
            pass
        time.sleep(SETTLED_S)
        types, before = gateway.ask("types"), gateway.ask("counts")
        for done in _blocks(callers, calls - first):
            soak.calls.append(done)
            soak.memory_kb.append(memory_kb(gateway.pid))
        time.sleep(SETTLED_S)
        soak.more = _more(gateway.ask("counts"), before)
        soak.more_of_type = _more(gateway.ask("types"), types)
        soak.apologies = sum(caller.answers["apology"] for caller in callers)
        soak.lasted_s = sum(caller.lasted_s for caller in callers)
        soak.failures = sum(gateway.ask("failures").values())
    return soak


@contextmanager
def _open_callers(url: str) -> Iterator[list[Caller]]:
    with ExitStack() as phones:
        yield [
            Caller(phones.enter_context(closing(Phone(url, BEARER, number))), number)
            for number in range(PHONES)
        ]


def _blocks(callers: list[Caller], calls: int) -> Iterator[int]:
    """Make so many calls, a few at once; tells after each block how many were made."""

    def talk(caller: Caller) -> None:
        for _ in range(BLOCK // PHONES):
            caller.call()

    with ThreadPoolExecutor(PHONES) as threads:
        for done in range(BLOCK, calls + 1, BLOCK):
            list(threads.map(talk, callers))
            yield done


def memory_kb(pid: int) -> float:
    """What a process has in memory, shared pages included."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_KB


def _more(after: dict[str, int], before: dict[str, int]) -> dict[str, Any]:
    return {name: count - before.get(name, 0) for name, count in after.items()}


@click.command(help=__doc__)
@click.option("--calls", default=CALLS, show_default=True)
@click.option("--first", default=FIRST_CALLS, show_default=True, help="Of these, to warm up.")
@click.option("--failing", is_flag=True, help="Every engine fails in one of twenty of its calls.")
def main(calls: int, first: int, failing: bool) -> None:
    soak = run(calls, first, "failing" if failing else "half")
    kept = show(
        f"{calls} calls of 5 turns, the last {calls - first} looked at",
        [
            Figure("on a telephone", [soak.lasted_s / 3600], "h"),
            Figure("memory a call leaves behind", [soak.slope()], "kB", MOST_KB_A_CALL),
            Figure("memory", [kb / 1024 for kb in soak.memory_kb], "MB"),
            Figure("more objects", [soak.more["objects"]], "", MOST_OBJECTS),
            Figure("more tasks", [soak.more["tasks"]], "", 0),
            Figure("more files", [soak.more["files"]], "", 0),
            Figure("more processes", [soak.more["processes"]], "", 0),
            Figure("apologies", [soak.apologies], "", soak.failures),
        ],
    )
    if not kept:
        most = sorted(soak.more_of_type.items(), key=lambda one: -one[1])[:15]
        tell("\n".join(f"{count:+8} {name}" for name, count in most))
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
