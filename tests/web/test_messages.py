"""Messages callers left: listed, counted, done."""

import pytest

from clawctl.call.ports import CallState, Entry, StoredMessage
from clawctl.engines.api import TakenMessage
from clawctl.testing.owner import open_owners_door


@pytest.fixture
async def door(autojump_clock):
    async with open_owners_door() as opened:
        for number in (1, 2):
            left = TakenMessage(name="Anna", number="555", text=f"Call {number}.", confirmed=True)
            stored = StoredMessage(
                id=f"s-{number}",
                session_id="s",
                caller_number="+491",
                taken_at=float(number),
                message=left,
            )
            await opened.room.store.record(Entry(call=CallState(session_id="s"), message=stored))
        yield opened


async def test_messages_are_listed_oldest_first(door, autojump_clock):
    listed = await door.get("/api/messages")

    assert listed["unread"] == 2
    assert listed["messages"][0] == {
        "id": "s-1",
        "session_id": "s",
        "caller_number": "+491",
        "taken_at": 1.0,
        "name": "Anna",
        "number": "555",
        "text": "Call 1.",
        "confirmed": True,
        "done": False,
    }


async def test_a_message_is_done(door, autojump_clock):
    assert await door.ask("POST", "/api/messages/s-1/done") == (
        200,
        {"ok": True, "id": "s-1", "unread": 1},
    )

    lists = {
        state: [one["id"] for one in (await door.get(f"/api/messages?state={state}"))["messages"]]
        for state in ("open", "done", "all")
    }
    assert lists == {"open": ["s-2"], "done": ["s-1"], "all": ["s-1", "s-2"]}
    assert door.mailbox.unread == 1


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/api/messages/unknown/done", 404),
        ("GET", "/api/messages?state=some", 400),
        ("GET", "/api/messages?limit=1", 400),
    ],
)
async def test_what_is_unknown_is_refused(door, autojump_clock, method, path, status):
    assert (await door.ask(method, path))[0] == status


async def test_a_store_that_fails_costs_the_count_nothing(door, autojump_clock):
    await door.get("/api/messages")
    door.room.store.fail_reads = True

    assert await door.mailbox.count() == 2
