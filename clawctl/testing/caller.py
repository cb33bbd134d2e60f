"""Who rings: what they say and when, from which number, in which direction."""

import re
from dataclasses import dataclass

from clawctl.audio.convert import resample
from clawctl.audio.wav import Sound
from clawctl.testing.handset_form import Direction, canonical_wav
from clawctl.testing.handset_wire import SMOOTH, Mishap

# How the app captures: at this rate in both profiles it ships with, from a little before the first
# word to 520 ms after the last, and never more than 8 s.
CAPTURE_RATE = 24_000
LEAD_S, TAIL_S = 0.3, 0.52
CAPTURED_AT_MOST_S = 8.0
DEFAULT_PAUSE_S = 0.5


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
    pause_s: float = DEFAULT_PAUSE_S
    expect: re.Pattern[str] | None = None
    mishap: Mishap = SMOOTH

    def missed_by(self, reply: str) -> str:
        """What was expected of a reply that is not like it, else ""."""
        if self.expect is None or self.expect.search(reply):
            return ""
        return self.expect.pattern


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """`number` is empty for a hidden one. After the last reply the caller `lingers_s`.

    `patience_s` is how long the caller lets it ring (and bears a mute line). Called by us, they
    pick up after `picks_up_after_s`; None: they do not, for `patience_s`. If `answered_at_once`,
    somebody takes the call before the phone knows anything about it, which makes the app go on
    with what it knew of the call before.
    """

    utterances: tuple[Utterance, ...] = ()
    number: str = "+15550142"
    direction: Direction = "incoming"
    lingers_s: float = 0.0
    patience_s: float = 30.0
    picks_up_after_s: float | None = 2.0
    answered_at_once: bool = False


def captured(
    sound: Sound,
    text: str = "",
    pause_s: float = DEFAULT_PAUSE_S,
    expect: re.Pattern[str] | None = None,
) -> Utterance:
    """What the phone makes of words; those after its 8 s are lost (see `lost_s`)."""
    words = resample(sound, CAPTURE_RATE).pcm
    pcm = _silence(LEAD_S) + words + _silence(TAIL_S)
    pcm = pcm[: 2 * round(CAPTURED_AT_MOST_S * CAPTURE_RATE)]
    seconds = len(pcm) / 2 / CAPTURE_RATE
    tail_s = min(TAIL_S, max(0.0, seconds - LEAD_S - len(words) / 2 / CAPTURE_RATE))
    return Utterance(
        wav=canonical_wav(pcm, CAPTURE_RATE),
        seconds=seconds,
        text=text,
        tail_s=tail_s,
        pause_s=pause_s,
        expect=expect,
    )


def lost_s(sound: Sound) -> float:
    """Seconds at the end of what is said that the phone does not capture."""
    return max(0.0, LEAD_S + sound.seconds - CAPTURED_AT_MOST_S)


def _silence(seconds: float) -> bytes:
    return bytes(2 * round(seconds * CAPTURE_RATE))
