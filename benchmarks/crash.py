"""Kill -9 during turns: every turn that was answered is kept, and live calls go on (`make crash`).

Callers say the passphrase once. From then on the gateway answers how many messages the prompt held:
an answer proves that the history before it is whole and that the caller is still known. In some
rounds it is `clawctl serve` with the embedded engines in their processes that is killed.
"""

import json
import random
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

import click

from benchmarks.child import Child, alive, children, open_child, open_program
from benchmarks.phone import SPEECH, Phone
from benchmarks.table import Figure, show
from clawctl.store.database import FILE_NAME
from clawctl.testing.gateway import BEARER
from clawctl.testing.handset_form import TurnFields

ROUNDS = 200
# Every so many rounds the embedded engines are at work.
EMBEDDED_EVERY = 20
PHONES = 4
# A call goes on over so many deaths of its gateway.
ROUNDS_A_CALL = 25
# What a worker takes to end after its gateway; what is there later is left behind.
GONE_WITHIN_S = 3.0
PATIENCE_S = 60.0

INSTANT = json.dumps({"auth_passphrase": "hello", "max_history_turns": 1000})
CLAWCTL = str(Path(sys.executable).with_name("clawctl"))


class Broken(Exception):
    """A promise was not kept; the sentence says which."""


@dataclass
class Call:
    """What its caller knows of a call: the reply to every turn that was answered, by its number."""

    session_id: str
    embedded: bool = False
    rounds: int = 0
    answered: dict[int, str] = field(default_factory=dict)
    # Turns that were posted and not answered since the last one that was.
    unanswered: int = 0

    def note(self, told: dict[str, Any]) -> None:
        """Raises Broken unless the answer goes on where the call was."""
        number, last = told["turn"], max(self.answered, default=0)
        if told["session_id"] != self.session_id or not told["ok"]:
            raise Broken(f"{self.session_id} was not gone on with: {told}")
        if not last < number <= last + 1 + self.unanswered:
            raise Broken(f"turn {number} of {self.session_id} follows turn {last}")
        if not self.embedded and (told["model"], told["reply"]) != _expected(number):
            raise Broken(f"turn {number} of {self.session_id} has another past: {told['reply']!r}")
        if told.get("degraded") == "record":
            self.unanswered += 1
        else:
            self.answered[number], self.unanswered = told["reply"], 0


def _expected(number: int) -> tuple[str, str]:
    """Model and reply: the gate's in the first turn, later how much was said since."""
    if number == 1:
        return "gate", "Authentication successful. How can I help you?"
    return "echo", f"After {2 * (number - 2)} messages."


@dataclass
class Tally:
    """What came of all rounds."""

    starts_s: list[float] = field(default_factory=list)
    deaths_s: list[float] = field(default_factory=list)
    workers: int = 0


def run(data_dir: Path, rounds: int, embedded_every: int, seed: int = 1) -> tuple[Tally, int]:
    """So many gateways killed; how many turns they had answered. Raises Broken."""
    moments, tally = random.Random(seed), Tally()
    calls: list[Call] = []
    for number in range(1, rounds + 1):
        embedded = embedded_every > 0 and number % embedded_every == 0
        talking = _talking(calls, embedded)
        with _open(data_dir, embedded) as (gateway, url, took_s):
            tally.starts_s.append(took_s)
            workers = children(gateway.pid)
            wait_s = moments.uniform(0, 1.0 if embedded else 0.2)
            _talk_until_killed(gateway, url, talking, wait_s)
        tally.workers += len(workers)
        tally.deaths_s.append(_gone(workers))
        check(data_dir, calls)
    return tally, sum(len(call.answered) for call in calls)


def _talking(calls: list[Call], embedded: bool) -> list[Call]:
    """The calls of this round; those that had enough are followed by new ones."""
    living = [one for one in calls if one.embedded == embedded and one.rounds < ROUNDS_A_CALL]
    while len(living) < (1 if embedded else PHONES):
        living.append(Call(f"crash-{len(calls)}", embedded))
        calls.append(living[-1])
    for call in living:
        call.rounds += 1
    return living


@contextmanager
def _open(data_dir: Path, embedded: bool) -> Iterator[tuple[Child, str, float]]:
    """A gateway, the phone's door, and the seconds until it was ready for calls."""
    began = time.monotonic()
    if not embedded:
        with open_child("gateway", str(data_dir), INSTANT) as gateway:
            yield gateway, gateway.hello["phone_url"], time.monotonic() - began
        return
    env = {"GATEWAY_BEARER_TOKEN": BEARER, "GATEWAY_LOG_FILE": str(data_dir / "log.json")}
    env["GATEWAY_ADB_DRIVER"] = "off"
    command = (CLAWCTL, "serve", "--json", "--port", "0", "--phone-port", "0")
    with open_program(*command, "--data-dir", str(data_dir), env=env) as gateway:
        url, told = "", gateway.hello
        while told["event"] != "ready":
            url = told.get("phone_url", url)
            told = gateway.line()
        yield gateway, url, time.monotonic() - began


def _talk_until_killed(gateway: Child, url: str, calls: list[Call], wait_s: float) -> None:
    answered = threading.Event()
    with ThreadPoolExecutor(len(calls)) as threads:
        talks = [
            threads.submit(_talk, url, call, index, answered) for index, call in enumerate(calls)
        ]
        spoken = answered.wait(PATIENCE_S)
        time.sleep(wait_s)
        gateway.kill()
    for talk in talks:
        talk.result()
    if not spoken:
        raise Broken(f"no turn was answered within {PATIENCE_S:g} s")


def _talk(url: str, call: Call, index: int, answered: threading.Event) -> None:
    """Turn after turn until the gateway is gone."""
    phone = Phone(url, BEARER, (call.rounds << 8) + index)
    with closing(phone):
        fields = TurnFields(session_id=call.session_id)
        request = phone.request(fields, _demo() if call.embedded else SPEECH)
        while True:
            try:
                reply = phone.turn(request)
            except OSError:
                call.unanswered += 1
                return
            if reply.status != 200:
                raise Broken(f"answered {reply.status}: {reply.body[:300]!r}")
            call.note(reply.fields())
            answered.set()


def _demo() -> bytes:
    return (files("clawctl.testing") / "data" / "demo" / "6-yes.wav").read_bytes()


def _gone(workers: set[int]) -> float:
    """Seconds until none of them is left."""
    began = time.monotonic()
    while left := sorted(filter(alive, workers)):
        if time.monotonic() > began + GONE_WITHIN_S:
            raise Broken(f"processes outlive their gateway: {left}")
        time.sleep(0.01)
    return time.monotonic() - began


def check(data_dir: Path, calls: Iterable[Call]) -> None:
    """The database is sound and holds every turn that was answered."""
    with closing(sqlite3.connect(data_dir / FILE_NAME)) as db:
        verdict = db.execute("PRAGMA integrity_check").fetchall()
        rows = db.execute("SELECT session_id, number, turn FROM turns").fetchall()
    if verdict != [("ok",)]:
        raise Broken(f"the database is not sound: {verdict}")
    stored = {(session_id, number): json.loads(turn)["reply"] for session_id, number, turn in rows}
    for call in calls:
        for number, reply in call.answered.items():
            if stored.get((call.session_id, number)) != reply:
                raise Broken(f"turn {number} of {call.session_id} was answered and is not stored")


@click.command(help=__doc__)
@click.option("--rounds", default=ROUNDS, show_default=True)
@click.option("--embedded-every", default=EMBEDDED_EVERY, show_default=True, help="0: never.")
def main(rounds: int, embedded_every: int) -> None:
    with tempfile.TemporaryDirectory() as data_dir:
        tally, turns = run(Path(data_dir), rounds, embedded_every)
    show(
        f"Killed {rounds} times during turns; none of {turns} answered turns was lost",
        [
            Figure("from start to ready", tally.starts_s, "s"),
            Figure(f"{tally.workers} workers gone after", tally.deaths_s, "s"),
        ],
    )


if __name__ == "__main__":
    main()
