"""`/ws/events` and `/api/events`: who listens, who stops reading, and how sockets end."""

import json
from contextlib import suppress

import httpx2
import pytest
import trio
from trio_websocket import ConnectionClosed

from clawctl.client.socket import open_socket
from clawctl.errors import BadInput, ClawError, NotAuthorised
from clawctl.testing.gateway import open_faked_gateway
from clawctl.wire.events import TurnReply

NONSENSE = (
    "",
    "{",
    "[]",
    b"\xff\x00",
    '{"type":"sing"}',
    '{"type":"subscribe","after":-1}',
    '{"type":"subscribe","types":["turn.sung"]}',
    "[" * 100_000,
)


def socket(faked, query=""):
    return open_socket(faked.url, f"/ws/events{query}")


async def refused(faked, query=""):
    """The error that a handshake is refused with."""
    try:
        async with socket(faked, query):
            return None
    except* ClawError as errors:
        error = errors
    while isinstance(error, ExceptionGroup):
        (error,) = error.exceptions
    return error


async def hear(ws):
    with trio.fail_after(5):
        return json.loads(await ws.get_message())


async def closed(ws, within_s=5):
    with trio.fail_after(within_s):
        while True:
            try:
                await ws.get_message()
            except ConnectionClosed as over:
                return over.reason.code


def say(faked, *texts, session_id="a"):
    for text in texts:
        faked.gateway.bus.publish(TurnReply(reply=text, model="x", session_id=session_id))


async def ask(faked, query=""):
    async with httpx2.AsyncClient(base_url=faked.url, trust_env=False, verify=False) as http:
        return await http.get(f"/api/events{query}")


async def test_a_listener_hears_what_it_missed_and_what_happens(faked):
    say(faked, "one", "two")
    async with socket(faked, "?after=1") as ws:
        missed = await hear(ws)
        say(faked, "three")
        live = await hear(ws)

    assert [(one["seq"], one["type"], one["reply"]) for one in (missed, live)] == [
        (2, "turn.reply", "two"),
        (3, "turn.reply", "three"),
    ]
    assert live["data"]["reply"] == "three"


async def test_a_listener_may_ping_choose_and_err(faked):
    async with socket(faked, "?type=turn.*,call.dial&session_id=b") as ws:
        await ws.send_message('{"type":"ping"}')
        assert await hear(ws) == {"type": "pong"}
        for frame in NONSENSE:
            await ws.send_message(frame)
            error = await hear(ws)
            assert (error["type"], error["ok"]) == ("error", False)
        say(faked, "1")
        await ws.send_message('{"type":"subscribe","after":0,"types":["turn.reply"]}')
        assert (await hear(ws))["reply"] == "1"


async def test_events_are_read_without_a_socket(faked):
    say(faked, "one", "two")
    say(faked, "three", session_id="b")

    async def replies(query):
        reply = await ask(faked, query)
        assert reply.json()["last_seq"] == 3
        return [one["reply"] for one in reply.json()["events"]]

    assert await replies("") == ["one", "two", "three"]
    assert await replies("?after=1&limit=1") == ["two"]
    assert await replies("?last=2") == ["two", "three"]
    assert await replies("?session_id=b") == ["three"]
    assert await replies("?type=turn.started,session.*&type=call.dial") == []
    assert await replies("?since=0&after=99") == []
    assert await replies("?since=99999999999") == []


@pytest.mark.parametrize(
    "query",
    ["?after=-1", "?after=x", "?limit=0", "?limit=1001", "?last=0", "?since=nan", "?since=-1",
     "?type=", "?type=turn.sung", "?session_id=a&session_id=b", "?what=1", "?after=1e99"],
)  # fmt: skip
async def test_a_query_that_means_nothing_is_refused(faked, query):
    reply = await ask(faked, query)

    assert (reply.status_code, reply.json()["code"]) == (400, "bad_input")
    assert isinstance(await refused(faked, query), BadInput)


async def test_the_token_is_asked_at_the_handshake(tmp_path):
    async with open_faked_gateway(tmp_path, agent_token="the-owners-own") as faked:
        assert isinstance(await refused(faked), NotAuthorised)
        assert (await ask(faked)).status_code == 401


async def test_a_frame_that_is_too_large_closes_with_1009(faked):
    async with socket(faked) as ws:
        with suppress(ConnectionClosed):
            await ws.send_message("x" * (1 << 21))
        assert await closed(ws) == 1009


async def unread(faked):
    """A listener that reads nothing after its handshake."""
    host, _, port = faked.url.removeprefix("http://").partition(":")
    stream = await trio.open_tcp_stream(host, int(port))
    await stream.send_all(
        b"GET /ws/events HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    with trio.fail_after(5):
        assert (await stream.receive_some(64)).startswith(b"HTTP/1.1 101")
    return stream


async def test_a_stop_says_goodbye_and_waits_for_nobody_who_reads_nothing(tmp_path):
    codes = []

    async def listen(faked, task_status):
        async with socket(faked) as ws:
            task_status.started()
            codes.append(await closed(ws, within_s=20))

    async with trio.open_nursery() as nursery:
        async with open_faked_gateway(tmp_path, graceful_timeout=30) as faked:
            await nursery.start(listen, faked)
            stuck = await unread(faked)
            for _ in range(200):
                say(faked, "x" * 100_000)
                await trio.lowlevel.checkpoint()
            codes.clear()
            began = trio.current_time()
        took = trio.current_time() - began
        await stuck.aclose()

    assert codes == [1001]
    assert took < 5


async def test_one_listener_too_many_is_refused(faked):
    async with trio.open_nursery() as nursery:

        async def listen(task_status):
            async with socket(faked):
                task_status.started()
                await trio.sleep_forever()

        for _ in range(64):
            await nursery.start(listen)
        error = await refused(faked)
        nursery.cancel_scope.cancel()

    assert "64 sockets listen already" in str(error)
