"""Announcements reach everybody, in one order, and wait for nobody."""

import trio

from clawctl.bus import Bus
from clawctl.wire.events import EventsDropped, Stamped, TurnReply


def bus(last_seq=0):
    return Bus(lambda: 7.0, last_seq)


def reply(text):
    return TurnReply(reply=text)


async def test_seq_grows_by_one_from_where_it_was():
    one = bus(last_seq=41)

    assert [one.publish(reply(x)).seq for x in "abc"] == [42, 43, 44]


async def test_what_is_published_is_kept_and_told():
    one, kept = bus(), []
    one.keep = kept.append
    with one.listen() as listener:
        stamped = one.publish(reply("a"))

    assert kept == listener.take_nowait() == [stamped] == [Stamped(1, 7.0, reply("a"))]


async def test_later_events_wait_behind_a_held_one():
    one = bus()
    with one.listen() as listener:
        held = one.hold(reply("held"))
        one.publish(reply("later"))
        before = listener.take_nowait()
        one.tell(held)

        assert before == []
        assert [s.event.reply for s in listener.take_nowait()] == ["held", "later"]


async def test_a_slow_listener_loses_the_oldest_and_is_told():
    one = bus()
    with one.listen(limit=2) as listener:
        for text in "abcd":
            one.publish(reply(text))

        lost, *kept = await listener.take()
        assert lost == Stamped(2, 7.0, EventsDropped(count=2))
        assert [s.event.reply for s in kept] == ["c", "d"]


async def test_a_listener_waits_for_the_next_event(autojump_clock):
    one = bus()
    with one.listen() as listener:
        async with trio.open_nursery() as nursery:

            async def later():
                await trio.sleep(3)
                one.publish(reply("a"))

            nursery.start_soon(later)
            assert [s.event.reply for s in await listener.take()] == ["a"]
            assert trio.current_time() == 3


async def test_who_left_hears_nothing():
    one = bus()
    with one.listen() as listener:
        pass
    one.publish(reply("a"))

    assert listener.take_nowait() == []


async def test_what_was_told_lately_is_remembered_and_what_is_held_is_not():
    one = Bus(lambda: 7.0, last_seq=10, recent=3)
    assert (one.told_seq, one.forgotten_seq, one.recent(0)) == (10, 10, [])
    for text in "abcd":
        one.publish(reply(text))
    one.hold(reply("held"))

    assert (one.last_seq, one.told_seq, one.forgotten_seq) == (15, 14, 11)
    assert [s.seq for s in one.recent(0)] == [12, 13, 14]
    assert [s.seq for s in one.recent(13)] == [14]
    assert one.recent(14) == one.recent(99) == []
