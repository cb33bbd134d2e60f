"""Older history condensed to a summary, after the answer and never in front of it."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog
import trio

from clawctl.call.ports import Store, TurnRecord
from clawctl.call.prompt import tokens
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
    """The turns that have to be condensed now: all but the newest `max_history_turns`.

    Half as many stay once it begins, so that it is not due again with the next turn; fewer when
    the token budget has no room for them.
    """
    keep, turns = settings.session.max_history_turns, session.turns
    budget = settings.llm.llm_context_tokens - settings.llm.llm_max_tokens
    size = sum(tokens(turn.transcript + turn.reply) for turn in turns)
    crowded = settings.llm.llm_context_tokens > 0 and size > budget
    if len(turns) <= keep and not crowded:
        return []
    stay = max(1, (min(keep, len(turns)) + 1) // 2)
    return turns[:-stay]


@dataclass
class Compaction:
    """Condenses in the background; a turn that needs the model puts an end to it at once."""

    llm: LlmChain
    store: Store
    live: Live
    clock: Callable[[], float]
    nursery: trio.Nursery

    def consider(self, session: Session) -> None:
        """Begin condensing this call's history, if that is due and not under way."""
        if session.compacting or session.ended or not older(session, self.live.now):
            return
        session.compacting = trio.CancelScope()
        self.nursery.start_soon(self._condense, session, session.compacting)

    def yield_to_turn(self, session: Session) -> None:
        if session.compacting:
            session.compacting.cancel()

    async def _condense(self, session: Session, scope: trio.CancelScope) -> None:
        turns = older(session, self.live.now)
        pieces: list[str] = []

        async def say(piece: str) -> None:
            pieces.append(piece)

        try:
            with scope:
                await self.llm.reply(self._prompt(session, turns), say)
                self._done(session, "".join(pieces).strip(), turns)
        except StageFailed as error:
            log.warning("compaction.failed", session=session.id, why=str(error))
        finally:
            session.compacting = None

    def _done(self, session: Session, summary: str, turns: list[TurnRecord]) -> None:
        if summary and not session.ended:
            entry = session.condense(summary, turns[-1].number, now=self.clock())
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
