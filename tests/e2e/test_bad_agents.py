"""Agents that send nonsense, too much or nothing, and that vanish: no call waits for them."""

import json
import socket
import struct
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import msgspec
import pytest
import trio
from trio.testing import wait_all_tasks_blocked
from trio_websocket import ConnectionClosed

from clawctl.door import tcp
from clawctl.testing.agent import open_agent
from clawctl.testing.gateway import open_faked_gateway
from clawctl.testing.telephone import Telephone
from clawctl.wire.events import TurnReply

PATIENCE_S = 8.0
# Two hundred clients, in the process of the gateway.
CROWD_S = 40.0
# A caller is answered in some 20 ms; a machine with other things to do may need longer.
SOON_S = 3.0
HANDSHAKE = (
    b"GET /api/agent/ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
PING = '{"type":"ping"}'
NONSENSE = (
    "", " ", "x", "[]", "5", "null", '"takeover"', '{"type":"sing"}', '{"type":5}', '{"type":null}',
    '{"type":"takeover"}', '{"type":"takeover","session_id":null}', '{"reply":5,"request_id":"x"}',
    '{"type":"hello","role":"king"}', '{"type":"subscribe","after":-1}', "\x00", "\ufeff" + PING,
    b"", b"\xff\x00", b"\x1f\x8b\x08", "[" * 100_000, '{"type":' * 100_000,
    '{"config":' + "[" * 500_000,
)  # fmt: skip
# Well formed, and still nothing that can be done.
ABSURD = (
    {"type": "takeover", "session_id": "nobody"},
    {"type": "takeover", "session_id": "../../etc/passwd"},
    {"type": "takeover", "session_id": "a\u202eb\x1b[31m"},
    {"type": "inject", "session_id": "nobody", "text": "x"},
    {"type": "inject", "session_id": "SID", "text": ""},
    {"type": "inject", "session_id": "SID", "text": "x" * 100_000},
    {"type": "inject", "session_id": "SID", "text": "\x00\x07"},
    {"type": "inject_context", "session_id": "SID", "context": "x" * 100_000},
    {"type": "set_instructions", "session_id": "SID", "instructions": "x" * 100_000},
    {"type": "set_call_config", "config": {"max_duration_sec": 10**300}},
    {"type": "set_call_config", "config": {"greeting_owner": json.loads("[" * 500 + "]" * 500)}},
    {"type": "set_call_config", "config": {"\x00": 1, "greeting_owner": "Eve"}},
    {"type": "hold", "request_id": "nobody's"},
    {"type": "reply", "reply": "x", "request_id": "nobody's"},
    {"type": "dial", "number": "+" + "4" * 90},
    {"type": "dial", "number": "+49; rm -rf"},
    {"type": "dial", "number": "٤٩٣٠"},
    {"type": "subscribe", "types": ["nothing.*"]},
)


class Peer:
    """A TCP connection with a WebSocket on it; it reads nothing unless told to."""

    def __init__(self, stream):
        self._stream = stream

    async def send(self, *frames):
        await self._stream.send_all(b"".join(map(masked, frames)))

    async def flood(self):
        """Until the gateway has hung up."""
        with trio.fail_after(PATIENCE_S):
            while True:
                await self.send(*[PING] * 10_000)

    async def close_code(self):
        """What the gateway hangs up with; it waits for no goodbye of ours."""
        got = b""
        with trio.fail_after(PATIENCE_S):
            while more := await self._stream.receive_some(1 << 16):
                got += more
        return int.from_bytes(got.rpartition(b"\x88")[2][1:3], "big")

    def vanish(self):
        """No goodbye, and no answer to anything from now on."""
        linger = struct.pack("ii", 1, 0)
        self._stream.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._stream.socket.close()


def masked(text):
    payload = text.encode()
    size = bytes([0xFE]) + struct.pack("!H", len(payload))
    return (
        b"\x81"
        + (size if len(payload) > 125 else bytes([0x80 | len(payload)]))
        + bytes(4)
        + payload
    )


@asynccontextmanager
async def open_peer(faked):
    host, _, port = faked.url.removeprefix("http://").partition(":")
    stream = await trio.open_tcp_stream(host, int(port))
    await stream.send_all(HANDSHAKE)
    with trio.fail_after(PATIENCE_S):
        assert (await stream.receive_some(129)).startswith(b"HTTP/1.1 101")
    try:
        yield Peer(stream)
    finally:
        await trio.aclose_forcefully(stream)


@asynccontextmanager
async def holding(faked, session):
    """A peer that has the call and reads nothing."""
    async with open_peer(faked) as peer:
        await peer.send(f'{{"type":"takeover","session_id":"{session.id}"}}')
        await eventually(lambda: faked.gateway.status.agents()[-1]["sessions"])
        yield peer


@pytest.fixture
async def dialling():
    """A phone that never says whether it dials."""
    return Endless()


class Endless(Telephone):
    async def dial(self, number):
        await trio.sleep_forever()

    async def hang_up(self):
        await trio.sleep_forever()


@asynccontextmanager
async def undisturbed(faked, within_s=SOON_S):
    """Another call and another agent go on meanwhile; at the end nobody and no task is left."""
    session = await faked.gateway.registry.open()
    assert (await faked.turn(session.id, 0))["ok"]
    await wait_all_tasks_blocked(0.05)
    tasks, took, over = tasks_now(), [], trio.Event()

    async def live_on(agent):
        while not (over.is_set() and len(took) > 2):
            began = trio.current_time()
            assert (await faked.turn(session.id, len(took) % 200))["model"] == "echo"
            await agent.ask("hello", name="other")
            took.append(trio.current_time() - began)

    with trio.fail_after(2 * max(within_s, PATIENCE_S)):
        async with open_agent(faked.url) as agent, trio.open_nursery() as nursery:
            await agent.ask("subscribe", types=["turn.complete"])
            nursery.start_soon(live_on, agent)
            yield
            over.set()
    assert max(took) < within_s
    await eventually(lambda: not faked.gateway.status.agents())
    await eventually(lambda: tasks_now() <= tasks)


def tasks_now():
    return trio.lowlevel.current_statistics().tasks_living


async def eventually(holds, within_s=PATIENCE_S):
    with trio.fail_after(within_s):
        while not holds():
            await trio.sleep(0.01)


async def test_nonsense_is_refused_one_by_one_and_closes_nothing(faked):
    async with undisturbed(faked), open_agent(faked.url) as agent:
        for frame in NONSENSE:
            await agent.raw(frame)
            error = await agent.next("error")
            assert (error["ok"], len(error["error"]) < 400) == (False, True)
        await agent.send(type="ping")
        await agent.next("pong")


async def test_what_cannot_be_done_changes_nothing(faked):
    session = await faked.gateway.registry.open()
    settings, state = faked.gateway.live.now, msgspec.to_builtins(session.state)
    async with undisturbed(faked), open_agent(faked.url) as agent:
        for message in ABSURD:
            sent = {k: session.id if v == "SID" else v for k, v in message.items()}
            ack = await agent.ask(**{"kind": sent["type"], "id": 7, **sent})
            assert (ack["ok"], ack["id"], bool(ack["error"])) == (False, 7, True)

    assert faked.gateway.live.now == settings
    assert msgspec.to_builtins(session.state) == state


async def test_a_message_of_more_than_a_mebibyte_closes_with_1009(faked):
    async with undisturbed(faked), open_agent(faked.url) as agent:
        with suppress(ConnectionClosed):
            await agent.raw("x" * ((1 << 20) + 1))
        assert await agent.closed() == 1009


async def test_who_lets_too_much_wait_is_closed_with_1008(tmp_path, dialling):
    async with (
        open_faked_gateway(tmp_path, handset=dialling) as faked,
        undisturbed(faked),
        open_peer(faked) as peer,
    ):
        await peer.send('{"type":"dial","number":"+49301"}', *[PING] * 1100)
        assert await peer.close_code() == 1008


async def test_who_goes_on_sending_after_that_leaves_nothing_behind(tmp_path, dialling):
    """hypercorn went on putting into the queue of an application that had ended, for ever."""
    async with (
        open_faked_gateway(tmp_path, handset=dialling) as faked,
        undisturbed(faked),
        open_peer(faked) as peer,
    ):
        await peer.send('{"type":"dial","number":"+49301"}')
        with pytest.raises(trio.BrokenResourceError):
            await peer.flood()


@pytest.mark.parametrize("text", [PING, "{", '{"type":"get_call_state","session_id":"_active"}'])
async def test_ten_thousand_messages_whose_answers_nobody_reads_delay_no_call(faked, text):
    async with open_peer(faked) as peer, undisturbed(faked), trio.open_nursery() as nursery:
        nursery.start_soon(peer.send, *[text] * 10_000)
        for number in range(10):
            assert (await faked.turn("beside", number))["model"] == "echo"
        nursery.cancel_scope.cancel()
        peer.vanish()


async def test_only_the_holders_reply_to_this_request_is_an_answer(faked):
    session = await faked.gateway.registry.open()
    async with open_agent(faked.url) as agent, open_agent(faked.url) as other:
        await agent.ask("takeover", session_id=session.id)
        async with faked.turning(session.id, 1) as answers:
            right = (await agent.next("turn.request"))["request_id"]

            async def heeded(by, **reply):
                await by.send(**reply)
                ack = await by.next("reply.ack")
                return ack["ok"], ack["late"], ack.get("error", "")

            strange = "there is no such request; echo the request_id of the turn.request"
            assert await heeded(agent, reply="No id.") == (False, False, strange)
            assert await heeded(agent, reply="Wrong.", request_id="a1b2c3") == (
                False, False, strange,
            )  # fmt: skip
            assert await heeded(agent, reply="Wrong.", request_id=right.upper() + " ") == (
                False, False, strange,
            )  # fmt: skip
            assert await heeded(other, reply="Mine.", request_id=right) == (
                False, False, "this request was made to another agent",
            )  # fmt: skip
            await agent.send(reply="A number.", request_id=5)
            assert "$.request_id" in (await agent.next("error"))["error"]
            assert await heeded(agent, reply="Right.", request_id=right) == (True, False, "")
            assert await heeded(agent, reply="Again.", request_id=right) == (
                False, False, "this request has been answered already",
            )  # fmt: skip

    assert answers[0]["reply"] == "Right."


@pytest.mark.parametrize(
    "message",
    [
        {"type": "takeover"}, {"type": "release"}, {"type": "uninject"}, {"type": "get_call_state"},
        {"type": "inject_context", "context": "x"}, {"type": "clear_context"},
        {"type": "end_session"},
        {"type": "set_instructions", "instructions": "x", "scope": "session"},
    ],
)  # fmt: skip
async def test_a_command_is_for_a_live_call_of_its_own(faked, message):
    registry, kind = faked.gateway.registry, message["type"]
    session, over = await registry.open(), await registry.open()
    registry.end(over, "hangup")
    answer = "call_state" if kind == "get_call_state" else f"{kind}.ack"
    async with open_agent(faked.url) as agent, open_agent(faked.url) as holder:
        await holder.ask("takeover", session_id=session.id)
        await agent.send(**message)
        assert "session_id" in (await agent.next("error", answer))["error"]
        for named, code in ((over.id, "not_found"), ("", "bad_input"), ("a b", "bad_input")):
            await agent.send(**message, session_id=named)
            refused = await agent.next(answer)
            assert (refused["ok"], refused["code"]) == (False, code)

        released = await agent.ask("release", session_id=session.id)
        assert (released["code"], "holds this call" in released["error"]) == ("conflict", True)
        assert faked.gateway.registry.sessions == {session.id: session}
        assert [one["sessions"] for one in faked.gateway.status.agents()] == [[], [session.id]]


def more_than_fits(faked):
    """Events enough to fill whatever lies between the gateway and who does not read."""
    for _ in range(300):
        faked.gateway.bus.publish(TurnReply(reply="x" * 50_000, session_id="a"))


async def test_an_agent_that_stops_reading_costs_its_caller_the_timeout_and_no_more(tmp_path):
    patience = {"agent_takeover_timeout": 0.3, "takeover_filler_after_sec": 0}
    async with open_faked_gateway(tmp_path, **patience) as faked, undisturbed(faked):
        session = await faked.gateway.registry.open()
        async with holding(faked, session):
            for number in range(3):
                more_than_fits(faked)
                began = trio.current_time()
                answered = await faked.turn(session.id, number)
                assert (answered["model"], answered["degraded"]) == ("echo", "agent")
                assert 0.3 <= trio.current_time() - began < 0.3 + SOON_S


async def test_who_reads_again_has_its_request_and_its_acks_and_knows_what_it_lost(faked):
    session = await faked.gateway.registry.open()
    async with open_agent(faked.url) as agent:
        await agent.ask("takeover", session_id=session.id)
        first = agent.frames[-2]["seq"]
        more_than_fits(faked)
        async with faked.turning(session.id, 1) as answers:
            await eventually(lambda: session.in_flight)
            await agent.send(type="ping", id=1)
            await wait_all_tasks_blocked(0.05)
            for number in range(1500):
                faked.gateway.bus.publish(TurnReply(reply=str(number), session_id="a"))
            await agent.send(type="ping", id=2)
            request = await agent.next("turn.request")
            await agent.send(reply="Here.", request_id=request["request_id"])
            await agent.next("reply.ack")
        complete = await agent.next("turn.complete")

    assert answers[0]["reply"] == "Here."
    assert [frame["id"] for frame in agent.frames if frame["type"] == "pong"] == [1, 2]
    lost = [frame["count"] for frame in agent.frames if frame["type"] == "events.dropped"]
    heard = [
        frame["seq"]
        for frame in agent.frames
        if frame.get("seq", 0) > first and frame["type"] != "events.dropped"
    ]
    assert (heard == sorted(heard), bool(lost)) == (True, True)
    assert len(heard) + sum(lost) == complete["seq"] - first


async def test_an_agent_that_never_reads_again_is_hung_up_and_loses_its_calls(faked, monkeypatch):
    monkeypatch.setattr(tcp, "UNREAD_S", 0.3)
    session = await faked.gateway.registry.open()
    async with undisturbed(faked), holding(faked, session):
        more_than_fits(faked)
        await eventually(lambda: len(faked.gateway.status.agents()) == 1)
        assert (await faked.turn(session.id, 1))["model"] == "echo"


async def test_an_agent_that_vanishes_frees_its_caller_at_once(faked):
    session = await faked.gateway.registry.open()
    async with undisturbed(faked), holding(faked, session) as peer:
        began = trio.current_time()
        async with faked.turning(session.id, 1) as answers:
            await eventually(lambda: session.in_flight)
            peer.vanish()
        assert answers[0]["model"] == "echo"
        assert trio.current_time() - began < SOON_S


@pytest.mark.journey
async def test_two_hundred_agents_at_once_are_served_and_hold_up_no_caller(faked):
    served, leave, door = [], trio.Event(), trio.CapacityLimiter(20)

    async def agent():
        async with AsyncExitStack() as stack:
            # All that connect at once share this process, and its patience, with the gateway.
            async with door:
                one = await stack.enter_async_context(open_agent(faked.url))
            served.append(await one.ask("hello", name="one of many"))
            await leave.wait()

    # As many clients keep the process they share with the gateway busy themselves.
    async with undisturbed(faked, within_s=CROWD_S), trio.open_nursery() as nursery:
        for _ in range(200):
            nursery.start_soon(agent)
        await eventually(lambda: len(served) == 200, within_s=CROWD_S)
        assert len(faked.gateway.status.agents()) == 201
        assert (await faked.turn("beside", 1))["ok"]
        leave.set()


async def test_a_stop_leaves_no_caller_who_waits_for_an_agent_unanswered(tmp_path):
    lines = []
    async with trio.open_nursery() as nursery, open_faked_gateway(tmp_path) as faked:
        session = await faked.gateway.registry.open()

        async def agents_life():
            async with open_agent(faked.url) as agent:
                await agent.ask("takeover", session_id=session.id)
                nursery.start_soon(stream)
                await agent.next("turn.request")
                asked.set()
                assert await agent.closed() == 1001

        async def stream():
            lines.extend(await faked.stream(session.id, 1))

        asked = trio.Event()
        nursery.start_soon(agents_life)
        await asked.wait()

    assert [(line["event"], line.get("model")) for line in lines][-1] == ("done", "echo")
