"""A store without a disk: behaves as `clawctl.store` does, fails and hangs when told to."""

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from itertools import islice
from typing import TypeVar

import msgspec
import trio

from clawctl.call.ports import (
    CallerHistory,
    CallState,
    Entry,
    Hit,
    KnownCaller,
    Search,
    StoredCall,
    StoredMessage,
    TurnRecord,
    Wanted,
)
from clawctl.errors import NotStored
from clawctl.wire.events import Stamped

T = TypeVar("T")


NEWEST = Wanted()


class MemoryStore:
    """Whoever reads gets copies, as from a disk; nothing here touches a thread or the real clock.

    While `fail` is true writes raise NotStored; while `stall` is an event that is not set they
    wait for it. Either way they are kept in order, and written as soon as the store is back.
    `fail_reads` and `stall_reads` do the same to reads.
    """

    def __init__(self, last_seq: int = 0) -> None:
        self.fail = False
        self.stall: trio.Event | None = None
        self.fail_reads = False
        self.stall_reads: trio.Event | None = None
        self._last_seq = last_seq
        self._kept: list[tuple[Collection[str], Callable[[], object]]] = []
        self._calls: dict[str, CallState] = {}
        self._turns: dict[tuple[str, int], TurnRecord] = {}
        self._events: dict[int, Stamped] = {}
        self._callers: dict[str, CallerHistory] = {}
        self._messages: dict[str, StoredMessage] = {}

    def last_seq(self) -> int:
        return max(self._last_seq, *self._events, 0)

    async def record(self, entry: Entry) -> None:
        await self._written(self._putting(entry), _about(entry))

    def record_soon(self, entry: Entry) -> None:
        self._later(self._putting(entry), _about(entry))

    def keep(self, stamped: Stamped) -> None:
        self._later(partial(self._events.__setitem__, stamped.seq, stamped))

    async def call(self, session_id: str) -> StoredCall | None:
        await self._caught_up(session_id)
        await self._readable()
        state = self._calls.get(session_id)
        return None if state is None else self._with_turns(state)

    async def live_calls(self) -> list[StoredCall]:
        await self._readable()
        live = [state for state in self._calls.values() if not state.end_reason]
        return [self._with_turns(s) for s in sorted(live, key=lambda s: s.updated_at)]

    async def calls(self, wanted: Wanted = NEWEST) -> list[CallState]:
        await self._readable()
        found = sorted(self._calls.values(), key=_age, reverse=True)
        last = self._calls.get(wanted.before)
        if wanted.before:
            found = [s for s in found if last and _age(s) < _age(last)]
        found = [
            s
            for s in found
            if wanted.number in {"", s.caller_number}
            and (not wanted.since or s.created_at >= wanted.since)
            and (not wanted.until or s.created_at < wanted.until)
            and (not wanted.ended or s.end_reason)
        ]
        return [_copy(state) for state in found[: wanted.limit]]

    async def forget_call(self, session_id: str) -> bool:
        return await self._written(partial(self._forget, session_id), {session_id})

    async def search(self, wanted: Search) -> list[Hit]:
        """Every word of the query, as it stands, must occur; there is no query language here."""
        await self._readable()
        words = wanted.words.lower().split()
        found = [
            _hit(turn, self._calls[turn.session_id].caller_number)
            for turn in self._turns.values()
            if all(word in f"{turn.transcript} {turn.reply}".lower() for word in words)
        ]
        return found[::-1][wanted.offset : wanted.offset + wanted.limit]

    async def turns(self, session_id: str) -> list[TurnRecord]:
        await self._readable()
        return [_copy(t) for key, t in sorted(self._turns.items()) if key[0] == session_id]

    async def newest_turns(
        self, since: float, limit: int, look: Callable[[Iterable[TurnRecord]], T]
    ) -> T:
        await self._readable()
        newest = (turn for turn in reversed(self._turns.values()) if turn.started_at >= since)
        return look(_copy(turn) for turn in islice(newest, limit))

    async def events_after(
        self, seq: int, limit: int = 1000, *, session_id: str = "", types: Sequence[str] = ()
    ) -> list[Stamped]:
        await self._readable()
        return [e for e in self._told(session_id, types) if e.seq > seq][:limit]

    async def last_events(
        self, limit: int, *, session_id: str = "", types: Sequence[str] = ()
    ) -> list[Stamped]:
        await self._readable()
        return self._told(session_id, types)[-limit:]

    async def seq_before(self, timestamp: float) -> int:
        await self._readable()
        return max((e.seq for e in self._told() if e.timestamp < timestamp), default=0)

    async def caught_up(self) -> None:
        await self._written(lambda: None)

    async def callers(self) -> list[KnownCaller]:
        await self._readable()
        known = sorted(self._callers.values(), key=lambda c: -c.last_call_at)
        return [
            KnownCaller(number=c.number, total_calls=c.total_calls, last_call_at=c.last_call_at)
            for c in known
        ]

    async def caller(self, number: str) -> CallerHistory | None:
        await self._caught_up(number)
        await self._readable()
        history = self._callers.get(number)
        return None if history is None else _copy(history)

    async def forget_caller(self, number: str) -> bool:
        return await self._written(partial(self._callers.pop, number, None), {number}) is not None

    async def messages(self, done: bool | None = None) -> list[StoredMessage]:
        await self._readable()
        found = sorted(self._messages.values(), key=lambda m: (m.taken_at, m.id))
        return [_copy(m) for m in found if done is None or m.done is done]

    async def unread(self) -> int:
        return len(await self.messages(done=False))

    async def message_done(self, message_id: str) -> bool:
        return await self._written(partial(self._finish, message_id))

    async def prune(self, older_than: float) -> int:
        return await self._written(partial(self._drop, older_than))

    def _later(self, write: Callable[[], object], about: Collection[str] = frozenset()) -> None:
        self._kept.append((about, write))
        self._write()

    async def _caught_up(self, about: str) -> None:
        """What is read was written before, so it fails and waits as a write does."""
        if any(about in kept for kept, _ in self._kept):
            await self._written(lambda: None)

    async def _written(self, write: Callable[[], T], about: Collection[str] = frozenset()) -> T:
        results: list[T] = []
        self._later(lambda: results.append(write()), about)
        await trio.lowlevel.checkpoint()
        while self.stall is not None and not self.stall.is_set():
            await self.stall.wait()
        if self.fail:
            raise NotStored("the store was told to fail")
        self._write()
        return results[0]

    async def _readable(self) -> None:
        await trio.lowlevel.checkpoint()
        if self.stall_reads is not None:
            await self.stall_reads.wait()
        if self.fail_reads:
            raise NotStored("the store was told to fail")
        self._write()

    def _write(self) -> None:
        if self.fail or (self.stall is not None and not self.stall.is_set()):
            return
        for _, write in self._kept:
            write()
        self._kept.clear()

    def _putting(self, entry: Entry) -> Callable[[], None]:
        """The write of an entry as it is now, whatever becomes of its parts."""
        bare = _copy(msgspec.structs.replace(entry, events=()))
        return partial(self._put, bare, tuple(entry.events))

    def _put(self, entry: Entry, events: tuple[Stamped, ...]) -> None:
        self._calls[entry.call.session_id] = entry.call
        self._events.update((stamped.seq, stamped) for stamped in events)
        if entry.turn is not None:
            self._turns[entry.turn.session_id, entry.turn.number] = entry.turn
        if entry.caller is not None:
            self._callers[entry.caller.number] = entry.caller
        if entry.message is not None:
            known = self._messages.get(entry.message.id)
            if known is not None and known.message == entry.message.message:
                entry.message.done |= known.done
            self._messages[entry.message.id] = entry.message

    def _told(self, session_id: str = "", types: Sequence[str] = ()) -> list[Stamped]:
        told = [self._events[seq] for seq in sorted(self._events)]
        return [
            one
            for one in told
            if session_id in {"", one.event.session_id}
            and (not types or any(_is(one.event.type, name) for name in types))
        ]

    def _forget(self, session_id: str) -> bool:
        call = self._calls.get(session_id)
        if call is None or not call.end_reason:
            return False
        del self._calls[session_id]
        self._turns = {k: t for k, t in self._turns.items() if k[0] != session_id}
        self._events = {k: e for k, e in self._events.items() if e.event.session_id != session_id}
        self._messages = {k: m for k, m in self._messages.items() if m.session_id != session_id}
        return True

    def _finish(self, message_id: str) -> bool:
        if message_id not in self._messages:
            return False
        self._messages[message_id].done = True
        return True

    def _drop(self, older_than: float) -> int:
        gone = {
            session_id
            for session_id, state in self._calls.items()
            if state.end_reason and state.ended_at < older_than
        }
        self._calls = {key: state for key, state in self._calls.items() if key not in gone}
        self._turns = {key: turn for key, turn in self._turns.items() if key[0] not in gone}
        self._events = {
            seq: stamped
            for seq, stamped in self._events.items()
            if stamped.event.session_id in self._calls or stamped.timestamp >= older_than
        }
        self._messages = {
            key: message
            for key, message in self._messages.items()
            if not message.done
            or message.session_id in self._calls
            or message.taken_at >= older_than
        }
        self._callers = {n: c for n, c in self._callers.items() if c.last_call_at >= older_than}
        return len(gone)

    def _with_turns(self, state: CallState) -> StoredCall:
        turns = [
            _copy(turn)
            for (session_id, number), turn in sorted(self._turns.items())
            if session_id == state.session_id and number > state.summary_upto
        ]
        return StoredCall(state=_copy(state), turns=turns)


def _copy(value: T) -> T:
    return msgspec.json.decode(msgspec.json.encode(value), type=type(value))


def _about(entry: Entry) -> set[str]:
    numbers = set() if entry.caller is None else {entry.caller.number}
    return {entry.call.session_id} | numbers


def _age(state: CallState) -> tuple[float, str]:
    return state.created_at, state.session_id


def _hit(turn: TurnRecord, number: str) -> Hit:
    return Hit(
        session_id=turn.session_id,
        turn=turn.number,
        timestamp=turn.started_at,
        caller_number=number,
        said_by="caller",
        text=turn.transcript,
        snippet=turn.transcript,
    )


def _is(kind: str, name: str) -> bool:
    return kind.startswith(name[:-1]) if name.endswith("*") else kind == name
