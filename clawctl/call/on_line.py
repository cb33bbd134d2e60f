"""The call that the phone says it has, and which sessions are its."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from clawctl.call.admission import normalise
from clawctl.call.ports import CallState

# The phone's clock and ours are laid side by side only so well.
SLACK_S = 2.0


@dataclass(frozen=True, slots=True)
class CallOnPhone:
    """A call as the phone tells it. Times are seconds since the epoch by our clock.

    `number` and `direction` are "" while they are unknown; `began` is 0.0 for a call that was found
    up without a trace of its beginning, `connected_at` None until somebody answered, or if nobody
    knows when. `why` it is over is "disconnected" where the phone said so, "gone" where only its
    call was missing.
    """

    state: Literal["dialing", "ringing", "active", "ended"]
    number: str = ""
    direction: Literal["incoming", "outgoing", ""] = ""
    began: float = 0.0
    connected_at: float | None = None
    ended_at: float | None = None
    why: str = ""

    @property
    def connected_s(self) -> float:
        """How long it lasted, once it is over; 0.0 if nobody answered, or nobody knows."""
        if self.connected_at is None or self.ended_at is None:
            return 0.0
        return max(0.0, self.ended_at - self.connected_at)


class OnLine:
    """What the phone said last. Every change is a plain `def`, and nothing here acts."""

    def __init__(self) -> None:
        self.now: CallOnPhone | None = None

    def told(self, call: CallOnPhone) -> bool:
        """Whether this is a change of state that is worth telling."""
        before, self.now = self.now, None if call.state == "ended" else call
        return before is None or (before.state, before.began) != (call.state, call.began)

    def lost(self) -> None:
        """The phone is not heard of: whether its call is up, nobody knows."""
        self.now = None

    def has(self, state: CallState) -> bool:
        """Whether this session is that of the phone's call, as far as one can tell."""
        return self.now is not None and belongs(state, self.now)


def belongs(state: CallState, call: CallOnPhone) -> bool:
    """A session of the phone line that began with the call or later, whose number is the call's
    unless either is unknown."""
    if state.line != "phone" or state.created_at < call.began - SLACK_S:
        return False
    theirs, ours = normalise(call.number), state.caller_number
    return not theirs or not ours or theirs == ours


def number_of(call: CallOnPhone, states: Iterable[CallState]) -> str:
    """The call's number: the app tells it with its first turn where the phone's log does not."""
    return call.number or next((state.caller_number for state in states if state.caller_number), "")
