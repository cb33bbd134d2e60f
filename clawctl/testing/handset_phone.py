"""The phone itself: how it is set up, and what it keeps from call to call."""

from collections.abc import Callable
from dataclasses import dataclass

from clawctl.errors import BadInput
from clawctl.testing.caller import Caller
from clawctl.testing.handset_answer import BUILT_IN_GOODBYE, CallConfig
from clawctl.testing.handset_form import Direction, TurnFields


def _no_audio() -> bytes:
    return b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """The phone: its profile, and how the app was built.

    Without `root` nothing is captured or played. Without `profile` an answered call stays mute.
    A phone that does not greet stands for one whose greeting was lost before it was sent.
    `greeting` is the profile's own, for when the gateway's config cannot be had. `test_audio` is
    asked whenever the phone begins to listen: a WAV goes to the gateway in place of what it would
    hear.
    """

    bearer: str = ""
    streaming: bool = False
    root: bool = True
    profile: bool = True
    greets: bool = True
    greeting: str = ""
    test_audio: Callable[[], bytes] = _no_audio

    def __post_init__(self) -> None:
        if not (self.bearer.isascii() and self.bearer.isprintable()):
            raise BadInput("a bearer token is plain printable ASCII")


@dataclass(slots=True)
class Slot:
    """What the app noted when a call was added; never cleared, only overwritten."""

    number: str = ""
    direction: Direction = "incoming"
    max_duration_s: int = 300
    message: str = BUILT_IN_GOODBYE

    def note(self, caller: Caller, config: CallConfig) -> None:
        self.number = caller.number
        self.direction = caller.direction
        self.max_duration_s = config.max_duration_s
        self.message = config.max_duration_message

    def fields(
        self, *, session_id: str = "", spoken: str = "", hint: str = "", reset: bool = False
    ) -> TurnFields:
        """`spoken` is to be said as it is; `hint` stands in for what was not heard."""
        return TurnFields(
            reset_session=reset,
            session_id=session_id,
            transcript_hint=spoken or hint,
            forced_reply=spoken,
            caller_number=self.number,
            call_direction=self.direction,
        )
