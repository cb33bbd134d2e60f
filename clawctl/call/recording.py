"""A turn joins its call: committed, made durable, announced, in this order."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog
import trio

from clawctl.bus import Bus
from clawctl.call.ports import HANGUP, REJECTED, Entry, Store, StoredMessage
from clawctl.call.registry import Registry
from clawctl.call.session import Streamed
from clawctl.call.utterance import Turn
from clawctl.errors import NotStored
from clawctl.wire.events import (
    AgentInjectSpoken,
    CallMessage,
    TurnAuthenticated,
    TurnAuthFailed,
    TurnComplete,
    TurnError,
)

log = structlog.get_logger()

# The caller is answered after this long even if the turn could not be stored (gateway page, 3.10).
STORE_PATIENCE_S = 2.0


@dataclass(frozen=True)
class Recording:
    registry: Registry
    store: Store
    bus: Bus
    clock: Callable[[], float]

    async def record(self, turn: Turn) -> None:
        """Takes STORE_PATIENCE_S at the most, is not cut off, and raises no failure of the store.

        `turn.complete` has its place in the transaction, and is told after it.
        """
        entry, record = self.commit(turn), turn.record
        held = self.bus.hold(
            TurnComplete(
                session_id=record.session_id,
                transcript=record.transcript,
                reply=record.reply,
                model=record.model,
                degraded=record.degraded,
                turn=record.number,
                metrics=record.metrics,
            )
        )
        entry.events = [*turn.events, held.stamped]
        try:
            await self._store(turn, entry)
        finally:
            self.bus.tell(held)

    def interrupt(self, turn: Turn) -> None:
        """The phone went away in the middle: what it had played is kept, without waiting."""
        session = turn.session
        turn.record.status = "interrupted"
        entry = self.commit(turn)
        why = "the phone went away while the answer was sent"
        turn.announce(TurnError(session_id=session.id, stage="line", detail=why))
        entry.events = turn.events
        self.store.record_soon(entry)
        if session.ended:
            self.registry.announce_end(session)

    def commit(self, turn: Turn) -> Entry:
        """The turn joins the call, with all it changes; nothing can come in between."""
        now, session, record = self.clock(), turn.session, turn.record
        turn.committed = True
        record.reply = turn.public(" ".join(turn.spoken))
        turn.mark("recorded")
        record.metrics["total_ms"] = round((trio.current_time() - turn.began) * 1000, 1)
        record.metrics["llm_model"] = record.model
        message = self._change_call(turn)
        if turn.retakes:
            entry = session.retake(record, turn.retakes, now=now)
        else:
            entry = session.commit(record, now=now)
        if turn.said.streamed:
            session.streamed = Streamed(
                record, turn.said.forced_reply, turn.planned, turn.hangup, turn.began
            )
        if turn.hangup or turn.rejected:
            why = REJECTED if turn.rejected else HANGUP
            entry = self.registry.close(session, why, record, but=turn.scope)
        entry.message = message
        return entry

    def _change_call(self, turn: Turn) -> StoredMessage | None:
        """What the call learns from this turn, once; a turn posted again teaches nothing new."""
        state = turn.session.state
        if turn.inject in turn.spoken and turn.inject in state.injects[:1]:
            state.injects = state.injects[1:]
            turn.announce(
                AgentInjectSpoken(
                    session_id=state.session_id,
                    text=turn.public(turn.inject),
                    cut_short=turn.record.status == "interrupted",
                )
            )
        if turn.authenticated:
            state.authenticated = True
            turn.announce(TurnAuthenticated(session_id=state.session_id))
        elif turn.authenticated is False and not turn.retakes:
            state.auth_attempts += 1
            turn.announce(TurnAuthFailed(session_id=state.session_id, attempts=state.auth_attempts))
        if turn.instructed == state.turn_instructions and turn.record.status == "complete":
            state.turn_instructions = ""
        return self._take_message(turn)

    def _take_message(self, turn: Turn) -> StoredMessage | None:
        left, state = turn.message, turn.session.state
        if left is None:
            return None
        state.message = None if left.confirmed else left
        stored = StoredMessage(
            id=f"{state.session_id}-{left.index}",
            session_id=state.session_id,
            caller_number=state.caller_number,
            taken_at=self.clock(),
            message=left,
        )
        if left.confirmed:
            turn.announce(
                CallMessage(
                    session_id=state.session_id,
                    message_id=stored.id,
                    name=left.name,
                    number=left.number,
                    text=left.text,
                )
            )
        return stored

    async def _store(self, turn: Turn, entry: Entry) -> None:
        """Bounded, and not to be cut off by a hang-up; a failure is announced, never raised."""
        stored = False
        with trio.CancelScope(shield=True, deadline=trio.current_time() + STORE_PATIENCE_S):
            try:
                await self.store.record(entry)
                stored = True
            except NotStored as error:
                log.warning("turn.not_stored", why=str(error))
        if not stored:
            # Says that a kill may lose it, so it comes before whatever else was degraded.
            turn.record.degraded = "record"
            self.bus.publish(
                TurnError(
                    session_id=turn.session.id,
                    stage="record",
                    detail="the turn is not stored yet; it will be when the store is back",
                )
            )
