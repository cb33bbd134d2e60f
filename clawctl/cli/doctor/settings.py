"""Can the settings be used, do they mean what they say, and are the secrets in them kept?"""

import os
import re
import shlex
import shutil
import socket
from ipaddress import ip_address
from pathlib import Path

from clawctl.cli.doctor.check import Check, Group, Verdict, failed, in_thread, ok, skipped, warning
from clawctl.cli.doctor.patient import Patient
from clawctl.cli.doctor.private import close, closing, readable_by_others
from clawctl.config.tokens import is_example_token
from clawctl.errors import BadSettings

# How a fault names the variable it is in.
_VARIABLE = re.compile(r"\((GATEWAY_\w+)\)")

KNOWN = "it is an example from the manuals that anybody knows"


def file(patient: Patient) -> Verdict:
    """Also the variables: a fault in one of them is a fault of the settings as a whole."""
    try:
        loaded = patient.loaded
    except BadSettings as error:
        held = {name for fault in error.faults for name in _VARIABLE.findall(fault)}
        mend = shlex.join(["unset", *sorted(held)]) if held else patient.command("config", "edit")
        return failed(str(error), mend)
    if loaded.path is None or not loaded.path.exists():
        return ok(f"there is no {loaded.path}: defaults and variables hold")
    return ok(f"{loaded.path}: {len(loaded.in_file)} settings")


def variables(patient: Patient) -> Verdict:
    strange = [text.partition(" ")[0] for text in patient.loaded.warnings]
    if strange:
        return warning("; ".join(patient.loaded.warnings), shlex.join(["unset", *strange]))
    held = sorted(str(given.origin) for given in patient.loaded.pinned.values())
    return ok(", ".join(held) or "none are set")


def _with_secrets(patient: Patient) -> list[Path]:
    loaded = patient.loaded
    secrets = [row.key for row in loaded.table if row.secret and row.key in loaded.in_file]
    return [loaded.path] if loaded.path and secrets else []


def private_file(patient: Patient) -> Verdict:
    paths = _with_secrets(patient)
    if not paths:
        return ok("the file holds no secrets")
    if open_ones := readable_by_others(paths):
        return warning("others can read the secrets in the file", closing(open_ones))
    return ok("nobody else can read the secrets in the file")


def bearer_token(patient: Patient) -> Verdict:
    token = patient.settings.gateway.bearer_token
    kept = patient.data_dir / "bearer_token"
    if is_example_token(token):
        mend = patient.set_to("bearer_token", "")
        return warning(KNOWN, mend)
    if token:
        return ok(f"from {patient.loaded.origins['bearer_token']}")
    if not kept.exists():
        return ok("none yet: one is made at the first start")
    try:
        empty = not kept.read_text("ascii", "replace").strip()
    except OSError as error:
        why = f"{kept} cannot be read: {error.strerror}"
        return failed(why, shlex.join(["chmod", "u+rw", str(kept)]))
    if empty:
        return failed(f"{kept} is empty", shlex.join(["rm", str(kept)]))
    return ok(f"from {kept}")


def agent_token(patient: Patient) -> Verdict:
    token = patient.settings.gateway.agent_token
    if not token:
        why = "it is empty: every program on this machine may read and steer calls"
        return warning(why, patient.change("agent_token"))
    if is_example_token(token):
        return warning(KNOWN, patient.change("agent_token"))
    return ok(f"from {patient.loaded.origins['agent_token']}")


def host(patient: Patient) -> Verdict:
    """A written address was checked with the file; a name is what it resolves to."""
    name = patient.settings.gateway.host
    try:
        found = {address[4][0] for address in socket.getaddrinfo(name, None)}
    except OSError:
        return failed(f"{name} resolves to nothing", patient.set_to("host", "127.0.0.1"))
    if strange := [one for one in found if not ip_address(one).is_loopback]:
        why = f"{name} resolves to {strange[0]}, which is open to a network"
        return failed(why, patient.set_to("host", "127.0.0.1"))
    return ok(f"{name} is loopback")


def notify_command(patient: Patient) -> Verdict:
    words = patient.settings.gateway.notify_command
    if not words:
        return skipped("not configured")
    if shutil.which(words[0]) is None:
        why = f"there is no program {words[0]}: nobody hears of messages"
        return failed(why, patient.change("notify_command"))
    return ok(f"{words[0]} is run for every message")


def log_file(patient: Patient) -> Verdict:
    name = patient.settings.log.log_file
    if not name:
        return skipped("not configured: the log goes to standard error")
    path = Path(name)
    if path.is_dir():
        return failed(f"{path} is a directory", patient.change("log_file"))
    if not path.parent.is_dir():
        mend = shlex.join(["mkdir", "-p", str(path.parent)])
        return failed(f"there is no directory {path.parent}", mend)
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        return failed(f"{path} cannot be written", patient.change("log_file"))
    if open_ones := readable_by_others([path] if path.is_file() else []):
        return warning(f"others can read {path}", closing(open_ones))
    return ok(str(path))


def _close_log(patient: Patient) -> str:
    path = Path(patient.settings.log.log_file)
    return close([path]) if path.is_file() else ""


SETTINGS = Group(
    "settings",
    (
        Check(name="file", look=in_thread(file)),
        Check(name="variables", look=in_thread(variables), needs=("file",)),
        Check(
            name="private_file",
            look=in_thread(private_file),
            needs=("file",),
            fix=in_thread(lambda patient: close(_with_secrets(patient))),
        ),
        Check(name="bearer_token", look=in_thread(bearer_token), needs=("file",)),
        Check(name="agent_token", look=in_thread(agent_token), needs=("file",)),
        Check(name="host", look=in_thread(host), needs=("file",)),
        Check(name="notify_command", look=in_thread(notify_command), needs=("file",)),
        Check(
            name="log_file", look=in_thread(log_file), needs=("file",), fix=in_thread(_close_log)
        ),
    ),
)
