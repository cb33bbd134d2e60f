"""Does the phone's own port lead to our gateway, and does the gateway answer there?"""

import re
import secrets
from urllib.parse import urlsplit

import trio

from clawctl.cli.doctor.check import Check, Group, Verdict, failed, ok, skipped
from clawctl.cli.doctor.gateway import NONE_RUNS, NOT_OURS
from clawctl.cli.doctor.patient import Patient
from clawctl.cli.doctor.phone.profile import port_on_phone
from clawctl.errors import ClawError
from clawctl.lines.phone.driver import Ran, quoted
from clawctl.lines.phone.profile import PORT_ON_PHONE

REPLY_S = 5
# A gateway looks at its phone every two seconds.
RESTORED_S, AGAIN_S = 5.0, 0.2
FORBIDDEN = 403
# How curl ends.
REFUSED, NO_REPLY, CUT = 7, 52, 56
NO_PROGRAM = 127


async def reverse(patient: Patient) -> Verdict:
    ours = _port_here(patient)
    if not ours:
        return skipped(_why_none(patient))
    theirs = await _port_there(patient)
    leads = await _leads(patient, theirs, ours)
    if leads.get(theirs) == ours:
        return ok(f"the phone's port {theirs} leads to our {ours}")
    instead = f"leads to our port {leads[theirs]}" if theirs in leads else "leads nowhere"
    why = f"the phone's port {theirs} {instead}, and the gateway is at {ours}"
    return failed(why, _mend(patient))


async def _leads(patient: Patient, theirs: int, ours: int) -> dict[int, int]:
    """Which port of the phone leads to which of ours; not before a gateway that runs has had the
    time to see the phone and restore it."""
    leads = dict(await patient.handset.driver.reverses())
    with trio.move_on_after(RESTORED_S if patient.holder else 0):
        while leads.get(theirs) != ours:
            await trio.sleep(AGAIN_S)
            leads = dict(await patient.handset.driver.reverses())
    return leads


def _port_here(patient: Patient) -> int:
    """The gateway's own port for the phone; 0 while that cannot be known."""
    if patient.ask.named and not patient.owns_gateway:
        return 0
    told = patient.holder.phone_url if patient.holder else ""
    return (urlsplit(told).port or 0) if told else patient.settings.gateway.phone_port


def _why_none(patient: Patient) -> str:
    return NOT_OURS if patient.ask.named else f"{NONE_RUNS}, and it takes any free port"


async def _port_there(patient: Patient) -> int:
    """As the profile has it; while none can be read, where one would have it."""
    try:
        return port_on_phone(await patient.handset.profile())
    except ClawError:
        return PORT_ON_PHONE


def _mend(patient: Patient) -> str:
    if patient.handset.by_server:
        return patient.command("phone", "reverse")
    # It ends with the connection that made it, which must be the gateway's.
    return patient.restart if patient.holder else patient.command("serve", "--detach")


async def _forward(patient: Patient) -> str:
    """Without an adb server it would be gone again when we leave."""
    ours = _port_here(patient)
    if not (ours and patient.handset.by_server):
        return ""
    theirs = await _port_there(patient)
    await patient.handset.driver.reverse(theirs, ours)
    return f"made the phone's port {theirs} lead to our {ours}"


async def reachable(patient: Patient) -> Verdict:
    """By the way a call takes: from the phone to its own port, with a word only we know."""
    if not await trio.to_thread.run_sync(lambda: patient.gateway_runs):
        return skipped(NONE_RUNS)
    port, word = await _port_there(patient), f"doctor-{secrets.token_hex(8)}"
    host = f"127.0.0.1:{port}"
    curl = quoted("curl", "-s", "-i", "-m", str(REPLY_S), f"http://{host}/{word}")
    ran = await patient.handset.run(curl, REPLY_S + 3)
    if ran.code == NO_PROGRAM:
        ran = await _by_netcat(patient, port, f"GET /{word} HTTP/1.1\r\nHost: {host}\r\n")
    return judged(patient, ran, word, port)


async def _by_netcat(patient: Patient, port: int, head: str) -> Ran:
    """A forwarded connection that one side closes is closed: ours stays until the answer is there,
    or a second is over."""
    command = f"(cat; sleep 1) | nc -w {REPLY_S} 127.0.0.1 {port}"
    asked = f"{head}Connection: close\r\n\r\n".encode()
    ran = await patient.handset.driver.run(command, stdin=asked)
    if ran.out:
        return Ran(0, ran.out)
    return Ran(REFUSED if "refused" in ran.err.decode(errors="replace").lower() else NO_REPLY)


def judged(patient: Patient, ran: Ran, word: str, port: int) -> Verdict:
    status = _status(ran)
    if status == FORBIDDEN:
        why = f"the gateway refuses the host 127.0.0.1:{port} that the app names"
        return failed(why, patient.set_to("phone_port", "8997"))
    if word in ran.text:
        return ok(f"the gateway answers the phone at its port {port}")
    if status:
        why = f"at the phone's port {port} answers something else than a gateway"
        return failed(why, _mend(patient))
    whys = {
        REFUSED: (f"nothing listens on the phone's port {port}", _mend(patient)),
        NO_REPLY: (f"behind the phone's port {port} nobody listens here", patient.restart),
        CUT: (f"behind the phone's port {port} nobody listens here", patient.restart),
    }
    slow = (f"no answer reached the phone within {REPLY_S} s: plug it in anew", "")
    why, mend = whys.get(ran.code, slow)
    return failed(why, mend or patient.command("phone", "status"))


def _status(ran: Ran) -> int:
    first = ran.text.partition("\n")[0].split()
    if len(first) < 2 or not first[0].startswith("HTTP/"):
        return 0
    return int(first[1]) if re.fullmatch("[0-9]{3}", first[1]) else 0


LINE = Group(
    "line",
    (
        Check(name="reverse", look=reverse, needs=("shell", "file"), fix=_forward),
        Check(name="reachable", look=reachable, needs=("reverse", "running"), within_s=20),
    ),
    part_of="phone",
)
