"""`/ws/events` and `/api/events`: who listens, who stops reading, and how sockets end."""

import json
from contextlib import asynccontextmanager, suppress

import httpx2
import pytest
import trio
from trio_websocket import ConnectionClosed

from clawctl.client.socket import open_socket
from clawctl.config.live import Live
from clawctl.config.load import load
from clawctl.errors import BadInput, ClawError, NotAuthorised
from clawctl.gateway import open_gateway
from clawctl.plugins import Found
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


async def parted(ws, within_s=5):
    """The code and the words of the goodbye."""
    with trio.fail_after(within_s):
        while True:
            try:
                await ws.get_message()
            except ConnectionClosed as over:
                return over.reason.code, over.reason.reason


async def closed(ws, within_s=5):
    code, _ = await parted(ws, within_s)
    return code


@asynccontextmanager
async def configured(file):
    """A gateway that can read its settings again; no engines."""
    flags = {"port": 0, "phone_port": 0, "data_dir": str(file.parent), "bearer_token": "x-y-z"}
    flags["adb_driver"] = "off"
    live = Live(load(file, environ={}, flags=flags))
    async with open_gateway(live, Found((), {})) as gateway:
        yield gateway


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


async def test_one_listener_too_many_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("clawctl.door.tcp.MOST", 64)
    async with open_faked_gateway(tmp_path) as faked, trio.open_nursery() as nursery:

        async def listen(task_status):
            async with socket(faked):
                task_status.started()
                await trio.sleep_forever()

        for _ in range(8):
            await nursery.start(listen)
        error = await refused(faked)
        nursery.cancel_scope.cancel()

    assert "8 sockets of this kind are open already" in str(error)


async def test_who_does_not_keep_up_loses_the_oldest_events_and_is_told(faked):
    async with socket(faked) as ws:
        say(faked, "first")
        await hear(ws)
        say(faked, *map(str, range(1500)))
        told = [await hear(ws) for _ in range(1001)]

    assert (told[0]["type"], told[0]["count"], told[0]["seq"]) == ("events.dropped", 500, 501)
    assert [one["reply"] for one in told[1:]] == [str(number) for number in range(500, 1500)]


async def test_a_listener_that_reads_nothing_is_closed_with_1013(faked, monkeypatch):
    monkeypatch.setattr("clawctl.door.socket.LAGGING_S", 0.2)
    async with socket(faked) as ws:
        say(faked, "first")
        await hear(ws)
        # The first lot is more than a connection holds unread, the second more than may wait.
        for events in (900, 1200):
            say(faked, *["x" * 20_000] * events)
            await trio.sleep(0.3)
        code, why = await parted(ws)

    assert code == 1013
    assert "connect again with after" in why


async def test_a_burst_after_a_long_silence_is_no_sign_of_a_slow_listener(faked, monkeypatch):
    monkeypatch.setattr("clawctl.door.socket.LAGGING_S", 0.2)
    async with socket(faked) as ws:
        say(faked, "first")
        await hear(ws)
        await trio.sleep(0.3)
        say(faked, *map(str, range(1500)))
        for _ in range(1001):
            await hear(ws)
        say(faked, "last")
        assert (await hear(ws))["reply"] == "last"


async def test_a_peer_that_does_not_answer_our_goodbye_is_hung_up(faked, monkeypatch):
    """It kept one of the places for listeners for as long as it liked."""
    monkeypatch.setattr("clawctl.door.http1.GOODBYE_S", 0.1)
    stream = await unread(faked)
    with suppress(trio.BrokenResourceError):
        await stream.send_all(b"\x81\xff" + (1 << 21).to_bytes(8, "big") + b"\0" * (1 << 21))
    with trio.fail_after(5), suppress(trio.BrokenResourceError):
        while await stream.receive_some(65536):
            pass
    await stream.aclose()


@pytest.mark.parametrize("path", ["/ws/events", "/api/agent/ws"])
async def test_a_token_read_anew_shuts_out_whom_the_old_one_let_in(tmp_path, path):
    file = tmp_path / "config.yaml"
    file.write_text("agent_token: the-first\n")
    async with configured(file) as gateway:
        async with open_socket(gateway.url, path, "the-first") as ws:
            file.write_text("agent_token: the-first\nsession_ttl: 200\n")
            gateway.live.reload()
            await ws.send_message('{"type":"ping"}')
            while (await hear(ws))["type"] != "pong":
                pass
            file.write_text("agent_token: the-second\n")
            gateway.live.reload()
            code, why = await parted(ws)
        async with open_socket(gateway.url, path, "the-second") as ws:
            file.write_text("")
            gateway.live.reload()
            await ws.send_message('{"type":"ping"}')
            while (await hear(ws))["type"] != "pong":
                pass

    assert (code, why) == (1008, "agent_token has changed; connect again with the new one")


async def test_a_cookie_stops_counting_when_the_token_is_read_anew(tmp_path):
    file = tmp_path / "config.yaml"
    file.write_text("agent_token: the-first\n")
    async with (
        configured(file) as gateway,
        httpx2.AsyncClient(base_url=gateway.url, trust_env=False, verify=False) as browser,
    ):
        await browser.post("/api/login", json={"token": "the-first"})
        before = (await browser.get("/api/status")).status_code
        file.write_text("agent_token: the-second\n")
        gateway.live.reload()
        after = (await browser.get("/api/status")).status_code

    assert (before, after) == (200, 401)


async def test_with_every_socket_taken_the_owner_is_still_answered(tmp_path, monkeypatch):
    monkeypatch.setattr("clawctl.door.tcp.MOST", 64)
    async with open_faked_gateway(tmp_path) as faked, trio.open_nursery() as nursery:

        async def listen(path, task_status):
            async with open_socket(faked.url, path):
                task_status.started()
                await trio.sleep_forever()

        for path in ["/ws/events"] * 8 + ["/api/agent/ws"] * 32:
            await nursery.start(listen, path)
        reply = await ask(faked)
        nursery.cancel_scope.cancel()

    assert reply.status_code == 200
