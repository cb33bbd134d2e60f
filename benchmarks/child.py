"""Processes of a benchmark: each answers one line of JSON with one, and ends with its input."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from trio.lowlevel import FdStream

# How long a process may take to end once its input ended.
FAREWELL_S = 15.0
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


class Child:
    """The parent's side; `hello` is what the process told when it was ready."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.pid = process.pid
        self._process = process
        self._asks = cast(IO[bytes], process.stdin)
        self._answers = cast(IO[bytes], process.stdout)
        self.hello = self.line()

    def ask(self, command: str, **details: Any) -> Any:
        self._asks.write(json.dumps([command, details]).encode() + b"\n")
        self._asks.flush()
        return self.line()

    def line(self) -> Any:
        """The next line it tells; raises EOFError when there is none."""
        if line := self._answers.readline():
            return json.loads(line)
        raise EOFError(f"process {self.pid} ended with exit code {self._process.wait()}")

    def busy_s(self) -> float:
        """Processor time it used so far, in user and kernel mode."""
        after_name = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(after_name[11]) + int(after_name[12])) / TICKS_A_SECOND

    def kill(self) -> None:
        """As `kill -9` does; returns when it is dead."""
        self._process.kill()
        self._process.wait()


@contextmanager
def open_child(module: str, *args: str, env: Mapping[str, str] | None = None) -> Iterator[Child]:
    """`python -m benchmarks.<module>`, ended with the block whatever it is doing."""
    with open_program(sys.executable, "-m", f"benchmarks.{module}", *args, env=env) as child:
        yield child


@contextmanager
def open_program(*command: str, env: Mapping[str, str] | None = None) -> Iterator[Child]:
    """A program that tells of itself in lines of JSON."""
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **(env or {})}
    ) as process:
        try:
            child = Child(process)
            yield child
        finally:
            _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    cast(IO[bytes], process.stdin).close()
    try:
        process.wait(FAREWELL_S)
    finally:
        process.kill()


def children(of: int | str) -> set[int]:
    """The processes somebody started, zombies included."""
    tasks = Path(f"/proc/{of}/task").iterdir()
    return {int(pid) for task in tasks for pid in (task / "children").read_text().split()}


def alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def say(words: Any) -> None:
    """The child's side: one line for the parent."""
    os.write(1, json.dumps(words).encode() + b"\n")


async def obey(commands: Mapping[str, Callable[..., Any]]) -> None:
    """Answer every command with what its function returns, until the input ends."""
    waiting = b""
    async with FdStream(os.dup(0)) as inbox:
        async for piece in inbox:
            *lines, waiting = (waiting + piece).split(b"\n")
            for line in lines:
                command, details = json.loads(line)
                say(commands[command](**details))
