"""POST /api/warm over a real socket: told as it goes, and not ended by who goes away."""

import json
import time
from contextlib import aclosing

import httpx2
import trio

from clawctl.testing.gateway import open_faked_gateway

ASK = b"POST /api/warm HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n"


async def ask(faked):
    return [line async for line in asked(faked)]


async def asked(faked):
    async with (
        httpx2.AsyncClient(timeout=10, trust_env=False, verify=False) as client,
        client.stream("POST", f"{faked.url}/api/warm") as reply,
    ):
        assert reply.headers["content-type"] == "application/x-ndjson"
        async for line in reply.aiter_lines():
            yield json.loads(line)


async def hear_the_first(stream):
    """Ask, and read until one engine is told of."""
    await stream.send_all(ASK)
    heard = b""
    with trio.fail_after(5):
        while b'"warmed"' not in heard:
            heard += await stream.receive_some(4096)


async def connect(faked):
    return await trio.open_tcp_stream("127.0.0.1", int(faked.url.rpartition(":")[2]))


async def test_an_engine_is_told_of_before_the_slow_one_is_ready(faked):
    slow = faked.stt.held = trio.Event()
    async with await connect(faked) as stream, aclosing(asked(faked)) as telling:
        await hear_the_first(stream)
        heard_at = time.monotonic()
        assert {(await anext(telling))["stage"] for _ in range(2)} == {"llm", "tts"}
        assert faked.stt.opened == 0

        held_ms = 1000 * (time.monotonic() - heard_at)
        slow.set()
        lines = [line async for line in telling]

    assert (lines[0]["stage"], lines[0]["opening_ms"] >= held_ms) == ("stt", True)
    assert (lines[1]["event"], lines[1]["words_back"]) == ("round_trip", 0.0)
    assert lines[2] == {"event": "done", "ok": True}
    assert (faked.stt.opened, len(faked.stt.calls)) == (1, 2)


async def test_who_goes_away_leaves_the_engines_to_be_proven(faked):
    slow = faked.stt.held = trio.Event()
    async with await connect(faked) as stream:
        await hear_the_first(stream)
    await trio.sleep(0.1)
    assert faked.stt.opened == 0
    slow.set()

    assert (await ask(faked))[-1] == {"event": "done", "ok": True}
    assert len(faked.stt.calls) == 2


async def test_who_watches_is_told_every_second_that_it_goes_on(faked):
    slow = faked.stt.held = trio.Event()
    told = []
    async with aclosing(asked(faked)) as telling:
        async for line in telling:
            if line["event"] == "warming":
                told.append(line["seconds"])
                slow.set()

    assert told == [*range(1, len(told) + 1)]
    assert told


async def test_a_stop_waits_for_warming_up_no_longer_than_its_grace(tmp_path):
    began = time.monotonic()
    async with open_faked_gateway(tmp_path, graceful_timeout=0.2) as faked:
        faked.stt.opening_s = 60
        stream = await connect(faked)
        await hear_the_first(stream)
    await stream.aclose()

    assert time.monotonic() - began < 5
