"""Whether the phone has a call, by its telephony registry: true even where the log is silent."""

import re
from dataclasses import dataclass
from typing import Literal

IDLE, RINGING, OFF_HOOK = 0, 1, 2

# One line for the phone's shell: its clock, then the state of each SIM. It may be joined to others
# by `;`, of which none may talk like these two.
LOOK = "date +%s.%N; dumpsys telephony.registry | grep mCall"

# A shell too old for %N leaves an N behind the dot.
_CLOCK = re.compile(r"^(\d{6,12}(?:\.\d+)?)N?\s*$", re.MULTILINE)
_STATE = re.compile(r"\bmCallState=([012])\b")
# Not every Android tells; what is not a number (a hidden caller) is none.
_NUMBER = re.compile(r"\bmCallIncomingNumber=(\+?[0-9]{2,20})\s*$", re.MULTILINE)

State = Literal["idle", "ringing", "active"]
STATES: dict[int, State] = {IDLE: "idle", RINGING: "ringing", OFF_HOOK: "active"}


@dataclass(frozen=True, slots=True)
class Telephony:
    """What one look showed. `phone_s` is the phone's clock, `calls` IDLE, RINGING or OFF_HOOK for
    the busiest of its SIMs; None what it did not tell. `number` is who rings, or ""."""

    phone_s: float | None
    calls: int | None
    number: str = ""


def seen(output: str) -> Telephony:
    """What LOOK put out, whatever stands around it."""
    clock, number = _CLOCK.search(output), _NUMBER.search(output)
    calls = [int(state) for state in _STATE.findall(output)]
    return Telephony(
        phone_s=float(clock[1].rstrip(".")) if clock else None,
        calls=max(calls, default=None),
        number=number[1] if number else "",
    )
