"""The time of a simulated call, which may run faster than the clock on the wall."""

import trio


class CallClock:
    """Seconds since the call began. A pause counts in full but costs only `scale` of its length.

    Everything else (the gateway's work, the network) counts as long as it takes, so that a report
    reads the same at any scale.
    """

    def __init__(self, scale: float) -> None:
        self._scale = scale
        self._zero = trio.current_time()
        self._alarms: list[float] = []
        self._moved = trio.Event()

    def now(self) -> float:
        return trio.current_time() - self._zero

    async def pause(self, seconds: float) -> None:
        """Let time pass; on the way, whoever waits for a moment is woken at it."""
        end = self.now() + seconds
        while (left := end - self.now()) > 0:
            step = min([left, *(at - self.now() for at in self._alarms if at > self.now())])
            await trio.sleep(step * self._scale)
            self._skip(step * (1 - self._scale))
            # Whoever was woken runs before the next step: trio shuffles only within one round.
            await trio.lowlevel.checkpoint()
        await trio.lowlevel.checkpoint()

    async def until(self, at: float) -> None:
        """Wait for a moment without letting time pass."""
        self._alarms.append(at)
        try:
            while (left := at - self.now()) > 0:
                with trio.move_on_after(left):
                    await self._moved.wait()
        finally:
            self._alarms.remove(at)

    def _skip(self, seconds: float) -> None:
        self._zero -= seconds
        self._moved.set()
        self._moved = trio.Event()
