"""One turn in its order: admit, hear, answer, speak, record (gateway page, section 3)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import structlog
import trio
from msgspec import UNSET
from structlog.contextvars import bound_contextvars

from clawctl.bus import Bus
from clawctl.call import admission, gate
from clawctl.call.answering import Answering
from clawctl.call.greetings import Greeting, Greetings
from clawctl.call.hearing import Hearing
from clawctl.call.ports import HANGUP, REJECTED, Store, TurnRecord
from clawctl.call.recording import STORE_PATIENCE_S, Recording
from clawctl.call.registry import Ended, Registry
from clawctl.call.session import Session, Stale, Streamed
from clawctl.call.speaking import APOLOGY_S, Speaking
from clawctl.call.utterance import Out, Result, Turn, Utterance
from clawctl.config.live import Live
from clawctl.wire.events import (
    TurnCallerRejected,
    TurnError,
    TurnStale,
    TurnStarted,
    TurnTranscript,
)

log = structlog.get_logger()

# Kept back from the turn's deadline for saying that it was not met, and for storing that.
RESERVE_S = APOLOGY_S + STORE_PATIENCE_S
# A stream that failed is posted again at once; the same audio later is a new utterance.
RETAKE_S = 60.0


@dataclass(frozen=True)
class Turns:
    """Answers turns. Whoever thinks is asked elsewhere: `Answering`."""

    registry: Registry
    hearing: Hearing
    answering: Answering
    speaking: Speaking
    recording: Recording
    store: Store
    bus: Bus
    live: Live
    clock: Callable[[], float]
    nursery: trio.Nursery
    greetings: Greetings

    async def run(self, said: Utterance, out: Out) -> Result:
        """Answer one utterance; every failure of an engine or the store is spoken about.

        Cancelled because the phone went away, it leaves no trace in the call but what a stream
        had already played.
        """
        began = trio.current_time()
        try:
            session = await self.registry.open(
                said.session_id, caller_number=said.caller_number, direction=said.direction
            )
        except Ended:
            return Result(session_id=said.session_id, ok=False, ended=True, hangup=True)
        if said.reset and (session.state.turn_count or session.in_flight):
            self.registry.reset(session)
        with bound_contextvars(session=session.id, turn=session.state.turn_count + 1):
            return await self._run(self._begin(said, session, began), out)

    async def _run(self, turn: Turn, out: Out) -> Result:
        session = turn.session
        try:
            with session.turn(turn.scope):
                await out.session(session.id)
                return await self._admit(turn, out)
        except Stale:
            return self._stale(session)
        finally:
            if not turn.committed:
                self._abandon(turn)

    def _begin(self, said: Utterance, session: Session, began: float) -> Turn:
        self.registry.touch(session)
        if greeting := self._greeting(said, session):
            said = replace(said, forced_reply=greeting.text)
        turn = Turn(
            said=said,
            session=session,
            bus=self.bus,
            record=TurnRecord(
                session_id=session.id,
                number=0,
                started_at=self.clock(),
                audio_digest=said.audio_digest,
            ),
            passphrase=self.live.now.call.auth_passphrase,
            began=began,
            greeting=greeting,
        )
        turn.announce(
            TurnStarted(
                session_id=session.id, caller_number=said.caller_number, direction=said.direction
            )
        )
        return turn

    def _greeting(self, said: Utterance, session: Session) -> Greeting | None:
        """What whoever placed this call wants said first; not taken before the turn is answered.

        The app may take a call for the one before it (phone page, 3): whoever rings hears none.
        """
        on_phone = self.registry.on_line.now
        if on_phone and on_phone.direction == "incoming":
            return None
        if said.direction == "outgoing" and (said.reset or not session.turns):
            return self.greetings.of(said.caller_number)
        return None

    # admit

    async def _admit(self, turn: Turn, out: Out) -> Result:
        said, call = turn.said, self.live.now.call
        turn.rejected = admission.refusal(call, said.caller_number, said.direction)
        if turn.rejected:
            turn.announce(
                TurnCallerRejected(
                    session_id=turn.session.id,
                    reason=turn.rejected,
                    caller_number=said.caller_number,
                )
            )
            with self._in_time(turn):
                await self.speaking.say(turn, out, call.auth_reject_message, "rejected")
        elif said.forced_reply:
            if last := self._posted_before(turn):
                turn.retakes = last.record
            with self._in_time(turn):
                await self.speaking.say(turn, out, said.forced_reply, "forced")
        else:
            return await self._take_the_floor(turn, out)
        return await self._record(turn, out)

    async def _take_the_floor(self, turn: Turn, out: Out) -> Result:
        """Converse when the turns before this one are done."""
        floor, mine = turn.session.floor, False
        try:
            with self._in_time(turn):
                await floor.acquire()
                mine = True
                await self._converse(turn, out)
            return await self._record(turn, out)
        finally:
            if mine:
                floor.release()

    @contextmanager
    def _in_time(self, turn: Turn) -> Iterator[None]:
        """What is in it ends before the phone gives up; a turn it leaves unanswered has failed."""
        deadline = turn.began + self.live.now.session.turn_deadline_sec - RESERVE_S
        with trio.CancelScope(deadline=deadline) as scope:
            turn.limit = scope
            yield
        if scope.cancelled_caught:
            turn.fail("deadline", "no answer within turn_deadline_sec")

    async def _converse(self, turn: Turn, out: Out) -> None:
        state, last = turn.session.state, self._posted_before(turn)
        if last:
            turn.retakes = last.record
        if last and last.planned:
            turn.record.transcript, turn.hangup = last.record.transcript, last.hangup
            await self.speaking.say(turn, out, last.planned, last.record.model)
        elif state.injects and not last:
            turn.inject = state.injects[0]
            await self.speaking.say(turn, out, turn.inject, "inject")
        else:
            await self.answering.answer(turn, out, await self._hear(turn, out))

    def _posted_before(self, turn: Turn) -> Streamed | None:
        """The streamed turn which the phone posts again, because its stream failed (phone.md 9)."""
        session, last = turn.session, turn.session.streamed
        if not last or turn.said.streamed or trio.current_time() - last.began > RETAKE_S:
            return None
        newest = session.turns[-1] if session.turns else None
        asked = (turn.record.audio_digest, turn.said.forced_reply)
        again = (last.record.audio_digest, last.forced_reply) == asked
        return last if again and last.record is newest else None

    # hear

    async def _words(self, turn: Turn) -> str:
        """What the caller said; the phone's own hint where we have nothing."""
        said, text = turn.said, ""
        if not (said.skip_asr and said.transcript_hint):
            before_s = trio.current_time() - turn.began
            with turn.stage("stt"):
                heard = await self.hearing.hear(said.sound, said.audio_digest)
                text = heard.text
                turn.hear(heard.engine, heard.reason, heard.degraded)
                if text:
                    turn.mark("speech", after_s=before_s + heard.speech_ms / 1000)
                turn.mark("recognised")
        return text or said.transcript_hint

    async def _hear(self, turn: Turn, out: Out) -> str:
        text = await self._words(turn)
        hidden = text and self.answering.gated(turn)
        turn.record.transcript = gate.WITHHELD if hidden else turn.public(text)
        asr_ms = self._announce_transcript(turn)
        await out.heard(turn.record.transcript, asr_ms)
        return text

    async def _hear_late(self, turn: Turn) -> None:
        """After an inject was spoken: what the caller said meanwhile joins the history."""
        session, turn.events = turn.session, []
        text = await self._words(turn)
        if text and turn.record in session.turns:
            turn.record.transcript = turn.public(text)
            self._announce_transcript(turn)
        if turn.events:
            entry = session.entry(turn.record, now=self.clock())
            entry.events = turn.events
            self.store.record_soon(entry)

    def _announce_transcript(self, turn: Turn) -> float:
        """Returns how long recognition took, in ms."""
        record, asr_ms = turn.record, float(turn.record.metrics.get("asr_ms", 0.0))
        turn.announce(
            TurnTranscript(
                session_id=record.session_id,
                transcript=record.transcript,
                asr_ms=asr_ms,
                no_words=record.no_words or UNSET,
            )
        )
        return asr_ms

    # record

    async def _record(self, turn: Turn, out: Out) -> Result:
        """Never without a sound; only once the turn is recorded the answer may leave."""
        with trio.move_on_after(RESERVE_S):
            if not turn.spoken:
                await self.speaking.apologise(turn, out)
        if not turn.spoken:
            turn.record.status = "interrupted"
        await trio.lowlevel.checkpoint_if_cancelled()
        await self.recording.record(turn)
        if turn.greeting:
            self.greetings.done(turn.greeting)
        self._afterwards(turn)
        return Result(
            session_id=turn.record.session_id,
            ok=not turn.rejected,
            record=turn.record,
            hangup=turn.hangup,
            rejected=bool(turn.rejected),
            reason=turn.rejected,
        )

    def _afterwards(self, turn: Turn) -> None:
        session, record = turn.session, turn.record
        log.info(
            "turn.complete",
            turn=record.number,
            model=record.model,
            degraded=record.degraded,
            **{name: spent for name, spent in record.metrics.items() if name.endswith("_ms")},
        )
        if session.ended:
            self.registry.announce_end(session)
            return
        self.registry.touch(session)
        if record.model == "inject" and not self.answering.gated(turn):
            self.nursery.start_soon(self._hear_late, turn)
        self.answering.compaction.consider(session)

    def _stale(self, session: Session) -> Result:
        over = session.state.end_reason in {HANGUP, REJECTED}
        return Result(session_id=session.id, ok=False, stale=not over, ended=over, hangup=over)

    def _abandon(self, turn: Turn) -> None:
        """Not committed: keep what was announced, and what a stream had already played.

        Of a turn that went stale nothing may reach the call, which begins afresh or is over.
        """
        session_id = turn.session.id
        if turn.scope.cancel_called:
            turn.announce(TurnStale(session_id=session_id))
        elif turn.said.streamed and turn.spoken:
            self.recording.interrupt(turn)
            return
        else:
            why = "dropped before it was answered"
            turn.announce(TurnError(session_id=session_id, stage="line", detail=why))
        for stamped in turn.events:
            self.bus.keep(stamped)
