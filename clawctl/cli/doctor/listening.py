"""Are the gateway's ports its own? Who else holds one, as far as that can be told."""

import errno
import re
import socket
from pathlib import Path

from clawctl.cli.doctor.answering import who_answers
from clawctl.cli.doctor.check import Verdict, failed, ok, skipped
from clawctl.cli.doctor.patient import Patient
from clawctl.wire.text import safe_text

# Ports from here on need no rights.
UNPRIVILEGED = 1024
_LISTENING = "0A"


def ports(patient: Patient) -> Verdict:
    """Of a gateway that runs they are its own; else each is tried, and let go at once."""
    gateway = patient.settings.gateway
    if patient.ask.named:
        return skipped(f"asked about {patient.ask.url}")
    if patient.holder:
        return ok("they are our gateway's own")
    for key, port in (("port", gateway.port), ("phone_port", gateway.phone_port)):
        if port and (why := _refusal(gateway.host, port)):
            return _taken(patient, key, port, why)
    named = " and ".join(str(port) for port in (gateway.port, gateway.phone_port) if port)
    return ok(f"free: {named or 'any will do'}")


def _refusal(host: str, port: int) -> OSError | None:
    family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, proto) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(address)
        except OSError as error:
            return error
    return None


def _taken(patient: Patient, key: str, port: int, why: OSError) -> Verdict:
    host = patient.settings.gateway.host
    if why.errno != errno.EADDRINUSE:
        mend = patient.set_to(key, str(_free(patient, UNPRIVILEGED)))
        return failed(f"{key} {port} cannot be listened on: {why.strerror}", mend)
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    there = who_answers(url)
    if there.kind == "gateway":
        whose = f"a gateway that keeps its data elsewhere than {patient.data_dir}"
        return failed(f"{key} {port} is used by {whose}", patient.command("doctor", "--url", url))
    owner = owner_of(port)
    said = f"; there answers {there.about}" if there.about else ""
    mend = patient.set_to(key, str(_free(patient, port + 1)))
    return failed(f"{key} {port} is used by {owner or 'another program'}{said}", mend)


def _free(patient: Patient, start: int) -> int:
    """The next port that nobody holds and no setting of ours names; 0, which takes any, if far."""
    gateway = patient.settings.gateway
    ours = {gateway.port, gateway.phone_port}
    near = (port for port in range(start, min(start + 200, 65_536)) if port not in ours)
    return next((port for port in near if not _refusal(gateway.host, port)), 0)


def owner_of(port: int, proc: Path = Path("/proc")) -> str:
    """`nginx (pid 12)`; "" where the system does not tell."""
    sockets = {f"socket:[{inode}]" for inode in _inodes(port, proc)}
    for place in proc.glob("[0-9]*"):
        if sockets and _holds(place, sockets):
            name = safe_text((place / "comm").read_text("utf-8", "replace"))
            return f"{name} (pid {place.name})"
    return ""


def _inodes(port: int, proc: Path) -> list[str]:
    found = list[str]()
    for table in (proc / "net" / "tcp", proc / "net" / "tcp6"):
        rows = table.read_text("ascii").splitlines()[1:] if table.exists() else []
        cells = [re.split(r"\s+", row.strip()) for row in rows]
        found += [c[9] for c in cells if c[1].endswith(f":{port:04X}") and c[3] == _LISTENING]
    return found


def _holds(place: Path, sockets: set[str]) -> bool:
    try:
        return any(str(held.readlink()) in sockets for held in (place / "fd").iterdir())
    except OSError:
        return False
