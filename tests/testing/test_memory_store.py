import msgspec
import pytest
import trio
from trio.testing import MockClock

from clawctl.call.ports import CallState, Entry
from clawctl.errors import NotStored
from clawctl.testing.memory_store import MemoryStore
from clawctl.wire.events import SessionStarted, Stamped


def entry(session_id: str = "s1") -> Entry:
    return Entry(call=CallState(session_id=session_id))


async def test_a_write_that_was_told_to_fail_is_kept_until_the_store_is_back() -> None:
    store = MemoryStore()
    store.fail = True
    with pytest.raises(NotStored):
        await store.record(entry())
    assert await store.calls() == []

    store.fail = False

    assert await store.call("s1") is not None


async def test_a_stalled_write_returns_when_the_store_moves_on(autojump_clock: MockClock) -> None:
    store = MemoryStore()
    store.stall = trio.Event()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(store.record, entry())
        await trio.sleep(1.5)
        store.stall.set()
    assert trio.current_time() == 1.5
    assert await store.call("s1") is not None


async def test_a_writer_that_gave_up_leaves_its_entry(autojump_clock: MockClock) -> None:
    store = MemoryStore()
    store.stall = trio.Event()

    with trio.move_on_after(2):
        await store.record(entry())

    assert trio.current_time() == 2.0
    assert await store.calls() == []
    store.stall.set()
    assert await store.call("s1") is not None


async def test_a_call_that_is_not_written_yet_cannot_be_read() -> None:
    store = MemoryStore()
    await store.record(entry("written"))
    store.fail = True
    store.record_soon(entry("waiting"))

    assert await store.call("written") is not None
    with pytest.raises(NotStored):
        await store.call("waiting")


async def test_kept_writes_are_done_in_their_order() -> None:
    store = MemoryStore()
    store.fail = True
    state = CallState(session_id="s1", turn_count=1)
    store.record_soon(Entry(call=state))
    store.keep(Stamped(1, 5.0, SessionStarted(session_id="s1")))
    store.record_soon(Entry(call=msgspec.structs.replace(state, turn_count=2)))

    store.fail = False

    stored = await store.call("s1")
    assert stored is not None
    assert stored.state.turn_count == 2
    assert [s.seq for s in await store.events_after(0)] == [1]


async def test_reads_fail_and_hang_on_their_own(autojump_clock: MockClock) -> None:
    store = MemoryStore()
    await store.record(entry())

    store.fail_reads = True
    with pytest.raises(NotStored):
        await store.call("s1")
    store.stall_reads = trio.Event()
    with trio.move_on_after(3) as scope:
        await store.call("s1")

    assert scope.cancelled_caught
    await store.record(entry("s2"))
