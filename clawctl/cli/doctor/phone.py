"""The phone: what can be said of it before anybody asks it."""

import shutil

from clawctl.cli.doctor.check import Check, Group, Verdict, failed, in_thread, ok, skipped
from clawctl.cli.doctor.patient import Patient


def adb(patient: Patient) -> Verdict:
    phone = patient.settings.phone
    program = shutil.which(phone.adb_path or "adb")
    if phone.adb_path and program is None:
        return failed(
            f"adb_path: there is no program {phone.adb_path}", patient.set_to("adb_path", "")
        )
    # An adb program is no phone; many machines have one.
    if not (phone.adb_path or phone.adb_serial or phone.adb_address):
        return skipped("not configured")
    return ok(program or "no adb program: the phone is spoken to directly")


PHONE = Group("phone", (Check(name="adb", look=in_thread(adb), needs=("file",)),))
