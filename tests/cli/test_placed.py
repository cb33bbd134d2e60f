"""What became of a placed call, read off the events after it."""

import msgspec
import pytest
import trio

from clawctl.cli.placed import AWAY_S, Placed
from clawctl.wire.events import (
    CallActive,
    CallEnded,
    CallRinging,
    PhoneDegraded,
    PhoneLost,
    PhoneReady,
    SessionEnded,
    SessionStarted,
    Stamped,
    to_wire,
)

OUT = {"number": "+4930123", "direction": "outgoing"}
IN = {"number": "+1555", "direction": "incoming"}
GREETED = SessionStarted(session_id="s1", caller_number="+49 30 123", direction="outgoing")


def frame(event, at):
    """As it comes over the wire, empty fields left out."""
    return msgspec.json.decode(to_wire(Stamped(int(at), float(at), event)))


def placed(*events):
    """The call after these, a second apart; and what people were told."""
    told = []
    call = Placed("+49 (30) 123", told.append)
    for at, event in enumerate(events, 101):
        call.hear(frame(event, at))
    return call, told


@pytest.mark.parametrize(
    ("events", "told", "answered_at", "ended_at", "session_id"),
    [
        ([], [], 0, 0, ""),
        ([CallRinging(**OUT)], ["it rings"], 0, 0, ""),
        ([CallRinging(**OUT), CallRinging(**OUT)], ["it rings"], 0, 0, ""),
        ([CallActive(**OUT), GREETED], ["answered"], 101, 0, "s1"),
        ([GREETED, CallActive(**OUT)], ["answered"], 101, 0, "s1"),
        ([CallRinging(), CallActive()], ["it rings", "answered"], 102, 0, ""),
        ([CallRinging(**OUT), CallEnded(**OUT)], ["it rings"], 0, 102, ""),
        ([CallEnded(**OUT, connected_s=0.5)], ["answered"], 100.5, 101, ""),
        ([GREETED, SessionEnded(session_id="s1", reason="hangup")], ["answered"], 101, 102, "s1"),
        ([GREETED, SessionEnded(session_id="s1", reason="ttl")], ["answered"], 101, 0, "s1"),
        ([GREETED, SessionEnded(session_id="s2", reason="hangup")], ["answered"], 101, 0, "s1"),
        ([SessionEnded(reason="hangup")], [], 0, 0, ""),
        # Calls of others.
        ([CallRinging(**IN), CallActive(**IN), CallEnded(**IN)], [], 0, 0, ""),
        ([CallActive(number="+1555", direction="outgoing")], [], 0, 0, ""),
        ([SessionStarted(session_id="s2", caller_number="+1555")], [], 0, 0, ""),
        ([SessionStarted(session_id="s2", line="realtime")], [], 0, 0, ""),
        ([GREETED, SessionStarted(session_id="s2")], ["answered"], 101, 0, "s1"),
    ],
)
def test_the_events_of_its_own_call_count_in_whatever_order(
    events, told, answered_at, ended_at, session_id
):
    call, heard = placed(*events)

    assert heard == told
    assert (call.answered_at, call.ended_at, call.session_id) == (answered_at, ended_at, session_id)


def test_how_long_it_was_connected_is_the_phones_word_where_it_has_one():
    assert placed(CallActive(**OUT), CallEnded(**OUT, connected_s=0.75))[0].connected_s == 0.75
    hung_up = SessionEnded(session_id="s1", reason="hangup")
    assert placed(GREETED, hung_up)[0].connected_s == 1.0
    assert placed(GREETED, hung_up, CallEnded(**OUT, connected_s=7))[0].connected_s == 1.0


@pytest.mark.parametrize("back", [PhoneReady(), PhoneDegraded(reason="a profile is old")])
async def test_a_cable_that_slips_for_a_moment_is_no_line_that_is_down(back, autojump_clock):
    call = Placed("+4930123")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(call.mind_the_phone)
        call.hear(frame(PhoneLost(), 101))
        await trio.sleep(AWAY_S - 1)
        call.hear(frame(back, 102))
        await trio.sleep(10 * AWAY_S)
        assert (call.line_down, call.decided) == (False, False)
        nursery.cancel_scope.cancel()


async def test_a_phone_that_stays_away_is_a_line_that_is_down(autojump_clock):
    call = Placed("+4930123")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(call.mind_the_phone)
        await trio.sleep(5)
        call.hear(frame(PhoneLost(), 101))
        await call.until(lambda: call.decided)
        nursery.cancel_scope.cancel()

    assert (call.line_down, trio.current_time()) == (True, 5 + AWAY_S)
