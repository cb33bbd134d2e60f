"""What follows from something typed or heard: steps, taken in order by whoever has the terminal."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from clawctl.errors import ClawError
from clawctl.wire import agent as wire


@dataclass(frozen=True, slots=True)
class Say:
    """A line for the operator: who speaks, or what it is about."""

    who: str
    text: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """A command for the gateway; that it obeyed is heard as an event."""

    command: wire.Command


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer the turn that waits; `filled` if the caller was put off, so that it is said later."""

    request_id: str
    text: str
    filled: bool = False


@dataclass(frozen=True, slots=True)
class Hold:
    """The draft of this turn is not to be said by itself."""

    request_id: str


@dataclass(frozen=True, slots=True)
class Take:
    """Take the call over, or hold it in another mode."""

    mode: wire.Mode


@dataclass(frozen=True, slots=True)
class HandBack:
    """The reply model is to answer again."""


@dataclass(frozen=True, slots=True)
class Look:
    """Ask what the call is like, and show that part of it."""

    at: Literal["history", "state", "context"]


@dataclass(frozen=True, slots=True)
class Offer:
    """Put a draft where the operator types, unless they are typing."""

    text: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take the draft away again, unless it was edited."""

    text: str


@dataclass(frozen=True, slots=True)
class Leave:
    """Hand back what is held, then go; `failure` is raised at the very end."""

    failure: ClawError | None = None
    interrupted: bool = False


Step: TypeAlias = Say | Ask | Answer | Hold | Take | HandBack | Look | Offer | Withdraw | Leave
