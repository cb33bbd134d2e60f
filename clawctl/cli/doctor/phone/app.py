"""Is the app there, may it do what it must, and do calls come to it?"""

import re

from clawctl.cli.doctor.check import Check, Group, Verdict, failed, ok, warning
from clawctl.cli.doctor.patient import Patient
from clawctl.cli.doctor.phone.handset import shown, words
from clawctl.errors import NoHandset
from clawctl.lines.phone.driver import quoted
from clawctl.lines.phone.inspection import DIALER
from clawctl.lines.phone.profile_install import PACKAGE

ACTIVITY = f"{PACKAGE}/.MainActivity"
DUMP = f"dumpsys package {PACKAGE}"
# A permission, and the first Android that has it.
PERMISSIONS = {
    "android.permission.CALL_PHONE": 1,
    "android.permission.ANSWER_PHONE_CALLS": 26,
    "android.permission.READ_PHONE_STATE": 1,
    "android.permission.RECORD_AUDIO": 1,
    "android.permission.POST_NOTIFICATIONS": 33,
}
# How a package is disabled: 2 by its owner, 3 by a person, 4 until it is used.
ENABLED = {"0", "1"}

_OF_OWNER = re.compile(r"^\s*User 0:.*$", re.MULTILINE)
_WORD = re.compile(r"\b(installed|stopped|enabled)=(\w+)")
_GRANTED = re.compile(r"\b(android\.permission\.\w+): granted=true")


async def installed(patient: Patient) -> Verdict:
    ran = await patient.handset.said(f"pm path {PACKAGE}")
    if ran.code == 0 and ran.text.startswith("package:"):
        return ok(PACKAGE)
    why = f"the app {PACKAGE} is not installed"
    return failed(why, patient.handset.adb("install", "phonebridge.apk"))


async def enabled(patient: Patient) -> Verdict:
    found = _OF_OWNER.search((await patient.handset.said(DUMP)).text)
    state = dict(_WORD.findall(found[0])) if found else {}
    if state.get("installed") != "true":
        mend = patient.handset.shell("pm", "install-existing", "--user", "0", PACKAGE)
        return failed("the app is not installed for the phone's owner", mend)
    if state.get("enabled") not in ENABLED:
        return failed("the app is disabled", patient.handset.shell("pm", "enable", PACKAGE))
    if state.get("stopped") != "false":
        why = "the app was stopped by force, and gets no commands until it is started"
        return failed(why, patient.command("doctor", "--fix", "--only", "enabled"))
    return ok("enabled, and not stopped")


async def _start(patient: Patient) -> str:
    """Without role and permissions it would ask for them on the screen: it has them first."""
    if "stopped by force" not in (await enabled(patient)).why:
        return ""
    await patient.handset.require_idle()
    done = [await _grant(patient), await _take_role(patient)]
    said = await patient.handset.do(quoted("am", "start", "-n", ACTIVITY))
    if "Error" in said.out.decode(errors="replace") + said.err.decode(errors="replace"):
        raise NoHandset(words(said))
    return ", ".join([*filter(None, done), "started the app"])


async def debuggable(patient: Patient) -> Verdict:
    ran = await patient.handset.said(quoted("run-as", PACKAGE, "id"))
    if ran.code == 0 and "uid=" in ran.text:
        return ok("a debug build: its files can be reached without root")
    why = "a release build: its own copy of the profile can be reached by root alone"
    return warning(why, patient.handset.adb("install", "-r", "phonebridge-debug.apk"))


async def permissions(patient: Patient) -> Verdict:
    lacking = [name.rpartition(".")[2] for name in await _lacking(patient)]
    if not lacking:
        return ok("it has every permission")
    why = f"the app may not {', '.join(lacking)}"
    return failed(why, patient.command("doctor", "--fix", "--only", "permissions"))


async def _lacking(patient: Patient) -> list[str]:
    sdk = await patient.handset.word("getprop ro.build.version.sdk")
    android = int(sdk) if sdk.isascii() and sdk.isdecimal() else 0
    dump = (await patient.handset.said(DUMP)).text
    granted = set(_GRANTED.findall(dump.partition("runtime permissions:")[2]))
    return [name for name, since in PERMISSIONS.items() if name not in granted and since <= android]


async def _grant(patient: Patient) -> str:
    lacking = await _lacking(patient)
    for name in lacking:
        await patient.handset.do(quoted("pm", "grant", PACKAGE, name))
    names = ", ".join(name.rpartition(".")[2] for name in lacking)
    return f"granted {names}" if lacking else ""


async def dialer(patient: Patient) -> Verdict:
    holder = await _dialer(patient)
    if holder == PACKAGE:
        return ok("calls come to the app")
    why = (
        f"calls go to {holder or 'another app'}: the app does not hold the dialer role, which every"
        " restart of the phone takes away"
    )
    return failed(why, patient.command("doctor", "--fix", "--only", "dialer"))


async def _dialer(patient: Patient) -> str:
    """Older Androids know no roles by that command, and tell only root of the dialer."""
    handset = patient.handset
    ran = await handset.said(quoted("cmd", "role", "get-role-holders", DIALER))
    if ran.code == 0:
        return shown(ran.text)
    ran = await handset.said("telecom get-default-dialer")
    if ran.code and await handset.find_su():
        ran = await handset.as_root("telecom", "get-default-dialer")
    return shown(ran.text) if ran.code == 0 else ""


async def _take_role(patient: Patient) -> str:
    if await _dialer(patient) == PACKAGE:
        return ""
    await patient.handset.do(quoted("cmd", "role", "add-role-holder", DIALER, PACKAGE, "1"))
    return "made the app the dialer"


APP = Group(
    "app",
    (
        Check(name="installed", look=installed, needs=("booted",)),
        Check(name="enabled", look=enabled, needs=("installed", "unlocked"), fix=_start),
        Check(name="debuggable", look=debuggable, needs=("installed", "unlocked")),
        Check(name="permissions", look=permissions, needs=("installed",), fix=_grant),
        Check(name="dialer", look=dialer, needs=("installed",), fix=_take_role),
    ),
    part_of="phone",
)
