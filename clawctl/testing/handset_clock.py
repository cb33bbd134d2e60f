"""The time of a simulated call, which may run faster than the clock on the wall."""

from collections.abc import Iterator
from contextlib import contextmanager

import trio
import trio.testing

# Below this, differences of clock readings are rounding.
_NOTHING_S = 1e-6


class CallClock:
    """Seconds since the call began. A pause counts in full but costs only `scale` of its length.

    While the gateway works, time passes as on the wall, so that a report reads the same at any
    scale. At scale 0 time leaps from one moment that somebody waits for to the next, and only
    when nobody has anything else to do.
    """

    def __init__(self, scale: float) -> None:
        self._scale = scale
        self._at_work = 0
        # Call time and wall time when the rate changed last, or time leapt.
        self._since = (0.0, trio.current_time())
        self._rate = self._right_rate()
        self._moments: list[float] = []
        self._leaps = 0
        self._news = trio.Event()

    def now(self) -> float:
        at, wall = self._since
        return at + (trio.current_time() - wall) * self._rate

    async def pause(self, seconds: float) -> None:
        """Let time pass."""
        end = self.now() + seconds
        with self._moment(end):
            while end - self.now() > _NOTHING_S:
                if self._scale or self._at_work:
                    await self._wait(end)
                else:
                    await self._leap()
        await trio.lowlevel.checkpoint()

    async def until(self, at: float) -> None:
        """Wait for a moment without making time leap."""
        with self._moment(at):
            while at - self.now() > _NOTHING_S:
                await self._wait(at)

    @contextmanager
    def work(self) -> Iterator[None]:
        """For what takes its own time."""
        self._at_work += 1
        self._set_to(self.now())
        try:
            yield
        finally:
            self._at_work -= 1
            self._set_to(self.now())

    async def _wait(self, at: float) -> None:
        """Until that moment, or until there is news."""
        with trio.move_on_after((at - self.now()) / self._rate):
            await self._news.wait()

    async def _leap(self) -> None:
        """To the next moment that somebody waits for, unless another pause has just done it."""
        seen = self._leaps
        await trio.testing.wait_all_tasks_blocked()
        if seen == self._leaps and not self._at_work:
            now = self.now()
            self._leaps += 1
            self._set_to(min((at for at in self._moments if at > now), default=now))

    def _set_to(self, at: float) -> None:
        self._since = (at, trio.current_time())
        self._rate = self._right_rate()
        self._news.set()
        self._news = trio.Event()

    def _right_rate(self) -> float:
        return 1 / self._scale if self._scale and not self._at_work else 1.0

    @contextmanager
    def _moment(self, at: float) -> Iterator[None]:
        self._moments.append(at)
        try:
            yield
        finally:
            self._moments.remove(at)
