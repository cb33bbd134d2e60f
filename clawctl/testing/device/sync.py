"""Files by ADB: a stream of requests, each a name of four letters, a length and an argument.

The second generation of requests (STA2, LST2, LIS2) is answered whatever the phone announces; it
tells errors apart and sizes above 4 GB.
"""

import posixpath
import struct
from collections.abc import Awaitable, Callable, Iterator
from errno import EACCES
from typing import Protocol

from clawctl.lines.phone.adb_stream import SYNC
from clawctl.testing.device.files import Files, Node
from clawctl.testing.device.transport import Channel, Left

BLOCK_BYTES = 64 * 1024
_MOST_PATH_BYTES = 1024

# Mode, size, time; and with an error, device, inode, mode, links, user, group, size, three times.
_STAT = struct.Struct("<4sIII")
_STAT_2 = struct.Struct("<4sIQQIIIIQqqq")
_LENGTH = struct.Struct("<I")
_NO_FILE = Node(0, 0, b"")


class Store(Protocol):
    """As much of the phone as holds files."""

    @property
    def files(self) -> Files: ...


class BadRequest(Exception):
    """The host broke the protocol: it is told, and the stream is over."""


class Sync:
    """One stream."""

    def __init__(self, store: Store, channel: Channel) -> None:
        self._store = store
        self._channel = channel
        self._rows: dict[bytes, Callable[[bytes, int], Awaitable[None]]] = {
            b"STAT": self._stat,
            b"LST2": self._stat_2,
            b"STA2": self._stat_2,
            b"LIST": self._list,
            b"LIS2": self._list_2,
            b"SEND": self._send,
            b"RECV": self._receive,
        }

    async def run(self) -> None:
        """Until the host quits, or leaves in the middle of whatever it asked for."""
        try:
            while await self._one():
                pass
        except Left:
            return
        except BadRequest as bad:
            await self._fail(str(bad))

    async def _one(self) -> bool:
        name, length = await self._request()
        if name == b"QUIT":
            return False
        if name not in self._rows:
            raise BadRequest(f"unknown command {name.decode(errors='replace')!r}")
        if length > _MOST_PATH_BYTES:
            raise BadRequest("filename too long")
        await self._rows[name](name, length)
        return True

    async def _request(self) -> tuple[bytes, int]:
        name, length = SYNC.unpack(await self._channel.exactly(SYNC.size))
        return name, length

    async def _stat(self, name: bytes, length: int) -> None:
        """Nobody is told why there is nothing."""
        _, node = self._found(await self._path(length))
        await self._channel.send_all(_stat(name, node))

    async def _stat_2(self, name: bytes, length: int) -> None:
        error, node = self._found(await self._path(length))
        await self._channel.send_all(_stat_2(name, error, node))

    async def _list(self, name: bytes, length: int) -> None:  # noqa: ARG002 - a row of the table
        entries = (
            _stat(b"DENT", node) + _named(entry)
            for entry, node in self._entries(await self._path(length))
        )
        done = _stat(b"DONE", _NO_FILE) + _LENGTH.pack(0)
        await self._channel.send_all(b"".join(entries) + done)

    async def _list_2(self, name: bytes, length: int) -> None:  # noqa: ARG002 - a row of the table
        entries = (
            _stat_2(b"DNT2", 0, node) + _named(entry)
            for entry, node in self._entries(await self._path(length))
        )
        done = _STAT_2.pack(b"DONE", *[0] * 11) + _LENGTH.pack(0)
        await self._channel.send_all(b"".join(entries) + done)

    async def _send(self, name: bytes, length: int) -> None:  # noqa: ARG002 - a row of the table
        """A refusal is told at once, and what still comes is lost. A file that does not come to
        its end is not kept."""
        path, _, mode = (await self._path(length)).rpartition(",")
        bits = _bits(mode)
        refusal = self._refusal(path, bits)
        if refusal:
            await self._fail(refusal)
        try:
            data, mtime_s = await self._blocks()
        except (Left, BadRequest):
            if not refusal:
                self._store.files.remove(path, "shell")
            raise
        if not refusal:
            self._keep(path, data, bits, mtime_s)
            await self._channel.send_all(SYNC.pack(b"OKAY", 0))

    def _refusal(self, path: str, bits: int) -> str:
        try:
            self._keep(path, b"", bits, 0)
        except OSError as error:
            return f"couldn't create file: {error.strerror}"
        return ""

    def _keep(self, path: str, data: bytes, bits: int, mtime_s: int) -> None:
        self._store.files.write(path, data, mode=bits, mtime_s=mtime_s, user="shell", parents=True)

    async def _blocks(self) -> tuple[bytes, int]:
        """What is sent up to the end, and the time it is to have."""
        data = bytearray()
        while True:
            name, length = await self._request()
            if name == b"DONE":
                return bytes(data), length
            if name != b"DATA":
                raise BadRequest("invalid data message")
            if length > BLOCK_BYTES:
                raise BadRequest("oversize data message")
            data += await self._channel.exactly(length)

    async def _receive(self, name: bytes, length: int) -> None:  # noqa: ARG002 - a row of the table
        path = await self._path(length)
        try:
            content = self._store.files.read(path, "shell")
        except OSError as error:
            what = "open" if error.errno == EACCES or not self._store.files.exists(path) else "read"
            await self._fail(f"{what} failed: {error.strerror}")
            return
        for at in range(0, len(content), BLOCK_BYTES):
            block = content[at : at + BLOCK_BYTES]
            await self._channel.send_all(SYNC.pack(b"DATA", len(block)) + block)
        await self._channel.send_all(SYNC.pack(b"DONE", 0))

    async def _path(self, length: int) -> str:
        return (await self._channel.exactly(length)).decode(errors="surrogateescape")

    async def _fail(self, why: str) -> None:
        await self._channel.send_all(SYNC.pack(b"FAIL", len(why.encode())) + why.encode())

    def _found(self, path: str) -> tuple[int, Node]:
        try:
            return 0, self._store.files.node(path, "shell")
        except OSError as error:
            return error.errno or EACCES, _NO_FILE

    def _entries(self, path: str) -> Iterator[tuple[str, Node]]:
        """With the two that every directory has; nothing for what cannot be listed."""
        if self._found(path)[1].data is not None:
            return
        for entry in (".", "..", *self._store.files.names(path, "shell")):
            error, node = self._found(posixpath.join(path, entry))
            if not error:
                yield entry, node


def _bits(mode: str) -> int:
    try:
        return int(mode) & 0o777
    except ValueError:
        raise BadRequest("failed to parse mode") from None


def _stat(name: bytes, node: Node) -> bytes:
    size = node.size & 0xFFFFFFFF
    return _STAT.pack(name, node.mode, size, node.mtime_s)


def _stat_2(name: bytes, error: int, node: Node) -> bytes:
    there = int(bool(node.mode))
    time_s = node.mtime_s
    return _STAT_2.pack(
        name, error, there, there, node.mode, there, 0, 0, node.size, time_s, time_s, time_s
    )


def _named(entry: str) -> bytes:
    name = entry.encode(errors="surrogateescape")
    return _LENGTH.pack(len(name)) + name
