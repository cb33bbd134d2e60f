"""What is still to be stored, and the order it came in."""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import trio


class Step(NamedTuple):
    """A statement, and the rows it is carried out with."""

    sql: str
    rows: tuple[tuple[Any, ...], ...]


@dataclass(eq=False, slots=True)
class Job:
    """Steps that become durable together; doing them twice leaves what doing them once leaves.

    `about` is what it writes of (session ids, numbers), `top_seq` the highest seq in it. `told` is
    set when the job is stored, or has failed for the first time: then `why` says why. `changed`
    counts the rows that the last step changed.
    """

    steps: tuple[Step, ...]
    about: tuple[str, ...] = ()
    top_seq: int = 0
    awaited: bool = False
    told: trio.Event = field(default_factory=trio.Event)
    why: str = ""
    changed: int = 0


class Backlog:
    """Jobs in order, from and to any thread; when there are too many it loses the oldest."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._jobs: deque[Job] = deque()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._jobs)

    def put(self, job: Job) -> list[Job]:
        """Returns what was lost."""
        with self._lock:
            self._jobs.append(job)
            return self._overflow()

    def take(self, most: int) -> list[Job]:
        with self._lock:
            return [self._jobs.popleft() for _ in range(min(most, len(self._jobs)))]

    def give_back(self, jobs: Sequence[Job]) -> list[Job]:
        """They are the next to be taken again. Returns what was lost."""
        with self._lock:
            self._jobs.extendleft(reversed(jobs))
            return self._overflow()

    def awaited(self) -> list[Job]:
        with self._lock:
            return [job for job in self._jobs if job.awaited]

    def _overflow(self) -> list[Job]:
        return [self._jobs.popleft() for _ in range(len(self._jobs) - self._limit)]
