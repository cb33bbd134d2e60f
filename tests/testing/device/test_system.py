"""What a restart does to a phone, and where its programs are."""

import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from clawctl.testing.device.condition import PACKAGE, STOCK_DIALER, Condition
from clawctl.testing.device.console import Console
from clawctl.testing.device.system import System


async def test_a_restart_takes_what_a_restart_takes(phone: System, condition: Condition) -> None:
    before = phone.boot_id
    phone.log.add("Tag", "text")

    phone.reboot()

    assert (condition.role, condition.rootd, condition.running) == (STOCK_DIALER, "down", False)
    assert (condition.booted, condition.unlocked) == (True, True)
    assert phone.log.all() == []
    assert phone.boot_id != before


async def test_what_was_installed_outlives_a_restart(phone: System, condition: Condition) -> None:
    phone.files.write("/data/local/tmp/kept", b"x")
    path = f"/sdcard/Android/data/{PACKAGE}/files/profiles/profile.json"
    phone.files.write(path, b"{}", user="shell")

    phone.reboot()

    assert phone.files.read("/data/local/tmp/kept") == b"x"
    assert phone.files.read(path) == b"{}"


async def test_a_phone_takes_its_time_to_start(
    phone: System, condition: Condition, autojump_clock: MockClock
) -> None:
    condition.boot_s = 30.0
    condition.locked_by = "pin"

    phone.reboot()

    assert (condition.booted, condition.unlocked) == (False, False)
    await trio.sleep(29)
    assert not condition.booted
    await trio.sleep(2)
    assert condition.booted


async def test_a_second_restart_begins_the_wait_anew(
    phone: System, condition: Condition, autojump_clock: MockClock
) -> None:
    condition.boot_s = 30.0
    phone.reboot()
    await trio.sleep(20)
    phone.reboot()
    await trio.sleep(20)

    assert not condition.booted
    await trio.sleep(11)
    await wait_all_tasks_blocked()
    assert condition.booted


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("getprop", True),
        ("/system/bin/getprop", True),
        ("/data/local/tmp/getprop", False),
        ("su", True),
        ("/debug_ramdisk/su", True),
        ("/system/xbin/su", False),
        ("/data/adb/service.d/phonebridge-tinymix", True),
        ("phonebridge-tinymix", False),
        ("", False),
    ],
)
async def test_a_program_is_where_it_is(phone: System, name: str, there: bool) -> None:
    assert (phone.program(name) is not None) is there


async def test_everything_a_phone_is_asked_by_name_is_known(console: Console) -> None:
    words = (
        "am pm cmd dumpsys getprop settings locksettings run-as su cat ls mkdir mv rm cp chmod"
        " chown stat restorecon sha256sum df du date pidof logcat nc curl base64 sh nohup echo"
        " true input id telecom svc grep head"
    )

    assert [word for word in words.split() if console.system.program(word) is None] == []
