"""am, pm, run-as and pidof."""

import pytest

from clawctl.testing.device.condition import PERMISSIONS, Condition
from clawctl.testing.device.console import Console

PACKAGE = "com.tracsystems.phonebridge"
STARTED = f"Starting: Intent {{ cmp={PACKAGE}/.MainActivity }}\n"


async def test_the_app_is_started_and_stopped(console: Console, condition: Condition) -> None:
    condition.running, condition.stopped = False, True

    started = await console.run(f"am start -n {PACKAGE}/.MainActivity")

    assert (started.code, started.out.decode()) == (0, STARTED)
    assert (condition.running, condition.stopped) == (True, False)
    assert (await console.run(f"pidof {PACKAGE}")).text == "9002"
    stopped = await console.run(f"am force-stop {PACKAGE}")
    assert (stopped.code, stopped.out) == (0, b"")
    assert (condition.running, condition.stopped) == (False, True)


async def test_what_is_not_installed_cannot_be_started(
    console: Console, condition: Condition
) -> None:
    condition.installed = False

    ran = await console.run(f"am start -n {PACKAGE}/.MainActivity")

    assert ran.code == 1
    assert ran.err.decode() == (
        "Error type 3\nError: Activity class"
        f" {{{PACKAGE}/{PACKAGE}.MainActivity}} does not exist.\n"
    )


async def test_settings_of_android_can_be_shown(console: Console) -> None:
    ran = await console.run("am start -a android.settings.SETTINGS")

    assert ran.out == b"Starting: Intent { act=android.settings.SETTINGS }\n"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("am broadcast --nonsense", "Error: Unknown option: --nonsense"),
        ("am broadcast --es key", 'Error: Argument expected after "--es"'),
        ("am fly", "Unknown command: fly"),
        ("pm fly", "Unknown command: fly"),
    ],
)
async def test_a_wrong_option_fails(console: Console, line: str, why: str) -> None:
    ran = await console.run(line)

    assert (ran.code, ran.out, ran.err.decode()) == (255, b"", f"{why}\n")


async def test_a_package_has_a_path_or_a_status(console: Console, condition: Condition) -> None:
    there = await console.run(f"pm path {PACKAGE}")
    condition.installed = False
    gone = await console.run(f"pm path {PACKAGE}")

    assert there.text.startswith("package:/data/app/")
    assert there.text.endswith("/base.apk")
    assert (gone.code, gone.out, gone.err) == (1, b"", b"")


async def test_a_permission_is_granted_once_and_for_all(
    console: Console, condition: Condition
) -> None:
    condition.granted = PERMISSIONS[1:]

    ran = await console.run(f"pm grant {PACKAGE} android.permission.CALL_PHONE")

    assert ran.code == 0
    assert set(condition.granted) == set(PERMISSIONS)
    unknown = await console.run(f"pm grant {PACKAGE} android.permission.FLY")
    assert unknown.code == 255
    assert "Unknown permission android.permission.FLY" in unknown.err.decode()


async def test_as_the_app_one_is_in_its_home(console: Console) -> None:
    assert (await console.run(f"run-as {PACKAGE} id -u")).text == "10234"
    assert (await console.run(f"run-as {PACKAGE} ls files/profiles")).text == "profile.json"
    inner = await console.run(f"run-as {PACKAGE} sh -c 'cat > files/x; cat files/x'", stdin=b"in")
    assert inner.text == "in"


async def test_as_the_app_only_a_debug_build_lets_one_in(
    console: Console, condition: Condition
) -> None:
    condition.debuggable = False
    release = await console.run(f"run-as {PACKAGE} id")
    condition.installed = False
    gone = await console.run(f"run-as {PACKAGE} id")

    assert (release.code, release.err.decode()) == (
        1,
        f"run-as: package not debuggable: {PACKAGE}\n",
    )
    assert (gone.code, gone.err.decode()) == (1, f"run-as: unknown package: {PACKAGE}\n")
