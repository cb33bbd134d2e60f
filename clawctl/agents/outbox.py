"""What waits to be sent on one agent's socket: in order, answers never lost, events perhaps."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import trio

from clawctl.wire.events import EventsDropped, Stamped

# Events that wait unread; the oldest go first.
MOST_EVENTS = 1000


class Outbox:
    """An `Ear` of the bus with one reader: whoever writes to the socket.

    `wanted` says which events this agent asked for. Nothing here waits but `filled` and `room`.
    """

    def __init__(self, wanted: Callable[[Stamped], bool], most_events: int = MOST_EVENTS) -> None:
        self.wanted = wanted
        self._most_events = most_events
        self._frames: deque[tuple[int, bytes]] = deque()
        self._events: deque[tuple[int, Stamped]] = deque()
        self._count = 0
        self._dropped = 0
        self._paused = False
        self._news = trio.Event()
        self._read = trio.Event()
        # Whether what was taken last had a loss in it.
        self.lost = False

    def __len__(self) -> int:
        return len(self._frames) + len(self._events)

    def send(self, frame: bytes) -> None:
        """An ack or a request; never dropped, so whoever sends bounds how many there are."""
        self._frames.append((self._next(), frame))

    @contextmanager
    def paused(self) -> Iterator[None]:
        """What is told meanwhile is not put in: whoever pauses replays it."""
        self._paused = True
        try:
            yield
        finally:
            self._paused = False

    async def room(self) -> None:
        """Returns when not too much waits; nobody is told anything faster than they read."""
        while len(self) >= self._most_events // 2:
            self._read = trio.Event()
            await self._read.wait()

    def replay(self, stamped: Stamped) -> None:
        self._events.append((self._next(), stamped))

    def put(self, stamped: Stamped) -> None:
        if self._paused or not self.wanted(stamped):
            return
        if len(self._events) == self._most_events:
            self._events.popleft()
            self._dropped += 1
        self._events.append((self._next(), stamped))

    async def filled(self) -> None:
        """Returns when a frame waits."""
        while not self:
            self._news = trio.Event()
            await self._news.wait()

    def take_nowait(self) -> list[bytes]:
        """All that waits; a loss of events is told before the next event."""
        told: list[tuple[int, bytes]] = list(self._frames)
        self.lost = bool(self._dropped)
        for number, stamped in self._events:
            if self._dropped:
                lost = EventsDropped(count=self._dropped)
                before = Stamped(stamped.seq - 1, stamped.timestamp, lost)
                told.append((number - 1, before.text.encode()))
                self._dropped = 0
            told.append((number, stamped.text.encode()))
        self._frames.clear()
        self._events.clear()
        self._read.set()
        return [frame for _, frame in sorted(told, key=lambda one: one[0])]

    def _next(self) -> int:
        """Twice as many as needed: a loss is told between two frames."""
        self._count += 2
        self._news.set()
        return self._count
