"""Work that several requests ask for is done once: recognitions, turns that are posted twice."""

from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

import trio

R = TypeVar("R")


class Job(Generic[R]):
    """One piece of work, what it has put out so far, and how many wait for it."""

    def __init__(self) -> None:
        self.scope = trio.CancelScope()
        self.waiting = 0
        self.ended_at = 0.0
        self.parts: list[bytes] = []
        self._taken = 0
        self._moved = trio.Event()
        self._done = trio.Event()
        self._result: list[R] = []
        self._error: Exception | None = None

    @property
    def done(self) -> bool:
        return self._done.is_set()

    @property
    def given_up(self) -> bool:
        """Ended without a result because nobody waited any longer."""
        return self.done and not self._result and self._error is None

    @property
    def size(self) -> int:
        return sum(map(len, self.parts))

    async def run(self, work: "Work[R]") -> None:
        """Never raises: what the work raises is raised to those who wait for it."""
        try:
            with self.scope:
                self._result.append(await work(self))
        except Exception as error:  # noqa: BLE001 - handed on, unchanged, to every waiter
            self._error = error
        finally:
            self.ended_at = trio.current_time()
            self._done.set()
            self._moved.set()

    async def ended(self) -> None:
        await self._done.wait()

    async def result(self) -> R:
        """What the work returned; raises what it raised."""
        await self._done.wait()
        if self._error is not None:
            raise self._error
        return self._result[0]

    def put(self, part: bytes) -> None:
        """Put out a part of the answer; everybody who follows gets every part."""
        self.parts.append(part)
        self._move()

    async def part(self, index: int) -> bytes | None:
        """The part at `index` as soon as it is there; None when the work ended before.

        Asking for it says that the parts before it were passed on.
        """
        self._taken = max(self._taken, index)
        self._move()
        while index >= len(self.parts):
            if self.done:
                return None
            await self._moved.wait()
        return self.parts[index]

    async def taken(self) -> None:
        """Wait until somebody has passed on all that was put out."""
        while self._taken < len(self.parts):
            await self._moved.wait()

    def _move(self) -> None:
        self._moved.set()
        self._moved = trio.Event()


# The work itself; it may put out parts of its result while it is at it.
Work = Callable[[Job[R]], Awaitable[R]]


class Shared(Generic[R]):
    """Jobs by key, running in `nursery`: one at a time per key, and remembered for `keep_s`.

    A job nobody waits for any longer is cancelled; whoever asks again meanwhile waits for its end,
    and begins anew only if it was really given up. Memory is bounded by `limit` ended jobs and by
    `limit_bytes` of their parts.
    """

    def __init__(
        self, nursery: trio.Nursery, *, keep_s: float, limit: int, limit_bytes: int = 1 << 25
    ) -> None:
        self._nursery = nursery
        self._keep_s = keep_s
        self._limit = limit
        self._limit_bytes = limit_bytes
        self._jobs: dict[str, Job[R]] = {}
        self._ended: OrderedDict[str, int] = OrderedDict()
        self._bytes = 0

    async def get(self, key: str, work: Work[R]) -> R:
        """The result of the work under `key`, done now, running or remembered."""
        async with self.join(key, work) as job:
            return await job.result()

    @asynccontextmanager
    async def join(self, key: str, work: Work[R]) -> AsyncIterator[Job[R]]:
        """Wait with others for the work under `key`, begun here if nobody has."""
        job = await self._job(key, work)
        job.waiting += 1
        try:
            yield job
        finally:
            job.waiting -= 1
            if not job.waiting and not job.done:
                job.scope.cancel()

    async def _job(self, key: str, work: Work[R]) -> Job[R]:
        self._forget_old()
        while job := self._jobs.get(key):
            if job.done or not job.scope.cancel_called:
                return job
            await job.ended()
        return self._begin(key, work)

    def _begin(self, key: str, work: Work[R]) -> Job[R]:
        job: Job[R] = Job()
        self._jobs[key] = job

        async def keep() -> None:
            await job.run(work)
            self._ended_now(key, job)

        self._nursery.start_soon(keep)
        return job

    def _ended_now(self, key: str, job: Job[R]) -> None:
        if self._jobs.get(key) is not job:
            return
        if job.given_up:
            del self._jobs[key]
            return
        self._ended[key] = job.size
        self._bytes += job.size
        self._forget_old()

    def _forget_old(self) -> None:
        oldest = trio.current_time() - self._keep_s
        while self._ended:
            key = next(iter(self._ended))
            full = len(self._ended) > self._limit or self._bytes > self._limit_bytes
            if not full and self._jobs[key].ended_at > oldest:
                return
            self._bytes -= self._ended.pop(key)
            del self._jobs[key]
