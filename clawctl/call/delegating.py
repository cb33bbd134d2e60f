"""How an agent answers a turn: asked, waited for, spoken as it writes."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import trio

from clawctl.call.takeover import Agent, Question, Takeovers
from clawctl.call.utterance import Turn
from clawctl.call.wording import wording
from clawctl.config.live import Live
from clawctl.wire.events import TurnError

# Kept back from the agent's time for the reply model and the voice, should the agent not answer.
FALLBACK_S = 6.0
# A program that writes word by word does not wait so long between two.
PAUSE_S = 0.3
_SENTENCE = re.compile(r"[.!?…][\"'”»)\]]*\s*\Z")


class Writing(Protocol):
    """Where an answer goes, piece by piece."""

    async def say(self, piece: str) -> None: ...

    async def finish(self) -> None:
        """What was said is said now, a sentence without an end too."""
        ...


@dataclass(frozen=True, slots=True)
class Draft:
    """What the reply model would say; `use` makes it the answer of the turn."""

    text: str
    use: Callable[[], None]


NO_DRAFT = Draft("", lambda: None)


@dataclass(frozen=True)
class Delegating:
    takeovers: Takeovers
    live: Live

    def concerned(self, turn: Turn) -> bool:
        """Whether an agent has the call, or has answered what a filler put off."""
        session_id = turn.session.id
        return bool(self.takeovers.of(session_id) or self.takeovers.puts_off(session_id))

    def drafting(self, turn: Turn) -> bool:
        """Whether the agent wants to see what the reply model would say."""
        holding = self.takeovers.of(turn.session.id)
        asks = holding is not None and holding.mode in {"draft", "approve"}
        return asks and not self.takeovers.puts_off(turn.session.id)

    async def write(self, turn: Turn, writing: Writing, transcript: str, draft: Draft) -> bool:
        """The agent's answer, or what stands in for it; False: the reply model is to answer.

        Whoever has the call when the former holder lets go is asked anew, in the time that is left.
        The takeover stays when the agent was too slow. Cancelled, the request is settled and an
        answer to it is late.
        """
        patience_s = self.live.now.takeover.agent_takeover_timeout
        if turn.said.streamed:
            turn.extend(patience_s + FALLBACK_S)
        postponed = self.takeovers.postponed(turn.session.id)
        question = postponed or self._ask(turn, transcript, draft)
        while question:
            turn.record.model = "agent"
            asked = Asked(turn, writing, question, draft, self.live)
            try:
                if await asked.answered():
                    turn.did("llm", "agent", degraded=False)
                    return True
            finally:
                if asked.postponed:
                    self.takeovers.postpone(question, patience_s)
                else:
                    self.takeovers.settle(question)
            if asked.too_slow:
                return False
            question = self._ask(turn, transcript, draft, but=question.agent)
        return False

    def _ask(
        self, turn: Turn, transcript: str, draft: Draft, but: Agent | None = None
    ) -> Question | None:
        """Whoever has the call now; None if that is nobody, or `but`."""
        holding = self.takeovers.of(turn.session.id)
        if holding is None or holding.agent is but:
            return None
        patience_s = self.live.now.takeover.agent_takeover_timeout
        within_s = max(min(patience_s, turn.left_s() - FALLBACK_S), 0.0)
        return self.takeovers.ask(
            turn.session, holding, transcript, within_s=within_s, draft=draft.text
        )


@dataclass
class Asked:
    """A question while its turn waits for the answer.

    `postponed` if a filler answered the turn and the agent's answer is for the next one.
    """

    turn: Turn
    writing: Writing
    question: Question
    draft: Draft
    live: Live
    postponed: bool = False
    too_slow: bool = False

    async def answered(self) -> bool:
        """Whether the turn has its answer; not if the agent let go of it or was too slow."""
        first = await self._first_piece()
        if first is None:
            return self.postponed
        await self.writing.say(first)
        written = first
        with trio.move_on_at(self._patience_ends()) as waiting:
            while (piece := await self._next_piece(written)) is not None:
                await self.writing.say(piece)
                written += piece
        if waiting.cancelled_caught or not self.question.answered:
            self.turn.degrade("agent")
        return True

    async def _first_piece(self) -> str | None:
        """What the agent begins with, or the draft if that is to be said without it."""
        for at, otherwise in sorted(self._meanwhile(), key=lambda step: step[0]):
            with trio.move_on_at(at) as waiting:
                return await self.question.piece()
            # What came in the moment in which patience ended was accepted, so it is said.
            if self.question.ready:
                break
            if waiting.cancelled_caught and (instead := await otherwise()) is not None:
                return instead
            if self.postponed:
                return None
        return await self.question.piece() if self.question.ready else None

    async def _next_piece(self, written: str) -> str | None:
        """Whoever writes sentence by sentence is heard sentence by sentence: only the next word
        tells that a full stop was one, so a pause behind it has to."""
        with trio.move_on_after(PAUSE_S):
            return await self.question.piece()
        if _SENTENCE.search(written):
            await self.writing.finish()
        return await self.question.piece()

    def _patience_ends(self) -> float:
        """One that was put off may have more time left than this turn has."""
        return min(self.question.deadline, self.turn.limit.deadline - FALLBACK_S)

    def _meanwhile(self) -> list[tuple[float, Callable[[], Awaitable[str | None]]]]:
        """What happens while the agent is silent, and when on trio's clock."""
        now, question, end = trio.current_time(), self.question, self._patience_ends()
        steps: list[tuple[float, Callable[[], Awaitable[str | None]]]] = []
        filler_s = self.live.now.takeover.takeover_filler_after_sec
        if filler_s and now + filler_s < end:
            steps.append((now + filler_s, self._fill))
        if question.draft and question.approve_after_s is not None:
            steps.append((now + question.approve_after_s, self._approve))
        return [*steps, (end, self._give_up)]

    async def _fill(self) -> str | None:
        """Not silence: on a stream before the answer, else in its place."""
        await self.writing.say(wording("filler", self.live.now.tts.tts_lang))
        await self.writing.finish()
        if not self.turn.said.streamed:
            self.turn.record.model, self.postponed = "filler", True
        return None

    async def _approve(self) -> str | None:
        return None if self.question.held else self._use_draft()

    async def _give_up(self) -> str | None:
        self.too_slow = True
        self.turn.degrade("agent")
        why = "the agent did not answer in time; the reply model did"
        self.turn.announce(TurnError(session_id=self.turn.session.id, stage="agent", detail=why))
        return self._use_draft() if self.draft.text else None

    def _use_draft(self) -> str:
        self.question.put("", last=True)
        self.draft.use()
        return self.draft.text
