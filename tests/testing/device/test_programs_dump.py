"""dumpsys."""

from typing import Any

import pytest

from clawctl.testing.device.condition import PERMISSIONS, Condition
from clawctl.testing.device.console import Console

PACKAGE = "com.tracsystems.phonebridge"
DUMP = f"dumpsys package {PACKAGE}"
CALLS = "dumpsys telephony.registry"


@pytest.mark.parametrize(
    ("change", "line", "row"),
    [
        ({}, "dumpsys user", "State: RUNNING_UNLOCKED"),
        ({"unlocked": False}, "dumpsys user", "State: RUNNING_LOCKED"),
        ({"granted": PERMISSIONS[1:]}, DUMP, "android.permission.CALL_PHONE: granted=false,"),
        ({}, DUMP, "android.permission.CALL_PHONE: granted=true,"),
        ({"debuggable": False}, DUMP, "flags=[ HAS_CODE ALLOW_CLEAR_USER_DATA ]"),
        ({"installed": False}, DUMP, f"Unable to find package: {PACKAGE}"),
        ({}, CALLS, "mCallState=0"),
        ({"foreign_call": True}, CALLS, "mCallState=2"),
        ({}, CALLS, "mServiceState={mVoiceRegState=0(IN_SERVICE), mDataRegState=0(IN_SERVICE),"),
        ({"in_service": False}, CALLS, "mServiceState={mVoiceRegState=1(OUT_OF_SERVICE),"),
        ({"airplane": True}, CALLS, "mServiceState={mVoiceRegState=3(POWER_OFF),"),
        ({}, "dumpsys deviceidle whitelist", f"user,{PACKAGE},10234"),
        ({"battery": 9}, "dumpsys battery", "level: 9"),
        ({}, "dumpsys battery", "USB powered: true"),
        ({"charging": False}, "dumpsys battery", "status: 3"),
        ({"role": "x"}, "dumpsys telecom", "Default dialer: x"),
        ({"died": "anr"}, "dumpsys activity exit-info", f"process={PACKAGE} reason=6 (ANR)"),
    ],
)
async def test_a_service_tells_the_condition(
    console: Console, condition: Condition, change: dict[str, Any], line: str, row: str
) -> None:
    for name, value in change.items():
        setattr(condition, name, value)

    ran = await console.run(line)

    assert ran.code == 0
    assert any(line.strip().startswith(row) for line in ran.text.splitlines())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, "installed=true hidden=false"),
        ({}, "stopped=false notLaunched=false enabled=0"),
        ({"stopped": True}, "stopped=true"),
        ({"enabled": False}, "enabled=3"),
    ],
)
async def test_the_line_of_user_0_tells_whether_the_app_may_run(
    console: Console, condition: Condition, change: dict[str, Any], words: str
) -> None:
    for name, value in change.items():
        setattr(condition, name, value)

    (row,) = [row for row in (await console.run(DUMP)).text.splitlines() if "User 0:" in row]
    assert words in row


async def test_an_app_is_exempted_from_dozing(console: Console, condition: Condition) -> None:
    condition.doze_exempt = False
    assert PACKAGE not in (await console.run("dumpsys deviceidle whitelist")).text

    ran = await console.run(f"dumpsys deviceidle whitelist +{PACKAGE}")

    assert ran.text == f"Added: {PACKAGE}"
    assert condition.doze_exempt
    strange = await console.run("dumpsys deviceidle whitelist +com.example")
    assert strange.text == "Unknown package: com.example"


async def test_while_the_phone_starts_there_is_nothing_to_dump(
    console: Console, condition: Condition
) -> None:
    condition.booted = False

    assert (await console.run("dumpsys user")).err == b"Can't find service: user\n"
