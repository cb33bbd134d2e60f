"""What the caller heard, when, and what the gateway did wrong."""

from collections.abc import Iterable, Sequence
from statistics import median
from typing import Literal

import msgspec

from clawctl.testing.handset_answer import Outcome
from clawctl.testing.handset_contract import Violation

# A "test" turn is one of audio that was put in place of what the phone captures.
Kind = Literal["greeting", "utterance", "test", "goodbye"]
Ending = Literal[
    "caller",  # said everything and hung up
    "hangup",  # the gateway said so
    "rejected",  # so did it, because of the number
    "silence",  # 90 s without a reply
    "max_duration",
    "not_answered",
    "filtered",  # the phone itself turned the number away
    "busy",
    "crashed",  # the app did
    "operator",  # hung up from outside
]


class Moment(msgspec.Struct, frozen=True, kw_only=True, tag="call", tag_field="event"):
    """The call changed its state; `at` is in seconds since it rang."""

    at: float
    state: Literal["ringing", "active", "ended"]
    detail: str = ""


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """Sound on the line from now on: the phone's side of turn `number`, or the caller's."""

    at: float
    number: int
    by_phone: bool
    wav: bytes


class TurnReport(msgspec.Struct, frozen=True, kw_only=True, tag="turn", tag_field="event"):
    """One request for speech and what came of it.

    `said_at` is when the caller fell silent (for a greeting: when the call was taken). All `_s`
    are seconds from there but `audio_s`, the length of what was played, and `asr_s`, how long the
    phone waited for recognition. `heard_s` is None if nothing was heard.
    """

    number: int
    kind: Kind
    outcome: Outcome
    said_at: float
    said: str = ""
    transcript: str = ""
    reply: str = ""
    audio_s: float = 0.0
    asr_s: float = 0.0
    first_byte_s: float | None = None
    answered_s: float | None = None
    heard_s: float | None = None
    model: str = ""
    degraded: str = ""
    stages_ms: dict[str, float] = {}
    missed: str = ""
    why: str = ""
    violations: tuple[Violation, ...] = ()

    @property
    def spoken(self) -> bool:
        """Whether the caller heard a reply."""
        return self.heard_s is not None and bool(self.audio_s)


class CallReport(msgspec.Struct, frozen=True, kw_only=True, tag="summary", tag_field="event"):
    """A call from ring to end; `unsaid` counts utterances the caller could not bring in.

    `longest_silence_s` is the longest stretch of the call in which neither side was heard,
    `unheard_s` the sum of all in which the phone's side was not, `longest_wait_s` the longest
    time from the caller's last word to the first of the reply.
    """

    ended: Ending
    detail: str = ""
    duration_s: float
    turns: tuple[TurnReport, ...] = ()
    unsaid: int = 0
    longest_wait_s: float = 0.0
    longest_silence_s: float = 0.0
    unheard_s: float = 0.0
    median_ms: dict[str, float] = {}
    violations: tuple[Violation, ...] = ()

    @property
    def clean(self) -> bool:
        """Every utterance was said and answered with speech, as expected, and no rule broken."""
        said = [turn for turn in self.turns if turn.kind == "utterance"]
        return (
            not self.violations
            and not self.unsaid
            and all(turn.spoken and not turn.missed for turn in said)
            and self.ended not in {"rejected", "not_answered", "filtered", "busy", "crashed"}
        )


def medians(turns: Iterable[TurnReport]) -> dict[str, float]:
    """Of the caller's own turns, for a greeting comes from a cache.

    `wait_ms` is the silence before a reply, `recognition_ms` how long the phone waited for its own
    request; the others are the gateway's.
    """
    times: dict[str, list[float]] = {}
    for turn in turns:
        if turn.kind == "utterance" and turn.heard_s is not None:
            own = {"wait_ms": 1000 * turn.heard_s, "recognition_ms": 1000 * turn.asr_s}
            for stage, ms in {**own, **turn.stages_ms}.items():
                times.setdefault(stage, []).append(ms)
    return {stage: round(median(values), 1) for stage, values in times.items()}


class Timeline:
    """When something was to be heard on the line, and from which side."""

    def __init__(self) -> None:
        self._sounds: list[tuple[float, float, bool]] = []

    def sound(self, start: float, end: float, *, by_phone: bool) -> None:
        self._sounds.append((start, end, by_phone))

    def longest_gap(self, start: float, end: float) -> float:
        return max(self._gaps(start, end, self._sounds), default=0.0)

    def unheard(self, start: float, end: float) -> float:
        return sum(self._gaps(start, end, [sound for sound in self._sounds if sound[2]]))

    @staticmethod
    def _gaps(start: float, end: float, sounds: Sequence[tuple[float, float, bool]]) -> list[float]:
        gaps, quiet_since = [], start
        for begin, stop, _ in [*sorted(sounds), (end, end, True)]:
            gaps.append(max(0.0, min(begin, end) - quiet_since))
            quiet_since = max(quiet_since, stop)
        return gaps
