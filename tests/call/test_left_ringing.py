"""A call that the app leaves ringing is taken as soon as somebody can hear and speak."""

from types import SimpleNamespace

import pytest
import trio

from clawctl.bus import Bus
from clawctl.call.cold import ColdGate
from clawctl.call.dialling import CallView
from clawctl.call.left_ringing import AGAIN_S, APP_S, LeftRinging
from clawctl.config.live import Live
from clawctl.config.load import given
from clawctl.errors import NoHandset, TooSlow
from clawctl.testing.calls import EPOCH
from clawctl.testing.telephone import Telephone
from clawctl.wire.events import CallActive, CallRinging

DELAY_S = 0.5
NUMBER = "+4930123456"
RINGING = CallView(state="ringing", number=NUMBER, direction="incoming", since=EPOCH)
ACTIVE = CallView(state="active", number=NUMBER, direction="incoming", since=EPOCH)


class Engines:
    """Both stages; warm from a moment on, when somebody warmed them."""

    def __init__(self):
        self.warm_at, self.is_warm, self.warmings = 0.0, False, 0

    async def warm(self, told):
        self.warmings += 1
        await trio.sleep(max(0.0, self.warm_at - trio.current_time()))
        self.is_warm = True
        told("stt", None)


class Phone(Telephone):
    """`refusals` are what it answers before it obeys."""

    refusals = ()

    async def answer(self):
        self.told.append("answer")
        if self.refusals:
            why, *self.refusals = self.refusals
            raise why
        self.call = ACTIVE
        return "the phone answers"


@pytest.fixture
async def house(autojump_clock):
    live, engines, phone = Live(given()), Engines(), Phone()
    gate = ColdGate((engines,), engines.warm, lambda: True)
    bus = Bus(trio.current_time)
    async with trio.open_nursery() as background:
        bus.watch(LeftRinging(phone, live, gate, background).heard)

        def ring(call=RINGING):
            phone.call = call
            bus.publish(CallRinging(number=call.number, direction="incoming"))

        async def answered():
            """When; at the end of a minute at the latest."""
            with trio.move_on_after(60):
                while phone.call != ACTIVE:
                    await trio.sleep(0.1)
                return round(trio.current_time(), 1)

        yield SimpleNamespace(
            live=live, engines=engines, phone=phone, bus=bus, ring=ring, answered=answered
        )
        background.cancel_scope.cancel()


async def test_it_is_taken_once_the_app_would_have_done_so(house, autojump_clock):
    house.ring()

    assert await house.answered() == pytest.approx(APP_S + DELAY_S, abs=0.2)
    assert house.phone.told == ["answer"]


async def test_it_is_taken_as_soon_as_somebody_can_hear_and_speak(house, autojump_clock):
    house.engines.warm_at = 31.0
    house.ring()

    assert await house.answered() == pytest.approx(31.0, abs=AGAIN_S + 0.2)
    assert house.phone.told == ["answer"]


@pytest.mark.parametrize(
    "becomes", [None, ACTIVE, CallView(state="ringing", direction="incoming", since=EPOCH + 5)]
)
async def test_one_that_rings_no_more_is_let_alone(house, becomes, autojump_clock):
    house.ring()
    await trio.sleep(5)
    house.phone.call = becomes
    await trio.sleep(60)

    assert house.phone.told == []
    assert house.engines.warmings == 0


async def test_one_that_the_caller_gave_up_warms_nobody_any_more(house, autojump_clock):
    house.engines.warm_at = 1000.0
    house.ring()
    await trio.sleep(20)
    house.phone.call, warmings = None, house.engines.warmings
    await trio.sleep(60)

    assert house.phone.told == []
    assert warmings <= house.engines.warmings <= warmings + 1


@pytest.mark.parametrize(
    "policy",
    [
        {"call_auto_answer": False},
        {"caller_blocklist": [NUMBER]},
        {"caller_allowlist": ["+15550100"]},
    ],
)
async def test_one_that_shall_not_be_answered_rings_on(house, policy, autojump_clock):
    house.live.change(policy, by="host")
    house.ring()

    assert await house.answered() is None
    assert (house.phone.told, house.engines.warmings) == ([], 0)


async def test_a_hidden_caller_is_as_welcome_as_the_policy_says(house, autojump_clock):
    hidden = CallView(state="ringing", direction="incoming", since=EPOCH)
    house.live.change({"unknown_callers_allowed": False}, by="host")
    house.ring(hidden)
    assert await house.answered() is None

    house.live.change({"unknown_callers_allowed": True}, by="host")
    assert await house.answered() is not None


@pytest.mark.parametrize("why", [NoHandset("the cable"), TooSlow("the phone is slow")])
async def test_a_phone_that_does_not_answer_is_told_again(house, why, autojump_clock):
    house.phone.refusals = [why, why]
    house.ring()

    taken = await house.answered()
    assert taken == pytest.approx(APP_S + DELAY_S + 2 * AGAIN_S, abs=0.2)
    assert house.phone.told == ["answer"] * 3


async def test_a_phone_that_slips_off_its_cable_is_told_when_it_is_back(house, autojump_clock):
    house.ring()
    await trio.sleep(5)
    house.phone.state, house.phone.call = "lost", None
    await trio.sleep(15)
    house.phone.state, house.phone.call = "ready", RINGING

    assert await house.answered() == pytest.approx(20.0, abs=AGAIN_S + 0.2)


async def test_a_phone_that_stays_away_is_not_waited_for(house, autojump_clock):
    house.ring()
    house.phone.state, house.phone.call = "lost", None
    await trio.sleep(200)
    house.phone.state, house.phone.call = "ready", RINGING

    assert await house.answered() is None


async def test_a_call_that_is_placed_is_none(house, autojump_clock):
    house.phone.call = ACTIVE
    house.bus.publish(CallActive(number=NUMBER, direction="outgoing"))
    await trio.sleep(60)

    assert house.phone.told == []
