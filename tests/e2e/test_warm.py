"""POST /api/warm over a real socket: told as it goes, and not ended by who goes away."""

import json
import time

import httpx2
import trio

from clawctl.testing.gateway import open_faked_gateway

ASK = b"POST /api/warm HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n"


async def ask(faked):
    async with httpx2.AsyncClient(timeout=10, trust_env=False, verify=False) as client:
        reply = await client.post(f"{faked.url}/api/warm")
    assert reply.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in reply.text.splitlines()]


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
    faked.stt.opening_s = 0.4
    async with await connect(faked) as stream:
        await hear_the_first(stream)
        assert faked.stt.opened == 0

        lines = await ask(faked)

    assert {line["stage"] for line in lines[:2]} == {"llm", "tts"}
    assert (lines[2]["stage"], lines[2]["opening_ms"] >= 400) == ("stt", True)
    assert (lines[3]["event"], lines[3]["words_back"]) == ("round_trip", 0.0)
    assert lines[4] == {"event": "done", "ok": True}
    assert (faked.stt.opened, len(faked.stt.calls)) == (1, 2)


async def test_who_goes_away_leaves_the_engines_to_be_proven(faked):
    faked.stt.opening_s = faked.stt.delay_s = 0.3
    async with await connect(faked) as stream:
        await hear_the_first(stream)
    await trio.sleep(0.1)
    assert faked.stt.opened == 0

    assert (await ask(faked))[-1] == {"event": "done", "ok": True}
    assert len(faked.stt.calls) == 2


async def test_who_watches_is_told_every_second_that_it_goes_on(faked):
    faked.stt.opening_s = 1.2

    told = [line["seconds"] for line in await ask(faked) if line["event"] == "warming"]

    assert told == [1]


async def test_a_stop_waits_for_warming_up_no_longer_than_its_grace(tmp_path):
    began = time.monotonic()
    async with open_faked_gateway(tmp_path, graceful_timeout=0.2) as faked:
        faked.stt.opening_s = 60
        stream = await connect(faked)
        await hear_the_first(stream)
    await stream.aclose()

    assert time.monotonic() - began < 5
