"""Agents on a real socket: connected, steering, taking over, gone."""

import httpx2
import pytest
import trio

from clawctl.errors import NotAuthorised
from clawctl.testing.agent import open_agent
from clawctl.testing.gateway import open_faked_gateway
from clawctl.testing.telephone import Telephone


async def rest(faked, method, path, body=None):
    async with httpx2.AsyncClient(base_url=faked.url, trust_env=False, verify=False) as http:
        reply = await http.request(method, path, json=body)
    return reply.status_code, reply.json()


async def test_a_takeover_from_hello_to_release(faked):
    session = await faked.gateway.registry.open(caller_number="+491")
    faked.stt.text = "who is there"
    async with open_agent(faked.url) as agent:
        assert (await agent.next("agent.connected"))["agent"].startswith("agent-")
        assert (await agent.ask("hello", name="Ann", role="operator", id=1))["id"] == 1
        assert (await agent.ask("takeover", session_id=session.id))["ok"] is True
        assert agent.seen[-2:] == ["agent.takeover", "takeover.ack"]
        async with faked.turning(session.id, 1) as answers:
            request = await agent.next("turn.request")
            assert request["transcript"] == "who is there"
            assert request["caller_number"] == "+491"
            assert 0 < request["answer_within_s"] <= 40
            await agent.send(reply="It is Ann.", request_id=request["request_id"])
            assert (await agent.next("reply.ack"))["ok"] is True
        complete = await agent.next("turn.complete")
        assert (complete["model"], complete["data"]["reply"]) == ("agent", "It is Ann.")
        status = (await rest(faked, "GET", "/api/status"))[1]
        assert [(a["name"], a["role"], a["sessions"]) for a in status["agents"]] == [
            ("Ann", "operator", [session.id])
        ]
        assert (await agent.ask("release", session_id=session.id))["ok"] is True
    assert answers[0]["reply"] == "It is Ann."
    assert (await faked.turn(session.id, 2))["model"] == "echo"


async def test_a_socket_that_drops_frees_the_waiting_caller_at_once(faked):
    session = await faked.gateway.registry.open()
    began = trio.current_time()
    async with open_agent(faked.url) as agent:
        await agent.ask("takeover", session_id=session.id)
        async with faked.turning(session.id, 1) as answers:
            await agent.next("turn.request")
            await agent.close()

    assert answers[0]["model"] == "echo"
    assert trio.current_time() - began < 5


async def test_every_command_is_answered(faked):
    session = await faked.gateway.registry.open()
    sid = {"session_id": session.id}
    async with open_agent(faked.url) as agent:
        assert (await agent.ask("inject", text="Hello.", **sid))["position"] == 1
        assert (await agent.ask("uninject", **sid))["cleared"] == 1
        assert (await agent.ask("set_instructions", instructions="Be kind.", **sid)) == {
            "type": "set_instructions.ack", "ok": True, "scope": "session", **sid,
        }  # fmt: skip
        assert (await agent.ask("inject_context", context="Known.", **sid))["ok"]
        await agent.send(type="get_call_state", **sid)
        state = await agent.next("call_state")
        assert (state["knowledge"], state["instructions"]["session"]) == ("Known.", "Be kind.")
        assert (await agent.ask("clear_context", **sid))["ok"]
        changed = await agent.ask("set_call_config", config={"greeting_owner": "Ann"})
        assert changed["changed"] == ["greeting_owner"]
        await agent.send(type="ping", id="p")
        assert await agent.next("pong") == {"type": "pong", "ok": True, "id": "p"}
        assert (await agent.ask("end_session", **sid))["ok"]
        assert faked.gateway.registry.sessions == {}


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"type": "takeover", "session_id": "unknown"}, "not_found"),
        ({"type": "release", "session_id": "unknown"}, "not_found"),
        ({"type": "inject", "text": "x"}, "not_found"),
        ({"type": "set_instructions", "instructions": "x", "scope": "turn"}, "bad_input"),
        ({"type": "set_call_config", "config": {"auth_passphrase": "x"}}, "forbidden"),
        ({"type": "set_call_config", "config": {"max_duration_sec": "x"}}, "bad_settings"),
        ({"type": "dial", "number": "112"}, "forbidden"),
        ({"type": "dial", "number": "+49301"}, "no_handset"),
        ({"type": "hangup"}, "not_found"),
        ({"type": "hold", "request_id": "x"}, "not_found"),
        ({"type": "end_session", "session_id": "a b"}, "bad_input"),
    ],
)
async def test_what_cannot_be_done_is_said_in_the_ack(faked, message, code):
    async with open_agent(faked.url) as agent:
        ack = await agent.ask(**{"kind": message["type"], **message})

    assert (ack["ok"], ack["code"]) == (False, code)
    assert ack["error"]


@pytest.mark.parametrize(
    "frame", ["", "x", "[]", "5", '{"type":"nope"}', '{"type":"takeover"}', b"\xff\x00", "[" * 5000]
)
async def test_what_is_no_message_is_refused_and_closes_nothing(faked, frame):
    async with open_agent(faked.url) as agent:
        await agent.raw(frame)
        assert (await agent.next("error"))["ok"] is False
        await agent.send(type="ping")
        await agent.next("pong")


async def test_a_late_answer_is_said_at_the_next_turn_where_that_is_wanted(tmp_path):
    settings = {
        "late_reply": "inject", "agent_takeover_timeout": 0.2, "takeover_filler_after_sec": 0,
    }  # fmt: skip
    async with open_faked_gateway(tmp_path, **settings) as faked, open_agent(faked.url) as agent:
        session = await faked.gateway.registry.open()
        await agent.ask("takeover", session_id=session.id)
        async with faked.turning(session.id, 1):
            request = await agent.next("turn.request")
        await agent.send(reply="It was red.", request_id=request["request_id"])
        ack = await agent.next("reply.ack")
        assert (ack["ok"], ack["late"], ack["queued"]) == (False, True, True)
        assert (await faked.turn(session.id, 2))["reply"] == "It was red."


async def test_what_was_missed_is_replayed_and_then_it_is_live(faked):
    bus = faked.gateway.bus
    before = bus.told_seq
    session = await faked.gateway.registry.open()
    async with open_agent(faked.url) as agent:
        await agent.next("agent.connected")
        await agent.send(type="subscribe", after=before, types=["session.*"])
        started = await agent.next("session.started")
        assert started["session_id"] == session.id
        await agent.next("subscribe.ack")
        faked.gateway.registry.end(session, "hangup")
        await agent.next("session.ended")
    assert agent.seen.count("session.started") == 1


async def test_a_phone_dials_and_hangs_up(tmp_path):
    handset = Telephone()
    async with (
        open_faked_gateway(tmp_path, handset=handset) as faked,
        open_agent(faked.url) as agent,
    ):
        await agent.send(type="dial", number="+49 30 123")
        assert (await agent.next("call.dial"))["number"] == "+4930123"
        assert (await agent.next("dial.ack"))["ok"] is True
        session = await faked.gateway.registry.open()
        ack = await agent.ask("hangup")
        assert (ack["ok"], ack["session_id"]) == (True, session.id)
    assert handset.told == ["dial +4930123", "hang up"]


async def test_an_ack_never_comes_after_what_a_later_command_caused(faked):
    """All sent at once; some of them take their time, such as an inject that is synthesised."""
    session = await faked.gateway.registry.open()
    faked.tts.delay_s = 0.05
    causes = [
        ("inject", {"text": "Number {}."}, "agent.inject"),
        ("inject_context", {"context": "Number {}."}, "agent.context_injected"),
        ("set_instructions", {"instructions": "Number {}."}, "instructions.updated"),
        ("takeover", {}, "agent.takeover"),
        ("release", {}, "agent.release"),
        ("clear_context", {}, "agent.context_cleared"),
    ]
    sent = [causes[number % len(causes)] for number in range(60)]
    async with open_agent(faked.url) as agent:
        for number, (kind, fields, _) in enumerate(sent):
            filled = {name: text.format(number) for name, text in fields.items()}
            await agent.send(type=kind, id=number, session_id=session.id, **filled)
        await agent.send(type="ping")
        await agent.next("pong")

    acks = [(at, frame) for at, frame in enumerate(agent.frames) if frame["type"].endswith(".ack")]
    assert [frame["id"] for _, frame in acks] == list(range(60))
    assert all(frame["ok"] for _, frame in acks)
    events = [(at, frame) for at, frame in enumerate(agent.frames) if "seq" in frame]
    caused = [at for at, frame in events if frame["type"] in {event for _, _, event in causes}]
    assert len(caused) == 60
    for (acked, _), later in zip(acks, caused[1:], strict=False):
        assert acked < later


async def test_whoever_loses_a_call_is_told_and_leaves_the_winner_alone(faked):
    session = await faked.gateway.registry.open()
    async with open_agent(faked.url) as winner:
        async with open_agent(faked.url) as loser:
            lost = (await loser.ask("hello", name="ann"))["agent"]
            await loser.ask("subscribe", types=["call.dial"])
            await winner.ask("hello", name="bob")
            await loser.ask("takeover", session_id=session.id)
            async with faked.turning(session.id, 1) as answers:
                asked = await loser.next("turn.request")
                await winner.ask("takeover", session_id=session.id)
                revoked = await loser.next("takeover.revoked")
                await loser.send(reply="Too late.", request_id=asked["request_id"])
                late = await loser.next("reply.ack")
                request = await winner.next("turn.request")
                await winner.send(reply="Bob here.", request_id=request["request_id"])
        await winner.next("agent.disconnected")
        assert faked.gateway.status.agents()[0]["sessions"] == [session.id]

    assert (revoked["session_id"], revoked["agent"], revoked["by"]) == (session.id, "ann", "bob")
    assert revoked["agent_id"] == lost
    assert (late["ok"], late["late"], late["code"]) == (False, True, "timeout")
    assert answers[0]["reply"] == "Bob here."


@pytest.mark.parametrize("first", ["inject", "takeover"])
async def test_a_greeting_and_a_takeover_in_quick_succession(faked, first):
    session = await faked.gateway.registry.open()
    async with open_agent(faked.url) as agent:
        for kind in (first, {"inject": "takeover", "takeover": "inject"}[first]):
            text = {"text": "Good day."} if kind == "inject" else {}
            await agent.send(type=kind, session_id=session.id, **text)
        await agent.next("agent.takeover")
        assert (await faked.turn(session.id, 1))["reply"] == "Good day."
        async with faked.turning(session.id, 2) as answers:
            request = await agent.next("turn.request")
            await agent.send(reply="How can I help?", request_id=request["request_id"])

    assert answers[0]["reply"] == "How can I help?"
    assert agent.seen.count("turn.request") == 1


async def test_on_a_stream_a_sentence_is_heard_before_the_next_one_is_written(faked):
    session = await faked.gateway.registry.open()
    lines = []

    async def listen():
        lines.extend(await faked.stream(session.id, 1))

    async with open_agent(faked.url) as agent, trio.open_nursery() as nursery:
        await agent.ask("takeover", session_id=session.id)
        nursery.start_soon(listen)
        answered = {"request_id": (await agent.next("turn.request"))["request_id"]}
        await agent.send(reply="One mo", partial=True, **answered)
        await agent.send(reply="ment. ", partial=True, **answered)
        while not faked.tts.calls:
            await agent.ask("hello")
        await agent.send(reply="Here it is.", **answered)

    assert [line["reply"] for line in lines if line["event"] == "reply"] == [
        "One moment.", "One moment. Here it is.", "One moment. Here it is.",
    ]  # fmt: skip
    assert (lines[-1]["event"], lines[-1]["model"]) == ("done", "agent")


async def test_after_a_release_events_go_on_and_requests_do_not(faked):
    session = await faked.gateway.registry.open()
    async with open_agent(faked.url) as agent:
        await agent.ask("takeover", session_id=session.id)
        await agent.ask("release", session_id=session.id)
        await faked.turn(session.id, 1)
        complete = await agent.next("turn.complete")

    assert (complete["model"], "turn.request" in agent.seen) == ("echo", False)


class TestWithoutASocket:
    async def test_a_takeover_is_refused_with_the_way(self, faked):
        status, body = await rest(faked, "POST", "/api/agent/takeover", {"session_id": "x"})

        assert (status, "WebSocket" in body["detail"]) == (409, True)

    async def test_an_operator_ends_whoevers_takeover(self, faked):
        session = await faked.gateway.registry.open()
        body = {"session_id": session.id}
        assert (await rest(faked, "POST", "/api/agent/release", body))[0] == 404
        async with open_agent(faked.url) as agent:
            await agent.ask("takeover", session_id=session.id)
            assert (await rest(faked, "POST", "/api/agent/release", body))[0] == 200
            assert (await agent.next("takeover.revoked"))["by"] == "operator"

    async def test_a_phone_that_is_not_there_is_said_with_200(self, faked):
        status, body = await rest(faked, "POST", "/api/call/dial", {"number": "+49301"})

        assert (status, body["ok"], "no phone" in body["detail"]) == (200, False, True)
        assert (await rest(faked, "POST", "/api/call/dial", {"number": "x"}))[0] == 400
        assert (await rest(faked, "POST", "/api/call/dial", {"number": "911"}))[0] == 403

    async def test_a_call_is_hung_up(self, faked):
        session = await faked.gateway.registry.open()

        status, body = await rest(faked, "POST", "/api/call/hangup", {})

        assert (status, body["ok"], body["session_id"]) == (200, True, session.id)
        assert (await faked.turn(session.id, 1))["hangup"] is True


async def test_without_the_token_nobody_comes_in(tmp_path):
    async with open_faked_gateway(tmp_path, agent_token="secret") as faked:
        with pytest.raises(NotAuthorised):
            async with open_agent(faked.url):
                pass
        async with open_agent(faked.url, "secret") as agent:
            await agent.next("agent.connected")


async def test_a_flood_of_commands_is_obeyed_in_order_and_delays_no_call(faked):
    session = await faked.gateway.registry.open()
    took = []
    async with open_agent(faked.url) as agent, trio.open_nursery() as nursery:

        async def flood():
            for number in range(3000):
                await agent.send(type="ping", id=number)

        async def turns():
            for number in range(10):
                began = trio.current_time()
                assert (await faked.turn(session.id, number))["ok"]
                took.append(trio.current_time() - began)

        nursery.start_soon(flood)
        nursery.start_soon(turns)
        ids = [(await agent.next("pong"))["id"] for _ in range(3000)]
    assert ids == list(range(3000))
    assert sorted(took)[5] < 1


async def test_at_a_stop_agents_are_told_and_the_caller_is_answered(tmp_path):
    answers = []
    async with trio.open_nursery() as nursery, open_faked_gateway(tmp_path) as faked:
        session = await faked.gateway.registry.open()

        async def turn():
            answers.append(await faked.turn(session.id, 1))

        async def agents_life():
            async with open_agent(faked.url) as agent:
                await agent.ask("takeover", session_id=session.id)
                nursery.start_soon(turn)
                await agent.next("turn.request")
                asked.set()
                assert await agent.closed() == 1001

        asked = trio.Event()
        nursery.start_soon(agents_life)
        await asked.wait()
    assert answers[0]["model"] == "echo"
