"""The store: calls, turns, events, callers and messages in one SQLite file."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

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
from clawctl.store import callers, calls, events, messages, query, retention, search
from clawctl.store.backlog import Job
from clawctl.store.database import open_database
from clawctl.store.readers import Readers
from clawctl.store.schema import STEPS
from clawctl.store.writer import Writer
from clawctl.wire.events import Stamped

NEWEST = Wanted()
T = TypeVar("T")


class SqliteStore:
    """The port `clawctl.call.ports.Store`, and what lists and the operator's door ask for.

    Writing methods return once the write is durable and raise NotStored if it failed; it is kept
    then, as it is when they are cancelled.
    """

    def __init__(self, writer: Writer, readers: Readers, last_seq: int) -> None:
        self._writer = writer
        self._readers = readers
        self._last_seq = last_seq

    def last_seq(self) -> int:
        """The highest seq that may have been given to an event before this start."""
        return self._last_seq

    async def record(self, entry: Entry) -> None:
        await self._writer.finish(_job(entry))

    def record_soon(self, entry: Entry) -> None:
        self._writer.submit(_job(entry))

    def keep(self, stamped: Stamped) -> None:
        """Store an event that no entry brings; does not wait."""
        self._writer.submit(Job((events.put(stamped),), top_seq=stamped.seq))

    async def call(self, session_id: str) -> StoredCall | None:
        """As it was last submitted, which may mean to wait until that is stored."""
        await self._writer.catch_up(session_id)
        return await self._readers.read(partial(calls.call, session_id=session_id))

    async def live_calls(self) -> list[StoredCall]:
        return await self._readers.read(calls.live_calls)

    async def calls(self, wanted: Wanted = NEWEST) -> list[CallState]:
        """Newest first."""
        return await self._readers.read(partial(calls.calls, wanted=wanted))

    async def forget_call(self, session_id: str) -> bool:
        """Delete a call that is over with its turns, events and messages; False if there is none.

        What its number is remembered by from call to call stays: `forget_caller`.
        """
        return await self._writer.finish(Job(calls.forget(session_id), about=(session_id,))) > 0

    async def search(self, wanted: Search) -> list[Hit]:
        """Newest first; raises BadInput when the words make no query."""
        expression = query.expression(wanted.words, wanted.said_by)
        return await self._readers.read(
            partial(search.search, wanted=wanted, expression=expression)
        )

    async def turns(self, session_id: str) -> list[TurnRecord]:
        """All of a call, those that its summary covers too."""
        return await self._readers.read(partial(calls.turns, session_id=session_id))

    async def newest_turns(
        self, since: float, limit: int, look: Callable[[Iterable[TurnRecord]], T]
    ) -> T:
        """What `look`, in a thread, makes of those of all calls, the newest first."""
        return await self._readers.read(
            partial(calls.newest_turns, since=since, limit=limit, look=look)
        )

    async def events_after(
        self, seq: int, limit: int = 1000, *, session_id: str = "", types: Sequence[str] = ()
    ) -> list[Stamped]:
        """`types` are names, or families such as "turn.*"."""
        wanted = events.wanted(session_id, types)
        return await self._readers.read(partial(events.after, seq=seq, limit=limit, wanted=wanted))

    async def last_events(
        self, limit: int, *, session_id: str = "", types: Sequence[str] = ()
    ) -> list[Stamped]:
        """The newest, oldest first."""
        wanted = events.wanted(session_id, types)
        return await self._readers.read(partial(events.last, limit=limit, wanted=wanted))

    async def seq_before(self, timestamp: float) -> int:
        """Events after this seq are not older than `timestamp`."""
        return await self._readers.read(partial(events.seq_before, timestamp=timestamp))

    async def caught_up(self) -> None:
        """Returns once all that was kept so far is durable; raises NotStored."""
        await self._writer.finish(Job(()))

    async def callers(self) -> list[KnownCaller]:
        """Numbers remembered from call to call; who called last comes first."""
        return await self._readers.read(callers.callers)

    async def caller(self, number: str) -> CallerHistory | None:
        """As it was last submitted, which may mean to wait until that is stored."""
        await self._writer.catch_up(number)
        return await self._readers.read(partial(callers.caller, number=number))

    async def forget_caller(self, number: str) -> bool:
        return await self._writer.finish(Job((callers.forget(number),), about=(number,))) > 0

    async def messages(self, done: bool | None = None) -> list[StoredMessage]:
        """Oldest first; all of them, or only those done, or only those still open."""
        return await self._readers.read(partial(messages.messages, done=done))

    async def unread(self) -> int:
        """How many messages the owner is not done with."""
        return await self._readers.read(messages.unread)

    async def message_done(self, message_id: str) -> bool:
        """False if there is no such message."""
        return await self._writer.finish(Job((messages.finish(message_id),))) > 0

    async def prune(self, older_than: float) -> int:
        """Delete what ended before a time (seconds since the epoch); returns the number of calls.

        With a call go its turns, and of what belongs to no call that is kept the old events and
        the done messages. Callers who did not call since are forgotten. Cancelled, it may have
        deleted a part.
        """
        pruned = 0
        while ids := await self._readers.read(partial(retention.ended, before=older_than)):
            await self._writer.finish(Job(retention.delete_calls(ids, older_than)))
            pruned += len(ids)
        seq = 0
        find = partial(retention.stray_events, before=older_than)
        while seqs := await self._readers.read(partial(find, after=seq)):
            await self._writer.finish(Job((retention.delete_events(seqs),)))
            seq = seqs[-1]
        await self._writer.finish(Job(retention.delete_rest(older_than)))
        return pruned


def _job(entry: Entry) -> Job:
    """The entry as it is now, whatever becomes of its parts."""
    steps = [*calls.put_call(entry.call)]
    about = [entry.call.session_id]
    if entry.turn is not None:
        steps.append(calls.put_turn(entry.turn))
    if entry.events:
        steps.append(events.put(*entry.events))
    if entry.caller is not None:
        steps.append(callers.put(entry.caller))
        about.append(entry.caller.number)
    if entry.message is not None:
        steps.append(messages.put(entry.message))
    top_seq = max((stamped.seq for stamped in entry.events), default=0)
    return Job(tuple(steps), tuple(about), top_seq)


@asynccontextmanager
async def open_store(
    data_dir: Path, *, close_within_s: float = 5.0, steps: Sequence[str] = STEPS
) -> AsyncIterator[SqliteStore]:
    """The store in `data_dir`, made if there is none; raises CannotStart.

    Closing it writes what is still kept, as far as that succeeds in `close_within_s`.
    """
    database = await trio.to_thread.run_sync(open_database, data_dir, steps)
    writer, readers = Writer(database), Readers(database)
    writer.start()
    try:
        yield SqliteStore(writer, readers, database.last_seq)
    finally:
        with trio.CancelScope(shield=True):
            readers.close()
            await writer.stop(close_within_s)
