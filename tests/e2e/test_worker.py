import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
import trio
import trio.testing

from clawctl.engines.api import Worker
from clawctl.engines.worker import GRACE_S, open_workers
from clawctl.errors import EngineFailed

pytestmark = pytest.mark.journey

ODD = """
    import ctypes, os, sys, time

    from clawctl.errors import EngineFailed

    class Odd:
        def __init__(self, word="", trouble=""):
            self.word = word
            if trouble == "raise":
                raise LookupError("no such model: big")
            if trouble == "ours":
                raise EngineFailed("the model big is damaged")
            if trouble == "exit":
                os._exit(7)

        def echo(self, thing):
            return thing

        def greet(self, name):
            return f"{self.word} {name}"

        def pid(self):
            return os.getpid()

        def environ(self):
            return dict(os.environ)

        def nap(self, seconds):
            time.sleep(seconds)
            return os.getpid()

        def exit(self, code):
            os._exit(code)

        def crash(self):
            os.kill(os.getpid(), 11)

        def sit_on_the_lock(self):
            ctypes.PyDLL(None).sleep(1000)

        def fail(self, words):
            raise ValueError(words)

        def make_noise(self):
            print("a library that chats")
            sys.stdout.flush()
            os.write(1, b"in C too")
            os.write(2, b"and complains")
            return "done"

        def unsendable(self):
            return object()

"""

Open = Callable[..., AbstractAsyncContextManager[Worker]]


@pytest.fixture
def odd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Workers with an `Odd` each, within a time limit and leaving nothing behind."""
    (tmp_path / "odd_engine.py").write_text(textwrap.dedent(ODD))
    monkeypatch.syspath_prepend(str(tmp_path))

    @asynccontextmanager
    async def odd_workers(
        size: int = 1, grace_s: float = GRACE_S, **options: str
    ) -> AsyncIterator[Worker]:
        files = open_files()
        with trio.fail_after(20):
            try:
                async with open_workers("odd_engine:Odd", options, size, grace_s=grace_s) as worker:
                    yield worker
            finally:
                assert children() == set()
        assert open_files() == files

    return odd_workers


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def children(of: int | str = "self") -> set[int]:
    """The processes somebody started, zombies included."""
    tasks = Path(f"/proc/{of}/task").iterdir()
    return {int(pid) for task in tasks for pid in (task / "children").read_text().split()}


async def until(true: Callable[[], object]) -> None:
    with trio.fail_after(10):
        while not true():
            await trio.sleep(0.01)


async def test_a_worker_is_built_with_its_options_and_called(odd: Open) -> None:
    async with odd(word="good morning") as worker:
        assert await worker.call("greet", "Ada") == "good morning Ada"


async def test_a_worker_inherits_no_settings(odd: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GATEWAY_LLM_API_KEY", "CLAWCTL_TOKEN", "HF_TOKEN", "OTHER"):
        monkeypatch.setenv(name, "s3cr3t")

    async with odd() as worker:
        inherited = await worker.call("environ")

    assert {name for name, text in inherited.items() if text == "s3cr3t"} == {"OTHER"}


async def test_a_library_in_a_worker_fetches_no_model(odd: Open) -> None:
    async with odd() as worker:
        assert (await worker.call("environ"))["HF_HUB_OFFLINE"] == "1"


async def test_a_big_frame_comes_back_as_it_went(odd: Open) -> None:
    sound = os.urandom(1_000_000)

    async with odd() as worker:
        assert await worker.call("echo", sound) == sound


async def test_calls_are_spread_over_the_processes(odd: Open) -> None:
    pids = set()

    async with odd(size=2) as worker:
        await until(lambda: len(children()) == 2)

        async def call() -> None:
            pids.add(await worker.call("nap", 0.3))

        await until_both_are_idle(worker)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(call)
            nursery.start_soon(call)

    assert len(pids) == 2


async def until_both_are_idle(worker: Worker) -> None:
    """Calls that overlap land on two processes only when both are ready."""
    pids: set[int] = set()

    async def call() -> None:
        pids.add(await worker.call("nap", 0.05))

    while len(pids) < 2:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(call)
            nursery.start_soon(call)


async def test_waiting_calls_are_served_in_the_order_they_came(odd: Open) -> None:
    served: list[int] = []

    async with odd() as worker:

        async def call(number: int) -> None:
            served.append(await worker.call("echo", number))

        async with trio.open_nursery() as nursery:
            for number in range(20):
                nursery.start_soon(call, number)
                await trio.testing.wait_all_tasks_blocked()

    assert served == list(range(20))


async def test_libraries_that_print_do_not_disturb_the_answers(odd: Open) -> None:
    async with odd() as worker:
        assert await worker.call("make_noise") == "done"
        assert await worker.call("echo", 1) == 1


async def test_an_object_that_raises_fails_the_call_without_its_words(odd: Open) -> None:
    async with odd() as worker:
        pid = await worker.call("pid")
        with pytest.raises(EngineFailed) as caught:
            await worker.call("fail", "my card is 4711")

        assert str(caught.value).startswith("ValueError at odd_engine.py:")
        assert await worker.call("pid") == pid


async def test_a_result_that_cannot_be_sent_fails_the_call_only(odd: Open) -> None:
    async with odd() as worker:
        with pytest.raises(EngineFailed, match="TypeError at "):
            await worker.call("unsendable")

        assert await worker.call("echo", 1) == 1


@pytest.mark.parametrize(
    ("call", "how"),
    [
        (("exit", 3), "its process ended with exit code 3"),
        (("crash",), "its process was ended by SIGSEGV"),
    ],
)
async def test_a_process_that_dies_at_work_says_how_and_is_replaced(
    odd: Open, call: tuple[str, int], how: str
) -> None:
    async with odd() as worker:
        with pytest.raises(EngineFailed, match=how):
            await worker.call(*call)

        assert await worker.call("echo", 1) == 1


async def test_a_process_killed_while_idle_is_replaced_before_anybody_calls(odd: Open) -> None:
    async with odd() as worker:
        pid = await worker.call("pid")
        os.kill(pid, signal.SIGKILL)
        await until(lambda: children() and pid not in children())

        assert await worker.call("pid") != pid


@pytest.mark.parametrize("hang", [("nap", 1000), ("sit_on_the_lock",)])
async def test_a_hang_does_not_hold_the_next_caller(odd: Open, hang: tuple[str, int]) -> None:
    async with odd() as worker:
        pid = await worker.call("pid")
        with trio.move_on_after(0.1):
            await worker.call(*hang)
        with trio.fail_after(3):
            assert await worker.call("pid") != pid


async def test_a_call_that_ends_soon_after_its_caller_left_costs_no_process(odd: Open) -> None:
    async with odd() as worker:
        pid = await worker.call("pid")
        with trio.move_on_after(0.1):
            await worker.call("nap", 0.2)

        assert await worker.call("pid") == pid


async def test_a_process_that_is_dear_is_given_longer_to_end_an_abandoned_call(odd: Open) -> None:
    async with odd(grace_s=5) as worker:
        pid = await worker.call("pid")
        with trio.move_on_after(0.1):
            await worker.call("nap", 3 * GRACE_S)

        assert await worker.call("pid") == pid


async def test_a_waiting_call_can_be_cancelled_without_a_trace(odd: Open) -> None:
    async with odd() as worker, trio.open_nursery() as nursery:
        nursery.start_soon(worker.call, "nap", 0.3)
        pid = await worker.call("pid")
        nursery.start_soon(worker.call, "nap", 0.3)
        with trio.move_on_after(0.05):
            await worker.call("exit", 1)

        assert await worker.call("pid") == pid


async def test_an_object_that_cannot_be_built_says_why(odd: Open) -> None:
    with pytest.raises(EngineFailed, match="LookupError: no such model: big"):
        async with odd(trouble="raise", size=2):
            pass


async def test_a_sentence_of_ours_is_told_as_it_is(odd: Open) -> None:
    with pytest.raises(EngineFailed, match=r"^the model big is damaged$"):
        async with odd(trouble="ours"):
            pass


async def test_a_process_that_dies_at_its_start_says_how(odd: Open) -> None:
    with pytest.raises(EngineFailed, match="its process ended with exit code 7 at its start"):
        async with odd(trouble="exit"):
            pass


async def test_a_module_that_is_not_there_says_so() -> None:
    with pytest.raises(EngineFailed, match="No module named 'nosuch_module'"):
        async with open_workers("nosuch_module:Thing", {}):
            pass


async def test_when_no_process_can_be_started_callers_are_told_at_once(
    odd: Open, tmp_path: Path
) -> None:
    async with odd(size=2) as worker:
        (tmp_path / "odd_engine.py").write_text("raise RuntimeError('half an update')")
        for _ in range(4):
            with pytest.raises(EngineFailed):
                await worker.call("exit", 1)
        with trio.fail_after(1), pytest.raises(EngineFailed, match="half an update"):
            await worker.call("echo", 1)

        (tmp_path / "odd_engine.py").write_text(textwrap.dedent(ODD))
        await until(lambda: len(children()) == 2)


async def test_closing_ends_a_process_that_holds_the_lock(odd: Open) -> None:
    async with odd() as worker, trio.open_nursery() as nursery:
        nursery.start_soon(worker.call, "sit_on_the_lock")
        await trio.sleep(0.2)
        nursery.cancel_scope.cancel()


GATEWAY = """
    import sys, trio
    from clawctl.engines.worker import GRACE_S, open_workers

    async def main():
        async with open_workers("odd_engine:Odd", {}, 2) as worker, trio.open_nursery() as nursery:
            for _ in range(2):
                nursery.start_soon(worker.call, "sit_on_the_lock")
            await trio.sleep(1)
            print(await trio.to_thread.run_sync(sys.stdin.read))

    sys.path.insert(0, sys.argv[1])
    trio.run(main)
"""


@pytest.fixture
def gateway(odd: Open, tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A process whose two workers never let go of their interpreter locks."""
    command = [sys.executable, "-c", textwrap.dedent(GATEWAY), str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as started:
        yield started


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
async def test_no_process_survives_its_gateway(
    gateway: "subprocess.Popen[bytes]", end: signal.Signals
) -> None:
    await until(lambda: len(children(gateway.pid)) == 2)
    await trio.sleep(0.5)
    workers = children(gateway.pid)

    gateway.send_signal(end)

    await until(lambda: not any(alive(worker) for worker in workers))


def alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


async def test_processes_outlive_what_asks_the_whole_group_to_end(odd: Open) -> None:
    async with odd() as worker:
        pid = await worker.call("pid")
        os.kill(pid, signal.SIGINT)
        os.kill(pid, signal.SIGTERM)

        assert await worker.call("nap", 0.1) == pid
