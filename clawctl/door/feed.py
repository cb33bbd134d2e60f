"""A listener's events: first what it missed, then what happens, each once and in order of seq.

The past is in two places. The store has what is old; the bus remembers what was told lately, which
may not be stored yet: a turn's events are announced when they happen and stored with the turn. A
feed reads the store until the bus's memory reaches back far enough, and joins the bus in the same
moment as it reads that memory, without an `await` between. Gaps in seq are normal: a gateway that
was killed begins well after the last seq that it may have used.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Protocol

import msgspec
import structlog
import trio

from clawctl.bus import Bus
from clawctl.errors import BadInput, NotStored
from clawctl.wire.events import EventsDropped, Stamped, kinds
from clawctl.wire.text import some

log = structlog.get_logger()

# Events that may wait unread; then the oldest go.
MOST_WAITING = 1000
PAGE = 500
# For what was just published to reach the disk; one that takes longer is in trouble.
CATCH_UP_S = 2.0


class Past(Protocol):
    """What a feed needs of a store."""

    async def events_after(
        self, seq: int, limit: int = ..., *, session_id: str = "", types: Sequence[str] = ()
    ) -> list[Stamped]: ...

    async def last_events(
        self, limit: int, *, session_id: str = "", types: Sequence[str] = ()
    ) -> list[Stamped]: ...

    async def seq_before(self, timestamp: float) -> int: ...

    async def caught_up(self) -> None: ...


class Wanted(msgspec.Struct, frozen=True):
    """Which events: of these types ("turn.*" is a family), of these calls; empty means all."""

    types: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()

    def has(self, stamped: Stamped) -> bool:
        event = stamped.event
        return (not self.sessions or event.session_id in self.sessions) and (
            not self.types or any(_fits(event.type, pattern) for pattern in self.types)
        )

    def check(self) -> None:
        """Raises BadInput for types that no event has: nothing would ever come."""
        names = [kind.type for kind in kinds()]
        strange = [one for one in self.types if not any(_fits(name, one) for name in names)]
        if strange:
            hint = _nearest(strange[0], names)
            raise BadInput(f"type: no event is called {some(strange)}{hint}")

    @property
    def one_session(self) -> str:
        """What the store can look for itself."""
        return self.sessions[0] if len(self.sessions) == 1 else ""


ALL = Wanted()


class Feed:
    """An `Ear` of the bus with one reader. Nothing here waits but `take`."""

    def __init__(
        self, bus: Bus, past: Past, wanted: Wanted, after: int | None, most_waiting: int
    ) -> None:
        self._bus = bus
        self._past = past
        self._waiting: deque[Stamped] = deque(maxlen=most_waiting)
        self._dropped = 0
        self._news = trio.Event()
        self._seq = bus.told_seq
        self.listen_to(wanted, after)

    def listen_to(self, wanted: Wanted, after: int | None = None) -> None:
        """Another choice from now on; goes on after the last event handed out, or after a seq.

        A seq that was never given is one of another database: nothing of ours came before it, so
        the feed begins now.
        """
        self._wanted = wanted
        if after is not None:
            self._seq = min(after, self._bus.told_seq)
        self._waiting.clear()
        self._dropped = 0
        self._behind = True
        self._news.set()

    def put(self, stamped: Stamped) -> None:
        if self._behind or not self._wanted.has(stamped):
            return
        if len(self._waiting) == self._waiting.maxlen:
            self._dropped += 1
        self._waiting.append(stamped)
        self._news.set()

    async def take(self) -> list[Stamped]:
        """All that waits, at least one; a loss is told first, with the seq of the last lost one."""
        while True:
            events = await self._missed() if self._behind else self._arrived()
            if events:
                return events
            if not self._behind:
                self._news = trio.Event()
                await self._news.wait()

    def _arrived(self) -> list[Stamped]:
        events = list(self._waiting)
        self._waiting.clear()
        self._seq = self._bus.told_seq
        if not self._dropped:
            return events
        first, lost = events[0], EventsDropped(count=self._dropped)
        self._dropped = 0
        return [Stamped(first.seq - 1, first.timestamp, lost), *events]

    async def _missed(self) -> list[Stamped]:
        """The next piece of the past; with the last one the feed is live."""
        if self._seq >= self._bus.forgotten_seq:
            events = [one for one in self._bus.recent(self._seq) if self._wanted.has(one)]
            self._seq = self._bus.told_seq
            self._behind = False
            return events
        wanted, after = self._wanted, self._seq
        events, seq = await _stored(self._past, wanted, after, self._bus.forgotten_seq, PAGE)
        if (wanted, after) != (self._wanted, self._seq):
            return []
        self._seq = seq
        return events


@contextmanager
def open_feed(
    bus: Bus,
    past: Past,
    wanted: Wanted = ALL,
    after: int | None = None,
    most_waiting: int = MOST_WAITING,
) -> Iterator[Feed]:
    """What was told after a seq and all that follows; without a seq, what is told from now on."""
    feed = Feed(bus, past, wanted, after, most_waiting)
    with bus.joined(feed):
        yield feed


async def events_after(
    bus: Bus, past: Past, wanted: Wanted, after: int, limit: int
) -> list[Stamped]:
    """The first `limit` events after a seq that were told by now."""
    found, until = list[Stamped](), bus.forgotten_seq
    recent = [one for one in bus.recent(after) if wanted.has(one)]
    while after < until and len(found) < limit:
        page, after = await _stored(past, wanted, after, until, limit - len(found))
        found += page
    return (found + recent)[:limit]


async def last_events(bus: Bus, past: Past, wanted: Wanted, limit: int) -> list[Stamped]:
    """The newest `limit` events that were told by now, oldest first."""
    until = bus.forgotten_seq
    recent = [one for one in bus.recent(0) if wanted.has(one)]
    if len(recent) >= limit or until <= 0:
        return recent[-limit:]
    await _caught_up(past)
    # What is remembered may be stored as well, and would else take the place of older ones.
    most = limit + len(recent)
    stored = await past.last_events(most, session_id=wanted.one_session, types=wanted.types)
    return ([one for one in stored if one.seq <= until and wanted.has(one)] + recent)[-limit:]


async def _stored(
    past: Past, wanted: Wanted, after: int, until: int, limit: int
) -> tuple[list[Stamped], int]:
    """Stored events after a seq and up to another, and up to which seq there are no more before."""
    await _caught_up(past)
    page = await past.events_after(after, limit, session_id=wanted.one_session, types=wanted.types)
    # A short page is no end: the store passes over events of a kind it does not know.
    upto = min(page[-1].seq, until) if page else until
    return [one for one in page if one.seq <= upto and wanted.has(one)], upto


async def _caught_up(past: Past) -> None:
    """As far as the store gets: one in trouble shows what it has."""
    try:
        with trio.move_on_after(CATCH_UP_S):
            await past.caught_up()
    except NotStored as error:
        log.warning("events.not_caught_up", why=str(error))


def _fits(name: str, pattern: str) -> bool:
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


def _nearest(pattern: str, names: Sequence[str]) -> str:
    close = get_close_matches(pattern, names, n=1)
    return f"; did you mean {close[0]!r}?" if close else "; 'turn.*' is all about turns"
