"""Announcements: publishing never waits, and every listener sees the same order."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Protocol

import trio

from clawctl.wire.events import Event, EventsDropped, Stamped

Clock = Callable[[], float]

# Told events that are remembered: some minutes of a busy gateway. A turn's own are announced before
# they are stored, so whoever comes back in the middle of a turn finds them only here.
RECENT = 4096


class Ear(Protocol):
    """Whoever hears events."""

    def put(self, stamped: Stamped) -> None: ...


class Listener:
    """One reader's queue; it loses its oldest events when it does not keep up, and is told."""

    def __init__(self, limit: int) -> None:
        self._waiting: deque[Stamped] = deque(maxlen=limit)
        self._dropped = 0
        self._arrived = trio.Event()

    def put(self, stamped: Stamped) -> None:
        if len(self._waiting) == self._waiting.maxlen:
            self._dropped += 1
        self._waiting.append(stamped)
        self._arrived.set()

    async def take(self) -> list[Stamped]:
        """All that waits, at least one; a loss is told first, with the seq of the last lost one."""
        await self._arrived.wait()
        return self.take_nowait()

    def take_nowait(self) -> list[Stamped]:
        events = list(self._waiting)
        self._waiting.clear()
        self._arrived = trio.Event()
        if self._dropped:
            first = events[0]
            lost = Stamped(first.seq - 1, first.timestamp, EventsDropped(count=self._dropped))
            self._dropped = 0
            return [lost, *events]
        return events


class Held:
    """A place in the order that is taken but not yet told; see `Bus.hold`."""

    __slots__ = ("stamped", "told")

    def __init__(self, stamped: Stamped) -> None:
        self.stamped = stamped
        self.told = False


class Bus:
    """Stamps events and hands them to listeners and to the store, in the order of `seq`."""

    def __init__(self, clock: Clock, last_seq: int = 0, recent: int = RECENT) -> None:
        self._clock = clock
        self._seq = last_seq
        # Every seq from the oldest of them to `told_seq`, without a gap.
        self._recent: deque[Stamped] = deque(maxlen=recent)
        self._told_seq = last_seq
        self._listeners: set[Ear] = set()
        self._untold: deque[Held] = deque()
        # The store's way in; called at once, must not wait.
        self.keep: Callable[[Stamped], None] = lambda _: None
        self._watchers: list[Callable[[Stamped], None]] = []

    @property
    def last_seq(self) -> int:
        return self._seq

    @property
    def told_seq(self) -> int:
        """Up to here everything was told; what comes later may still be held."""
        return self._told_seq

    @property
    def forgotten_seq(self) -> int:
        """What was told after this is remembered here, what is older only in the store."""
        return self._told_seq - len(self._recent)

    def recent(self, after: int) -> list[Stamped]:
        """What was told after a seq and is remembered; see `forgotten_seq`."""
        return list(islice(self._recent, max(0, after - self.forgotten_seq), None))

    def publish(self, event: Event) -> Stamped:
        """Stored soon and told now (or as soon as what is held before it is told)."""
        held = self.hold(event)
        self.keep(held.stamped)
        self.tell(held)
        return held.stamped

    def announce(self, event: Event) -> Stamped:
        """Tell now; whoever announces sees to it that the event is stored (a turn with its own)."""
        held = self.hold(event)
        self.tell(held)
        return held.stamped

    def hold(self, event: Event) -> Held:
        """Give an event its place without telling anybody: it is about to be made durable.

        Later events wait behind it, so whoever holds must `tell` within a bounded time.
        """
        self._seq += 1
        held = Held(Stamped(self._seq, self._clock(), event))
        self._untold.append(held)
        return held

    def tell(self, held: Held) -> None:
        held.told = True
        while self._untold and self._untold[0].told:
            stamped = self._untold.popleft().stamped
            self._recent.append(stamped)
            self._told_seq = stamped.seq
            for watch in self._watchers:
                watch(stamped)
            for listener in self._listeners:
                listener.put(stamped)

    def watch(self, watcher: Callable[[Stamped], None]) -> None:
        """Call `watcher` for everything told from now on; it must not wait, nor raise."""
        self._watchers.append(watcher)

    @contextmanager
    def listen(self, limit: int = 1000) -> Iterator[Listener]:
        """Hear everything told from now on; `limit` is how many may wait unread."""
        listener = Listener(limit)
        with self.joined(listener):
            yield listener

    @contextmanager
    def joined(self, ear: Ear) -> Iterator[None]:
        """`ear` hears everything told from now on; its `put` must not wait, nor raise."""
        self._listeners.add(ear)
        try:
            yield
        finally:
            self._listeners.discard(ear)
