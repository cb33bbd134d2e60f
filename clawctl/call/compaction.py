"""Older history condensed to a summary, after the answer and never in front of it."""

from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
import trio

from clawctl.call import gate
from clawctl.call.ports import Store, TurnRecord
from clawctl.call.prompt import Instructions, snapshot
from clawctl.call.session import Session
from clawctl.config.live import Live
from clawctl.config.schema import Settings
from clawctl.engines.api import Prompt
from clawctl.engines.chain import LlmChain
from clawctl.errors import StageFailed

log = structlog.get_logger()

REQUEST = (
    "Condense the conversation so far into a few sentences. Keep every fact that may be needed "
    "later: who calls, numbers, names, what was asked, decided and promised."
)


def older(session: Session, settings: Settings) -> list[TurnRecord]:
    """The turns that are condensed, behind what former calls left.

    Half of what may stay does, so that it is not due again with the next turn.
    """
    stay = (min(settings.session.max_history_turns, len(session.turns)) + 1) // 2
    return session.turns[:-stay]


@dataclass
class Compaction:
    """Condenses in the background; a turn that needs the model puts an end to it at once."""

    llm: LlmChain
    instructions: Instructions
    store: Store
    live: Live
    clock: Callable[[], float]
    nursery: trio.Nursery
    _running: set[trio.CancelScope] = field(default_factory=set)

    def consider(self, session: Session) -> None:
        """Begin condensing this call's history, if that is due and not under way."""
        if session.compacting or session.ended or not self._due(session):
            return
        session.compacting = trio.CancelScope()
        self._running.add(session.compacting)
        self.nursery.start_soon(self._condense, session, session.compacting)

    def _due(self, session: Session) -> bool:
        """Whether the history is longer than `max_history_turns`, or than the model has room for.

        What former calls of the number left counts: many short calls make a long history too.
        """
        earlier, turns, settings = session.state.earlier, session.turns, self.live.now
        long = len(turns) + len(earlier) // 2 > settings.session.max_history_turns
        return bool(earlier or turns[1:]) and (
            long or not self.llm.has_room(snapshot(session, self.instructions, settings))
        )

    def yield_to_turn(self, session: Session) -> None:
        """A turn needs the model: a local one is wanted for nothing else then."""
        local = not self.live.now.llm.llm_base_url
        for scope in self._running if local else {session.compacting}:
            if scope:
                scope.cancel()

    async def _condense(self, session: Session, scope: trio.CancelScope) -> None:
        turns = older(session, self.live.now)
        try:
            with scope:
                summary = await self._summary(self._prompt(session, turns))
                self._done(session, summary, turns)
        except StageFailed as error:
            log.warning("compaction.failed", session=session.id, why=str(error))
        finally:
            self._running.discard(scope)
            session.compacting = None

    async def _summary(self, prompt: Prompt) -> str:
        """Raises StageFailed also for half of one: what is not in it would be forgotten."""
        pieces: list[str] = []

        async def say(piece: str) -> None:
            pieces.append(piece)

        replied = await self.llm.reply(prompt, say)
        if not replied.whole:
            raise StageFailed("llm", f"{replied.engine} broke off in the middle of a summary")
        return "".join(pieces).strip()

    def _done(self, session: Session, summary: str, turns: list[TurnRecord]) -> None:
        if summary and not session.ended:
            summary = gate.withhold(self.live.now.call.auth_passphrase, summary)
            upto = turns[-1].number if turns else session.state.summary_upto
            entry = session.condense(summary, upto, now=self.clock())
            self.store.record_soon(entry)
            log.info("compaction.done", session=session.id, turns=len(turns))

    def _prompt(self, session: Session, turns: list[TurnRecord]) -> Prompt:
        condensed = Session(session.state, turns)
        return Prompt(
            system=REQUEST,
            summary=session.state.summary,
            history=condensed.history(),
            lang=self.live.now.tts.tts_lang,
            owner=self.live.now.call.greeting_owner,
            purpose="summary",
        )
