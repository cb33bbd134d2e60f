"""An answer leaves when its turn is on the disk, and a gateway that is killed lost none of them."""

import json
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import trio

from benchmarks import crash
from clawctl.audio import wav
from clawctl.audio.wav import Sound
from clawctl.store.database import FILE_NAME
from clawctl.testing.gateway import BEARER, FakedGateway, open_faked_gateway
from clawctl.testing.handset_form import TurnFields, form

pytestmark = pytest.mark.journey

SEPARATOR = "----PhoneBridge1"
# How long a caller is kept waiting for the disk (gateway page, 3.10).
RULE_S = 2.0


@pytest.fixture
async def phone(faked: FakedGateway) -> AsyncIterator[trio.SocketStream]:
    host, port = faked.phone_url.removeprefix("http://").split(":")
    async with await trio.open_tcp_stream(host, int(port)) as stream:
        yield stream


async def post(phone: trio.SocketStream, number: int) -> None:
    """A turn of the call "held", unlike any other."""
    recording = wav.write(Sound(number.to_bytes(4, "little") * 8000, 16_000))
    body = form(SEPARATOR, TurnFields(session_id="held").parts(), recording)
    head = (
        f"POST /api/turn HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {BEARER}\r\n"
        f"Content-Type: multipart/form-data; boundary={SEPARATOR}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    await phone.send_all(head.encode() + body)


async def silent(phone: trio.SocketStream, seconds: float) -> bytes:
    """The first bytes that come within so many seconds, none if all is well."""
    with trio.move_on_after(seconds):
        return bytes(await phone.receive_some())
    return b""


async def answer(phone: trio.SocketStream) -> dict[str, Any]:
    got = b""
    with trio.fail_after(10):
        while b"\r\n\r\n" not in got:
            got += await phone.receive_some()
        head, _, body = got.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        while len(body) < length:
            body += await phone.receive_some()
    told: dict[str, Any] = json.loads(body)
    return told


def stored(data_dir: Path) -> set[int]:
    """The turns of the call that any other program would find on the disk."""
    with closing(sqlite3.connect(data_dir / FILE_NAME)) as db:
        return {number for (number,) in db.execute("SELECT number FROM turns")}


@contextmanager
def somebody_else_writes(data_dir: Path) -> Iterator[None]:
    """Another program keeps the database to itself, as far as writing goes."""
    with closing(sqlite3.connect(data_dir / FILE_NAME, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def the_disk_hangs(faked: FakedGateway) -> Iterator[None]:
    """Whoever commits waits until the block is left."""
    back = threading.Event()
    # Stays set: to take it away from a connection that is at work would be to wait for it.
    faked.gateway.store._writer._db.set_trace_callback(
        lambda sql: back.wait(20) if sql == "COMMIT" else None
    )
    try:
        yield
    finally:
        back.set()


@contextmanager
def nothing_can_be_deleted(faked: FakedGateway) -> Iterator[None]:
    """The store refuses every statement that deletes."""
    authorise = faked.gateway.store._writer._db.set_authorizer
    authorise(lambda what, *_: sqlite3.SQLITE_DENY if what == sqlite3.SQLITE_DELETE else 0)
    try:
        yield
    finally:
        authorise(None)


async def test_no_byte_leaves_before_the_commit(
    faked: FakedGateway, phone: trio.SocketStream, tmp_path: Path
) -> None:
    with the_disk_hangs(faked):
        await post(phone, 1)
        assert await silent(phone, RULE_S / 2) == b""
        assert stored(tmp_path) == set()
    told = await answer(phone)

    assert told["turn"] == 1
    assert "degraded" not in told
    assert stored(tmp_path) == {1}


async def test_a_disk_that_hangs_costs_two_seconds_and_not_the_turn(
    faked: FakedGateway, phone: trio.SocketStream, tmp_path: Path
) -> None:
    with the_disk_hangs(faked):
        began = trio.current_time()
        await post(phone, 1)
        assert await silent(phone, RULE_S - 0.2) == b""
        told = await answer(phone)
        waited_s = trio.current_time() - began
        assert stored(tmp_path) == set()
    await until_stored(tmp_path, {1})

    assert told["degraded"] == "record"
    assert RULE_S <= waited_s < RULE_S + 1


async def test_a_short_lock_delays_the_answer_and_nothing_else(
    faked: FakedGateway, phone: trio.SocketStream, tmp_path: Path
) -> None:
    with somebody_else_writes(tmp_path):
        await post(phone, 1)
        assert await silent(phone, 0.2) == b""
    told = await answer(phone)

    assert "degraded" not in told
    assert stored(tmp_path) == {1}


async def test_a_long_lock_is_told_and_the_turn_is_stored_when_it_ends(
    faked: FakedGateway, phone: trio.SocketStream, tmp_path: Path
) -> None:
    with somebody_else_writes(tmp_path):
        began = trio.current_time()
        await post(phone, 1)
        told = await answer(phone)
        waited_s = trio.current_time() - began
        assert stored(tmp_path) == set()
    await until_stored(tmp_path, {1})

    assert told["degraded"] == "record"
    assert waited_s < RULE_S + 1


async def test_old_calls_that_cannot_be_deleted_cost_no_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clawctl.gateway.DAY_S", 0.05)
    async with open_faked_gateway(tmp_path) as faked:
        with nothing_can_be_deleted(faked):
            await trio.sleep(0.5)
        host, port = faked.phone_url.removeprefix("http://").split(":")
        async with await trio.open_tcp_stream(host, int(port)) as phone:
            await post(phone, 1)
            assert (await answer(phone))["turn"] == 1


async def until_stored(data_dir: Path, turns: set[int]) -> None:
    with trio.fail_after(10):
        while stored(data_dir) != turns:
            await trio.sleep(0.02)


def test_a_gateway_killed_during_turns_lost_none_that_it_answered(tmp_path: Path) -> None:
    tally, turns = crash.run(tmp_path, rounds=5, embedded_every=5)

    assert len(tally.starts_s) == 5
    assert turns > 4 * crash.PHONES
    assert tally.workers > 0
