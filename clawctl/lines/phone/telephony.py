"""Whether the phone has a call, by its telephony registry: true even where the log is silent."""

import re
from dataclasses import dataclass
from typing import Literal

IDLE, RINGING, OFF_HOOK = 0, 1, 2

# One line for the phone's shell: its clock, then the state of each SIM. It may be joined to others
# by `;`, of which none may talk like these two.
LOOK = "date +%s.%N; dumpsys telephony.registry | grep Call"

# A shell that does not know %N leaves an N.
_CLOCK = re.compile(r"^(\d{6,12}(?:\.\d+)?)(?:\.N)?\s*$", re.MULTILINE)
_STATE = re.compile(r"\bmCallState=([012])\b")
# Neither does every Android tell. Of the call in front: 1 active, 3 dialling, 4 ringing far away.
_IN_FRONT = re.compile(r"\bmForegroundCallState=([134])\b")
# What is not a number, of a hidden caller, is none.
_NUMBER = re.compile(r"\bmCallIncomingNumber=(\+?[0-9]{2,20})\s*$", re.MULTILINE)

State = Literal["idle", "ringing", "active"]
STATES: dict[int, State] = {IDLE: "idle", RINGING: "ringing", OFF_HOOK: "active"}


@dataclass(frozen=True, slots=True)
class Telephony:
    """What one look showed. `phone_s` is the phone's clock, `calls` IDLE, RINGING or OFF_HOOK for
    the busiest of its SIMs, `connected` whether its call was picked up; None what it did not tell.
    `number` is who rings, or ""."""

    phone_s: float | None
    calls: int | None
    number: str = ""
    connected: bool | None = None


def seen(output: str) -> Telephony:
    """What LOOK put out, whatever stands around it."""
    clock, number = _CLOCK.search(output), _NUMBER.search(output)
    in_front = _IN_FRONT.findall(output)
    calls = [int(state) for state in _STATE.findall(output)]
    return Telephony(
        phone_s=float(clock[1]) if clock else None,
        calls=max(calls, default=None),
        number=number[1] if number else "",
        connected="1" in in_front if in_front else None,
    )
