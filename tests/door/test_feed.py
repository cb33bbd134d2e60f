"""A feed tells what was missed and what happens, each once and in order, wherever it is kept."""

import pytest
import trio

from clawctl.bus import Bus
from clawctl.door.feed import Wanted, events_after, last_events, open_feed
from clawctl.errors import BadInput, NotStored
from clawctl.wire.events import EventsDropped, Stamped, TurnReply, TurnStarted


class Shelf:
    """A store that has nothing before it is told to; `slow_s` is what a page takes."""

    def __init__(self):
        self.events, self.slow_s, self.fail, self.asked = [], 0.0, False, 0

    async def events_after(self, seq, limit=1000, *, session_id="", types=()):
        self.asked += 1
        await trio.sleep(self.slow_s)
        return [one for one in self.events if one.seq > seq][:limit]

    async def last_events(self, limit, *, session_id="", types=()):
        await trio.sleep(self.slow_s)
        return self.events[-limit:]

    async def seq_before(self, timestamp):
        return 0

    async def caught_up(self):
        await trio.lowlevel.checkpoint()
        if self.fail:
            raise NotStored("the disk is full")


def reply(seq):
    return Stamped(seq, 7.0, TurnReply(reply=str(seq)))


@pytest.fixture
def shelf():
    return Shelf()


def bus(last_seq=0, recent=4):
    return Bus(lambda: 7.0, last_seq, recent)


def say(one, *texts, session_id=""):
    for text in texts:
        one.publish(TurnReply(reply=text, session_id=session_id))


def seqs(events):
    return [one.seq for one in events]


async def test_without_a_seq_a_feed_begins_now(shelf):
    one = bus()
    say(one, "before")
    with open_feed(one, shelf) as feed:
        say(one, "after")

        assert seqs(await feed.take()) == [2]


async def test_what_was_announced_and_is_not_stored_yet_is_told(shelf):
    one = bus()
    one.announce(TurnStarted(session_id="a"))
    with open_feed(one, shelf, after=0) as feed:
        one.announce(TurnReply(session_id="a"))

        assert seqs(await feed.take()) == [1, 2]
    assert shelf.asked == 0


async def test_store_and_memory_join_without_gap_or_repeat(shelf):
    one = bus(last_seq=1000)
    shelf.events = [reply(seq) for seq in [*range(1, 700), *range(900, 1001)]]
    one.keep = shelf.events.append
    say(one, *"abcdef")
    got = []
    with open_feed(one, shelf, after=3) as feed:
        while len(got) < 803:
            got += seqs(await feed.take())
        say(one, "live")
        got += seqs(await feed.take())

    assert got == [*range(4, 700), *range(900, 1008)]


async def test_events_told_while_the_past_is_read_come_after_it(shelf, autojump_clock):
    one = bus(last_seq=10)
    shelf.events, shelf.slow_s = [reply(seq) for seq in range(1, 11)], 1.0
    one.keep = shelf.events.append
    got = []

    async def talk():
        for _ in range(12):
            await trio.sleep(0.3)
            say(one, "x")

    async with trio.open_nursery() as nursery:
        nursery.start_soon(talk)
        with open_feed(one, shelf, after=0) as feed:
            while len(got) < 22:
                got += seqs(await feed.take())

    assert got == [*range(1, 23)]


async def test_a_held_event_keeps_its_place(shelf):
    one = bus()
    held = one.hold(TurnReply(reply="held"))
    say(one, "later")
    with open_feed(one, shelf, after=0) as feed:
        say(one, "last")
        one.tell(held)

        assert seqs(await feed.take()) == [1, 2, 3]


async def test_only_what_is_wanted_comes(shelf):
    one = bus()
    wanted = Wanted(types=("turn.re*", "session.ended"), sessions=("a", "b"))
    with open_feed(one, shelf, wanted, after=0) as feed:
        say(one, "1", session_id="a")
        say(one, "2", session_id="c")
        one.publish(TurnStarted(session_id="a"))
        say(one, "4", session_id="b")

        assert seqs(await feed.take()) == [1, 4]


async def test_who_does_not_keep_up_loses_the_oldest_and_is_told(shelf):
    one = bus()
    with open_feed(one, shelf, Wanted(sessions=("a",)), most_waiting=2) as feed:
        say(one, "0", session_id="a")
        await feed.take()
        for session_id in "abababa":
            say(one, "x", session_id=session_id)
        lost, *rest = await feed.take()

        assert lost == Stamped(5, 7.0, EventsDropped(count=2))
        assert seqs(rest) == [6, 8]


async def test_another_choice_goes_on_where_the_reader_is(shelf):
    one = bus(recent=10)
    with open_feed(one, shelf, Wanted(sessions=("a",)), after=0) as feed:
        say(one, "1", session_id="a")
        await feed.take()
        say(one, "2", session_id="b")
        say(one, "3", session_id="a")
        feed.listen_to(Wanted(sessions=("b",)))
        assert seqs(await feed.take()) == [2]
        feed.listen_to(Wanted(), after=0)
        assert seqs(await feed.take()) == [1, 2, 3]


async def test_a_choice_wakes_a_reader_who_waits(shelf, autojump_clock):
    one = bus()
    say(one, "1")
    with open_feed(one, shelf) as feed:
        async with trio.open_nursery() as nursery:

            async def choose():
                await trio.sleep(2)
                feed.listen_to(Wanted(), after=0)

            nursery.start_soon(choose)
            assert seqs(await feed.take()) == [1]
            assert trio.current_time() == 2


async def test_a_seq_of_another_database_means_from_now_on(shelf):
    one = bus(last_seq=5)
    with open_feed(one, shelf, after=900) as feed:
        say(one, "6")

        assert seqs(await feed.take()) == [6]


async def test_a_store_in_trouble_tells_what_it_has(shelf):
    one = bus(last_seq=3)
    shelf.events, shelf.fail = [reply(1), reply(2)], True
    say(one, "4")
    with open_feed(one, shelf, after=0) as feed:
        assert seqs(await feed.take()) == [1, 2]
        assert seqs(await feed.take()) == [4]


async def test_the_past_is_read_in_one_go(shelf):
    one = bus(last_seq=10, recent=3)
    shelf.events = [reply(seq) for seq in range(1, 11)]
    one.keep = shelf.events.append
    say(one, *"abcde")

    assert seqs(await events_after(one, shelf, Wanted(), 8, 100)) == [9, 10, 11, 12, 13, 14, 15]
    assert seqs(await events_after(one, shelf, Wanted(), 8, 3)) == [9, 10, 11]
    assert seqs(await events_after(one, shelf, Wanted(), 14, 3)) == [15]
    assert seqs(await last_events(one, shelf, Wanted(), 2)) == [14, 15]
    assert seqs(await last_events(one, shelf, Wanted(), 7)) == [*range(9, 16)]
    assert seqs(await last_events(one, shelf, Wanted(), 700)) == [*range(1, 16)]


def test_a_type_that_does_not_exist_is_named():
    with pytest.raises(BadInput, match=r"'turn.replied'; did you mean 'turn.reply'\?"):
        Wanted(types=("turn.replied",)).check()
