"""Who rings: what they say and when, from which number, in which direction."""

import re
from dataclasses import dataclass

from clawctl.testing.handset_form import Direction
from clawctl.testing.handset_wire import SMOOTH, Mishap


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """One thing said, as the phone captures and sends it, byte for byte.

    `seconds` is the length of the WAV, `tail_s` how much of it is the silence after the last word.
    `pause_s` passes between the beep and the first word. The reply should match `expect`.
    """

    wav: bytes
    seconds: float
    text: str = ""
    tail_s: float = 0.0
    pause_s: float = 0.5
    expect: re.Pattern[str] | None = None
    mishap: Mishap = SMOOTH

    def missed_by(self, reply: str) -> str:
        """What was expected of a reply that is not like it, else ""."""
        if self.expect is None or self.expect.search(reply):
            return ""
        return self.expect.pattern


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """`number` is empty for a hidden one. A caller who `stays` waits until the phone hangs up.

    `patience_s` is how long the caller lets it ring (and bears a mute line). If
    `answered_at_once`, somebody takes the call before the phone knows anything about it, which
    makes the app go on with what it knew of the call before.
    """

    utterances: tuple[Utterance, ...] = ()
    number: str = "+15550142"
    direction: Direction = "incoming"
    stays: bool = False
    patience_s: float = 30.0
    answered_at_once: bool = False
