"""The time of a simulated call, which may run faster than the clock on the wall."""

from collections.abc import Iterator
from contextlib import contextmanager

import trio
import trio.testing

# Below this, differences of clock readings are rounding.
_NOTHING_S = 1e-6


class CallClock:
    """Seconds since the call began. A pause counts in full but costs only `scale` of its length.

    The gateway's work counts as long as it takes, and while it lasts nothing else runs faster
    either, so that a report reads the same at any scale.
    """

    def __init__(self, scale: float) -> None:
        self._scale = scale
        self._zero = trio.current_time()
        self._alarms: list[float] = []
        self._moved = trio.Event()
        self._driven = False
        self._at_work = 0

    def now(self) -> float:
        return trio.current_time() - self._zero

    async def pause(self, seconds: float) -> None:
        """Let time pass; on the way, whoever waits for a moment is woken at it."""
        end = self.now() + seconds
        with self._alarm(end):
            while end - self.now() > _NOTHING_S:
                await (self._wait(end) if self._driven else self._drive(end))
        await trio.lowlevel.checkpoint()

    async def until(self, at: float) -> None:
        """Wait for a moment without making time pass."""
        with self._alarm(at):
            while at - self.now() > _NOTHING_S:
                await self._wait(at)

    @contextmanager
    def work(self) -> Iterator[None]:
        """For what takes its own time."""
        self._at_work += 1
        try:
            yield
        finally:
            self._at_work -= 1
            self._wake()

    async def _drive(self, own_end: float) -> None:
        """One step to the next alarm. Of several pauses at once only one drives."""
        now = self.now()
        next_at = min(at for at in self._alarms if at - now > _NOTHING_S)
        self._driven = True
        try:
            if self._at_work:
                await self._wait(next_at)
            else:
                await trio.sleep((next_at - now) * self._scale)
                self._zero -= (next_at - now) * (1 - self._scale)
                await self._let_others_act(own_end)
        finally:
            self._driven = False
            self._wake()

    async def _let_others_act(self, own_end: float) -> None:
        """Whoever waited for this moment does what they wanted to before time goes on."""
        others = list(self._alarms)
        others.remove(own_end)
        if any(abs(at - self.now()) <= _NOTHING_S for at in others):
            self._wake()
            await trio.testing.wait_all_tasks_blocked()

    async def _wait(self, at: float) -> None:
        with trio.move_on_after(at - self.now()):
            await self._moved.wait()

    def _wake(self) -> None:
        self._moved.set()
        self._moved = trio.Event()

    @contextmanager
    def _alarm(self, at: float) -> Iterator[None]:
        self._alarms.append(at)
        try:
            yield
        finally:
            self._alarms.remove(at)
