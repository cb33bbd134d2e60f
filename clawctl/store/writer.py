"""The one thread that writes: all that waits becomes durable with one commit.

The thread takes what the backlog holds, writes it in one transaction and tells those who wait;
what comes meanwhile is the next transaction. While the disk does not take it, it goes back to the
front of the backlog, those who wait are told at once, and the thread tries again later, or as soon
as somebody else waits.
"""

import math
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

import structlog
import trio

from clawctl.errors import NotStored
from clawctl.store.backlog import Backlog, Job
from clawctl.store.database import SEQ_BLOCK, Database

log = structlog.get_logger()

# Jobs kept while the disk does not take them, some kilobytes each. A turn is one, and so is an
# event outside of turns; twenty thousand calls that end at once must fit.
KEPT_JOBS = 50_000

# So that a store that comes back does not begin with one commit that takes seconds.
JOBS_AT_ONCE = 500

FIRST_RETRY_S = 0.25
LAST_RETRY_S = 5.0

# What may be under way when the time to stop is up: a commit, and emptying the log into the file.
LAST_ATTEMPT_S = 5.0

# The job itself is at fault: no waiting will make it possible.
_FAULTY = (
    sqlite3.IntegrityError,
    sqlite3.DataError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    UnicodeEncodeError,
    OverflowError,
)

_RESERVE = "UPDATE meta SET seq = ?"


class Writer:
    """Jobs go in on the event loop and come out durable, in their order."""

    def __init__(self, database: Database, kept_jobs: int = KEPT_JOBS) -> None:
        self._database = database
        self._db = database.writer
        self._reserved = database.reserved
        self._top_seq = database.last_seq
        self._backlog = Backlog(kept_jobs)
        self._about: Counter[str] = Counter()
        self._token = trio.lowlevel.current_trio_token()
        self._bell: SimpleQueue[None] = SimpleQueue()
        self._trouble = ""
        self._stop_by: float | None = None
        self._lost = 0
        self._ended = trio.Event()

    # On the event loop.

    def start(self) -> None:
        threading.Thread(target=self._run, name="clawctl-store", daemon=True).start()

    def submit(self, job: Job) -> None:
        self._about.update(job.about)
        self._top_seq = max(self._top_seq, job.top_seq)
        self._lose(self._backlog.put(job))
        if job.awaited or not self._trouble:
            self._ring()

    async def finish(self, job: Job) -> int:
        """How many rows the last step changed, once the job is durable; NotStored if it failed."""
        job.awaited = True
        self.submit(job)
        await job.told.wait()
        if job.why:
            raise NotStored(job.why)
        return job.changed

    async def catch_up(self, about: str) -> None:
        """Returns once all that was submitted about a call or a number is durable."""
        if about in self._about:
            await self.finish(Job(()))

    async def stop(self, within_s: float) -> None:
        """Write what is left and close the database; what cannot be written in time is lost.

        A disk that hangs is left behind with its thread.
        """
        self._stop_by = time.monotonic() + within_s
        self._ring()
        with trio.move_on_after(within_s + LAST_ATTEMPT_S):
            await self._ended.wait()

    def _ring(self) -> None:
        # The thread empties the bell before it looks at the backlog, so one ring is enough.
        if self._bell.empty():
            self._bell.put(None)

    def _stored(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            self._forget(job)
            job.told.set()

    def _failed(self, jobs: Sequence[Job], why: str) -> None:
        for job in jobs:
            job.why, job.awaited = why, False
            job.told.set()

    def _refused(self, jobs: Sequence[Job], why: str) -> None:
        self._failed(jobs, why)
        for job in jobs:
            self._forget(job)

    def _lose(self, jobs: Sequence[Job]) -> None:
        if jobs and not self._lost:
            log.error("store.losing", why="too much waits to be stored, the oldest goes")
        self._lost += len(jobs)
        self._refused(jobs, "too much waits to be stored")

    def _forget(self, job: Job) -> None:
        for key in job.about:
            self._about[key] -= 1
            if not self._about[key]:
                del self._about[key]

    # In the thread.

    def _run(self) -> None:
        try:
            self._work()
        finally:
            self._close()
            self._tell(self._ended.set)

    def _work(self) -> None:
        """Until told to stop, and then until nothing is left or the time is up."""
        delay_s = FIRST_RETRY_S
        while True:
            jobs = self._backlog.take(JOBS_AT_ONCE)
            if not jobs and self._stop_by is not None:
                return
            done = self._write(jobs) if jobs else 0
            if not jobs:
                self._rest(None)
            elif done == len(jobs):
                delay_s = FIRST_RETRY_S
            else:
                self._keep(jobs[done:])
                if self._left_s() <= 0:
                    return
                self._rest(min(delay_s, self._left_s()))
                delay_s = min(2 * delay_s, LAST_RETRY_S)

    def _write(self, jobs: Sequence[Job]) -> int:
        """How many of them, counted from the first, are dealt with."""
        try:
            self._commit(jobs)
        except _FAULTY as error:
            return self._sift(jobs, error)
        except sqlite3.Error as error:
            if not self._trouble:
                log.warning("store.failing", why=str(error))
            self._trouble = f"the store failed: {error}"
            return 0
        self._recover()
        self._tell(self._stored, jobs)
        return len(jobs)

    def _sift(self, jobs: Sequence[Job], error: Exception) -> int:
        """One of them can never be written; it must not keep the others out."""
        if len(jobs) == 1:
            log.error("store.refused", why=str(error))
            self._recover()
            self._tell(self._refused, jobs, f"cannot be stored: {error}")
            return 1
        for done, job in enumerate(jobs):
            if not self._write([job]):
                return done
        return len(jobs)

    def _commit(self, jobs: Sequence[Job]) -> None:
        reserved = self._reserved
        self._db.execute("BEGIN IMMEDIATE")
        try:
            for job in jobs:
                for sql, rows in job.steps:
                    job.changed = self._db.executemany(sql, rows).rowcount
            if reserved < self._top_seq + SEQ_BLOCK // 2:
                reserved = self._top_seq + SEQ_BLOCK
                self._db.execute(_RESERVE, (reserved,))
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
        self._reserved = reserved

    def _recover(self) -> None:
        """Said before those who wait are told."""
        if self._trouble:
            log.info("store.recovered", lost=self._lost)
            self._trouble = ""

    def _keep(self, jobs: Sequence[Job]) -> None:
        lost = self._backlog.give_back(jobs)
        self._tell(self._failed, self._backlog.awaited(), self._trouble)
        self._tell(self._lose, lost)

    def _rest(self, at_most_s: float | None) -> None:
        with suppress(Empty):
            self._bell.get(timeout=at_most_s)

    def _left_s(self) -> float:
        return math.inf if self._stop_by is None else self._stop_by - time.monotonic()

    def _close(self) -> None:
        left = len(self._backlog)
        if left or self._lost:
            log.error("store.lost", jobs=left + self._lost)
        try:
            self._database.close(None if left else self._top_seq)
        except sqlite3.Error as error:
            log.warning("store.close_failed", why=str(error))

    def _tell(self, what: Callable[..., None], *about: Any) -> None:
        # Nobody is left to be told when the loop ended without waiting for a disk that hung.
        with suppress(trio.RunFinishedError):
            self._token.run_sync_soon(what, *about)
