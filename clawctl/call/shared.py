"""Work that several requests ask for is done once: recognitions, and turns the phone posts twice."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
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
        self._fetched = 0
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

    async def run(self, work: Callable[["Job[R]"], Awaitable[R]]) -> None:
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

    async def result(self) -> R:
        await self._done.wait()
        if self._error is not None:
            raise self._error
        return self._result[0]

    def put(self, part: bytes) -> None:
        """Put out a part of the answer; everybody who follows gets every part."""
        self.parts.append(part)
        self._move()

    async def fetched(self) -> int:
        """Wait until somebody took all that was put out; how many parts that is."""
        while self._fetched < len(self.parts):
            await self._moved.wait()
        return self._fetched

    @property
    def taken(self) -> int:
        """How many parts the fastest follower has taken and passed on."""
        return self._fetched

    async def follow(self, send: Callable[[bytes], Awaitable[None]]) -> None:
        """Send every part from the first on, as they come; then raise what the work raised."""
        sent = 0
        while True:
            while sent < len(self.parts):
                await send(self.parts[sent])
                sent += 1
                self._fetched = max(self._fetched, sent)
                self._move()
            if self.done:
                break
            await self._moved.wait()
        await self.result()

    def _move(self) -> None:
        self._moved.set()
        self._moved = trio.Event()


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

    async def get(self, key: str, work: Callable[[Job[R]], Awaitable[R]]) -> R:
        """The result of the work under `key`, done now, running or remembered."""
        while True:
            with self.join(key, work) as job:
                await job._done.wait()  # noqa: SLF001
                if not job.given_up:
                    return await job.result()

    @contextmanager
    def join(self, key: str, work: Callable[[Job[R]], Awaitable[R]]) -> Iterator[Job[R]]:
        """Wait with others for the work under `key`, begun here if nobody has."""
        self._forget_old()
        job = self._jobs.get(key)
        if job is None or job.given_up:
            job = self._begin(key, work)
        job.waiting += 1
        try:
            yield job
        finally:
            job.waiting -= 1
            if not job.waiting and not job.done:
                job.scope.cancel()

    def _begin(self, key: str, work: Callable[[Job[R]], Awaitable[R]]) -> Job[R]:
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
