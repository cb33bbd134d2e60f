"""All that a call needs, each a process of its own: a phone, a gateway beside it, and commands."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import trio

from clawctl.testing.gateway import BEARER

CLAWCTL = str(Path(sys.executable).with_name("clawctl"))
# For the slowest of it, a gateway that starts.
PATIENCE_S = 60.0
AGAIN_S = 0.2


@dataclass(frozen=True, slots=True)
class PhoneProgram:
    """`python -m clawctl.testing.device`."""

    address: str
    _stdin: trio.abc.SendStream

    async def happens(self, happening: str) -> None:
        """What is done to it, by the name that the program has for it."""
        await self._stdin.send_all(f"{happening}\n".encode())

    async def becomes(self, **condition: Any) -> None:
        await self.happens(json.dumps(condition))


@asynccontextmanager
async def open_phone_program(**condition: Any) -> AsyncIterator[PhoneProgram]:
    """It has the bearer of a gateway of `open_rig`. Raises RuntimeError if it ended by itself."""
    command = [sys.executable, "-m", "clawctl.testing.device"]
    process = await trio.lowlevel.open_process(
        [*command, json.dumps({"bearer": BEARER} | condition)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    stdin = cast(trio.abc.SendStream, process.stdin)
    stdout = cast(trio.abc.ReceiveStream, process.stdout)
    async with stdin, stdout:
        try:
            with trio.fail_after(PATIENCE_S):
                hello = json.loads(await stdout.receive_some())
            yield PhoneProgram(hello["address"], stdin)
        finally:
            ended = process.poll()
            process.kill()
            with trio.CancelScope(shield=True):
                await process.wait()
            if ended is not None:
                raise RuntimeError(f"the phone ended by itself, with {ended}: see what it said")


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command left: the objects on stdout, and the text on stderr."""

    code: int
    told: list[Any]
    complaint: str
    took_s: float


@dataclass(frozen=True, slots=True)
class Rig:
    """Somebody who runs commands; `environ` is all the environment they have."""

    home: Path
    environ: Mapping[str, str]

    async def run(self, *words: str, **environ: str) -> Ended:
        """`clawctl WORDS` without a standard input. Raises trio.TooSlowError if it does not end."""
        began = trio.current_time()
        with trio.fail_after(PATIENCE_S):
            done = await trio.run_process(
                [CLAWCTL, *words],
                env={**self.environ, **environ},
                cwd=self.home,
                preexec_fn=_no_stdin,
                capture_stdout=True,
                capture_stderr=True,
                check=False,
            )
        told = [json.loads(line) for line in done.stdout.splitlines()]
        return Ended(done.returncode, told, done.stderr.decode(), trio.current_time() - began)

    async def until(self, *words: str) -> None:
        """Runs it again and again, until it succeeds. Raises AssertionError if it does not."""
        until = trio.current_time() + PATIENCE_S
        while (ended := await self.run(*words)).code:
            assert trio.current_time() < until, f"{' '.join(words)}: {ended}"  # noqa: S101
            await trio.sleep(AGAIN_S)


@asynccontextmanager
async def open_rig(home: Path, environ: Mapping[str, str]) -> AsyncIterator[Rig]:
    """A gateway with the engines that come with it runs until the end of the block."""
    own = {
        "HOME": str(home),
        "GATEWAY_PORT": "0",
        "GATEWAY_PHONE_PORT": "0",
        "GATEWAY_BEARER_TOKEN": BEARER,
    }
    rig = Rig(home, {**own, **environ})
    started = await rig.run("serve", "--detach")
    if started.code:
        raise RuntimeError(started.complaint)
    try:
        yield rig
    finally:
        with trio.CancelScope(shield=True):
            await rig.run("stop", "--now")


def _no_stdin() -> None:
    os.close(0)
