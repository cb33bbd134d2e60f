"""What makes a call audible: root on the phone, and the helper that lends it to the app."""

import base64
import re

import trio

from clawctl.cli.doctor.check import Check, Group, Verdict, failed, ok, warning
from clawctl.cli.doctor.patient import Patient
from clawctl.cli.doctor.phone.handset import shown
from clawctl.cli.doctor.phone.profile import in_use
from clawctl.errors import ClawError, NoHandset
from clawctl.lines.phone import profile as profiles
from clawctl.lines.phone.driver import quoted
from clawctl.lines.phone.profile_keys import KEYS, TOOLS

PORT = 48733
SERVICE_D = "/data/adb/service.d"
SU_PATH = "/data/adb/ap/su_path"
FILES = tuple(
    f"phonebridge-{name}"
    for name in ("rootd.sh", "root-handler.sh", "tinymix", "tinycap", "tinyplay", "tinypcminfo")
)
# In the background it takes a moment until it listens.
STARTING_S = 3.0
LOOK_AGAIN_S = 0.2
SILENT = "calls would be completely silent"

_EXIT = re.compile(r"__PB_EXIT__:(\d+)")
_CONTROLS = re.compile(r"Number of controls:\s*(\d+)", re.IGNORECASE)


async def su(patient: Patient) -> Verdict:
    handset = patient.handset
    if await handset.find_su():
        return ok(f"{handset.su} gives root")
    if "denied" in handset.su_says.lower():
        why = f"the phone's shell may not be root, and {SILENT}: allow 'Shell' in the root manager"
        return failed(why, handset.shell("su", "-c", "id"))
    why = f"there is no root, and {SILENT}: a system update may have removed it"
    return failed(why, handset.shell("su", "-c", "id"))


async def rootd(patient: Patient) -> Verdict:
    status, said = await _through_rootd(patient, "id")
    if status == 0 and "uid=0(root)" in said:
        return ok(f"the root helper answers at the phone's port {PORT}")
    if status is None:
        fix = patient.command("doctor", "--fix", "--only", "rootd")
        return failed(f"the root helper does not run, and {SILENT}", fix)
    reasons = {126: "its handler does not let 'id' through", 3: "its handler lacks base64"}
    why = f"the root helper fails, and {SILENT}: {reasons.get(status, f'status {status}')}"
    handler = f"{SERVICE_D}/phonebridge-root-handler.sh"
    return failed(why, patient.handset.shell(patient.handset.su, "-c", f"cat {handler}"))


async def _through_rootd(patient: Patient, command: str) -> tuple[int | None, str]:
    """How it ended and what it said; None when nobody did."""
    asked = "CMD_B64:" + base64.b64encode(command.encode()).decode()
    ran = await patient.handset.said(f"echo {quoted(asked)} | nc -w 3 127.0.0.1 {PORT}")
    found = _EXIT.search(ran.text)
    return (int(found[1]) if found else None), ran.text


async def _start_rootd(patient: Patient) -> str:
    """One that answers, however badly, is left alone."""
    handset = patient.handset
    if (await _through_rootd(patient, "id"))[0] is not None:
        return ""
    await handset.require_idle()
    script = f"{SERVICE_D}/phonebridge-rootd.sh"
    line = f"nohup /system/bin/sh {script} >/dev/null 2>&1 &"
    await handset.do(quoted(handset.su, "-c", line))
    with trio.move_on_after(STARTING_S):
        while (await _through_rootd(patient, "id"))[0] is None:
            handset.forget()
            await trio.sleep(LOOK_AGAIN_S)
        return "started the root helper"
    raise NoHandset(f"{script} ran, and still nobody listens on the phone's port {PORT}")


async def root_files(patient: Patient) -> Verdict:
    ran = await patient.handset.as_root("ls", "-l", SERVICE_D)
    rows = [row.split() for row in ran.text.splitlines()]
    modes = {row[-1].rpartition("/")[2]: row[0] for row in rows if row}
    if missing := [name for name in FILES if name not in modes]:
        why = f"{SERVICE_D} lacks {', '.join(missing)}: the app's root runbook installs them"
        return failed(why, patient.handset.shell(patient.handset.su, "-c", f"ls -l {SERVICE_D}"))
    if idle := [name for name in FILES if "x" not in modes[name]]:
        names = " ".join(f"{SERVICE_D}/{name}" for name in idle)
        mend = patient.handset.shell(patient.handset.su, "-c", f"chmod 755 {names}")
        return failed(f"not executable in {SERVICE_D}: {', '.join(idle)}", mend)
    return ok(f"all {len(FILES)} files of the root helper are in {SERVICE_D}")


async def mixer(patient: Patient) -> Verdict:
    command = f"{TOOLS}-tinymix -D 0 controls"
    status, said = await _through_rootd(patient, command)
    found = _CONTROLS.search(said)
    if found and int(found[1]):
        return ok(f"the sound card has {found[1]} controls")
    mend = patient.handset.shell(patient.handset.su, "-c", command)
    if "blocked_command" in said:
        return failed("the root helper's handler does not let tinymix through", mend)
    return failed(f"the sound card cannot be opened, and {SILENT} (status {status})", mend)


async def su_path(patient: Patient) -> Verdict:
    """The app writes it at each call; other programs read it between calls."""
    ran = await patient.handset.as_root("cat", SU_PATH)
    wanted = await _su_of_profile(patient)
    if ran.code == 0 and shown(ran.text) == wanted:
        return ok(f"{SU_PATH} says {wanted}, as the profile does")
    held = f"says {shown(ran.text)}" if ran.code == 0 and ran.text else "is empty"
    why = f"{SU_PATH} {held} where the profile says {wanted}: the next call writes it"
    return warning(why, patient.command("profile", "show"))


async def _su_of_profile(patient: Patient) -> str:
    default = next(str(key.default) for key in KEYS if key.path == "root_binaries.su")
    try:
        profile = in_use(await patient.handset.profile()) or {}
    except ClawError:
        return default
    named = profiles.at(profile, "root_binaries.su")
    return shown(named) if isinstance(named, str) and named else default


ROOT = Group(
    "root",
    (
        Check(name="su", look=su, needs=("booted",), within_s=20),
        Check(name="rootd", look=rootd, needs=("su",), fix=_start_rootd),
        Check(name="root_files", look=root_files, needs=("su",)),
        Check(name="mixer", look=mixer, needs=("rootd",)),
        Check(name="su_path", look=su_path, needs=("su", "copies")),
    ),
    part_of="phone",
)
