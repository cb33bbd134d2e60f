"""One operator, one call: what was typed and heard so far, and what follows from it.

Nothing here waits, sends or prints: each method returns steps. Times are seconds on any one clock
that only goes forward; whoever calls reads it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import inf

from clawctl.cli.desk import view
from clawctl.cli.desk.steps import (
    Answer,
    Hold,
    Leave,
    Offer,
    Say,
    Step,
    Withdraw,
)
from clawctl.client.events import Event
from clawctl.client.takeover import Reply
from clawctl.errors import Conflict, Unreachable
from clawctl.wire.agent import Mode

# Two Ctrl-C within this time mean that the operator wants to go.
TWICE_S = 5.0


@dataclass(slots=True)
class Question:
    """The caller spoke and waits until `until`; the draft is said by itself at `said_at`.

    `filled` once the caller was given a filler: the answer is for the next turn then.
    """

    request_id: str
    until: float
    draft: str = ""
    said_at: float = inf
    filled: bool = False


@dataclass(slots=True)
class Sitting:
    """`name` is what the gateway calls us; `kept` are lines typed before the caller spoke;
    `offered` are those that came too late; /inject says them."""

    session_id: str
    name: str
    mode: Mode = "drive"
    number: str = ""
    quick: Sequence[str] = ()
    kept: list[str] = field(default_factory=list)
    offered: list[str] = field(default_factory=list)
    question: Question | None = None
    # The turn before was answered without us, and nothing was typed since.
    missed: bool = False
    # Whether words of the operator's own stand at the prompt.
    _typing: bool = False
    _interrupted_at: float = -inf
    # The caller's words that were shown before we were asked, and the other way round.
    _shown: str | None = None
    _ahead: str | None = None

    @property
    def holding(self) -> bool:
        return self.mode != "watch"

    # what the operator does

    def typed(self, text: str) -> list[Step]:
        """A line that is no command: an answer now, or the next one."""
        text, question = text.strip(), self.question
        self._interrupted_at, self._typing = -inf, False
        if not text:
            return self._accept()
        if not self.holding:
            return [Say("unsaid", f"{text} ({view.ONLY_WATCHING})", "bad")]
        if question:
            return self._answer(question, text)
        if self.missed:
            self.missed = False
            return self._offer(text, view.OFFERED)
        self.kept.append(text)
        return [Say("kept", f"{text} ({view.KEPT})", "dim")]

    def edited(self, text: str) -> list[Step]:
        """Whoever changes the draft does not want it said as it was."""
        question = self.question
        self._typing = bool(text) and not (question and text == question.draft)
        return self._hold() if self._typing else []

    def interrupted(self, now: float) -> list[Step]:
        """Ctrl-C: never hangs up on anybody by accident."""
        if now - self._interrupted_at <= TWICE_S:
            return [Leave(interrupted=True)]
        self._interrupted_at, self._typing = now, False
        held = self._hold()
        return [*held, Say("", view.AGAIN if self.holding else view.AGAIN_WATCHING, "dim")]

    def to_inject(self) -> str:
        """What /inject says when it is given no text; forgotten here with that."""
        said = self.offered or self.kept
        text = " ".join(said)
        said.clear()
        return text

    # what the gateway does

    def asked(
        self, request_id: str, transcript: str, *, until: float, draft: str, said_at: float
    ) -> list[Step]:
        """The caller spoke, and it is the operator who answers."""
        self.question = Question(request_id, until, draft, said_at)
        self.missed = False
        steps = self._first_time(transcript)
        if self.kept:
            text = " ".join(self.kept)
            self.kept.clear()
            return [*steps, *self._answer(self.question, text)]
        if not draft:
            return steps
        return [*steps, Say("draft", draft, "dim"), Offer(draft), *self._held_by_typing()]

    def over(self, request_id: str) -> list[Step]:
        """Nobody waits for the answer to this turn any more."""
        question = self.question
        if question is None or question.request_id != request_id:
            return []
        self.question, self.missed = None, True
        return [Withdraw(question.draft)] if question.draft else []

    def answered(self, answer: Answer, reply: Reply) -> list[Step]:
        """What became of an answer of ours; that it is said is heard as an event."""
        text = answer.text
        if reply.ok:
            return [Say("kept", f"{text} ({view.NEXT_TURN})", "dim")] if answer.filled else []
        if reply.queued:
            return [Say("late", f"{text} ({view.QUEUED})")]
        why = view.OFFERED if reply.late else f"{reply.error}; {view.INJECTABLE}"
        return self._offer(text, why)

    def heard(self, event: Event) -> list[Step]:
        """An event of the gateway; those of other calls are none of our business."""
        if event["session_id"] not in {self.session_id, ""}:
            return []
        if event["type"] == "turn.transcript":
            return self._transcript(event["transcript"])
        told: list[Step] = list(view.told(event, self.name, holding=self.holding))
        react = REACTIONS.get(event["type"])
        return told + (react(self, event) if react else [])

    def took(self, mode: Mode) -> list[Step]:
        """The gateway gave us the call, or another mode."""
        self.mode = mode
        return [Say("", view.MODES[mode], "loud")]

    def let_go(self, why: str, by: str = "") -> list[Step]:
        """The takeover is over; `why`, and `by` whom, as the client library has it."""
        self.mode = "watch"
        self.offered += self.kept
        self.kept.clear()
        gone = self.over(self.question.request_id) if self.question else []
        self.missed = False
        return gone + LET_GO[why](by)

    # inside

    def _accept(self) -> list[Step]:
        """An empty line sends the draft, and else nothing."""
        if self.question and self.question.draft:
            return self._answer(self.question, self.question.draft)
        return []

    def _offer(self, text: str, why: str) -> list[Step]:
        self.offered.append(text)
        return [Say("late", f"{text} ({why})")]

    def _answer(self, question: Question, text: str) -> list[Step]:
        self.question = None
        taken: list[Step] = [Withdraw(question.draft)] if question.draft else []
        return [*taken, Answer(question.request_id, text, question.filled)]

    def _hold(self) -> list[Step]:
        question = self.question
        if question is None or question.said_at == inf:
            return []
        question.said_at = inf
        return [Hold(question.request_id), Say("", view.HELD, "dim")]

    def _held_by_typing(self) -> list[Step]:
        """Whoever is writing an answer when the draft comes will not be overtaken by it."""
        return self._hold() if self._typing else []

    def _first_time(self, transcript: str) -> list[Step]:
        """The caller's words, shown by whichever comes first: the event, or the request."""
        if self._shown == transcript:
            self._shown = None
            return []
        self._ahead = transcript
        return [view.caller(transcript)]

    def _transcript(self, transcript: str) -> list[Step]:
        if self._ahead == transcript:
            self._ahead = None
            return []
        self._shown = transcript
        return [view.caller(transcript)]

    def replied(self, event: Event) -> list[Step]:
        """A filler keeps the caller waiting; the answer is still ours."""
        if event["model"] == "filler" and self.question:
            self.question.filled = True
        return []

    def ended(self, _: Event) -> list[Step]:
        return [Leave()]


REACTIONS: dict[str, Callable[[Sitting, Event], list[Step]]] = {
    "turn.reply": Sitting.replied,
    "session.ended": Sitting.ended,
}

# How a takeover ended, and what an operator sees of it.
LET_GO: dict[str, Callable[[str], list[Step]]] = {
    "released": lambda _: [Say("", view.HANDED_BACK, "loud")],
    "ended": lambda _: [Say("", "The call is over.", "loud"), Leave()],
    "revoked": lambda by: [
        Leave(Conflict(f"{by or 'somebody else'} has taken this call from you"))
    ],
    "lost": lambda _: [Leave(Unreachable("the connection is lost, and the call with it"))],
}
