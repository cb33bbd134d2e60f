"""How long an event loop keeps its tasks waiting; run as a program, the loop that has no others."""

import math

import trio

from benchmarks.child import obey, say

TICK_S = 0.001


class Gaps:
    """A task that wakes up every millisecond while it is asked to, and notes how late it is."""

    def __init__(self) -> None:
        self._late_s: list[float] = []
        self._wanted = trio.Event()

    def start(self) -> None:
        self._late_s.clear()
        self._wanted.set()

    def stop(self) -> dict[str, float]:
        """In milliseconds: the median, the 99.9th percentile and the worst."""
        self._wanted = trio.Event()
        late_ms = sorted(1000 * late_s for late_s in self._late_s)
        return {
            "ticks": len(late_ms),
            "p50_ms": percentile(late_ms, 50),
            "p99.9_ms": percentile(late_ms, 99.9),
            "worst_ms": late_ms[-1],
        }

    async def run(self) -> None:
        while True:
            await self._wanted.wait()
            due = trio.current_time() + TICK_S
            await trio.sleep_until(due)
            self._late_s.append(trio.current_time() - due)


def percentile(ordered: list[float], percent: float) -> float:
    """The smallest value that so many of a hundred do not exceed."""
    return ordered[math.ceil(len(ordered) * percent / 100) - 1]


async def main() -> None:
    gaps = Gaps()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(gaps.run)
        say({})
        await obey({"watch": gaps.start, "watched": gaps.stop})
        nursery.cancel_scope.cancel()


if __name__ == "__main__":
    trio.run(main)
