"""What the telephony registry says of calls."""

import pytest

from clawctl.lines.phone.telephony import IDLE, OFF_HOOK, RINGING, Telephony, seen


def dump(*states, number="", front=""):
    slots = "".join(
        f"  Phone Id={slot}\n    mCallState={state}\n    mRingingCallState=0\n"
        for slot, state in enumerate(states)
    )
    return f"1771958400.123456789\n{slots}{front}    mCallIncomingNumber={number}\n"


@pytest.mark.parametrize(
    ("states", "calls"),
    [
        ((0,), IDLE),
        ((0, 1), RINGING),
        ((2, 0), OFF_HOOK),
        ((1, 2), OFF_HOOK),
        ((), None),
        ((7,), None),
    ],
)
def test_the_busiest_sim_counts(states, calls):
    assert seen(dump(*states)).calls == calls


def test_the_phones_clock_comes_with_it():
    assert seen(dump(0)).phone_s == pytest.approx(1771958400.123456)


@pytest.mark.parametrize("clock", ["1771958400.N", "1771958400"])
def test_a_shell_that_knows_whole_seconds_only_will_do(clock):
    assert seen(f"{clock}\nmCallState=0\n").phone_s == 1771958400.0


def test_who_rings_is_taken_where_android_tells_it():
    assert seen(dump(1, number="+4930123")).number == "+4930123"
    assert seen(dump(1, number="")).number == ""
    assert seen(dump(1, number="Unknown; rm -rf /")).number == ""


@pytest.mark.parametrize(("state", "connected"), [(1, True), (3, False), (4, False), (0, None)])
def test_whether_it_was_picked_up_is_taken_where_android_tells_it(state, connected):
    assert seen(dump(2, front=f"    mForegroundCallState={state}\n")).connected is connected


@pytest.mark.parametrize("output", ["", "cmd: Can't find service: telephony.registry", "\0" * 99])
def test_a_phone_that_tells_nothing_is_no_phone_that_is_idle(output):
    assert seen(output) == Telephony(None, None)
