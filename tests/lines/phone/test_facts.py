"""What a phone says of itself, and what is amiss by that."""

import pytest
import trio

from clawctl.errors import TooSlow
from clawctl.lines.phone.facts import NO_APP, NO_WAY, amiss, battery, facts
from clawctl.lines.phone.inspection import NO_ROLE, STARTING
from clawctl.testing.calls import EPOCH
from clawctl.testing.device.at_hand import AtHand
from clawctl.testing.device.condition import PACKAGE, STOCK_DIALER, Condition
from clawctl.testing.device.system import System


@pytest.fixture
async def phone(autojump_clock):
    """One whose port leads to the gateway."""
    async with trio.open_nursery() as nursery:
        clock = lambda: EPOCH + trio.current_time()  # noqa: E731
        yield AtHand(System(Condition(), lambda _: None, nursery, clock=clock), "P1", {8996: 8997})
        nursery.cancel_scope.cancel()


async def test_a_phone_that_is_well(phone, autojump_clock):
    known = await facts(phone)

    assert amiss(known) == ""
    assert known == {
        "serial": "P1", "model": "Pixel 7a", "device": "lynx", "android": "16", "booted": "1",
        "app": True, "dialer": PACKAGE, "battery": {"percent": 87, "charging": True},
        "call": None, "reverse": [{"phone_port": 8996, "host_port": 8997}],
    }  # fmt: skip


async def test_asking_changes_nothing(phone, autojump_clock):
    before = repr(phone.system.condition)
    await facts(phone)

    assert (repr(phone.system.condition), phone.forwarded) == (before, {8996: 8997})


async def test_a_call_shows(phone, autojump_clock):
    phone.system.app.ring()

    assert (await facts(phone))["call"] == {"state": "ringing"}


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ({"booted": False, "role": STOCK_DIALER}, STARTING),
        ({"installed": False}, NO_APP),
        ({"role": STOCK_DIALER}, NO_ROLE),
        # An Android that does not tell.
        ({"role_known": False}, ""),
    ],
)
async def test_what_is_amiss_first_is_told(phone, autojump_clock, condition, reason):
    for name, value in condition.items():
        setattr(phone.system.condition, name, value)

    assert amiss(await facts(phone)) == reason


async def test_a_phone_whose_ports_lead_nowhere(phone, autojump_clock):
    phone.forwarded.clear()

    assert amiss(await facts(phone)) == NO_WAY


async def test_a_phone_that_does_not_answer_is_given_up(phone, autojump_clock):
    phone.system.condition.hangs = ("dumpsys battery",)

    with pytest.raises(TooSlow):
        await facts(phone)


@pytest.mark.parametrize(
    ("dump", "known"),
    [
        ("  AC powered: false\n  USB powered: true\n  level: 5\n", (5, True)),
        ("  AC powered: false\n  USB powered: false\n  level: 100\n", (100, False)),
        ("  level: full\n", None),
        ("Can't find service: battery", None),
        ("", None),
    ],
)
def test_a_battery_that_is_not_told_is_none(dump, known):
    expected = {"percent": known[0], "charging": known[1]} if known else None

    assert battery(dump) == expected
