"""How the phone's call stands, told by a log and by looks that may each be late, lost or wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawctl.call.on_line import CallOnPhone
from clawctl.lines.phone.call_states import Calls
from clawctl.lines.phone.telephony import IDLE, OFF_HOOK, RINGING, Telephony

EPOCH = 1_800_000_000.0


class Phone:
    """What a phone puts out at a time of ours, whose own clock is ahead."""

    def __init__(self, ahead_s: float = 0.0) -> None:
        self.now_s, self.ahead_s = EPOCH, ahead_s
        self.told: list[CallOnPhone] = []
        self.calls = Calls(self.told.append, clock=lambda: self.now_s)
        self.calls.set_clock(EPOCH + ahead_s, EPOCH)

    def after(self, seconds: float) -> "Phone":
        self.now_s += seconds
        return self

    def state(self, state: str) -> "Phone":
        return self.line("BridgeInCallService", f"state={state}")

    def line(self, tag: str, text: str) -> "Phone":
        self.calls.logged(
            f"     {self.now_s + self.ahead_s:.3f}  9001  9001 I {tag}: {text}".encode()
        )
        return self

    def look(self, calls: int | None, number: str = "", connected: bool | None = None) -> "Phone":
        self.calls.looked(Telephony(None, calls, number, connected), self.now_s)
        return self

    def looks(self, calls: int, times: int = 4, **more) -> "Phone":
        for _ in range(times):
            self.after(1.0).look(calls, **more)
        return self

    @property
    def states(self) -> list[str]:
        return [call.state for call in self.told]


@pytest.fixture
def phone():
    return Phone()


def test_a_call_that_comes_in_rings_is_answered_and_ends(phone):
    phone.state("ringing").after(2.0).state("active").after(60.0).state("disconnecting")
    phone.after(0.1).state("disconnected").look(IDLE)

    assert phone.told == [
        CallOnPhone("ringing", "", "incoming", EPOCH),
        CallOnPhone("active", "", "incoming", EPOCH, pytest.approx(EPOCH + 2.0)),
        CallOnPhone(
            "ended",
            "",
            "incoming",
            EPOCH,
            pytest.approx(EPOCH + 2.0),
            pytest.approx(EPOCH + 62.1),
            "disconnected",
        ),
    ]
    assert phone.told[-1].connected_s == pytest.approx(60.1)


def test_a_call_that_is_dialled_has_the_number_that_was_dialled(phone):
    phone.line("AndroidTelecomCtrl", "Dial command executed: +49 30 123")
    phone.after(0.1).state("connecting").state("dialing").after(5.0).state("active")

    assert [(call.state, call.number, call.direction) for call in phone.told] == [
        ("dialing", "+4930123", "outgoing"),
        ("active", "+4930123", "outgoing"),
    ]


def test_a_number_that_the_log_tells_late_is_told_late(phone):
    phone.state("connecting").line("AndroidTelecomCtrl", "Dial command executed: +4930123")

    assert [(call.state, call.number) for call in phone.told] == [
        ("dialing", ""),
        ("dialing", "+4930123"),
    ]


def test_the_number_we_dialled_is_known_without_the_log(phone):
    phone.calls.dialled("+4930123")
    phone.after(0.2).state("dialing")

    assert phone.told[-1].number == "+4930123"


def test_a_call_that_is_up_already_does_not_get_the_number(phone):
    phone.state("dialing")
    phone.calls.dialled("+4930123")
    phone.after(1.0).state("active")

    assert {call.number for call in phone.told} == {""}


def test_a_number_that_was_not_dialled_is_no_calls(phone):
    phone.calls.dialled("+4930123")
    phone.calls.not_dialled()
    phone.after(0.2).state("dialing")

    assert phone.told[-1].number == ""


def test_a_number_dialled_long_ago_is_that_of_another_call(phone):
    phone.calls.dialled("+4930123")
    phone.after(60.0).state("dialing")

    assert phone.told[-1].number == ""


def test_a_number_is_that_of_one_call_only(phone):
    phone.calls.dialled("+4930123")
    phone.state("dialing").line("AndroidTelecomCtrl", "Dial command executed: +4930123")
    phone.after(1.0).state("disconnected").look(IDLE).after(3.0).state("dialing")

    assert [one.number for one in phone.told] == ["+4930123", "+4930123", ""]


def test_a_number_dialled_while_another_call_is_ending_is_the_next_ones(phone):
    phone.calls.dialled("+4930123")
    phone.state("dialing").after(1.0).state("disconnected")
    phone.line("AndroidTelecomCtrl", "Dial command executed: +4930999").state("dialing")

    assert [(one.state, one.number) for one in phone.told] == [
        ("dialing", "+4930123"),
        ("ended", "+4930123"),
        ("dialing", "+4930999"),
    ]


def test_a_call_that_nobody_answers_was_never_connected(phone):
    phone.state("dialing").after(30.0).state("disconnected").look(IDLE)

    assert phone.states == ["dialing", "ended"]
    assert phone.told[-1].connected_s == 0.0


def test_lines_that_are_repeated_tell_nothing_twice(phone):
    phone.state("ringing").state("ringing").after(1.0).state("ringing").state("active")
    phone.after(1.0).state("active").state("disconnected").state("disconnected").look(IDLE)
    phone.state("disconnected").look(IDLE)

    assert phone.states == ["ringing", "active", "ended"]


@pytest.mark.parametrize("ahead_s", [-7200.0, 0.4, 86_400.0])
def test_times_are_by_our_clock_whatever_the_phones_says(ahead_s):
    phone = Phone(ahead_s)
    phone.after(5.0).state("ringing").after(1.0).state("active")

    assert phone.told[-1].began == pytest.approx(EPOCH + 5.0, abs=0.01)
    assert phone.told[-1].connected_at == pytest.approx(EPOCH + 6.0, abs=0.01)


def test_a_clock_that_is_set_during_a_call_does_not_change_how_long_it_lasted(phone):
    phone.state("ringing").state("active").after(10.0)
    phone.ahead_s = 3600.0
    phone.calls.set_clock(phone.now_s + 3600.0, phone.now_s)
    phone.after(20.0).state("disconnected").look(IDLE)

    assert phone.told[-1].connected_s == pytest.approx(30.0)


class TestASecondCall:
    def test_that_is_turned_away_does_not_end_the_first(self, phone):
        phone.state("active").after(5.0).state("ringing").look(RINGING)
        phone.after(0.2).state("disconnected").look(OFF_HOOK).looks(OFF_HOOK)

        assert phone.states == ["active"]
        assert not phone.calls.unsettled

    def test_turned_away_where_no_look_is_to_be_had_neither(self, phone):
        phone.state("active").after(5.0).state("ringing").state("disconnected").look(None)
        assert phone.states == ["active"]

        phone.state("disconnected").after(1.0).state("disconnected").look(None)
        assert phone.states == ["active", "ended"]

    def test_that_begins_before_the_look_is_another_call(self, phone):
        phone.state("active").after(5.0).state("disconnected").after(0.1).state("ringing")
        phone.look(RINGING)

        assert phone.states == ["active", "ended", "ringing"]
        assert phone.told[1].ended_at == pytest.approx(EPOCH + 5.0)
        assert phone.told[2].began == pytest.approx(EPOCH + 5.1)


def test_who_rings_is_asked_for_soon_and_not_for_ever(phone):
    phone.state("ringing")
    assert phone.calls.unsettled

    phone.after(0.3).look(RINGING, "+4930123")
    assert [one.number for one in phone.told] == ["+4930123"]
    assert not phone.calls.unsettled


@pytest.mark.parametrize("look", [RINGING, OFF_HOOK, IDLE, None])
def test_a_call_that_rings_is_told_with_the_first_look_whatever_it_shows(phone, look):
    phone.state("ringing")
    assert phone.told == []

    phone.after(0.1).look(look)
    assert phone.told == [CallOnPhone("ringing", "", "incoming", EPOCH)]


def test_a_hidden_caller_is_asked_for_two_seconds(phone):
    phone.state("ringing").after(1.9).look(RINGING)
    assert phone.told == [CallOnPhone("ringing", "", "incoming", EPOCH)]
    assert phone.calls.unsettled

    phone.after(0.2).look(RINGING)
    assert not phone.calls.unsettled


class TestASilentLog:
    def test_an_end_is_found_by_a_look_and_another(self, phone):
        phone.state("active").after(5.0).look(IDLE)
        assert phone.states == ["active"]
        assert phone.calls.unsettled

        phone.after(0.4).look(IDLE)
        assert phone.told[-1].why == "gone"
        assert phone.told[-1].connected_s == pytest.approx(5.4)

    def test_an_end_that_the_log_tells_a_moment_later_is_the_logs(self, phone):
        phone.state("active").after(5.0).look(IDLE).after(0.1).state("disconnected").look(IDLE)

        assert phone.told[-1].why == "disconnected"

    def test_a_look_that_lags_behind_the_log_ends_nothing(self, phone):
        phone.state("dialing").after(0.1).look(IDLE).after(0.5).look(IDLE).after(0.5).look(OFF_HOOK)

        assert phone.states == ["dialing"]

    def test_an_end_that_the_telephony_state_knows_late_is_told_with_its_time(self, phone):
        phone.state("active").after(5.0).state("disconnected").look(OFF_HOOK)
        assert phone.states == ["active"]

        phone.after(0.3).look(IDLE)
        assert phone.told[-1].connected_s == pytest.approx(5.0)

    def test_a_call_that_rings_is_found_with_the_number_that_android_tells(self, phone):
        phone.looks(RINGING, number="+4930123")

        assert phone.told == [CallOnPhone("ringing", "+4930123", "incoming", EPOCH + 1.0)]

    def test_that_it_was_answered_is_found(self, phone):
        phone.state("ringing").after(3.0).looks(OFF_HOOK)

        assert phone.states == ["ringing", "active"]
        assert phone.told[-1].connected_at == EPOCH + 4.0

    def test_one_that_is_up_is_found(self, phone):
        phone.looks(OFF_HOOK)

        assert phone.told == [CallOnPhone("active", "", "", EPOCH + 1.0, connected_at=EPOCH + 1.0)]

    def test_one_that_we_dialled_is_not_taken_for_answered(self, phone):
        phone.calls.dialled("+4930123")
        phone.looks(OFF_HOOK)

        assert phone.told == [CallOnPhone("dialing", "+4930123", "outgoing", EPOCH + 1.0)]

    def test_where_android_tells_it_a_call_is_known_to_be_dialled_and_answered(self, phone):
        phone.looks(OFF_HOOK, connected=False).looks(OFF_HOOK, connected=True)

        assert phone.states == ["dialing", "active"]
        assert phone.told[-1].connected_at == EPOCH + 5.0

    def test_a_look_that_fails_changes_nothing(self, phone):
        phone.state("active").after(60.0).look(None)

        assert phone.states == ["active"]


class TestACallThatWasUpWhenWeCame:
    def test_is_active_since_nobody_knows_when(self, phone):
        phone.calls.found(None, Telephony(None, OFF_HOOK), EPOCH)

        assert phone.told == [CallOnPhone("active")]

    def test_is_what_the_log_told_of_it(self, phone):
        before = CallOnPhone("active", "+4930123", "outgoing", EPOCH - 90.0, EPOCH - 80.0)
        phone.calls.found(before, Telephony(None, OFF_HOOK), EPOCH)
        phone.after(1.0).state("disconnected").look(IDLE)

        assert phone.told[0] == before
        assert phone.told[1].connected_s == pytest.approx(81.0)

    def test_may_be_ringing_still(self, phone):
        phone.calls.found(None, Telephony(None, RINGING, "+4930123"), EPOCH)

        assert phone.told == [CallOnPhone("ringing", "+4930123", "incoming", EPOCH)]


def test_where_to_read_on_is_by_the_phones_clock():
    phone = Phone(3600.0)
    assert phone.calls.read_s == EPOCH + 3600.0

    phone.after(7.0).state("ringing")
    assert phone.calls.read_s == EPOCH + 3607.0


def test_numbers_do_not_show_where_calls_are_printed(phone):
    phone.calls.dialled("+4930123")
    phone.state("dialing")

    assert phone.told[0].number == "+4930123"
    assert "+4930123" not in repr(phone.told) + repr(phone.calls)


STEPS = st.one_of(
    st.tuples(
        st.just("state"),
        st.sampled_from(
            ["connecting", "dialing", "ringing", "active", "holding", "disconnecting",
             "disconnected"]
        ),
    ),
    st.tuples(st.just("look"), st.sampled_from([IDLE, RINGING, OFF_HOOK, None])),
    st.tuples(st.just("after"), st.floats(0.0, 5.0)),
)  # fmt: skip


@given(st.lists(STEPS, max_size=60))
def test_whatever_is_said_each_call_begins_once_and_ends_once(steps):
    phone = Phone()
    for name, value in steps:
        getattr(phone, name)(value)
    # The line falls silent, and the telephony state agrees.
    phone.after(10.0).look(IDLE).after(1.0).look(IDLE)

    up = None
    for call in phone.told:
        if call.state == "ended":
            assert up is not None
            assert (call.began, call.direction) == (up.began, up.direction)
            assert call.ended_at >= call.began
            up = None
        elif up is None:
            assert call.state in {"dialing", "ringing"} or call.connected_at == call.began
            up = call
        else:
            assert call.began == up.began
            assert (up.state, call.state) in {("dialing", "active"), ("ringing", "active")}
            up = call
    assert up is None
    assert phone.calls.now is None
    assert not phone.calls.unsettled
