"""`clawctl tail` as a process: stored events, then what happens, over a killed gateway."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

import pytest
import trio

from benchmarks.child import open_child
from benchmarks.phone import Phone
from clawctl.store.database import FILE_NAME
from clawctl.testing.gateway import BEARER, open_faked_gateway
from clawctl.testing.handset_form import TurnFields
from clawctl.wire.events import TurnReply

pytestmark = pytest.mark.journey

CLAWCTL = str(Path(sys.executable).with_name("clawctl"))


async def tail(faked, *args):
    with trio.fail_after(10):
        done = await trio.run_process(
            [CLAWCTL, "tail", "--url", faked.url, *args],
            capture_stdout=True, capture_stderr=True, check=False,
        )  # fmt: skip
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def say(faked, *texts, session_id="abcdef"):
    for text in texts:
        faked.gateway.bus.publish(TurnReply(reply=text, session_id=session_id))


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ((), ["One", "two", "three"]),
        (("--last", "1"), ["three"]),
        (("--last", "0"), []),
        (("--grep", "oNE"), ["One"]),
        (("--since", "1h"), ["One", "two", "three"]),
        (("--event", "turn.*", "--event", "call.dial", "--last", "2"), ["two", "three"]),
        (("--event", "session.*"), []),
    ],
)
async def test_what_is_past_is_shown_and_tail_ends(faked, args, expected):
    say(faked, "One", "two", "three")

    code, events = await tail(faked, *args)
    assert (code, [one["reply"] for one in events]) == (0, expected)


@pytest.mark.parametrize(
    ("args", "code"),
    [(("--event", "turn.sung"), 2), (("--call", "nobody"), 5), (("--last", "-1"), 2),
     (("--since", "never"), 2), (("--since", "1h", "--last", "1"), 2)],
)  # fmt: skip
async def test_what_cannot_be_shown_is_refused(faked, args, code):
    assert await tail(faked, *args) == (code, [])


async def test_ctrl_c_ends_quietly(tmp_path):
    async with open_faked_gateway(tmp_path) as faked:
        say(faked, "one")
        process = await trio.lowlevel.open_process(
            [CLAWCTL, "tail", "-f", "--url", faked.url],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        with trio.fail_after(10):
            first = await process.stdout.receive_some()
            say(faked, "two")
            second = await process.stdout.receive_some()
            process.send_signal(signal.SIGINT)
            code = await process.wait()
            told = await process.stderr.receive_some()
        await process.stdout.aclose()
        await process.stderr.aclose()

    assert [json.loads(line)["reply"] for line in (first, second)] == ["one", "two"]
    assert (code, told) == (130, b"")


def free_ports():
    with closing(socket.socket()) as one, closing(socket.socket()) as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return {"port": one.getsockname()[1], "phone_port": other.getsockname()[1]}


@contextmanager
def following(url, out):
    """`tail -f` into a file, ended with the block."""
    with (
        out.open("wb") as sink,
        out.with_suffix(".err").open("wb") as errors,
        subprocess.Popen(
            [CLAWCTL, "tail", "-f", "--last", "0", "--url", url],
            stdout=sink,
            stderr=errors,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        ) as process,
    ):
        try:
            yield
        finally:
            process.kill()


def stored(data_dir):
    with closing(sqlite3.connect(data_dir / FILE_NAME)) as db:
        return [seq for (seq,) in db.execute("SELECT seq FROM events ORDER BY seq")]


def shown(out):
    return [json.loads(line)["seq"] for line in out.read_bytes().splitlines()]


# Two phones of one number would say the same, and be given the same answer.
NUMBERS = count()


def play(child, turns):
    phone = Phone(child.hello["phone_url"], BEARER, next(NUMBERS))
    try:
        for _ in range(turns):
            assert phone.turn(phone.request(TurnFields())).status == 200
    finally:
        phone.close()


async def until(holds, within_s=15):
    with trio.fail_after(within_s):
        while not holds():
            await trio.sleep(0.05)


async def test_nothing_is_lost_or_told_twice_when_the_gateway_is_killed(tmp_path):
    out, settings = tmp_path / "out", json.dumps(free_ports())
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    with open_child("gateway", str(data_dir), settings) as child:
        with following(child.hello["url"], out):
            play(child, 1)
            await until(lambda: out.stat().st_size or play(child, 1))
            play(child, 20)
            child.kill()
            with open_child("gateway", str(data_dir), settings) as again:
                play(again, 20)
                await until(lambda: shown(out)[-1] == stored(data_dir)[-1])
        told = out.with_suffix(".err").read_text().splitlines()

    seqs = shown(out)
    assert seqs == [seq for seq in stored(data_dir) if seq >= seqs[0]]
    assert len(seqs) > 80
    assert told[0] == "connection lost, trying again"
    assert told[1].startswith("connected again, going on after event ")
