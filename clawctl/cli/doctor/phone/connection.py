"""Is there a phone, does it obey, is it up?"""

import re
import shlex

from clawctl.cli.doctor.check import Check, Group, Verdict, absent, failed, ok, warning
from clawctl.cli.doctor.patient import Patient
from clawctl.cli.doctor.phone.handset import shown
from clawctl.errors import NoHandset
from clawctl.lines.phone.driver import READY, Device, chosen
from clawctl.lines.phone.profile import models

LEAST_SDK = 29
UDEV = "sudo apt install android-sdk-platform-tools-common && sudo usermod -aG plugdev $USER"

_USER = re.compile(r"UserInfo\{0:.*?\bState: (-?\w+)", re.DOTALL)


async def adb(patient: Patient) -> Verdict:
    """A server that runs is asked; none is started."""
    phone, server = patient.settings.phone, patient.handset.server
    if phone.adb_driver == "off":
        return absent("adb_driver is off")
    if phone.adb_path and server.program.found() is None:
        why = f"adb_path: there is no program {phone.adb_path}"
        return failed(why, patient.set_to("adb_path", ""))
    named = bool(phone.adb_path or phone.adb_serial or phone.adb_address)
    if phone.adb_driver == "direct":
        return ok("the phone is spoken to without an adb server") if named else _nothing()
    if await server.running():
        return await _server(patient, named)
    # An adb program is no phone; many machines have one.
    return _no_server(patient) if named else _nothing()


def _nothing() -> Verdict:
    return absent("not configured: plug a phone in, or name it in adb_address")


async def _server(patient: Patient, named: bool) -> Verdict:
    patient.handset.by_server = True
    try:
        there = await patient.handset.server.devices()
    except NoHandset as error:
        return failed(str(error), "adb kill-server && adb start-server")
    return ok("an adb server answers") if named or there else _nothing()


def _no_server(patient: Patient) -> Verdict:
    program = patient.handset.server.program
    if path := program.found():
        return failed("no adb server runs", shlex.join([str(path), "start-server"]))
    if patient.settings.phone.adb_driver == "server":
        return failed(program.missing(), "sudo apt install adb")
    return ok("no adb program: the phone is spoken to directly")


async def _start_server(patient: Patient) -> str:
    server = patient.handset.server
    if await server.running() or server.program.found() is None:
        return ""
    await server.devices()
    return "started the adb server"


async def device(patient: Patient) -> Verdict:
    phone = patient.settings.phone
    devices = await patient.handset.phones.devices()
    try:
        one = chosen(devices, phone.adb_serial or phone.adb_address)
    except NoHandset as error:
        return failed(str(error), _way_to(patient, devices))
    return ok(f"{one.serial} {one.model}".strip())


def _way_to(patient: Patient, devices: list[Device]) -> str:
    """A command where one helps; else the sentence says what hands must do."""
    ready = [one.serial for one in devices if one.state == READY]
    if ready:
        return patient.set_to("adb_serial", ready[0])
    state, serial = (devices[0].state, devices[0].serial) if devices else ("", "")
    mends = {
        "no permissions": UDEV,
        "offline": patient.command("phone", "connect"),
        "recovery": shlex.join(["adb", "-s", serial, "reboot"]),
        "sideload": shlex.join(["adb", "-s", serial, "reboot"]),
        "bootloader": shlex.join(["fastboot", "-s", serial, "reboot"]),
    }
    return mends.get(state, patient.command("phone", "status"))


async def shell(patient: Patient) -> Verdict:
    driver = await patient.handset.connect(patient.attending)
    ran = await patient.handset.run("exit 7")
    if "shell_v2" in driver.features and ran.code == 7:
        return ok("commands tell how they end")
    return failed(
        "commands do not tell how they end: its Android, or the adb server, is too old for us",
        patient.command("phone", "status"),
    )


async def booted(patient: Patient) -> Verdict:
    if await patient.handset.word("getprop sys.boot_completed") == "1":
        return ok("it has started")
    again = patient.command("doctor", "--only", "phone")
    return failed("it is still starting: wait a minute", again)


async def unlocked(patient: Patient) -> Verdict:
    found = _USER.search((await patient.handset.said("dumpsys user")).text)
    state = shown(found[1]) if found else "not told"
    if state == "RUNNING_UNLOCKED":
        return ok("it was unlocked since it started")
    why = (
        f"its owner has not unlocked it since it started ({state}), and no app can read its files:"
        " unlock it once, and set its screen lock to None or Swipe"
    )
    return failed(why, patient.handset.shell("am", "start", "-a", "android.settings.SETTINGS"))


async def phone_model(patient: Patient) -> Verdict:
    """What it is decides how it must record and play."""
    names = ("ro.product.device", "ro.build.version.sdk", "ro.build.id")
    name, sdk, build = [await patient.handset.word(f"getprop {one}") for one in names]
    if not (sdk.isascii() and sdk.isdecimal()) or int(sdk) < LEAST_SDK:
        why = f"{name} has Android API {sdk or 'unknown'}: the app needs {LEAST_SDK} (Android 10)"
        return warning(why, patient.handset.shell("getprop", "ro.build.version.release"))
    if name not in models():
        why = f"{name or 'it'} is none of {', '.join(models())}: its profile must be tuned for it"
        return warning(why, patient.command("profile", "show"))
    return ok(f"{name}, API {sdk}, build {build}")


PHONE = Group(
    "phone",
    (
        Check(name="adb", look=adb, needs=("file",), fix=_start_server, within_s=30),
        Check(name="device", look=device, needs=("adb",), within_s=30),
        Check(name="shell", look=shell, needs=("device",), within_s=30),
        Check(name="booted", look=booted, needs=("shell",)),
        Check(name="unlocked", look=unlocked, needs=("booted",)),
        Check(name="phone_model", look=phone_model, needs=("booted",)),
    ),
)
