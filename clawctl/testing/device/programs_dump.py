"""dumpsys: what the services of the system say of themselves."""

import time
from collections.abc import Callable

from clawctl.testing.device.condition import PACKAGE, PERMISSIONS
from clawctl.testing.device.files import UIDS
from clawctl.testing.device.process import Process, Said
from clawctl.testing.device.shell import Program, answering

_ENDS = {"crash": "4 (APP CRASH(EXCEPTION))", "anr": "6 (ANR)"}
_CHARGING, _DISCHARGING = 2, 3


def dumpsys(process: Process) -> Said:
    name, *words = process.arguments or [""]
    dump = _DUMPS.get(name)
    if dump is None or not process.system.condition.booted:
        return Said(err=f"Can't find service: {name}\n")
    return Said(dump(process, words))


def _user(process: Process, _: list[str]) -> str:
    state = "RUNNING_UNLOCKED" if process.system.condition.unlocked else "RUNNING_LOCKED"
    return (
        "Current user: 0\nUsers:\n"
        "  UserInfo{0:Owner:4c13} serialNo=0 isPrimary=true\n"
        "    Type: android.os.usertype.full.SYSTEM\n"
        "    Flags: 19475 (ADMIN|FULL|INITIALIZED|MAIN|PRIMARY|SYSTEM)\n"
        f"    State: {state}\n"
    )


def _package(process: Process, words: list[str]) -> str:
    condition = process.system.condition
    if words[-1:] != [PACKAGE] or not condition.installed:
        return f"Unable to find package: {' '.join(words[-1:])}\n"
    flags = "DEBUGGABLE HAS_CODE" if condition.debuggable else "HAS_CODE"
    enabled = 0 if condition.enabled else 3
    permissions = "".join(
        f"        {name}: granted={_java(name in condition.granted)},"
        " flags=[ USER_SENSITIVE_WHEN_GRANTED|USER_SENSITIVE_WHEN_DENIED]\n"
        for name in PERMISSIONS
    )
    return (
        f"Packages:\n  Package [{PACKAGE}] (4f2a6c1):\n    appId={UIDS['app']}\n"
        "    versionCode=1 minSdk=29 targetSdk=35\n    versionName=0.1.0\n"
        f"    flags=[ {flags} ALLOW_CLEAR_USER_DATA ]\n"
        "    User 0: ceDataInode=5011 deDataInode=4021 installed=true hidden=false"
        f" suspended=false distractionFlags=0 stopped={_java(condition.stopped)}"
        f" notLaunched=false enabled={enabled} instant=false virtual=false\n"
        f"      gids=[3003]\n      runtime permissions:\n{permissions}"
    )


def _registry(process: Process, _: list[str]) -> str:
    return process.system.telephony.registry()


def _telecom(process: Process, _: list[str]) -> str:
    return process.system.telephony.telecom()


def _activity(process: Process, words: list[str]) -> str:
    if words[:1] == ["exit-info"]:
        return _exits(process)
    head = "ACTIVITY MANAGER SERVICES (dumpsys activity services)\n"
    if words[:1] != ["services"] or not process.system.app.in_use:
        return f"{head}  (nothing)\n"
    record = f"ServiceRecord{{9d1c2b0 u0 {PACKAGE}/.GatewayCallAssistantService}}"
    return f"{head}  User 0 active services:\n  * {record}\n"


def _exits(process: Process) -> str:
    condition = process.system.condition
    head = (
        "ACTIVITY MANAGER PROCESS EXIT INFO (dumpsys activity exit-info)\n"
        f"  package: {PACKAGE}\n    Historical Process Exit for uid={UIDS['app']}\n"
    )
    if not condition.died:
        return head
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(process.system.app.died_at))
    return (
        f"{head}        ApplicationExitInfo #0:\n          timestamp={when}.000 pid=9001"
        f" realUid={UIDS['app']} packageUid={UIDS['app']} definingUid={UIDS['app']} user=0\n"
        f"          process={PACKAGE} reason={_ENDS[condition.died]} subreason=0 (UNKNOWN)"
        " status=0\n          importance=100 description=null state=empty trace=null\n"
    )


def _deviceidle(process: Process, words: list[str]) -> str:
    condition = process.system.condition
    if words[:1] != ["whitelist"]:
        return "  Settings:\n"
    for word in words[1:]:
        if word[1:] != PACKAGE or not condition.installed:
            return f"Unknown package: {word[1:]}\n"
        condition.doze_exempt = word.startswith("+")
        return f"{'Added' if condition.doze_exempt else 'Removed'}: {PACKAGE}\n"
    own = f"user,{PACKAGE},{UIDS['app']}\n" if condition.doze_exempt else ""
    return f"system,com.android.shell,{UIDS['shell']}\n{own}"


def _battery(process: Process, _: list[str]) -> str:
    condition = process.system.condition
    return (
        "Current Battery Service state:\n  AC powered: false\n"
        f"  USB powered: {_java(condition.charging)}\n  Wireless powered: false\n"
        f"  status: {_CHARGING if condition.charging else _DISCHARGING}\n  health: 2\n"
        f"  present: true\n  level: {condition.battery}\n  scale: 100\n"
    )


def _java(value: bool) -> str:
    return "true" if value else "false"


_DUMPS: dict[str, Callable[[Process, list[str]], str]] = {
    "user": _user,
    "package": _package,
    "telephony.registry": _registry,
    "telecom": _telecom,
    "activity": _activity,
    "deviceidle": _deviceidle,
    "battery": _battery,
}

PROGRAMS: dict[str, Program] = {"dumpsys": answering(dumpsys)}
