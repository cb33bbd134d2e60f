"""Whose session the phone's call is, and what its end means to it."""

import pytest
import trio

from clawctl.call.on_line import CallOnPhone, OnLine
from clawctl.testing.calls import EPOCH
from clawctl.wire.events import CallActive, CallEnded, CallRinging, SessionEnded

RINGING = CallOnPhone("ringing", "+4930123", "incoming", began=EPOCH)


def active(number="+4930123", began=EPOCH):
    return CallOnPhone("active", number, "incoming", began=began, connected_at=began + 3.0)


def over(number="+4930123", began=EPOCH, why="disconnected"):
    return CallOnPhone(
        "ended", number, "incoming", began, began + 3.0, ended_at=began + 63.04, why=why
    )


@pytest.fixture
def now(room):
    """The time of a call that begins now, as its sessions are stamped."""
    return room.turns.clock()


async def test_the_session_of_a_call_that_ended_ends_at_once(room, autojump_clock, now):
    await room.say(session_id="s", caller_number="+49 30 123")
    room.events()
    room.registry.phone_told(over(began=now))

    assert room.events() == [
        SessionEnded(session_id="s", reason="hangup"),
        CallEnded(
            session_id="s",
            number="+4930123",
            direction="incoming",
            connected_s=60.0,
            why="disconnected",
        ),
    ]
    assert list(room.registry.sessions) == []


async def test_a_turn_that_is_still_on_its_way_is_told_to_hang_up(room, autojump_clock, now):
    await room.say(session_id="s", caller_number="+4930123")
    room.registry.phone_told(over(began=now))
    late = await room.say("are you there?", session_id="s", caller_number="+4930123")

    assert (late.ok, late.ended, late.hangup) == (False, True, True)


async def test_a_call_is_announced_once_in_each_of_its_states(room, autojump_clock):
    room.events()
    for call in (RINGING, RINGING, active(), active(), over(), over()):
        room.registry.phone_told(call)

    assert [event.type for event in room.events()] == ["call.ringing", "call.active", "call.ended"]


async def test_a_call_that_is_dialled_is_announced_by_whoever_dialled(room, autojump_clock):
    room.registry.phone_told(CallOnPhone("dialing", "+4930123", "outgoing", began=EPOCH))

    assert room.events() == []


async def test_what_the_phone_does_not_know_is_left_out(room, autojump_clock):
    room.registry.phone_told(CallOnPhone("ringing", "", "incoming", began=EPOCH))
    room.registry.phone_told(CallOnPhone("active", began=EPOCH))

    assert room.events() == [CallRinging(direction="incoming"), CallActive()]


async def test_a_number_that_only_the_app_knows_is_told_with_the_end(room, autojump_clock, now):
    await room.say(session_id="s", caller_number="+4930123")
    room.events()
    room.registry.phone_told(over(number="", began=now))

    assert room.events()[-1].number == "+4930123"


async def test_no_silence_ends_a_call_that_is_up(room, autojump_clock, now):
    await room.say(session_id="s", caller_number="+4930123")
    room.registry.phone_told(active(began=now))
    await trio.sleep(4000)

    assert list(room.registry.sessions) == ["s"]


async def test_silence_counts_again_when_the_phone_is_not_heard_of(room, autojump_clock, now):
    await room.say(session_id="s", caller_number="+4930123")
    room.registry.phone_told(active(began=now))
    await trio.sleep(1000)
    room.registry.phone_lost()
    await trio.sleep(310)

    assert list(room.registry.sessions) == []


async def test_a_phone_that_comes_back_tells_nothing_twice(room, autojump_clock, now):
    await room.say(session_id="s", caller_number="+4930123")
    room.registry.phone_told(active(began=now))
    room.events()
    room.registry.phone_lost()
    room.registry.phone_told(active(began=now))
    await trio.sleep(1000)

    assert room.events() == []
    assert list(room.registry.sessions) == ["s"]


class TestAnotherSession:
    async def test_of_another_number_goes_on(self, room, autojump_clock, now):
        await room.say(session_id="other", caller_number="+4930999")
        room.registry.phone_told(over(began=now))

        assert list(room.registry.sessions) == ["other"]

    async def test_of_an_earlier_call_of_the_number_goes_on(self, room, autojump_clock, now):
        await room.say(session_id="earlier", caller_number="+4930123")
        room.registry.phone_told(over(began=now + 10.0))

        assert list(room.registry.sessions) == ["earlier"]

    async def test_of_another_line_goes_on(self, room, autojump_clock, now):
        await room.say(session_id="other", caller_number="+4930123")
        room.registry.find("other").state.line = "realtime"
        room.registry.phone_told(over(began=now))

        assert list(room.registry.sessions) == ["other"]

    async def test_falls_silent_while_the_phones_own_is_kept(self, room, autojump_clock, now):
        await room.say(session_id="other", caller_number="+4930999")
        await room.say(session_id="s", caller_number="+4930123")
        room.registry.phone_told(active(began=now))
        await trio.sleep(400)

        assert list(room.registry.sessions) == ["s"]


class TestWithoutANumber:
    async def test_the_session_of_a_hidden_caller_is_the_calls(self, room, autojump_clock, now):
        await room.say(session_id="hidden")
        room.registry.phone_told(over(began=now))

        assert list(room.registry.sessions) == []

    async def test_a_call_has_the_session_that_began_first(self, room, autojump_clock, now):
        await room.say(session_id="s", caller_number="+4930123")
        room.registry.find("s").state.created_at = now
        await room.say(session_id="tried-out", caller_number="+4930999")
        room.registry.find("tried-out").state.created_at = now + 5.0
        await room.say(session_id="s", caller_number="+4930123")
        room.registry.phone_told(over(number="", began=now))

        assert list(room.registry.sessions) == ["tried-out"]

    async def test_nor_a_beginning_it_has_the_one_that_began_last(self, room, autojump_clock, now):
        await room.say(session_id="left-over", caller_number="+4930999")
        room.registry.find("left-over").state.created_at = now - 100.0
        await room.say(session_id="s", caller_number="+4930123")
        room.registry.phone_told(CallOnPhone("active"))
        room.registry.phone_told(CallOnPhone("ended", why="gone"))

        assert list(room.registry.sessions) == ["left-over"]

    async def test_both_sessions_of_a_call_whose_app_lost_the_first_end(
        self, room, autojump_clock, now
    ):
        await room.say(session_id="lost", caller_number="+4930123")
        await room.say(session_id="s", caller_number="+4930123")
        room.registry.phone_told(over(began=now))

        assert list(room.registry.sessions) == []


def test_a_call_nobody_answered_was_not_connected():
    assert CallOnPhone("ended", began=1.0, ended_at=20.0).connected_s == 0.0
    assert CallOnPhone("ended", connected_at=5.0, ended_at=4.0).connected_s == 0.0


def test_a_phone_is_silent_until_it_tells_something():
    assert OnLine().now is None
