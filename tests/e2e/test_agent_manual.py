"""What the manuals print of the agents' socket, sent as printed and answered as printed.

The tables are transcribed from the takeover guide and the gateway manual, row by row.
"""

import httpx2
import pytest

from clawctl.config.schema import Settings
from clawctl.config.table import settings_table
from clawctl.errors import StageFailed
from clawctl.testing.agent import open_agent
from clawctl.testing.gateway import open_faked_gateway
from clawctl.testing.telephone import Telephone

KNOWLEDGE = "Caller is John Smith, account #12345. Balance: EUR 1,234.56."
# What is sent, the type of its answer, and the fields the manuals name, with their types.
# SID stands for the live call.
ANSWERS = [
    ({"type": "dial", "number": "+49123456789"}, "dial.ack", {"ok": bool, "detail": str}),
    (
        {"type": "inject", "session_id": "SID", "text": "Custom greeting"},
        "inject.ack",
        {"ok": bool, "session_id": str, "position": int, "tts_ms": float},
    ),
    ({"type": "takeover", "session_id": "SID"}, "takeover.ack", {"ok": bool, "session_id": str}),
    ({"type": "release", "session_id": "SID"}, "release.ack", {"ok": bool, "session_id": str}),
    (
        {"type": "get_call_state", "session_id": "SID"},
        "call_state",
        {
            "session_id": str,
            "history": list,
            "turn_count": int,
            "instructions": dict,
            "agent_takeover": bool,
            "created_at": float,
        },
    ),
    (
        {"type": "inject_context", "session_id": "SID", "context": KNOWLEDGE},
        "inject_context.ack",
        {"ok": bool},
    ),
    ({"type": "clear_context", "session_id": "SID"}, "clear_context.ack", {"ok": bool}),
    *(
        (
            {"type": "set_instructions", "instructions": "x", "session_id": "SID", "scope": scope},
            "set_instructions.ack",
            {"ok": bool},
        )
        for scope in ("global", "session", "turn")
    ),
    (
        {"type": "set_call_config", "config": {"greeting_owner": "Markus"}},
        "set_call_config.ack",
        {"ok": bool},
    ),
    ({"type": "ping"}, "pong", {}),
    (
        {"type": "hangup", "session_id": "SID"},
        "hangup.ack",
        {"ok": bool, "detail": str, "session_id": str},
    ),
    ({"type": "hangup"}, "hangup.ack", {"ok": bool, "detail": str, "session_id": str}),
    ({"type": "end_session", "session_id": "SID"}, "end_session.ack", {"ok": bool}),
]
# What is refused, and the fields its answer has besides `ok` and `error`.
REFUSALS = [
    ({"type": "takeover", "session_id": "unknown"}, {"session_id": "unknown"}),
    ({"type": "release", "session_id": "unknown"}, {"session_id": "unknown"}),
    ({"type": "inject_context", "session_id": "unknown", "context": "x"}, {}),
    ({"type": "dial", "number": "not a number"}, {"detail": str}),
    ({"type": "dial", "number": "112"}, {"detail": str}),
    ({"type": "hangup", "session_id": "unknown"}, {"detail": str, "session_id": "unknown"}),
    *(
        ({"type": kind, "session_id": "", "context": "x"}, {})
        for kind in ("takeover", "release", "end_session", "inject_context", "clear_context")
    ),
]
# "Allowed keys" and "Not allowed from agents" of set_call_config.
AGENT_KEYS = {
    "greeting_incoming", "greeting_outgoing", "greeting_owner", "max_duration_sec",
    "max_duration_message", "call_auto_answer", "call_auto_answer_delay_ms", "keep_history",
    "tts_voice", "tts_speed",
}  # fmt: skip
FORBIDDEN_KEYS = {
    "tts_lang": "de", "piper_voice": "thorsten-low", "piper_speaker": 1, "auth_passphrase": "x",
    "auth_reject_message": "x", "auth_max_attempts": 1, "caller_allowlist": [],
    "caller_blocklist": [], "unknown_callers_allowed": False,
}  # fmt: skip
# "Agent receives all event bus events", and session.ended of the guide's table.
EVENTS = {
    "turn.started", "turn.transcript", "turn.reply", "turn.complete", "turn.error",
    "turn.caller_rejected", "turn.authenticated", "turn.auth_failed", "agent.connected",
    "agent.disconnected", "agent.inject", "agent.takeover", "agent.release",
    "agent.context_injected", "agent.context_cleared", "instructions.updated",
    "config.tts_updated", "config.llm_updated", "config.call_updated", "call.dial", "call.hangup",
    "status.update", "session.ended",
}  # fmt: skip
# The guide's "Receive" table.
FIELDS = {
    "turn.started": {"session_id"},
    "turn.transcript": {"session_id", "transcript"},
    "turn.reply": {"session_id", "reply"},
    "turn.complete": {"session_id", "metrics", "transcript", "reply", "model"},
    "session.ended": {"session_id"},
}


@pytest.fixture
async def dialling(tmp_path):
    async with open_faked_gateway(tmp_path, handset=Telephone()) as faked:
        yield faked


def of_call(message, session_id):
    return {k: session_id if v == "SID" else v for k, v in message.items()}


@pytest.mark.parametrize(
    ("message", "answer", "fields"), ANSWERS, ids=[f"{m['type']}-{a}" for m, a, _ in ANSWERS]
)
async def test_a_command_is_answered_as_printed(dialling, message, answer, fields):
    session = await dialling.gateway.registry.open()
    async with open_agent(dialling.url) as agent:
        if message["type"] == "release":
            await agent.ask("takeover", session_id=session.id)
        await agent.send(**of_call(message, session.id))
        got = await agent.next(answer)

    assert got["ok"] is True
    assert {name: type(got[name]) for name in fields} == fields
    assert got.get("session_id", session.id) == session.id


@pytest.mark.parametrize(("message", "fields"), REFUSALS)
async def test_a_refusal_has_the_fields_of_its_ack(dialling, message, fields):
    async with open_agent(dialling.url) as agent:
        got = await agent.ask(**{"kind": message["type"], **message})

    assert got["ok"] is False
    assert got["error"]
    for name, expected in fields.items():
        assert got[name] == (got["error"] if expected is str else expected)


async def test_a_call_that_is_not_answered_yet_can_be_hung_up(dialling):
    async with open_agent(dialling.url) as agent:
        await agent.ask("dial", number="+49123456789")
        ack = await agent.ask("hangup")

    assert (ack["ok"], "call.hangup" in agent.seen) == (True, True)


async def test_agents_change_what_the_manual_lets_them_and_nothing_else(faked):
    assert {row.key for row in settings_table() if row.agent_may_set} == AGENT_KEYS
    before = faked.gateway.live.now
    async with open_agent(faked.url) as agent:
        for key, value in FORBIDDEN_KEYS.items():
            ack = await agent.ask("set_call_config", config={"greeting_owner": "Eve", key: value})
            assert (ack["ok"], key in ack["error"]) == (False, True)
    assert isinstance(before, Settings)
    assert faked.gateway.live.now == before


async def test_a_turn_is_asked_and_answered_as_printed(faked):
    session = await faked.gateway.registry.open()
    faked.stt.text = "what the caller said"
    async with open_agent(faked.url) as agent:
        await agent.ask("takeover", session_id=session.id)
        async with faked.turning(session.id, 1) as answers:
            request = await agent.next("turn.request")
            named = {k: request[k] for k in ("type", "session_id", "transcript")}
            await agent.send(reply="the agent's response text", request_id=request["request_id"])
            ack = await agent.next("reply.ack")
        complete = await agent.next("turn.complete")

    assert named == {
        "type": "turn.request", "session_id": session.id, "transcript": "what the caller said",
    }  # fmt: skip
    assert ack == {
        "type": "reply.ack", "ok": True, "request_id": request["request_id"], "late": False,
    }  # fmt: skip
    assert answers[0]["reply"] == "the agent's response text"
    assert (complete["model"], complete["transcript"]) == ("agent", "what the caller said")
    order = [one for one in agent.seen if one.startswith("turn.")]
    assert order == [
        "turn.started", "turn.transcript", "turn.request", "turn.reply", "turn.complete",
    ]  # fmt: skip


async def test_every_event_of_the_manual_reaches_agents_and_can_be_read_either_way(dialling):
    async with open_agent(dialling.url) as agent:
        await steer(dialling)
        await calls(dialling)
        last = dialling.gateway.bus.told_seq
        while (await agent.any())["seq"] < last:
            pass

    assert EVENTS - set(agent.seen) == set()
    for frame in agent.frames:
        data = frame["data"]
        assert {name: frame[name] for name in data} == data
        assert not data.keys() & {"type", "seq", "timestamp", "data"}
        assert isinstance(frame["timestamp"], float)
        assert FIELDS.get(frame["type"], {"session_id"}) <= frame.keys()
    seqs = [frame["seq"] for frame in agent.frames]
    assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))


async def steer(faked):
    """Everything that a second agent and an owner may do to a call."""
    session = await faked.gateway.registry.open()
    sid = {"session_id": session.id}
    async with open_agent(faked.url) as other:
        await other.ask("inject", text="Hello.", **sid)
        await other.ask("inject_context", context=KNOWLEDGE, **sid)
        await other.ask("clear_context", **sid)
        await other.ask("set_instructions", instructions="Be brief.", **sid)
        await other.ask("set_call_config", config={"tts_speed": 1.1, "greeting_owner": "Ann"})
        await other.ask("dial", number="+49123456789")
        await other.ask("takeover", **sid)
        await other.ask("release", **sid)
        await other.ask("hangup", **sid)
    await post(faked, "/api/config/llm", {"temperature": 0.5})
    await post(faked, "/api/config", {})


async def calls(faked):
    """A turn, one in which nobody thinks, callers who are turned away or say a passphrase."""
    await faked.turn("one", 1)
    faked.llm.trouble = StageFailed("llm", "out of words")
    await faked.turn("one", 2)
    await post(faked, "/api/config/call", {"caller_blocklist": ["+4911"]})
    await faked.turn("two", 3, caller_number="+4911", call_direction="incoming")
    await post(faked, "/api/config/call", {"auth_passphrase": "blue harvest"})
    for number, said in enumerate(("let me in", "blue harvest"), 4):
        faked.stt.text = said
        await faked.turn("three", number)


async def post(faked, path, body):
    async with httpx2.AsyncClient(base_url=faked.url, trust_env=False, verify=False) as http:
        reply = await http.post(path, json=body)
    assert reply.status_code == 200, reply.text
