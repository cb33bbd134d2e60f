"""What every store does: the one on disk, and the one that stands in for it in other tests."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
import trio

from clawctl.call.ports import (
    CallerHistory,
    CallState,
    Entry,
    StoredMessage,
    TurnRecord,
    Wanted,
)
from clawctl.engines.api import Message, TakenMessage
from clawctl.errors import CannotStart, NotStored
from clawctl.store.database import FILE_NAME
from clawctl.store.sqlite import SqliteStore, open_store
from clawctl.testing.memory_store import MemoryStore
from clawctl.wire.events import SessionStarted, Stamped, TurnComplete, TurnReply

AnyStore = SqliteStore | MemoryStore


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AnyStore]:
    if request.param == "memory":
        yield MemoryStore()
    else:
        async with open_store(tmp_path) as opened:
            yield opened


def state(session_id: str = "s1", **fields: object) -> CallState:
    return msgspec.convert({"session_id": session_id, **fields}, CallState)


def turn(number: int, session_id: str = "s1", **fields: object) -> TurnRecord:
    return msgspec.convert(
        {"session_id": session_id, "number": number, "started_at": 1.0, **fields}, TurnRecord
    )


def message(message_id: str, text: str = "call me", **fields: object) -> StoredMessage:
    return msgspec.convert(
        {
            "id": message_id,
            "session_id": "s1",
            "caller_number": "+49170",
            "taken_at": 5.0,
            "message": {"text": text},
            **fields,
        },
        StoredMessage,
    )


FULL_STATE = CallState(
    session_id="s1",
    caller_number="+491701234567",
    created_at=1.25,
    updated_at=2.5,
    turn_count=1,
    authenticated=True,
    instructions="Be brief.",
    injects=["One", "Zwei ü"],
    earlier=[Message("user", "hello")],
)


async def test_what_was_recorded_is_read_back(store: AnyStore) -> None:
    spoken = turn(1, transcript="Grüß Gott", reply="Hello", metrics={"asr_ms": 1.5, "model": "x"})

    await store.record(Entry(call=FULL_STATE, turn=spoken))

    stored = await store.call("s1")
    assert stored is not None
    assert stored.state == FULL_STATE
    assert stored.turns == [spoken]


async def test_a_call_that_was_never_recorded_is_not_there(store: AnyStore) -> None:
    assert await store.call("s1") is None
    assert await store.turns("s1") == []
    assert await store.caller("+49") is None


async def test_an_entry_is_stored_as_it_was_when_it_was_handed_over(store: AnyStore) -> None:
    live = state(instructions="before")
    store.record_soon(Entry(call=live))
    live.instructions = "after"

    stored = await store.call("s1")

    assert stored is not None
    assert stored.state.instructions == "before"


async def test_a_call_is_read_as_it_was_last_handed_over(store: AnyStore) -> None:
    for count in range(1, 51):
        store.record_soon(Entry(call=state(turn_count=count), turn=turn(count)))

    stored = await store.call("s1")

    assert stored is not None
    assert stored.state.turn_count == 50
    assert len(stored.turns) == 50


async def test_the_same_entry_twice_leaves_what_one_leaves(store: AnyStore) -> None:
    entry = Entry(
        call=state(turn_count=1),
        turn=turn(1, reply="Hello"),
        events=[Stamped(1, 2.0, SessionStarted(session_id="s1"))],
        caller=CallerHistory(number="+49170", total_calls=1),
        message=message("s1-0"),
    )

    await store.record(entry)
    await store.record(entry)

    assert await store.turns("s1") == [turn(1, reply="Hello")]
    assert await store.events_after(0) == list(entry.events)
    assert await store.caller("+49170") == entry.caller
    assert await store.messages() == [entry.message]


async def test_a_turn_written_again_replaces_the_first(store: AnyStore) -> None:
    await store.record(Entry(call=state(), turn=turn(1, reply="Hel", status="interrupted")))

    await store.record(Entry(call=state(), turn=turn(1, reply="Hello", status="complete")))

    assert await store.turns("s1") == [turn(1, reply="Hello", status="complete")]


async def test_a_call_comes_with_the_turns_after_its_summary(store: AnyStore) -> None:
    for number in range(1, 13):
        await store.record(Entry(call=state(turn_count=number), turn=turn(number)))
    await store.record(Entry(call=state(turn_count=12, summary="much", summary_upto=9)))

    stored = await store.call("s1")

    assert stored is not None
    assert [one.number for one in stored.turns] == [10, 11, 12]
    assert [one.number for one in await store.turns("s1")] == list(range(1, 13))


async def test_live_calls_are_those_without_an_end_and_the_quietest_comes_first(
    store: AnyStore,
) -> None:
    await store.record(Entry(call=state("young", updated_at=9.0), turn=turn(1, "young")))
    await store.record(Entry(call=state("over", updated_at=1.0, end_reason="hangup", ended_at=2)))
    await store.record(Entry(call=state("old", updated_at=3.0, summary_upto=1, turn_count=3)))
    for number in (3, 1, 2):
        await store.record(
            Entry(
                call=state("old", updated_at=3.0, summary_upto=1, turn_count=3),
                turn=turn(number, "old"),
            )
        )

    live = await store.live_calls()

    assert [(c.state.session_id, [t.number for t in c.turns]) for c in live] == [
        ("old", [2, 3]),
        ("young", [1]),
    ]


async def test_a_call_that_is_revived_is_live_again(store: AnyStore) -> None:
    await store.record(Entry(call=state(end_reason="ttl", ended_at=5.0)))
    assert await store.live_calls() == []

    await store.record(Entry(call=state()))

    assert [c.state.session_id for c in await store.live_calls()] == ["s1"]


async def test_calls_are_listed_newest_first_and_page_by_page(store: AnyStore) -> None:
    for session_id, created_at in (("a", 1.0), ("b", 3.0), ("c", 3.0), ("d", 2.0)):
        await store.record(Entry(call=state(session_id, created_at=created_at)))

    first = [c.session_id for c in await store.calls(Wanted(limit=2))]
    second = [c.session_id for c in await store.calls(Wanted(limit=2, before=first[-1]))]

    assert (first, second) == (["c", "b"], ["d", "a"])
    assert await store.calls(Wanted(before="a")) == []
    assert await store.calls(Wanted(before="unknown")) == []


async def test_events_come_back_whole_and_in_order(store: AnyStore) -> None:
    complete = Stamped(
        2, 20.5, TurnComplete(session_id="s1", reply="Hi", turn=1, metrics={"asr_ms": 3.5})
    )
    started, later = (
        Stamped(1, 20.0, SessionStarted(session_id="s1")),
        Stamped(3, 21.0, TurnReply()),
    )
    await store.record(Entry(call=state(), events=[started, complete]))
    store.keep(later)
    await store.record(Entry(call=state()))

    assert await store.events_after(0) == [started, complete, later]
    assert await store.events_after(1, limit=1) == [complete]
    assert await store.events_after(3) == []


async def test_a_forgotten_caller_is_gone(store: AnyStore) -> None:
    history = CallerHistory(number="+49170", total_calls=2, messages=[Message("user", "hi")])
    await store.record(Entry(call=state(), caller=history))
    assert await store.caller("+49170") == history

    assert await store.forget_caller("+49170") is True

    assert await store.caller("+49170") is None
    assert await store.forget_caller("+49170") is False


async def test_messages_are_listed_until_they_are_done(store: AnyStore) -> None:
    second, first = message("b", taken_at=9.0), message("a", taken_at=4.0)
    await store.record(Entry(call=state(), message=second))
    await store.record(Entry(call=state(), message=first))

    assert await store.message_done("a") is True

    assert [(m.id, m.done) for m in await store.messages()] == [("a", True), ("b", False)]
    assert await store.messages(done=False) == [second]
    assert [m.id for m in await store.messages(done=True)] == ["a"]
    assert await store.message_done("unknown") is False


async def test_a_done_message_is_open_again_only_with_other_words(store: AnyStore) -> None:
    await store.record(Entry(call=state(), message=message("a", "call me")))
    await store.message_done("a")

    await store.record(Entry(call=state(), message=message("a", "call me")))
    assert await store.messages(done=False) == []

    await store.record(Entry(call=state(), message=message("a", "call me tomorrow")))
    assert [m.message for m in await store.messages(done=False)] == [
        TakenMessage(text="call me tomorrow")
    ]


async def test_old_calls_go_with_all_that_belongs_to_them(store: AnyStore) -> None:
    for session_id, end_reason, ended_at in (
        ("old", "hangup", 10.0),
        ("recent", "hangup", 30.0),
        ("live", "", 0.0),
    ):
        await store.record(
            Entry(
                call=state(session_id, end_reason=end_reason, ended_at=ended_at),
                turn=turn(1, session_id),
                message=message(f"{session_id}-open", session_id=session_id),
                caller=CallerHistory(number=session_id, last_call_at=ended_at),
            )
        )
        await store.record(
            Entry(
                call=state(session_id, end_reason=end_reason, ended_at=ended_at),
                message=message(f"{session_id}-done", session_id=session_id, done=True),
            )
        )
    for seq, session_id in enumerate(("old", "recent", "live", "", ""), start=1):
        store.keep(Stamped(seq, 5.0 if seq < 5 else 25.0, SessionStarted(session_id=session_id)))

    assert await store.prune(20.0) == 1

    assert {c.session_id for c in await store.calls()} == {"recent", "live"}
    assert await store.turns("old") == []
    assert len(await store.turns("recent")) == 1
    assert [s.seq for s in await store.events_after(0)] == [2, 3, 5]
    assert {m.id for m in await store.messages()} == {
        "old-open", "recent-open", "recent-done", "live-open", "live-done",
    }  # fmt: skip
    assert await store.caller("old") is None
    assert await store.caller("recent") is not None
    assert await store.prune(20.0) == 0


async def test_all_is_there_after_a_restart(tmp_path: Path) -> None:
    entry = Entry(
        call=FULL_STATE,
        turn=turn(1, reply="Hello"),
        events=[Stamped(1, 2.0, SessionStarted(session_id="s1"))],
        caller=CallerHistory(number="+49170", total_calls=1),
        message=message("s1-0"),
    )
    async with open_store(tmp_path) as store:
        store.record_soon(entry)
        store.keep(Stamped(2, 3.0, TurnReply(session_id="s1", reply="Hello")))

    async with open_store(tmp_path) as store:
        assert store.last_seq() == 2
        [live] = await store.live_calls()
        assert (live.state, live.turns) == (FULL_STATE, [entry.turn])
        assert [stamped.seq for stamped in await store.events_after(0)] == [1, 2]
        assert await store.caller("+49170") == entry.caller
        assert await store.messages() == [entry.message]


async def test_a_store_that_cannot_be_opened_raises_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "clawctl.db").write_bytes(b"hello, world")

    with pytest.raises(CannotStart):
        async with open_store(tmp_path):
            pass


async def test_only_reading_what_is_being_written_waits_for_it(tmp_path: Path) -> None:
    async with open_store(tmp_path) as store:
        await store.record(Entry(call=state("written")))
        with closing(sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            store.record_soon(Entry(call=state("waiting")))

            assert await store.call("written") is not None
            assert [one.session_id for one in await store.calls()] == ["written"]
            with pytest.raises(NotStored, match="database is locked"):
                await store.call("waiting")


async def test_an_event_of_a_type_that_is_gone_is_passed_over(tmp_path: Path) -> None:
    async with open_store(tmp_path) as store:
        for seq in (1, 2):
            store.keep(Stamped(seq, 1.0, TurnReply(reply="Hello")))
        await store.record(Entry(call=state()))
        with closing(sqlite3.connect(tmp_path / FILE_NAME)) as other, other:
            other.execute("UPDATE events SET type = 'turn.hummed' WHERE seq = 1")

        assert [stamped.seq for stamped in await store.events_after(0)] == [2]


async def test_a_call_taken_up_again_while_it_is_pruned_stays(tmp_path: Path) -> None:
    async with open_store(tmp_path) as store:
        await store.record(
            Entry(call=state(end_reason="ttl", ended_at=5.0), turn=turn(1, reply="Hello"))
        )
        async with trio.open_nursery() as nursery:
            nursery.start_soon(store.prune, 20.0)
            store.record_soon(Entry(call=state()))

        stored = await store.call("s1")

        assert stored is not None
        assert [one.reply for one in stored.turns] == ["Hello"]
