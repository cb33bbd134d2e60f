"""Android's own: its properties, its settings, who holds a role, and whether the screen locks."""

from collections.abc import Callable
from dataclasses import replace

from clawctl.testing.device.condition import PACKAGE
from clawctl.testing.device.process import Process, Said
from clawctl.testing.device.programs_app import NO_SERVICE, REFUSED, am, pm, service
from clawctl.testing.device.shell import Program, answering

DIALER = "android.app.role.DIALER"
_AIRPLANE, _UPDATES = "airplane_mode_on", "ota_disable_automatic_update"


def getprop(process: Process) -> Said:
    condition = process.system.condition
    properties = {
        "sys.boot_completed": "1" if condition.booted else "",
        "dev.bootcomplete": "1" if condition.booted else "",
        "ro.product.name": condition.device,
        "ro.product.device": condition.device,
        "ro.product.model": condition.model,
        "ro.product.manufacturer": "Google",
        "ro.build.version.sdk": str(condition.sdk),
        "ro.build.version.release": str(condition.sdk - 20),
        "ro.build.id": condition.build,
        "ro.debuggable": "0",
        "gsm.sim.state": condition.sim,
        "gsm.operator.alpha": "Example Mobile" if condition.in_service else "",
    }
    if process.arguments:
        return Said(properties.get(process.arguments[0], "".join(process.arguments[1:2])) + "\n")
    return Said("".join(f"[{name}]: [{value}]\n" for name, value in properties.items()))


def settings(process: Process) -> Said:
    """`get`, `put` and `delete`; two of them are switches of the condition."""
    verb, place, name, value = (*process.arguments, "", "", "", "")[:4]
    key = f"{place} {name}"
    if verb == "get":
        return Said(_setting(process, place, name) + "\n")
    if verb not in {"put", "delete"} or not name:
        return Said(err="Invalid command\n", status=REFUSED)
    condition = process.system.condition
    if (place, name) == ("global", _AIRPLANE):
        condition.airplane = value == "1"
    elif (place, name) == ("global", _UPDATES):
        condition.updates_off = value == "1"
    elif verb == "put":
        process.system.settings[key] = value
    else:
        process.system.settings.pop(key, None)
    return Said()


def _setting(process: Process, place: str, name: str) -> str:
    condition = process.system.condition
    own = {
        _AIRPLANE: "1" if condition.airplane else "0",
        _UPDATES: "1" if condition.updates_off else "null",
    }
    if place == "global" and name in own:
        return own[name]
    return process.system.settings.get(f"{place} {name}", "null")


def locksettings(process: Process) -> Said:
    locked = process.system.condition.locked_by
    if process.arguments[:1] == ["get-disabled"]:
        return Said("false\n" if locked else "true\n")
    if process.arguments[:1] != ["verify"]:
        return Said(err="Unknown command\n", status=REFUSED)
    if locked:
        return Said("Old password '' didn't match\n")
    return Said("Lock credential verified successfully\n")


def role(process: Process) -> Said:
    """`get-role-holders ROLE`, `add-role-holder ROLE PACKAGE [FLAGS]`; and without `cmd`'s word."""
    condition = process.system.condition
    verb, wanted, package = (*process.arguments, "", "", "")[:3]
    if verb == "add-role-holder" and wanted == DIALER:
        there = package != PACKAGE or condition.installed
        if condition.role_fails or not there:
            return Said(err="Failed to add role holder\n", status=REFUSED)
        condition.role = package
        return Said()
    if verb == "get-role-holders" and condition.role_known:
        return Said(f"{condition.role}\n" if wanted == DIALER and condition.role else "")
    return Said(err=f"Unknown command: {verb}\n", status=REFUSED)


def telecom(process: Process) -> Said:
    condition = process.system.condition
    if process.arguments[:1] == ["get-default-dialer"]:
        if condition.dialer_asks_root and process.user != "root":
            why = "java.lang.SecurityException: requires MODIFY_PHONE_STATE"
            return Said(err=f"{why}\n", status=REFUSED)
        return Said(f"{condition.role}\n")
    return Said(err=f"Unknown command: {' '.join(process.arguments[:1])}\n", status=REFUSED)


def svc(process: Process) -> Said:
    """`svc power stayon true|false|usb`"""
    words = process.arguments
    if words[:2] == ["power", "stayon"] and len(words) == 3:
        value = {"true": "7", "usb": "2", "false": "0"}.get(words[2], "0")
        process.system.settings["global stay_on_while_plugged_in"] = value
    return Said()


def connectivity(process: Process) -> Said:
    """`airplane-mode enable|disable`"""
    verb, wanted = (*process.arguments, "", "")[:2]
    if verb != "airplane-mode" or wanted not in {"enable", "disable"}:
        return Said(err=f"Unknown command: {verb}\n", status=REFUSED)
    process.system.condition.airplane = wanted == "enable"
    return Said()


_SERVICES: dict[str, Callable[[Process], Said]] = {
    "role": role,
    "telecom": telecom,
    "activity": am,
    "package": pm,
    "settings": settings,
    "lock_settings": locksettings,
    "connectivity": connectivity,
}


def cmd(process: Process) -> Said:
    name, *words = process.arguments or [""]
    answer = _SERVICES.get(name)
    if answer is None or not process.system.condition.booted:
        return Said(err=f"cmd: Can't find service: {name}\n", status=NO_SERVICE)
    return answer(replace(process, words=[name, *words]))


PROGRAMS: dict[str, Program] = {
    "getprop": answering(getprop),
    "settings": service("settings", settings),
    "locksettings": service("lock_settings", locksettings),
    "telecom": service("telecom", telecom),
    "svc": service("power", svc),
    "cmd": answering(cmd),
}
