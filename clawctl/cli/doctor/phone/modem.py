"""Can it telephone: its SIM, its network, and whether somebody is on the line."""

import re

from clawctl.cli.doctor.check import Check, Group, Verdict, failed, ok
from clawctl.cli.doctor.patient import Patient
from clawctl.cli.doctor.phone.handset import CALL_STATE
from clawctl.lines.phone import telephony

LOADED = "LOADED"
_SERVICE = re.compile(r"\bmServiceState=\{\s*mVoiceRegState=0\b")


async def idle(patient: Patient) -> Verdict:
    if await patient.handset.calls() == telephony.IDLE:
        return ok("there is no call")
    return ok("a call is up: nothing it would suffer from is mended now")


async def network(patient: Patient) -> Verdict:
    """Of two SIMs one is enough."""
    handset = patient.handset
    if await handset.word("settings get global airplane_mode_on") == "1":
        mend = handset.shell("cmd", "connectivity", "airplane-mode", "disable")
        return failed("it is in airplane mode", mend)
    sims = (await handset.word("getprop gsm.sim.state")).split(",")
    if LOADED not in sims:
        return _no_sim(patient, [sim for sim in sims if sim])
    if not _SERVICE.search((await handset.said(CALL_STATE)).text):
        why = "it has no network: the place, the antenna or the contract"
        return failed(why, handset.shell("getprop", "gsm.operator.alpha"))
    return ok("its SIM is in the network")


def _no_sim(patient: Patient, sims: list[str]) -> Verdict:
    mend = patient.handset.shell("getprop", "gsm.sim.state")
    if any("PIN" in sim or "PUK" in sim for sim in sims):
        why = "its SIM asks for a PIN, after every restart of the phone: switch the PIN off"
        return failed(why, patient.handset.shell("am", "start", "-a", "android.settings.SETTINGS"))
    return failed(f"it has no SIM that can be used ({', '.join(sims) or 'none told of'})", mend)


MODEM = Group(
    "modem",
    (
        Check(name="idle", look=idle, needs=("booted",)),
        Check(name="network", look=network, needs=("booted",)),
    ),
    part_of="phone",
)
