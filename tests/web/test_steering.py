"""Instructions, knowledge and injects over HTTP, as the manual has them."""

import pytest

from clawctl.call.steering import MOST_INJECTS
from clawctl.testing.owner import open_owners_door


@pytest.fixture
async def door(autojump_clock):
    async with open_owners_door(auth_passphrase="") as opened:
        yield opened


@pytest.fixture
async def sid(door):
    return (await door.room.registry.open()).id


def told(door, kind):
    return [frame for frame in door.frames() if frame["type"] == kind]


async def test_an_inject_is_said_at_the_next_turn(door, sid, autojump_clock):
    queued = []
    for path, position in (("/api/call/inject", 1), ("/api/agent/inject", 2)):
        body = {"text": f"Line {position}.", "session_id": sid}
        status, answered = await door.ask("POST", path, body)
        queued.append(answered.pop("seq"))
        assert (status, answered) == (200, {"ok": True, "session_id": sid, "position": position})

    results = [await door.room.say("hm", sid) for _ in range(3)]

    assert [r.record.reply for r in results] == ["Line 1.", "Line 2.", "You said: hm."]
    frames = told(door, "agent.inject")
    assert [(f["text"], f["data"]["position"]) for f in frames] == [("Line 1.", 1), ("Line 2.", 2)]
    assert [f["seq"] for f in frames] == queued


@pytest.mark.parametrize("text", ["", " ", "\x00", "***", "\N{SLIGHTLY SMILING FACE}"])
async def test_what_no_voice_could_say_is_not_queued(door, sid, autojump_clock, text):
    status, answered = await door.ask("POST", "/api/call/inject", {"text": text})

    assert (status, answered["code"]) == (400, "bad_input")
    assert door.room.registry.find(sid).state.injects == []


@pytest.mark.parametrize("body", [{"text": "Hi."}, {"text": "Hi.", "session_id": "_active"}])
async def test_without_a_session_the_active_call_is_meant(door, sid, autojump_clock, body):
    assert (await door.ask("POST", "/api/call/inject", body))[1]["session_id"] == sid


async def test_only_so_many_injects_wait(door, sid, autojump_clock):
    for _ in range(MOST_INJECTS):
        await door.ask("POST", "/api/call/inject", {"text": "Hi."})

    status, body = await door.ask("POST", "/api/call/inject", {"text": "Hi."})

    assert (status, body["code"]) == (409, "conflict")


async def test_an_inject_puts_off_the_end_of_a_silent_call(door, sid, autojump_clock):
    autojump_clock.jump(200)
    await door.ask("POST", "/api/call/inject", {"text": "Still there?"})
    autojump_clock.jump(200)

    assert await door.room.say("yes", sid)
    assert sid in door.room.registry.sessions


async def test_instructions_have_three_layers(door, sid, autojump_clock):
    base = (await door.get("/api/instructions"))["base"]
    assert base.startswith("You are a concise")

    await door.ask("POST", "/api/instructions", {"text": "Be brief."})
    await door.ask("POST", f"/api/instructions/{sid}", {"text": "Speak of ships."})
    await door.ask("POST", f"/api/instructions/{sid}/turn", {"text": "Name one."})
    assert await door.get("/api/instructions") == {
        "base": "Be brief.",
        "sessions": {sid: "Speak of ships."},
    }
    await door.room.say("one", sid)
    await door.room.say("two", sid)
    await door.ask("DELETE", f"/api/instructions/{sid}")
    await door.room.say("three", sid)
    await door.ask("POST", "/api/instructions", {"text": ""})
    await door.room.say("four", sid)

    assert [prompt.system for prompt in door.room.llm.calls] == [
        "Speak of ships.\n\nName one.",
        "Speak of ships.",
        "Be brief.",
        base,
    ]
    assert [(f["scope"], f["session_id"], f["data"].get("text", "")) for f in told(
        door, "instructions.updated"
    )] == [
        ("global", "", "Be brief."),
        ("session", sid, "Speak of ships."),
        ("turn", sid, "Name one."),
        ("session", sid, ""),
        ("global", "", ""),
    ]  # fmt: skip


async def test_knowledge_is_in_the_prompt_until_it_is_cleared(door, sid, autojump_clock):
    path = f"/api/agent/context/{sid}"
    assert await door.get(path) == {"session_id": sid, "knowledge": "", "has_knowledge": False}

    assert await door.ask("POST", path, {"context": "Old."}) == (
        200,
        {"ok": True, "session_id": sid},
    )
    await door.ask("POST", path, {"context": "Balance:\n \u20ac5\u2014\u201cgood\u201d."})
    assert (await door.get(path))["knowledge"] == 'Balance: \u20ac5-"good".'
    await door.room.say("one", sid)
    await door.ask("DELETE", path)
    await door.room.say("two", sid)

    assert [p.knowledge for p in door.room.llm.calls] == ['Balance: \u20ac5-"good".', ""]
    types = [f["type"] for f in door.frames() if f["type"].startswith("agent.")]
    assert types == ["agent.context_injected", "agent.context_injected", "agent.context_cleared"]


async def test_a_reset_takes_knowledge_away(door, sid, autojump_clock):
    await door.ask("POST", f"/api/agent/context/{sid}", {"context": "Old."})

    door.room.registry.reset(door.room.registry.find(sid))

    assert (await door.get(f"/api/agent/context/{sid}"))["has_knowledge"] is False


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/instructions/unknown"),
        ("POST", "/api/instructions/unknown/turn"),
        ("DELETE", "/api/instructions/unknown"),
        ("GET", "/api/agent/context/unknown"),
        ("POST", "/api/agent/context/unknown"),
        ("DELETE", "/api/agent/context/unknown"),
    ],
)
async def test_unknown_calls_are_404(door, autojump_clock, method, path):
    body = {"context": "x"} if "context" in path else {"text": "x"}

    status, answered = await door.ask(method, path, body if method == "POST" else None)

    assert (status, answered["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("path", "body", "why"),
    [
        ("/api/agent/context/{}", {"context": ""}, "not empty"),
        ("/api/agent/context/{}", {"context": " \n\x07 "}, "not empty"),
        ("/api/agent/context/{}", {}, "context is missing"),
        ("/api/instructions", {}, "text is missing"),
        ("/api/call/inject", {"text": 1, "x": 2, "y": 3}, "text must be a text; 'x', 'y': not"),
        ("/api/agent/inject", {str(n): n for n in range(99)}, "and 94 more: not expected here"),
        ("/api/agent/context/{}", {"context": None}, "context must be a text"),
        ("/api/agent/context/{}", {"context": "x" * 8001}, "context_max_chars"),
        ("/api/agent/context/{}", {"context": "x", "more": 1}, "'more'"),
        ("/api/instructions", {"text": 5}, "text must be a text"),
        ("/api/instructions", {"text": "x" * 20_001}, "20001 characters"),
        ("/api/instructions/{}", {"instructions": "x"}, "'instructions'"),
        ("/api/call/inject", {"text": ""}, "not empty"),
        ("/api/call/inject", {"text": ["a"]}, "text must be a text"),
        ("/api/call/inject", {"text": "x" * 1001}, "1000 are allowed"),
        ("/api/call/inject", {"text": "x", "session_id": 7}, "session_id must be a text"),
        ("/api/call/inject", {"text": "x", "session_id": "a b"}, "session_id must be"),
    ],
)
async def test_what_does_not_fit_changes_nothing(door, sid, autojump_clock, path, body, why):
    door.frames()

    status, answered = await door.ask("POST", path.format(sid), body)

    assert (status, why in answered["detail"]) == (400, True), answered
    assert door.frames() == []


async def test_a_passphrase_in_what_is_written_down_is_left_out(door, sid, autojump_clock):
    door.room.set(auth_passphrase="blue harvest")
    await door.ask("POST", f"/api/agent/context/{sid}", {"context": "It is Blue Harvest."})

    assert (await door.get(f"/api/agent/context/{sid}"))["knowledge"] == "It is [passphrase]."
