"""Following the calls of a phone, whatever becomes of its log, its app and its cable."""

import pytest
import trio

from clawctl.errors import NoHandset
from clawctl.lines.phone.app import App
from clawctl.lines.phone.calls import AGAIN_S, LOOK_S, Calls, follow_calls
from clawctl.testing.caller import Caller
from clawctl.testing.calls import EPOCH
from clawctl.testing.device.condition import STOCK_DIALER

NUMBER = "+4930123456"


class Follower:
    """What one who follows is told; `lost` counts how often nobody followed any more."""

    def __init__(self, inside) -> None:
        self.inside = inside
        self.told = []
        self.lost = 0
        self.why = ""
        self.calls = Calls(self.told.append, self._lose, lambda: EPOCH + trio.current_time())

    def _lose(self):
        self.lost += 1

    async def follow(self):
        try:
            await follow_calls(self.inside, self.calls)
        except NoHandset as error:
            self.why = str(error)

    @property
    def states(self):
        return [call.state for call in self.told]


@pytest.fixture
def follower(inside, autojump_clock):
    return Follower(inside)


@pytest.fixture
async def following(follower, inside, autojump_clock):
    async with trio.open_nursery() as nursery:
        nursery.start_soon(follower.follow)
        await trio.sleep(0.5)
        yield follower
        nursery.cancel_scope.cancel()


async def test_a_call_that_comes_in_is_told_as_it_goes(following, inside, autojump_clock):
    inside.app.ring(NUMBER)
    await trio.sleep(2)
    await App(inside).answer()
    await trio.sleep(20)
    inside.app.far_end_hangs_up()
    await trio.sleep(1)

    assert following.states[0] == "ringing"
    assert following.states[-2:] == ["active", "ended"]
    last = following.told[-1]
    assert (last.number, last.direction, last.why) == (NUMBER, "incoming", "disconnected")
    assert last.connected_s == pytest.approx(20.0, abs=0.5)
    assert last.began == pytest.approx(EPOCH + 0.5, abs=0.01)


async def test_a_call_that_goes_out_has_its_number(following, inside, autojump_clock):
    inside.condition.picks_up = False
    await App(inside).dial(NUMBER)
    await trio.sleep(2)
    await App(inside).hang_up()
    await trio.sleep(1)

    assert [(one.state, one.number) for one in following.told] == [
        ("dialing", NUMBER),
        ("ended", NUMBER),
    ]
    assert following.told[-1].connected_s == 0.0


async def test_its_end_is_told_at_once(following, inside, autojump_clock):
    await App(inside).dial(NUMBER)
    await trio.sleep(10.05)
    inside.app.far_end_hangs_up()
    await trio.sleep(0.1)

    assert following.states[-1] == "ended"


@pytest.mark.parametrize("clock_off_s", [-86_400.0, 3_600.0])
async def test_the_phones_clock_may_be_any(inside, follower, autojump_clock, clock_off_s):
    inside.condition.clock_off_s = clock_off_s
    async with trio.open_nursery() as nursery:
        nursery.start_soon(follower.follow)
        await trio.sleep(5)
        await App(inside).dial(NUMBER)
        await trio.sleep(5)
        nursery.cancel_scope.cancel()

    assert follower.states[0] == "dialing"
    assert follower.told[0].began == pytest.approx(EPOCH + 5.0, abs=0.01)


class TestACallThatWasUpBefore:
    async def test_is_told_with_all_that_its_log_knows(self, inside, follower, autojump_clock):
        await App(inside).dial(NUMBER)
        await trio.sleep(12)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(follower.follow)
            await trio.sleep(0.1)

            (found,) = follower.told
            assert (found.state, found.number, found.direction) == ("active", NUMBER, "outgoing")
            assert found.began == pytest.approx(EPOCH, abs=0.01)
            inside.app.far_end_hangs_up()
            await trio.sleep(1)
            nursery.cancel_scope.cancel()

        assert follower.states == ["active", "ended"]
        assert follower.told[-1].connected_s == pytest.approx(12.0, abs=3.0)

    async def test_is_told_without_a_log_too(self, inside, follower, autojump_clock):
        inside.condition.foreign_call = True
        async with trio.open_nursery() as nursery:
            nursery.start_soon(follower.follow)
            await trio.sleep(1)
            assert [(one.state, one.began) for one in follower.told] == [("active", 0.0)]

            inside.condition.foreign_call = False
            await trio.sleep(LOOK_S + 1)
            nursery.cancel_scope.cancel()

        assert follower.told[-1].why == "gone"

    async def test_one_that_is_over_is_history(self, inside, follower, autojump_clock):
        await App(inside).dial(NUMBER)
        await trio.sleep(5)
        await App(inside).hang_up()
        await trio.sleep(5)
        with trio.move_on_after(10):
            await follower.follow()

        assert follower.told == []


class TestWithoutTheLog:
    async def test_looks_tell_that_a_call_is_up_and_over(self, following, inside, autojump_clock):
        """The app is no longer the dialer: nothing is logged of calls."""
        inside.condition.role = STOCK_DIALER
        inside.app.ring(NUMBER, Caller(patience_s=60.0))
        await trio.sleep(10)
        assert following.states == ["ringing"]

        inside.app.far_end_hangs_up()
        await trio.sleep(LOOK_S + 1)
        assert following.states == ["ringing", "ended"]
        assert following.told[-1].why == "gone"
        assert following.told[-1].number == NUMBER

    async def test_the_end_of_a_call_whose_app_died_is_told(
        self, following, inside, autojump_clock
    ):
        await App(inside).dial(NUMBER)
        await trio.sleep(10)
        inside.condition.role = STOCK_DIALER
        inside.app.crash()
        await trio.sleep(5)
        assert following.states[-1] == "active"

        await inside.app.over()
        await trio.sleep(LOOK_S + 1)
        assert following.states[-1] == "ended"
        assert following.states.count("ended") == 1

    async def test_a_stream_that_ends_is_begun_again_without_telling_twice(
        self, following, inside, autojump_clock
    ):
        inside.condition.picks_up = False
        await App(inside).dial(NUMBER)
        await trio.sleep(1)
        inside.cut()
        await trio.sleep(AGAIN_S + 0.5)
        assert len(inside.followed) == 2
        assert "ended" not in following.states

        await App(inside).hang_up()
        await trio.sleep(1)
        assert following.states == ["dialing", "ended"]

    async def test_what_was_logged_between_two_streams_is_told(
        self, following, inside, autojump_clock
    ):
        inside.cut()
        await trio.sleep(0.1)
        inside.app.ring(NUMBER, Caller(patience_s=60.0))
        await trio.sleep(0.2)
        inside.app.far_end_hangs_up()
        await trio.sleep(5)

        assert following.states == ["ringing", "ended"]

    async def test_a_phone_without_a_telephony_registry_has_its_log(
        self, following, inside, autojump_clock
    ):
        inside.condition.missing = ("dumpsys",)
        await App(inside).dial(NUMBER)
        await trio.sleep(5)
        inside.app.far_end_hangs_up()
        await trio.sleep(1)

        assert (following.states[0], following.states[-1]) == ("dialing", "ended")

    async def test_looks_that_never_end_do_not_stop_the_log(
        self, following, inside, autojump_clock
    ):
        inside.condition.hangs = ("date",)
        inside.system.telephony.dial(NUMBER)
        await trio.sleep(10)

        assert following.states[0] == "dialing"


class TestAPhoneThatGoes:
    async def test_ends_the_following_with_its_reason(self, following, inside, autojump_clock):
        inside.unplug()
        await trio.sleep(LOOK_S + 1)

        assert following.why == "the phone fake is gone"
        assert following.lost == 1

    async def test_and_comes_back_goes_on_with_its_call(self, follower, inside, autojump_clock):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(follower.follow)
            await trio.sleep(0.5)
            inside.condition.picks_up = False
            await App(inside).dial(NUMBER)
            await trio.sleep(1)
            inside.unplug()
            await trio.sleep(4)
            before = follower.told[-1]
            inside.plug()
            nursery.start_soon(follower.follow)
            await trio.sleep(1)

            assert follower.told[-1] == before
            assert "ended" not in follower.states
            await App(inside).hang_up()
            await trio.sleep(1)
            nursery.cancel_scope.cancel()

        assert follower.states.count("ended") == 1

    async def test_during_a_call_that_ends_meanwhile_tells_when_it_ended(
        self, follower, inside, autojump_clock
    ):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(follower.follow)
            await trio.sleep(0.5)
            await App(inside).dial(NUMBER)
            await trio.sleep(10)
            inside.unplug()
            inside.app.far_end_hangs_up()
            await trio.sleep(100)
            inside.plug()
            nursery.start_soon(follower.follow)
            await trio.sleep(1)
            nursery.cancel_scope.cancel()

        last = follower.told[-1]
        assert (last.state, last.why) == ("ended", "disconnected")
        assert last.ended_at == pytest.approx(EPOCH + 10.5, abs=0.5)

    async def test_and_starts_anew_has_no_call(self, follower, inside, autojump_clock):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(follower.follow)
            await trio.sleep(0.5)
            await App(inside).dial(NUMBER)
            await trio.sleep(10)
            inside.unplug()
            inside.system.reboot()
            await trio.sleep(60)
            inside.plug()
            nursery.start_soon(follower.follow)
            await trio.sleep(LOOK_S + 1)
            nursery.cancel_scope.cancel()

        assert (follower.states[-1], follower.told[-1].why) == ("ended", "gone")
