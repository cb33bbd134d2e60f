"""What a phone says of itself when somebody asks how it is; nothing is changed by asking."""

import re
from typing import Any

from clawctl.lines.phone.driver import Driver, Ran, quoted, words
from clawctl.lines.phone.inspection import DIALER, NO_ROLE, STARTING
from clawctl.lines.phone.profile_install import PACKAGE
from clawctl.lines.phone.telephony import LOOK, STATES, seen

Facts = dict[str, Any]

NO_APP = f"the app {PACKAGE} is not installed"
NO_WAY = "none of its ports leads to this computer, so the app reaches no gateway"

_LEVEL = re.compile(r"^[ \t]*level: (\d{1,3})\s*$", re.MULTILINE)
_POWERED = re.compile(r"^[ \t]*\w+ powered: true\s*$", re.MULTILINE)


async def facts(driver: Driver) -> Facts:
    """Texts are "" and the rest None where the phone does not tell; `reason` is what is amiss
    first. Raises NoHandset, TooSlow."""
    known: Facts = {"serial": driver.serial}
    for name, command in TEXTS.items():
        known[name] = _text(await driver.run(command))
    known["app"] = "package:" in (await driver.run(quoted("pm", "path", PACKAGE))).text
    known["dialer"] = _text(await driver.run(quoted("cmd", "role", "get-role-holders", DIALER)))
    known["battery"] = battery((await driver.run("dumpsys battery")).text)
    calls = seen((await driver.run(LOOK)).text).calls
    known["call"] = {"state": STATES[calls]} if calls else None
    ways = await driver.reverses()
    known["reverse"] = [{"phone_port": phone, "host_port": host} for phone, host in ways]
    return known


TEXTS = {
    "model": "getprop ro.product.model",
    "device": "getprop ro.product.device",
    "android": "getprop ro.build.version.release",
    "booted": "getprop sys.boot_completed",
}


def amiss(known: Facts) -> str:
    """The first thing because of which calls will not work; "" if there is none."""
    faults = {
        STARTING: known["booted"] != "1",
        NO_APP: not known["app"],
        # One that does not tell is given the benefit of the doubt.
        NO_ROLE: known["dialer"] not in {"", PACKAGE},
        NO_WAY: not known["reverse"],
    }
    return next((fault for fault, there in faults.items() if there), "")


def battery(dump: str) -> dict[str, int | bool] | None:
    """As `dumpsys battery` has it: percent, and whether it is being charged."""
    level = _LEVEL.search(dump)
    return {"percent": int(level[1]), "charging": bool(_POWERED.search(dump))} if level else None


def _text(ran: Ran) -> str:
    return words(ran.out) if ran.code == 0 else ""
