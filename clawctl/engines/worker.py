"""Engines that hold the interpreter lock, or may crash, live in processes of their own.

A pool is `size` seats; each keeps one process alive and gives it one call after the other.

    starting --ready--> idle --call--> at work --answer--> idle
    at work --its caller went away and no answer soon after--> killed, replaced at once
    any --it died--> replaced; at once if it had been of use, else a little later each time

Processes stay in our group, so that what stops or continues us does the same to them; the signals
that ask for an end they ignore. They end with us, even if we are killed (`worker_main`).
"""

import math
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from signal import Signals
from typing import Any, Self

import msgspec
import structlog
import trio
from trio.lowlevel import FdStream

from clawctl.engines.api import Worker
from clawctl.engines.worker_main import LENGTH, Answer, Birth, Call, pack
from clawctl.errors import EngineFailed

COMMAND = (sys.executable, "-P", "-m", "clawctl.engines.worker_main")
# Loading a model may take minutes.
BIRTH_S = 600.0
# How much later an abandoned call may still answer before its process is killed; an engine whose
# processes take long to start may ask for more.
GRACE_S = 0.3
# How long a process may take to end when it is asked to, and when it is killed.
FAREWELL_S = 0.2
REAPING_S = 2.0
# The pause after a process died without having been given a call; doubled each time.
PAUSE_S = 0.25
LONGEST_PAUSE_S = 30.0
HUB_TOKENS = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
# Variables that are settings, or keys of a hub. Some are secret; an engine is given what it needs.
WITHHELD = ("GATEWAY_", "CLAWCTL_", *HUB_TOKENS)
# A library that misses a model of its own says so, and does not fetch it in the middle of a call.
OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
# How a pipe tells that the process at its other end died.
GONE = (trio.EndOfChannel, trio.BrokenResourceError)

log = structlog.get_logger()


@asynccontextmanager
async def open_workers(
    spec: str, options: Mapping[str, Any], size: int = 1, *, grace_s: float = GRACE_S
) -> AsyncIterator[Worker]:
    """`size` processes that each hold `spec` ("module:Class") called with `options`.

    A call that was abandoned has `grace_s` to end by itself before its process is killed.

    Open as soon as one is ready; raises EngineFailed with the reason if none gets there. At the end
    every process is gone, whatever it was doing.
    """
    async with trio.open_nursery() as nursery:
        pool = Pool(Birth(sys.path, spec, dict(options)), size, grace_s)
        for place in range(size):
            nursery.start_soon(pool.seat, place)
        if not (why := await pool.up()):
            try:
                yield pool
            finally:
                pool.refuse("it is closed")
        nursery.cancel_scope.cancel()
    if why:
        raise EngineFailed(why)


def _environment() -> dict[str, str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith(WITHHELD)}
    return kept | OFFLINE


class Job:
    """One call and whoever waits for it."""

    def __init__(self, frame: bytes) -> None:
        self.frame = frame
        self.answer = Answer()
        self.ended = trio.Event()
        # Around the work; its deadline is set when nobody waits any more.
        self.scope = trio.CancelScope()

    @property
    def needless(self) -> bool:
        return self.ended.is_set() or self.scope.deadline < math.inf

    def end(self, answer: Answer) -> None:
        if not self.ended.is_set():
            self.answer = answer
            self.ended.set()

    def abandon(self, grace_s: float) -> None:
        self.scope.deadline = trio.current_time() + grace_s


class Child:
    """One process and the two pipes to it."""

    def __init__(self, popen: subprocess.Popen[bytes], calls: FdStream, answers: FdStream) -> None:
        self._popen = popen
        self._calls = calls
        self._answers = answers

    @classmethod
    def start(cls) -> Self:
        """Blocks for two milliseconds: this must be the thread that lives longest.

        Linux tells a child of the end of the *thread* that started it, and a thread of trio's cache
        ends when nobody needs it. Raises OSError.
        """
        inbox, calls = os.pipe()
        answers, outbox = os.pipe()
        try:
            popen = subprocess.Popen(  # noqa: S603 - our own module in our own interpreter
                (*COMMAND, str(os.getpid())),
                stdin=inbox,
                stdout=outbox,
                stderr=subprocess.DEVNULL,
                env=_environment(),
            )
        except OSError:
            os.close(calls)
            os.close(answers)
            raise
        finally:
            os.close(inbox)
            os.close(outbox)
        return cls(popen, FdStream(calls), FdStream(answers))

    async def ask(self, frame: bytes) -> Answer:
        """Raises one of GONE when the process dies; cancelled, it is of no more use."""
        await self._calls.send_all(frame)
        head = await self._receive(LENGTH.size)
        body = await self._receive(LENGTH.unpack(head)[0])
        return msgspec.msgpack.decode(body, type=Answer)

    async def died(self) -> None:
        """Returns when an idle process does; it has nothing else to say."""
        await trio.lowlevel.wait_readable(self._answers.fileno())

    def kill(self) -> None:
        self._popen.kill()

    async def end(self) -> str:
        """Ask the process to end, else kill it; says how it ended. Bounded, and never cancelled."""
        self._calls.close()
        with trio.CancelScope(shield=True):
            with trio.move_on_after(FAREWELL_S):
                await self._gone()
            self.kill()
            with trio.move_on_after(REAPING_S):
                await self._gone()
        self._answers.close()
        return _fate(self._popen.returncode)

    async def _gone(self) -> None:
        # No portable way to be told; one that was killed is gone at the first look or the second.
        pause_s = 0.001
        while self._popen.poll() is None:
            await trio.sleep(pause_s)
            pause_s = min(2 * pause_s, 0.05)

    async def _receive(self, count: int) -> bytearray:
        got = bytearray()
        while len(got) < count:
            piece = await self._answers.receive_some(min(count - len(got), 1 << 16))
            if not piece:
                raise trio.EndOfChannel
            got += piece
        return got


class Pool:
    """The seats, and the calls that wait for one."""

    def __init__(self, birth: Birth, size: int, grace_s: float) -> None:
        self._spec = birth.spec
        self._grace_s = grace_s
        self._birth = pack(birth)
        self._size = size
        # Seats whose last process was of no use; while all are, `_why` says so to every caller.
        self._ailing: set[int] = set()
        self._why = ""
        self._settled = trio.Event()
        self._jobs: set[Job] = set()
        self._queue, self._next = trio.open_memory_channel[Job](math.inf)

    async def call(self, method: str, *args: Any) -> Any:
        """See `clawctl.engines.api.Worker`; calls are begun in the order they came."""
        if self._why:
            raise EngineFailed(self._why)
        job = Job(pack(Call(method, list(args))))
        self._jobs.add(job)
        self._queue.send_nowait(job)
        try:
            await job.ended.wait()
        finally:
            self._jobs.discard(job)
            if not job.ended.is_set():
                job.abandon(self._grace_s)
        if job.answer.failure:
            raise EngineFailed(job.answer.failure)
        return job.answer.result

    async def up(self) -> str:
        """Wait until a process is ready: "", or why none gets there."""
        await self._settled.wait()
        return self._why

    def refuse(self, why: str) -> None:
        """Fail all calls there are, and all that come until a process is ready."""
        self._why = why
        self._settled.set()
        for job in self._jobs:
            job.end(Answer(why))

    async def seat(self, place: int) -> None:
        """Keep a process alive and give it calls; ends only by being cancelled."""
        in_vain = 0
        while True:
            calls, how = await self._life(place)
            log.warning("worker.ended", spec=self._spec, how=how, calls=calls)
            in_vain = 0 if calls else in_vain + 1
            if in_vain:
                self._ail(place, how)
                await trio.sleep(min(PAUSE_S * 2 ** min(in_vain - 1, 10), LONGEST_PAUSE_S))

    async def _life(self, place: int) -> tuple[int, str]:
        """One process from start to end: how many calls it was given, and how it ended."""
        calls = 0
        try:
            child = Child.start()
        except OSError as error:
            return calls, f"its process cannot be started: {error.strerror}"
        try:
            if why := await self._bear(child):
                return calls, why
            self._recover(place)
            while (job := await self._next_job(child)) is not None:
                calls += 1
                if not await self._do(child, job):
                    break
        finally:
            how = await child.end()
        return calls, f"its process {how}"

    async def _bear(self, child: Child) -> str:
        """Have the object built: "", or why it could not be."""
        try:
            with trio.move_on_after(BIRTH_S):
                return (await child.ask(self._birth)).failure
        except GONE:
            return f"its process {await child.end()} at its start"
        return f"its process was not ready after {BIRTH_S:g} s"

    async def _next_job(self, child: Child) -> Job | None:
        """None when the process died while it had nothing to do."""
        job = None
        async with trio.open_nursery() as nursery:
            nursery.start_soon(_cancel_at_death, child, nursery.cancel_scope)
            while job is None or job.needless:
                job = await self._next.receive()
            nursery.cancel_scope.cancel()
        return job

    async def _do(self, child: Child, job: Job) -> bool:
        """False when the process is of no more use."""
        try:
            with job.scope:
                job.end(await child.ask(job.frame))
                return True
        except GONE:
            job.end(Answer(f"its process {await child.end()}"))
        child.kill()
        return False

    def _recover(self, place: int) -> None:
        self._ailing.discard(place)
        self._why = ""
        self._settled.set()

    def _ail(self, place: int, how: str) -> None:
        self._ailing.add(place)
        if len(self._ailing) == self._size:
            self.refuse(how)


async def _cancel_at_death(child: Child, scope: trio.CancelScope) -> None:
    await child.died()
    scope.cancel()


def _fate(code: int | None) -> str:
    if code is None:
        return "does not end"
    return f"ended with exit code {code}" if code >= 0 else f"was ended by {_signal_name(-code)}"


def _signal_name(number: int) -> str:
    return Signals(number).name if number in set(Signals) else f"signal {number}"
