"""Each fault of a phone is named by its check, and only it; what needs that check is skipped."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from clawctl.cli.doctor.check import Result
from clawctl.cli.doctor.phone import root
from clawctl.cli.doctor.table import OF_PHONE
from clawctl.lines.phone.driver import Device
from clawctl.testing.device.condition import (
    PACKAGE,
    PERMISSIONS,
    ROOT_FILES,
    SERVICE_D,
    STOCK_DIALER,
)

BEARER = "sesame-4711-sesame"
SERIAL = "AT-HAND"
ADB = f"adb -s {SERIAL} shell "
# Without a gateway.
ALWAYS_SKIPPED = {"reachable"}
# What stands on what, as the user of the phone sees it.
OF_PROFILE = {"values", "su_path"}
OF_ROOTD = {"mixer"}
OF_SU = OF_ROOTD | {"rootd", "root_files", "su_path"}
OF_APP = OF_PROFILE | {
    "enabled", "debuggable", "permissions", "dialer", "copies", "battery", "trouble"
}  # fmt: skip
OF_BOOTED = (
    OF_APP
    | OF_SU
    | {"unlocked", "phone_model", "installed", "su", "idle", "network", "screen_lock", "updates"}
    | {"rebooted", "storage"}
)
OF_SHELL = OF_BOOTED | {"booted", "reverse", "phone_clock", "round_trip"}


@dataclass(frozen=True)
class Fault:
    """What is wrong with the phone, the check that says so, its words and its mend."""

    wrong: dict[str, Any]
    check: str
    why: str
    mend: str
    state: str = "failed"
    skipped: frozenset[str] | set[str] = frozenset()
    also: frozenset[str] = frozenset()


def profile(**values: Any) -> dict[str, Any]:
    """A profile whose values are those of a well phone, but for these."""
    gateway = {"base_url": "http://127.0.0.1:8996", "bearer": BEARER}
    root = {"su": "/data/local/tmp/su"}
    logging = {"debug_wav_dump": {"enabled": False}}
    whole = {"profile_id": "x", "gateway": gateway, "root_binaries": root, "logging": logging}
    return {"profile": json.dumps({**whole, **values})}


def gateway(**values: str) -> dict[str, Any]:
    return profile(gateway={"base_url": "http://127.0.0.1:8996", "bearer": BEARER, **values})


FAULTS = {
    "old adb": Fault(
        {"features": ("cmd",)}, "shell", "commands do not tell how they end",
        "clawctl phone status", skipped=OF_SHELL,
    ),
    "starting": Fault(
        {"booted": False}, "booted", "it is still starting: wait a minute",
        "clawctl doctor --only phone", skipped=OF_BOOTED,
    ),
    "locked": Fault(
        {"unlocked": False}, "unlocked", "has not unlocked it since it started (RUNNING_LOCKED)",
        f"{ADB}'am start -a android.settings.SETTINGS'",
        skipped={"enabled", "debuggable", "copies", *OF_PROFILE},
    ),
    "strange model": Fault(
        {"device": "panther"}, "phone_model", "panther is none of blazer, lynx",
        "clawctl profile show", state="warning",
    ),
    "old Android": Fault(
        {"sdk": 28}, "phone_model", "lynx has Android API 28: the app needs 29 (Android 10)",
        f"{ADB}'getprop ro.build.version.release'", state="warning",
    ),
    "no app": Fault(
        {"installed": False}, "installed", f"the app {PACKAGE} is not installed",
        f"adb -s {SERIAL} install phonebridge.apk", skipped=OF_APP,
    ),
    "stopped": Fault(
        {"stopped": True, "running": False}, "enabled", "the app was stopped by force",
        "clawctl doctor --fix --only enabled",
    ),
    "disabled": Fault(
        {"enabled": False}, "enabled", "the app is disabled", f"{ADB}'pm enable {PACKAGE}'",
    ),
    "release build": Fault(
        {"debuggable": False}, "debuggable", "a release build",
        f"adb -s {SERIAL} install -r phonebridge-debug.apk", state="warning",
    ),
    "no permissions": Fault(
        {"granted": PERMISSIONS[2:]}, "permissions",
        "the app may not CALL_PHONE, ANSWER_PHONE_CALLS",
        "clawctl doctor --fix --only permissions",
    ),
    "not the dialer": Fault(
        {"role": STOCK_DIALER}, "dialer", f"calls go to {STOCK_DIALER}",
        "clawctl doctor --fix --only dialer",
    ),
    "no dialer": Fault(
        {"role": ""}, "dialer", "calls go to another app", "clawctl doctor --fix --only dialer",
    ),
    "not the dialer of an old Android": Fault(
        {"role": STOCK_DIALER, "role_known": False, "dialer_asks_root": True}, "dialer",
        f"calls go to {STOCK_DIALER}", "clawctl doctor --fix --only dialer",
    ),
    "no profile": Fault(
        {"profile_places": ()}, "copies", "incoming calls will ring unanswered",
        "clawctl profile push", skipped=OF_PROFILE,
    ),
    "no profile inside": Fault(
        {"profile_places": ("external",)}, "copies", "incoming calls will ring unanswered",
        "clawctl profile push", skipped=OF_PROFILE,
    ),
    "no profile outside": Fault(
        {"profile_places": ("internal",)}, "copies",
        f"/sdcard/Android/data/{PACKAGE}/files/profiles/profile.json is missing",
        "clawctl profile push", skipped=OF_PROFILE,
    ),
    "stale profile outside": Fault(
        {"stale_external": True}, "copies", "the external copy wins", "clawctl profile push",
        skipped=OF_PROFILE,
    ),
    "profile out of reach": Fault(
        {"debuggable": False, "su": "missing"}, "copies", "no su answers", "clawctl profile push",
        skipped=OF_PROFILE | OF_SU, also=frozenset({"debuggable", "su"}),
    ),
    "broken profile": Fault(
        {"profile": '{"gateway": '}, "copies", "not JSON: line 1 column 13", "clawctl profile push",
        skipped=OF_PROFILE,
    ),
    "empty profile": Fault(
        {"profile": ""}, "copies", "empty", "clawctl profile push", skipped=OF_PROFILE
    ),
    "foreign profile": Fault(
        {"profile": '{"name": "x"}'}, "copies", "no profile: none of its keys is one",
        "clawctl profile push", skipped=OF_PROFILE,
    ),
    "blank bearer": Fault(
        gateway(bearer=" "), "copies", "gateway.bearer: must be a text that is not blank",
        "clawctl profile push", skipped=OF_PROFILE,
    ),
    "another bearer": Fault(
        gateway(bearer="worn-out"), "copies", "gateway.bearer: is not that of the gateway",
        "clawctl profile push", skipped=OF_PROFILE,
    ),
    "slash": Fault(
        gateway(base_url="http://127.0.0.1:8996/"), "copies", "no slash at its end",
        "clawctl profile push", skipped=OF_PROFILE,
    ),
    "another host": Fault(
        gateway(base_url="http://10.0.0.2:8996"), "copies",
        "gateway.base_url: is no port of the phone's own", "clawctl profile push",
        skipped=OF_PROFILE,
    ),
    "another port": Fault(
        gateway(base_url="http://127.0.0.1:9000"), "reverse", "the phone's port 9000 leads nowhere",
        "clawctl phone reverse",
    ),
    "persistent session": Fault(
        profile(playback={"tuning": {"persistent_session": True}}), "values", "persistent_session",
        "clawctl profile show", state="warning",
    ),
    "sound is kept": Fault(
        profile(logging={}), "values", "logging.debug_wav_dump.enabled", "clawctl profile show",
        state="warning",
    ),
    "strange tool": Fault(
        profile(root_binaries={"su": "/data/local/tmp/su", "tinymix": "/bin/tinymix"}), "values",
        "root_binaries.tinymix", "clawctl profile show", state="warning",
    ),
    "profile of another model": Fault(
        profile(profile_id="clawctl-pixel-10-pro-blazer"), "values",
        "profile_id: it is for blazer, and this is lynx", "clawctl profile show", state="warning",
    ),
    "no root": Fault(
        {"su": "missing"}, "su", "there is no root", f"{ADB}'su -c id'", skipped=OF_SU
    ),
    "root refused": Fault(
        {"su": "denied"}, "su", "allow 'Shell' in the root manager", f"{ADB}'su -c id'",
        skipped=OF_SU,
    ),
    "no root helper": Fault(
        {"rootd": "down"}, "rootd", "does not run, and calls would be completely silent",
        "clawctl doctor --fix --only rootd", skipped=OF_ROOTD,
    ),
    "root helper blocks": Fault(
        {"rootd": "blocked"}, "rootd", "its handler does not let 'id' through",
        f"{SERVICE_D}/phonebridge-root-handler.sh", skipped=OF_ROOTD,
    ),
    "root helper broken": Fault(
        {"rootd": "broken"}, "rootd", "its handler lacks base64",
        f"{SERVICE_D}/phonebridge-root-handler.sh", skipped=OF_ROOTD,
    ),
    "root file missing": Fault(
        {"root_files": ROOT_FILES[:-1]}, "root_files", "lacks phonebridge-tinypcminfo", SERVICE_D
    ),
    "mixer blocked": Fault(
        {"mixer": "blocked"}, "mixer", "does not let tinymix through", "phonebridge-tinymix -D 0"
    ),
    "no sound card": Fault(
        {"mixer": "absent"}, "mixer", "the sound card cannot be opened", "phonebridge-tinymix -D 0"
    ),
    "no su path": Fault(
        {"su_path": ""}, "su_path", "is empty where the profile says /data/local/tmp/su",
        "clawctl profile show", state="warning",
    ),
    "another su path": Fault(
        {"su_path": "/system/xbin/su"}, "su_path", "says /system/xbin/su where the profile says",
        "clawctl profile show", state="warning",
    ),
    "airplane": Fault(
        {"airplane": True}, "network", "it is in airplane mode",
        f"{ADB}'cmd connectivity airplane-mode disable'",
    ),
    "no SIM": Fault(
        {"sim": "ABSENT"}, "network", "no SIM that can be used (ABSENT)",
        f"{ADB}'getprop gsm.sim.state'",
    ),
    "SIM PIN": Fault(
        {"sim": "PIN_REQUIRED,ABSENT"}, "network", "its SIM asks for a PIN",
        f"{ADB}'am start -a android.settings.SETTINGS'",
    ),
    "no network": Fault(
        {"in_service": False}, "network", "it has no network", f"{ADB}'getprop gsm.operator.alpha'"
    ),
    "screen lock": Fault(
        {"locked_by": "pin"}, "screen_lock", "audio and root stop when the screen is off",
        f"{ADB}'locksettings clear --old PIN'",
    ),
    "put to sleep": Fault(
        {"doze_exempt": False}, "battery", "Android puts the app to sleep",
        "clawctl doctor --fix --only battery",
    ),
    "weak port": Fault(
        {"battery": 20, "charging": False}, "battery", "20 %, and it is not charging",
        f"{ADB}'dumpsys battery'",
    ),
    "updates": Fault(
        {"updates_off": False}, "updates", "an update of the system removes root",
        f"{ADB}'settings put global ota_disable_automatic_update 1'", state="warning",
    ),
    "crashed": Fault(
        {"died": "crash"}, "trouble", "the app ended 1 times, at last it crashed",
        "clawctl phone logs", state="warning",
    ),
    "hung": Fault(
        {"died": "anr"}, "trouble", "the app ended 1 times, at last it hung", "clawctl phone logs",
        state="warning",
    ),
    "full": Fault(
        {"free_mb": 400, "dumps_mb": 0}, "storage", "400 MB are free", f"{ADB}'df -h'"
    ),
    "full of sound": Fault(
        {"free_mb": 400}, "storage", "400 MB are free",
        f"{ADB}'run-as {PACKAGE} rm -r files/voice-debug'",
    ),
    "much sound": Fault(
        {"dumps_mb": 300}, "storage", "286 MB are sound that the app kept",
        f"{ADB}'run-as {PACKAGE} rm -r files/voice-debug'", state="warning",
    ),
    "slow clock": Fault(
        {"clock_off_s": -300.0}, "phone_clock", "its clock is 5 min behind ours",
        f"{ADB}'settings put global auto_time 1'", state="warning",
    ),
    "fast clock": Fault(
        {"clock_off_s": 3600.0}, "phone_clock", "its clock is 60 min ahead of ours",
        f"{ADB}'settings put global auto_time 1'", state="warning",
    ),
}  # fmt: skip


def states(results: dict[str, Result], *wanted: str) -> set[str]:
    return {name for name, result in results.items() if result.state in wanted}


def set_to(condition, **values):
    for name, value in values.items():
        setattr(condition, name, value)


async def test_a_well_phone_has_nothing_said_against_it_and_every_check_in_its_order(ward):
    results = await ward.doctor()

    assert list(results) == [check.name for group in OF_PHONE for check in group.checks]
    assert states(results, "skipped") == ALWAYS_SKIPPED
    assert states(results, "failed", "warning") == set()
    assert {result.mend for result in results.values()} == {""}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
async def test_a_fault_is_named_by_its_check_alone_with_what_mends_it(ward, fault):
    set_to(ward.condition, **fault.wrong)

    results = await ward.doctor()

    assert states(results, "failed", "warning") == {fault.check, *fault.also}
    assert states(results, "skipped") == ALWAYS_SKIPPED | fault.skipped
    found = results[fault.check]
    assert found.state == fault.state
    assert fault.why in found.why
    assert fault.mend in found.mend


MENDED = {
    "stopped": "started the app",
    "no permissions": "granted CALL_PHONE, ANSWER_PHONE_CALLS",
    "not the dialer": "made the app the dialer",
    "no dialer": "made the app the dialer",
    "not the dialer of an old Android": "made the app the dialer",
    "no profile": "installed the profile: the one shipped for lynx",
    "no profile inside": "installed the profile: the one on the phone (external)",
    "no profile outside": "installed the profile: the one on the phone (internal)",
    "stale profile outside": (
        "installed the profile: the one on the phone (internal; the other is older)"
    ),
    "broken profile": "installed the profile: the one shipped for lynx",
    "empty profile": "installed the profile: the one shipped for lynx",
    "foreign profile": "installed the profile: the one shipped for lynx",
    "blank bearer": "installed the profile: the one on the phone (external)",
    "another bearer": "installed the profile: the one on the phone (external)",
    "slash": "installed the profile: the one on the phone (external)",
    "another host": "installed the profile: the one on the phone (external)",
    "another port": "made the phone's port 9000 lead to our 8997",
    "no root helper": "started the root helper",
    "put to sleep": "let the app run while the phone sleeps",
}


@pytest.mark.parametrize(("name", "done"), MENDED.items(), ids=MENDED)
async def test_fix_mends_what_is_safe_says_so_and_leaves_a_well_phone(ward, name, done):
    set_to(ward.condition, **FAULTS[name].wrong)

    mended = await ward.doctor(fix=True)
    again = await ward.doctor(fix=True)

    assert {check: one.fixed for check, one in mended.items() if one.fixed} == {
        FAULTS[name].check: done
    }
    for results in (mended, again):
        assert states(results, "failed", "warning") == set()
        assert states(results, "skipped") == ALWAYS_SKIPPED
    assert {one.fixed for one in again.values()} == {""}


@pytest.mark.parametrize("name", sorted(FAULTS.keys() - MENDED.keys()))
async def test_fix_leaves_alone_what_is_not_safe_or_not_its_to_mend(ward, name):
    set_to(ward.condition, **FAULTS[name].wrong)

    results = await ward.doctor(fix=True)

    fixed = {check: one.fixed for check, one in results.items() if one.fixed}
    assert all(words.startswith("tried in vain: ") for words in fixed.values())
    assert FAULTS[name].check in states(results, "failed", "warning")


async def test_what_a_restart_takes_is_named_and_given_back(ward):
    ward.system.reboot()
    ward.driver.forwarded.clear()

    named = await ward.doctor()
    mended = await ward.doctor(fix=True)
    again = await ward.doctor()

    assert states(named, "failed", "warning") == {"dialer", "reverse", "rootd", "rebooted"}
    assert {name for name, one in mended.items() if one.fixed} == states(named, "failed", "warning")
    assert states(mended, "failed", "warning") == states(again, "failed", "warning") == set()


async def test_a_phone_never_set_up_is_not_said_to_have_been_restarted(ward):
    (ward.data_dir / "phone_boots.json").unlink()

    results = await ward.doctor("rebooted")

    assert results["rebooted"].state == "skipped"


async def test_nothing_a_live_call_would_suffer_from_is_done_during_one(ward):
    set_to(ward.condition, foreign_call=True, rootd="down", stopped=True, doze_exempt=False)

    results = await ward.doctor(fix=True)

    assert results["idle"].why.startswith("a call is up")
    waits = "tried in vain: a call is up, and this waits for its end"
    assert (results["enabled"].fixed, results["rootd"].fixed) == (waits, waits)
    assert results["battery"].fixed == "let the app run while the phone sleeps"
    assert ward.condition.rootd == "down"
    assert ward.condition.stopped


async def test_a_stopped_app_gets_role_and_permissions_before_it_is_started(ward):
    set_to(ward.condition, stopped=True, role=STOCK_DIALER, granted=PERMISSIONS[1:])

    results = await ward.doctor("enabled", fix=True)

    done = "granted CALL_PHONE, made the app the dialer, started the app"
    assert results["enabled"].fixed == done
    assert ward.condition.role == PACKAGE


@pytest.mark.parametrize(
    ("wrong", "check", "why"),
    [
        ({"role": STOCK_DIALER, "role_fails": True}, "dialer", "Failed to add role holder"),
        (
            {"rootd": "down", "rootd_fails": True},
            "rootd",
            "still nobody listens",
        ),
    ],
)
async def test_a_fix_the_phone_refuses_says_what_the_phone_says(
    ward, monkeypatch, wrong, check, why
):
    monkeypatch.setattr(root, "STARTING_S", 0.05)
    set_to(ward.condition, **wrong)

    results = await ward.doctor(fix=True)

    assert results[check].fixed.startswith("tried in vain: ")
    assert why in results[check].fixed
    assert results[check].state == "failed"


async def test_two_profiles_of_which_neither_is_ours_are_left_to_their_owner(ward):
    set_to(ward.condition, stale_external=True, bearer="worn-out-too")

    results = await ward.doctor(fix=True)

    assert results["copies"].fixed.startswith("tried in vain: the two profiles on AT-HAND differ")


async def test_recent_trouble_is_counted_and_not_repeated(ward):
    ward.condition.trouble = (
        "root shell unavailable for +4930123456",
        "root shell unavailable",
        "gateway /api/turn failed (401): my name is Anna",
        "runtime profile missing",
    )
    ward.system.reboot()

    why = (await ward.doctor("trouble"))["trouble"].why

    assert "root was out of reach: 2 times, the last at " in why
    assert "the gateway refused the bearer: 1 times" in why
    assert "the profile could not be used: 1 times" in why
    assert "4930123456" not in why
    assert "Anna" not in why


async def test_a_command_that_never_ends_is_one_check_that_fails(ward):
    ward.condition.hangs = ("dumpsys battery",)

    results = await ward.doctor("battery", patience_s=0.05)

    assert results["battery"].state == "failed"
    assert "did not finish a command" in results["battery"].why


@pytest.mark.parametrize(
    ("listed", "why", "mend"),
    [
        ([Device(SERIAL, "unauthorized")], "accept 'Allow USB debugging?'", "clawctl phone status"),
        ([Device(SERIAL, "offline")], "unplug the cable", "clawctl phone connect"),
        ([Device(SERIAL, "no permissions")], "udev", "android-sdk-platform-tools-common"),
        ([Device(SERIAL, "recovery")], "it is not booted", f"adb -s {SERIAL} reboot"),
        ([Device(SERIAL, "bootloader")], "it is not booted", f"fastboot -s {SERIAL} reboot"),
        ([Device("OTHER", "device")], f"the phone {SERIAL} is not there", "adb_serial OTHER"),
    ],
)
async def test_a_phone_that_is_not_ready_stops_everything(ward, listed, why, mend):
    ward.listed[:] = listed

    results = await ward.doctor()

    assert states(results, "failed", "warning") == {"device"}
    assert why in results["device"].why
    assert mend in results["device"].mend
    assert states(results, "ok") == {"adb"}


async def test_of_several_phones_one_must_be_chosen(ward):
    ward.write("adb_driver: direct\nadb_path: /bin/true\n")
    ward.listed[:] = [Device("ONE", "device"), Device("TWO", "device")]

    (result,) = (await ward.doctor("device")).values()

    assert "2 phones are ready (ONE, TWO)" in result.why
    assert result.mend.startswith("clawctl config set adb_serial ONE")


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ("adb_driver: direct\n", "not configured: plug a phone in, or name it in adb_address"),
        ("adb_driver: 'off'\nadb_serial: X\n", "adb_driver is off"),
    ],
)
async def test_without_a_phone_that_alone_is_told(ward, settings, why):
    ward.write(settings)

    everything, one = await ward.doctor(), await ward.doctor("rootd")

    assert list(everything) == list(one) == ["adb"]
    assert (one["adb"].state, one["adb"].why) == ("skipped", why)
