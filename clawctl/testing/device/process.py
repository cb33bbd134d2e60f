"""A command that runs on the phone: what it was told, as whom, and where its bytes go."""

import posixpath
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple, Protocol

import trio

from clawctl.testing.device.files import User

if TYPE_CHECKING:
    from clawctl.testing.device.system import System

PIECE_BYTES = 65_536
# A command's end, by the shell's numbers.
FAILED, MISUSED, NOT_RUNNABLE, NOT_FOUND, BROKEN_PIPE = 1, 2, 126, 127, 141

Sink = Callable[[bytes], Awaitable[None]]


class Source(Protocol):
    async def receive_some(self, max_bytes: int | None = None) -> bytes:
        """b"" at the end."""
        ...


class Nothing:
    async def receive_some(self, max_bytes: int | None = None) -> bytes:  # noqa: ARG002 - Source
        await trio.lowlevel.checkpoint()
        return b""


class Given:
    """Bytes that are there already."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    async def receive_some(self, max_bytes: int | None = None) -> bytes:
        await trio.lowlevel.checkpoint()
        count = len(self._data) if max_bytes is None else max_bytes
        taken, self._data = self._data[:count], self._data[count:]
        return taken


class Pipe:
    """Bytes from one to another, who must take them."""

    def __init__(self) -> None:
        self._put, self._taken = trio.open_memory_channel[bytes](0)
        self._rest = b""

    async def send(self, data: bytes) -> None:
        """Raises trio.BrokenResourceError when nobody will take it."""
        if data:
            await self._put.send(data)

    async def receive_some(self, max_bytes: int | None = None) -> bytes:
        if not self._rest:
            try:
                self._rest = await self._taken.receive()
            except trio.EndOfChannel:
                return b""
        count = len(self._rest) if max_bytes is None else max_bytes
        taken, self._rest = self._rest[:count], self._rest[count:]
        return taken

    def end(self) -> None:
        self._put.close()

    def leave(self) -> None:
        self._taken.close()


async def everything(source: Source) -> bytes:
    data = bytearray()
    while piece := await source.receive_some(PIECE_BYTES):
        data += piece
    return bytes(data)


class Said(NamedTuple):
    """What a command that does not wait says."""

    out: str | bytes = ""
    status: int = 0
    err: str = ""


@dataclass(slots=True)
class Process:
    system: "System"
    words: list[str]
    user: User
    cwd: str
    stdin: Source
    out: Sink
    err: Sink
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return posixpath.basename(self.words[0])

    @property
    def arguments(self) -> list[str]:
        return self.words[1:]

    def path(self, name: str) -> str:
        return posixpath.join(self.cwd, name)

    def another(self, words: list[str], *, user: User | None = None, cwd: str = "") -> "Process":
        return replace(self, words=words, user=user or self.user, cwd=cwd or self.cwd)

    async def say(self, said: Said) -> int:
        out, status, err = said
        await self.out(out if isinstance(out, bytes) else out.encode())
        await self.err(err.encode())
        return status
