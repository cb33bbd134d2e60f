"""A call that the app leaves ringing is taken as soon as somebody can hear and speak."""

from types import SimpleNamespace

import pytest
import trio
from msgspec.structs import replace
from structlog.testing import capture_logs

from clawctl.bus import Bus
from clawctl.call.cold import ColdGate
from clawctl.call.dialling import CallView
from clawctl.call.left_ringing import AGAIN_S, APP_S, LOOK_S, RINGS_S, LeftRinging
from clawctl.config.live import Live
from clawctl.config.load import given
from clawctl.errors import NoHandset, TooSlow
from clawctl.testing.calls import EPOCH
from clawctl.testing.telephone import Telephone
from clawctl.wire.events import CallActive, CallDial, CallRinging

DELAY_S = 0.5
NUMBER = "+4930123456"
RINGING = CallView(state="ringing", number=NUMBER, direction="incoming", since=EPOCH)
ACTIVE = CallView(state="active", number=NUMBER, direction="incoming", since=EPOCH)


class Engines:
    """Both stages; warm from a moment on, when somebody warmed them."""

    def __init__(self):
        self.warm_at, self.is_warm, self.warmings, self.trouble = 0.0, False, 0, None

    async def warm(self, told):
        self.warmings += 1
        if self.trouble:
            raise self.trouble
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

        def clock():
            return EPOCH + trio.current_time()

        bus.watch(LeftRinging(phone, live, gate, background, clock).heard)

        def ring(call=RINGING):
            phone.call = call
            bus.publish(CallRinging(number=call.number, direction="incoming"))

        async def answered():
            """When, if within a minute."""
            with trio.move_on_after(60):
                while phone.call != ACTIVE:
                    await trio.sleep(0.1)
                return round(trio.current_time(), 1)

        yield SimpleNamespace(
            live=live, engines=engines, phone=phone, bus=bus, ring=ring, answered=answered,
            tasks=background.child_tasks,
        )  # fmt: skip
        background.cancel_scope.cancel()


async def test_it_is_taken_once_the_app_would_have_done_so(house, autojump_clock):
    house.ring()

    assert await house.answered() == pytest.approx(APP_S + DELAY_S, abs=0.2)
    assert house.phone.told == ["answer"]


async def test_it_is_taken_as_soon_as_somebody_can_hear_and_speak(house, autojump_clock):
    house.engines.warm_at = 31.0
    house.ring()

    assert await house.answered() == pytest.approx(31.0, abs=0.2)
    assert house.phone.told == ["answer"]
    assert house.engines.warmings == 1


async def test_one_that_rang_before_we_heard_of_it_is_taken_sooner(house, autojump_clock):
    await trio.sleep(APP_S)
    house.ring()

    assert await house.answered() == pytest.approx(APP_S + DELAY_S, abs=0.2)


async def test_a_phone_whose_clock_is_ahead_keeps_nobody_waiting(house, autojump_clock):
    house.ring(replace(RINGING, since=EPOCH + 3600))

    assert await house.answered() == pytest.approx(APP_S + DELAY_S, abs=0.2)


@pytest.mark.parametrize(
    "becomes", [None, ACTIVE, replace(RINGING, since=EPOCH + 5), replace(ACTIVE, since=EPOCH + 5)]
)
@pytest.mark.parametrize("warm_at", [0.0, 20.0])
async def test_one_that_rings_no_more_is_let_alone(house, becomes, warm_at, autojump_clock):
    house.engines.warm_at = warm_at
    house.ring()
    await trio.sleep(max(5, warm_at - 1))
    house.phone.call = becomes
    await trio.sleep(RINGS_S)

    assert house.phone.told == []
    assert house.engines.warmings == (1 if warm_at else 0)
    assert not house.tasks


@pytest.mark.parametrize(
    "policy",
    [
        {"call_auto_answer": False},
        {"caller_blocklist": [NUMBER]},
        {"caller_allowlist": ["+15550100"]},
    ],
)
@pytest.mark.parametrize("warm_at", [0.0, 20.0])
async def test_one_that_shall_not_be_answered_rings_on(house, policy, warm_at, autojump_clock):
    house.engines.warm_at = warm_at
    house.ring()
    await trio.sleep(max(5, warm_at - 1))
    house.live.change(policy, by="host")

    assert await house.answered() is None
    assert house.phone.told == []
    assert house.engines.warmings == (1 if warm_at else 0)


async def test_a_hidden_caller_is_as_welcome_as_the_policy_says(house, autojump_clock):
    house.live.change({"unknown_callers_allowed": False}, by="host")
    house.ring(replace(RINGING, number=""))
    assert await house.answered() is None

    house.live.change({"unknown_callers_allowed": True}, by="host")
    assert await house.answered() is not None


async def test_a_phone_that_is_not_well_would_be_mute(house, autojump_clock):
    house.phone.state = "degraded"
    house.ring()
    assert await house.answered() is None

    house.phone.state = "ready"
    assert await house.answered() is not None


@pytest.mark.parametrize("why", [NoHandset("the cable"), TooSlow("the phone is slow")])
async def test_a_phone_that_does_not_answer_is_told_again_and_once_complained_of(
    house, why, autojump_clock
):
    house.phone.refusals = [why, why]
    with capture_logs() as logs:
        house.ring()
        taken = await house.answered()
        await trio.sleep(LOOK_S)

    assert taken == pytest.approx(APP_S + DELAY_S + 2 * LOOK_S, abs=0.2)
    assert house.phone.told == ["answer"] * 3
    assert [(one["event"], one.get("why")) for one in logs] == [
        ("phone.not_answered", str(why)),
        ("phone.answered", None),
    ]
    assert not house.tasks


async def test_engines_that_cannot_be_warmed_are_tried_again_and_end_nothing(house, autojump_clock):
    house.engines.trouble = ZeroDivisionError()
    house.ring()
    await trio.sleep(APP_S + 2)
    house.engines.trouble = None

    assert await house.answered() == pytest.approx(APP_S + DELAY_S + AGAIN_S, abs=0.2)
    assert house.engines.warmings == 2


async def test_a_phone_that_slips_off_its_cable_is_told_when_it_is_back(house, autojump_clock):
    house.ring()
    await trio.sleep(5)
    # The driver goes first, and then it is known that the phone is lost.
    house.phone.call = None
    await trio.sleep(10)
    house.phone.state = "lost"
    await trio.sleep(5)
    house.phone.state, house.phone.call = "ready", RINGING

    assert await house.answered() == pytest.approx(20.0, abs=LOOK_S + 0.2)


async def test_a_phone_that_stays_away_is_not_waited_for(house, autojump_clock):
    house.ring()
    house.phone.state, house.phone.call = "lost", None
    await trio.sleep(RINGS_S)
    house.phone.state, house.phone.call = "ready", RINGING

    assert await house.answered() is None
    assert not house.tasks


@pytest.mark.parametrize("event", [CallActive(), CallDial()])
async def test_nothing_but_a_call_that_rings_is_heard(house, event, autojump_clock):
    house.phone.call = RINGING
    house.bus.publish(event)
    await trio.lowlevel.checkpoint()

    assert not house.tasks
