"""An adb of a test's own: a server at a port of its own, with its keys in a home of its own."""

import os
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import trio

PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True)
class Adb:
    """`environ` is what another program needs to use this server and these keys."""

    program: str
    port: int
    environ: dict[str, str]

    async def run(self, *words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Raises trio.TooSlowError for a command that does not end."""
        with trio.fail_after(PATIENCE_S):
            return await trio.run_process(
                [self.program, *words],
                env=self.environ,
                stdin=stdin,
                capture_stdout=True,
                capture_stderr=True,
                check=False,
            )

    async def said(self, *words: str) -> str:
        """Both outputs of a command that may well fail."""
        ran = await self.run(*words)
        return (ran.stdout + ran.stderr).decode()

    async def state(self, serial: str) -> str:
        """As `adb devices` has it; "" for a phone that it does not list."""
        rows = (row.split("\t") for row in (await self.said("devices")).splitlines() if "\t" in row)
        return dict(row[:2] for row in rows).get(serial, "")

    async def until(self, serial: str, state: str) -> None:
        """Raises trio.TooSlowError when the phone does not get into that state."""
        with trio.fail_after(PATIENCE_S):
            while await self.state(serial) != state:  # noqa: ASYNC110 - another process
                await trio.sleep(0.05)

    async def connect(self, address: str) -> None:
        await self.run("connect", address)
        await self.until(address, "device")


@asynccontextmanager
async def open_adb(home: Path, program: str = "adb") -> AsyncIterator[Adb]:
    """Without USB where the program can: a test has no business with phones that are there."""
    port = _free_port()
    own = {"HOME": str(home), "ANDROID_ADB_SERVER_PORT": str(port), "ADB_USB": "0"}
    adb = Adb(program, port, {**os.environ, **own})
    await trio.Path(home).mkdir(parents=True, exist_ok=True)
    await adb.run("start-server")
    try:
        yield adb
    finally:
        with trio.CancelScope(shield=True):
            await adb.run("kill-server")


def _free_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        number: int = unused.getsockname()[1]
        return number
