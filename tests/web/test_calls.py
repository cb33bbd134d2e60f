"""Calls over HTTP: listed, shown, searched, forgotten."""

import pytest

from clawctl.call.ports import CallerHistory, Entry
from clawctl.call.ports import CallState as State
from clawctl.errors import BadInput
from clawctl.testing.calls import EPOCH
from clawctl.testing.owner import open_owners_door


@pytest.fixture
async def door(autojump_clock):
    async with open_owners_door() as opened:
        yield opened


async def call(door, *said, number="+491", end="hangup"):
    """A call in which the caller said this, and how it ended."""
    session = await door.room.registry.open(caller_number=number)
    for words in said:
        await door.room.say(words, session.id)
    if end:
        door.room.registry.end(session, end)
    return session.id


async def test_calls_are_listed_with_the_manuals_fields(door, autojump_clock):
    over = await call(door, "hello")
    live = await call(door, "hi", "there", end="")

    rows = {row["session_id"]: row for row in await door.get("/api/sessions")}

    assert rows[over] == {
        "session_id": over,
        "created_at": EPOCH,
        "updated_at": EPOCH,
        "ended_at": EPOCH,
        "status": "ended",
        "end_reason": "hangup",
        "turn_count": 1,
        "line": "phone",
        "caller_number": "+491",
        "direction": "incoming",
    }
    assert (rows[live]["status"], rows[live]["turn_count"], rows[live]["ended_at"]) == (
        "active", 2, None,
    )  # fmt: skip


async def test_a_call_that_was_just_begun_is_listed(door, autojump_clock):
    session_id = await call(door, end="")

    assert [row["session_id"] for row in await door.get("/api/sessions")] == [session_id]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("status=active", ["live"]),
        ("status=ended", ["over"]),
        ("number=%2B491", ["over"]),
        ("number=00 49-1", ["over"]),
        ("limit=1", ["live"]),
        ("since=1700000000", ["live", "over"]),
        ("until=1700000000", []),
    ],
)
async def test_the_list_is_narrowed(door, autojump_clock, asked, found):
    names = {await call(door, "a"): "over"}
    autojump_clock.jump(1)
    names[await call(door, "b", number="+492", end="")] = "live"

    rows = await door.get(f"/api/sessions?{asked}")

    assert [names[row["session_id"]] for row in rows] == found


async def test_pages_follow_one_another(door, autojump_clock):
    made = []
    for _ in range(3):
        autojump_clock.jump(1)
        made.append(await call(door, "x"))

    first = await door.get("/api/sessions?limit=2")
    rest = await door.get(f"/api/sessions?limit=2&before={first[-1]['session_id']}")

    assert [row["session_id"] for row in first + rest] == made[::-1]


@pytest.mark.parametrize(
    ("asked", "faults"),
    [
        ("limit=0&status=old", ["limit must be a whole number from 1 to 1000", "status must be"]),
        ("limit=many", ["limit must be"]),
        ("colour=red", ["'colour' cannot be asked"]),
        ("limit=1&limit=2", ["limit is given 2 times"]),
        ("since=nan", ["since must be"]),
        ("since=-1&until=1e300", ["since must be", "until must be"]),
        ("number=" + "1" * 200, ["number must be"]),
    ],
)
async def test_every_fault_of_a_question_is_named(door, autojump_clock, asked, faults):
    status, body = await door.ask("GET", f"/api/sessions?{asked}")

    assert (status, body["ok"], body["code"]) == (400, False, "bad_input")
    assert [fault for fault in faults if fault not in body["detail"]] == []


async def test_a_call_is_shown_turn_by_turn(door, autojump_clock):
    session_id = await call(door, "hello", "bye")

    shown = await door.get(f"/api/sessions/{session_id}")

    assert [(t["turn"], t["transcript"], t["reply"]) for t in shown["turns"]] == [
        (1, "hello", "You said: hello."),
        (2, "bye", "You said: bye."),
    ]
    assert shown["turns"][0]["timestamp"] == EPOCH
    assert shown["turns"][0]["metrics"]["llm_model"] == "echo"
    assert shown["status"] == "ended"


async def test_the_active_call_needs_no_id(door, autojump_clock):
    await call(door, "one", end="")
    last = await call(door, "two", end="")

    assert (await door.get("/api/sessions/_active"))["session_id"] == last
    assert (await door.get("/api/agent/call/_active"))["session_id"] == last


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/sessions/unknown", 404),
        ("GET", "/api/sessions/_active", 404),
        ("GET", "/api/sessions/a%20b", 400),
        ("DELETE", "/api/sessions/unknown", 404),
        ("GET", "/api/agent/call/unknown", 404),
        ("GET", "/api/agent/call/" + "a" * 129, 400),
        ("DELETE", "/api/caller-history/%2B4999", 404),
        ("DELETE", "/api/caller-history/..%2F..%2Fetc", 404),
    ],
)
async def test_what_is_unknown_is_said_to_be(door, autojump_clock, method, path, status):
    answered, body = await door.ask(method, path)

    assert (answered, body["ok"]) == (status, False)


async def test_a_call_that_is_over_can_be_forgotten(door, autojump_clock):
    session_id = await call(door, "hello")

    assert await door.ask("DELETE", f"/api/sessions/{session_id}") == (
        200,
        {"ok": True, "session_id": session_id},
    )
    assert (await door.ask("GET", f"/api/sessions/{session_id}"))[0] == 404


async def test_a_live_call_cannot(door, autojump_clock):
    session_id = await call(door, "hello", end="")

    status, body = await door.ask("DELETE", f"/api/sessions/{session_id}")

    assert (status, body["code"]) == (409, "conflict")


async def test_words_are_searched_and_more_is_told(door, autojump_clock):
    await call(door, "hello one", "hello two")

    found = await door.get("/api/search?q=hello&limit=1")

    assert len(found["hits"]) == 1
    assert found["more"] is True
    assert found["hits"][0]["said_by"] == "caller"


async def test_agents_see_ids_and_the_state_of_a_call(door, autojump_clock):
    session_id = await call(door, "Hi, I need help", end="")

    assert await door.get("/api/agent/sessions") == [session_id]
    state = await door.get(f"/api/agent/call/{session_id}")
    assert state["history"] == [
        {"role": "user", "content": "Hi, I need help"},
        {"role": "assistant", "content": "You said: Hi, I need help."},
    ]
    assert state["turn_count"] == 1
    assert state["instructions"].keys() == {"base", "session", "pending_turn"}
    assert state["agent_takeover"] is False


async def test_callers_are_listed_and_forgotten(door, autojump_clock):
    history = CallerHistory(number="+491", total_calls=2, last_call_at=5.0)
    await door.room.store.record(Entry(call=State(session_id="s"), caller=history))

    assert await door.get("/api/caller-history") == [
        {"number": "+491", "total_calls": 2, "last_call_at": 5.0}
    ]
    assert await door.ask("DELETE", "/api/caller-history/+49 1") == (
        200,
        {"ok": True, "number": "+491"},
    )
    assert await door.get("/api/caller-history") == []


async def test_a_store_that_fails_is_said_and_live_calls_are_shown(door, autojump_clock):
    session_id = await call(door, "hello", end="")
    door.room.store.fail_reads = True

    status, body = await door.ask("GET", "/api/sessions")

    assert (status, body["code"]) == (503, "not_stored")
    assert await door.get("/api/agent/sessions") == [session_id]


async def test_no_phone_opens_a_call_named_active(door, autojump_clock):
    with pytest.raises(BadInput, match="stands for another call"):
        await door.room.registry.open("_active")


async def test_where_the_time_of_turns_went_is_told_by_span_and_engine(door, autojump_clock):
    session_id = await call(door, "hello")

    told = await door.get("/api/latency")
    (turn,) = [
        one
        for one in (await door.get(f"/api/sessions/{session_id}"))["turns"]
        if one["transcript"] == "hello"
    ]

    spans = ["hear", "think", "write", "speak", "send", "record"]
    assert [one["span"] for one in turn["spans"]] == spans
    assert [one["span"] for one in told["spans"]] == [*spans, "silence", "turn"]
    assert told["spans"][0]["engine"] == turn["engines"]["stt"]
    assert told["spans"][0].keys() == {"span", "engine", "turns", "p50", "p95", "p99"}
    assert (await door.get("/api/latency?since=99999999999"))["spans"] == []
