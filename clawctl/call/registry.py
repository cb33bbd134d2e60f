"""Which calls there are: found, opened, revived, and ended when they fall silent."""

import re
import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog
import trio

from clawctl.bus import Bus
from clawctl.call import admission
from clawctl.call.on_line import CallOnPhone, OnLine, completed, sessions_of
from clawctl.call.ports import (
    ENDED,
    HANGUP,
    REJECTED,
    TTL,
    CallerHistory,
    CallState,
    Entry,
    Store,
    StoredCall,
    TurnRecord,
)
from clawctl.call.session import Session
from clawctl.config.live import Live
from clawctl.errors import BadInput, NoSuch, NotStored
from clawctl.wire.events import (
    CallActive,
    CallEnded,
    CallMessage,
    CallRinging,
    Event,
    SessionEnded,
    SessionReset,
    SessionResumed,
    SessionStarted,
)

log = structlog.get_logger()

_SESSION_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
# Where a session id is expected, this stands for the call in which something happened last.
ACTIVE = "_active"
# A turn must not wait longer than this for what the store knows of a call.
STORE_PATIENCE_S = 2.0
# How often silent calls are looked for; how many are ended before others may run again.
LOOK_S, ENDED_AT_ONCE, BREATH_S = 5.0, 50, 0.01
# Ends after which the phone is told to hang up; after another end it gets a fresh session.
FINAL = frozenset({HANGUP, REJECTED})


class Ended(Exception):
    """A turn for a call that is over for good; carries its session id."""


def checked_id(session_id: str) -> str:
    """The id, or BadInput if it is not one of ours (gateway page, section 6)."""
    if not _SESSION_ID.fullmatch(session_id):
        raise BadInput("session_id must be 1 to 128 characters of A-Z a-z 0-9 . _ -")
    if session_id == ACTIVE:
        raise BadInput(f"{ACTIVE} stands for another call and is no session_id")
    return session_id


@dataclass
class Registry:
    """Live calls in memory, the one that was quiet longest first; the others are in the store."""

    store: Store
    bus: Bus
    live: Live
    clock: Callable[[], float]
    sessions: OrderedDict[str, Session] = field(default_factory=OrderedDict)
    on_line: OnLine = field(default_factory=OnLine)

    def find(self, session_id: str) -> Session:
        """A live call; NoSuch if there is none with that id."""
        session = self.sessions.get(checked_id(session_id))
        if session is None:
            raise NoSuch(f"no live call has the session id {session_id!r}")
        return session

    async def restore(self) -> int:
        """After a restart: take up every call that was live; how many there are."""
        for stored in await self.store.live_calls():
            self._adopt(stored)
        return len(self.sessions)

    async def open(
        self, session_id: str = "", *, caller_number: str = "", direction: str = "incoming"
    ) -> Session:
        """The call a turn belongs to: live, revived after silence, or new. Raises Ended.

        An id we never saw opens a call with that id: the phone keeps it over our restart.
        """
        if not session_id:
            return await self._new(secrets.token_hex(16), caller_number, direction)
        if live := self.sessions.get(checked_id(session_id)):
            await self._introduce(live, caller_number, direction)
            return live
        # Should the store fail, a fresh id: this one may have turns we must not write over.
        fresh, stored = secrets.token_hex(16), None
        with self._store_may_fail():
            stored = await self.store.call(session_id)
            fresh = session_id
        if live := self.sessions.get(session_id):
            return live
        if stored is None:
            return await self._new(fresh, caller_number, direction)
        if stored.state.end_reason in FINAL:
            raise Ended(session_id)
        if stored.state.end_reason == ENDED:
            return await self._new(secrets.token_hex(16), caller_number, direction)
        return self._revive(stored)

    def touch(self, session: Session) -> Session:
        """Something happened in this call: its silence is counted from now."""
        session.idle_since = trio.current_time()
        self.sessions.move_to_end(session.id)
        return session

    def reset(self, session: Session) -> None:
        self.store.record_soon(session.reset(now=self.clock()))
        self.bus.publish(SessionReset(session_id=session.id))

    def end(self, session: Session, reason: str) -> None:
        """Over, stored and announced; a message still being taken is announced as it is."""
        self.store.record_soon(self.close(session, reason))
        self.announce_end(session)

    def close(
        self,
        session: Session,
        reason: str,
        turn: TurnRecord | None = None,
        *,
        but: trio.CancelScope | None = None,
    ) -> Entry:
        """Over, but not yet stored nor announced: a `turn` that ends its call does that itself."""
        self.sessions.pop(session.id, None)
        return session.end(reason, turn, now=self.clock(), but=but)

    def announce_end(self, session: Session) -> None:
        if (left := session.state.message) and (left.text or left.number):
            self.bus.publish(
                CallMessage(
                    session_id=session.id,
                    message_id=f"{session.id}-{left.index}",
                    name=left.name,
                    number=left.number,
                    text=left.text,
                    confirmed=False,
                )
            )
        self.bus.publish(SessionEnded(session_id=session.id, reason=session.state.end_reason))
        log.info("call.ended", session=session.id, reason=session.state.end_reason)

    def phone_told(self, call: CallOnPhone) -> None:
        """How the phone's call stands: announced, and with its end its session ends.

        The app says no goodbye over HTTP; from the end of a call on, nobody hears its answers.
        """
        if not self.on_line.told(call):
            return
        sessions = sessions_of(call, self.sessions.values())
        call = completed(call, sessions)
        if call.state == "ended":
            for session in sessions:
                self.end(session, HANGUP)
        if event := _event(call, sessions[-1].id if sessions else ""):
            self.bus.publish(event)

    def phone_lost(self) -> None:
        """The phone is not heard of: its call ends by silence, as any other."""
        self.on_line.lost()

    async def sweep(self) -> None:
        """End calls that were silent for `session_ttl` seconds; runs for ever."""
        while True:  # noqa: ASYNC110 - what it waits for is time
            await trio.sleep(self._end_silent())

    def _end_silent(self) -> float:
        """End some of what is over; how many seconds until the next look."""
        ttl, now = self.live.now.session.session_ttl, trio.current_time()
        for _ in range(ENDED_AT_ONCE):
            session = next(iter(self.sessions.values()), None)
            due = min(session.idle_since + ttl - now, LOOK_S) if session else LOOK_S
            if session is None or due > 0:
                return due
            if session.in_flight or self.on_line.holds(session, self.sessions.values()):
                self.touch(session)
            else:
                self.end(session, TTL)
        return BREATH_S

    def _adopt(self, stored: StoredCall) -> Session:
        session = Session(stored.state, stored.turns)
        self.sessions[session.id] = session
        return self.touch(session)

    def _revive(self, stored: StoredCall) -> Session:
        silent = stored.state.end_reason == TTL
        stored.state.end_reason, stored.state.ended_at = "", 0.0
        session = self._adopt(stored)
        if silent:
            self.bus.publish(SessionResumed(session_id=session.id))
            self.store.record_soon(session.entry(now=self.clock()))
            log.info("call.resumed", session=session.id)
        return session

    async def _new(self, session_id: str, number: str, direction: str) -> Session:
        number, now = admission.normalise(number), self.clock()
        earlier = await self._earlier(number)
        if live := self.sessions.get(session_id):
            return live
        state = CallState(session_id=session_id, created_at=now, updated_at=now)
        session = Session(state)
        session.introduce(number, direction, earlier)
        self.sessions[session_id] = session
        self.touch(session)
        self.bus.publish(
            SessionStarted(session_id=session_id, caller_number=number, direction=direction)
        )
        log.info("call.started", session=session_id, direction=direction)
        return session

    async def _introduce(self, session: Session, number: str, direction: str) -> None:
        """A call made without a number, by `/api/session/new`, learns it with its first turn."""
        number, state = admission.normalise(number), session.state
        if number and not (state.caller_number or state.turn_count):
            session.introduce(number, direction, await self._earlier(number))

    async def _earlier(self, number: str) -> CallerHistory | None:
        """What this number's former calls left; forgotten now if nothing is to be kept."""
        if not number:
            return None
        with self._store_may_fail():
            kept = await self.store.caller(number)
            if self.live.now.call.keep_history:
                return kept or CallerHistory(number=number)
            if kept:
                await self.store.forget_caller(number)
        return None

    @contextmanager
    def _store_may_fail(self) -> Iterator[None]:
        """A store that fails or hangs costs the call its memory, not its answer."""
        with trio.move_on_after(STORE_PATIENCE_S) as scope:
            try:
                yield
            except NotStored as error:
                log.warning("store.read_failed", why=str(error))
        if scope.cancelled_caught:
            log.warning("store.read_failed", why="too slow")


def _event(call: CallOnPhone, session_id: str) -> Event | None:
    """That it is being dialled, the one who dials announces."""
    about = {"session_id": session_id, "number": call.number, "direction": call.direction}
    if call.state == "ringing":
        return CallRinging(**about)
    if call.state == "active":
        return CallActive(**about)
    if call.state == "ended":
        return CallEnded(**about, connected_s=round(call.connected_s, 1), why=call.why)
    return None
