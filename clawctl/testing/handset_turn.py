"""One turn as far as it went, and what the phone plays of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from clawctl.testing.caller import Utterance
from clawctl.testing.handset_answer import FAILED, Outcome, TurnAnswer
from clawctl.testing.handset_clock import CallClock
from clawctl.testing.handset_contract import Violation
from clawctl.testing.handset_report import Kind, Timeline, TurnReport
from clawctl.testing.handset_rules import remembered
from clawctl.testing.handset_sound import PLAYED_AT_MOST_S


@dataclass(slots=True, kw_only=True)
class Turn:
    """`said_at` and `plays_until` are call time; the other times as in `TurnReport`.

    `live` if what was heard came piece by piece.
    """

    number: int
    kind: Kind
    said_at: float
    utterance: Utterance | None = None
    found: list[Violation] = field(default_factory=list)
    answer: TurnAnswer = FAILED
    asr_s: float = 0.0
    first_byte_s: float | None = None
    answered_s: float | None = None
    heard_s: float | None = None
    audio_s: float = 0.0
    plays_until: float = 0.0
    live: bool = False
    told: bool = False
    why: str = "the call ended first"

    def report(self) -> TurnReport:
        answer, said = self.answer, self.utterance
        return TurnReport(
            number=self.number,
            kind=self.kind,
            outcome=answer.outcome,
            said_at=round(self.said_at, 3),
            said=said.text if said else "",
            transcript=answer.transcript,
            reply=answer.reply,
            audio_s=round(self.audio_s, 3),
            asr_s=round(self.asr_s, 3),
            first_byte_s=_rounded(self.first_byte_s),
            answered_s=_rounded(self.answered_s),
            heard_s=_rounded(self.heard_s),
            model=answer.model,
            degraded=answer.degraded,
            stages_ms=_stages(answer.metrics),
            missed=said.missed_by(answer.reply) if said else "",
            why=self.why,
            violations=tuple(self.found),
        )


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)


def _stages(metrics: Mapping[str, Any]) -> dict[str, float]:
    return {
        name: float(value)
        for name, value in metrics.items()
        if name.endswith("_ms") and isinstance(value, int | float)
    }


class Playback:
    """What is heard from the phone's side, and what the echo check remembers of it."""

    def __init__(self, clock: CallClock, timeline: Timeline, *, works: bool) -> None:
        self._clock = clock
        self._timeline = timeline
        self._works = works
        self.text = ""
        self.until = 0.0

    def sound(self, turn: Turn, seconds: float) -> None:
        """A piece of the turn's audio: played now, or behind the piece before."""
        if not self._works:
            return
        begins = max(self._clock.now(), turn.plays_until)
        turn.plays_until = begins + seconds
        turn.audio_s += seconds
        if turn.heard_s is None:
            turn.heard_s = begins - turn.said_at
        self._timeline.sound(begins, turn.plays_until, by_phone=True)
        self.until = max(self.until, turn.plays_until)

    async def play(self, turn: Turn) -> Outcome:
        """Play the answer to its end, if it is one that the app plays."""
        answer = turn.answer
        heeded = answer.outcome in {"played", "hangup"} or turn.kind == "goodbye"
        if answer.clip and heeded and not turn.live:
            self.sound(turn, min(answer.clip.seconds, PLAYED_AT_MOST_S))
        if turn.heard_s is not None:
            await self._clock.pause(turn.plays_until - self._clock.now())
            self.text = remembered(answer.reply)
        self._settle(turn)
        return turn.answer.outcome

    def _settle(self, turn: Turn) -> None:
        """Live playback needs no WAV that is exact as a whole; a broken device plays none."""
        outcome = turn.answer.outcome
        if outcome == "unplayable" and turn.live:
            turn.answer = replace(turn.answer, outcome="played")
        elif outcome == "played" and not self._works:
            turn.answer = replace(turn.answer, outcome="unplayable")
            turn.why = "without root nothing is played"
