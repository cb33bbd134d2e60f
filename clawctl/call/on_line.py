"""The call that the phone says it has, and which sessions are its."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from clawctl.call.admission import normalise
from clawctl.call.session import Session

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
    number: str = field(default="", repr=False)
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
        self._announced: tuple[str, float] | None = None

    def told(self, call: CallOnPhone) -> bool:
        """Whether it has come to another state; a phone that was away tells some of it again."""
        self.now = None if call.state == "ended" else call
        before, self._announced = self._announced, (call.state, call.began)
        return before != self._announced

    def lost(self) -> None:
        """The phone is not heard of: whether its call is up, nobody knows."""
        self.now = None

    def holds(self, session: Session, sessions: Iterable[Session]) -> bool:
        """Whether this one of all live sessions is that of a call that is up."""
        return self.now is not None and session in sessions_of(self.now, sessions)


def sessions_of(call: CallOnPhone, sessions: Iterable[Session]) -> list[Session]:
    """Those of the phone line that began with the call or later and have its number, or none.

    More than one, where the app lost its session's id. A call whose number the phone does not tell
    has that of the session that began first; without a trace of its beginning, of the last one.
    """
    since = [
        one
        for one in sessions
        if one.state.line == "phone" and one.state.created_at >= call.began - SLACK_S
    ]
    since.sort(key=lambda one: one.state.created_at, reverse=not call.began)
    number = normalise(call.number) or _first_number(since)
    return [one for one in since if one.state.caller_number in {"", number}]


def completed(call: CallOnPhone, sessions: list[Session]) -> CallOnPhone:
    """With the number that the app told in its session, where its log does not tell it."""
    return replace(call, number=call.number or _first_number(sessions))


def _first_number(sessions: list[Session]) -> str:
    return next((one.state.caller_number for one in sessions if one.state.caller_number), "")
