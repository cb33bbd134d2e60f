"""Properties, settings, roles and the screen lock, as the phone's programs tell them."""

from typing import Any

import pytest

from clawctl.testing.device.condition import STOCK_DIALER, Condition
from clawctl.testing.device.console import Console

PACKAGE = "com.tracsystems.phonebridge"
DIALER = "android.app.role.DIALER"
HOLDERS = f"cmd role get-role-holders {DIALER}"
TAKE = f"cmd role add-role-holder {DIALER} {PACKAGE} 1"


@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        ({}, "getprop sys.boot_completed", "1\n"),
        ({"booted": False}, "getprop sys.boot_completed", "\n"),
        ({}, "getprop ro.product.device", "lynx\n"),
        ({"sdk": 28}, "getprop ro.build.version.sdk", "28\n"),
        ({"build": "X1"}, "getprop ro.build.id", "X1\n"),
        ({"sim": "PIN_REQUIRED"}, "getprop gsm.sim.state", "PIN_REQUIRED\n"),
        ({}, "getprop no.such", "\n"),
        ({}, "getprop no.such otherwise", "otherwise\n"),
        ({}, "settings get global airplane_mode_on", "0\n"),
        ({"airplane": True}, "settings get global airplane_mode_on", "1\n"),
        ({}, "settings get global ota_disable_automatic_update", "1\n"),
        ({"updates_off": False}, "settings get global ota_disable_automatic_update", "null\n"),
        ({}, "settings get global stay_on_while_plugged_in", "null\n"),
        ({}, "locksettings verify", "Lock credential verified successfully\n"),
        ({"locked_by": "pin"}, "locksettings verify", "Old password '' didn't match\n"),
        ({}, HOLDERS, f"{PACKAGE}\n"),
        ({"role": ""}, HOLDERS, ""),
        ({"role": STOCK_DIALER}, "telecom get-default-dialer", f"{STOCK_DIALER}\n"),
        ({"role": STOCK_DIALER}, "cmd telecom get-default-dialer", f"{STOCK_DIALER}\n"),
    ],
)
async def test_the_phone_is_as_its_condition_says(
    console: Console, condition: Condition, change: dict[str, Any], line: str, said: str
) -> None:
    for name, value in change.items():
        setattr(condition, name, value)

    ran = await console.run(line)

    assert (ran.out.decode(), ran.code) == (said, 0)


async def test_a_setting_stays_as_it_was_put(console: Console, condition: Condition) -> None:
    await console.run("settings put global ota_disable_automatic_update 0")
    await console.run("settings put system screen_brightness 12; svc power stayon usb")

    assert not condition.updates_off
    assert (await console.run("settings get system screen_brightness")).text == "12"
    assert (await console.run("settings get global stay_on_while_plugged_in")).text == "2"
    await console.run("settings delete system screen_brightness")
    assert (await console.run("settings get system screen_brightness")).text == "null"


async def test_the_role_is_taken_without_a_word(console: Console, condition: Condition) -> None:
    condition.role = STOCK_DIALER

    ran = await console.run(TAKE)

    assert (ran.code, ran.out, ran.err) == (0, b"", b"")
    assert (await console.run(HOLDERS)).text == PACKAGE


@pytest.mark.parametrize("change", [{"role_fails": True}, {"installed": False}], ids=str)
async def test_the_role_may_not_be_given(
    console: Console, condition: Condition, change: dict[str, Any]
) -> None:
    condition.role = STOCK_DIALER
    for name, value in change.items():
        setattr(condition, name, value)

    ran = await console.run(TAKE)

    assert ran.code != 0
    assert ran.err == b"Failed to add role holder\n"
    assert condition.role == STOCK_DIALER


async def test_an_older_phone_tells_its_dialer_to_telecom_and_root_only(
    console: Console, condition: Condition
) -> None:
    condition.role_known, condition.dialer_asks_root = False, True

    assert (await console.run(HOLDERS)).code != 0
    assert (await console.run("telecom get-default-dialer")).code != 0
    assert (await console.run("su -c 'telecom get-default-dialer'")).text == PACKAGE


@pytest.mark.parametrize(
    ("line", "service"),
    [
        ("am start -n x/.y", "activity"),
        ("am broadcast -n x/.y", "activity"),
        ("pm path x", "package"),
        ("settings get global x", "settings"),
        ("locksettings verify", "lock_settings"),
        (HOLDERS, "role"),
        ("telecom get-default-dialer", "telecom"),
    ],
)
async def test_while_the_phone_starts_no_service_answers(
    console: Console, condition: Condition, line: str, service: str
) -> None:
    condition.booted = False

    ran = await console.run(line)

    assert (ran.code, ran.out) == (20, b"")
    assert ran.err.decode() == f"cmd: Can't find service: {service}\n"


async def test_the_clock_of_the_phone_is_its_own(console: Console, condition: Condition) -> None:
    condition.clock_off_s = 3600.0

    assert (await console.run("date +%s")).text == "1800003600"
    assert (await console.run("date +%s.%N")).text.startswith("1800003600.")
    assert (await console.run("date '+%m-%d %H:%M'")).text == "01-15 09:00"
