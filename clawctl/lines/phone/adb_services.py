"""What a connected phone is asked over ADB, and what its answers mean: the same for every driver.

A driver gives `AdbPhone` a way to open streams to services of the phone.
"""

import re
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import NoReturn

from clawctl.errors import NoHandset, NoSuch
from clawctl.lines.phone.adb_stream import (
    CLOSE_STDIN,
    FRAME,
    LINE_BYTES,
    MOST_BYTES,
    STDIN,
    SYNC,
    Lines,
    Open,
    Peer,
    Reader,
    number,
    within,
)
from clawctl.lines.phone.driver import COMMAND_S, PUSH_S, UNTOLD, BadAnswer, Ran, plain, words

# The most a phone takes in one block of a file.
BLOCK_BYTES = 64 * 1024
_REGULAR_FILE = 0o100000

# What a phone says when it will not forward a port, and what can be done about it.
_FORWARDING_WAYS_OUT = {
    "cannot bind": "another program on the phone has that port: restart the phone, or choose"
    " another port for it",
    "cannot rebind": "another connection to the phone has that port: close it",
}
# A row like "UsbFfs tcp:8996 tcp:8997"; the first word differs from phone to phone.
_FORWARDED = re.compile(r"\S+ tcp:([0-9]{1,5}) tcp:([0-9]{1,5})")


@dataclass(frozen=True)
class AdbPhone:
    """A Driver on top of streams."""

    serial: str
    features: frozenset[str]
    stream: Open

    async def run(self, command: str, *, stdin: bytes = b"", timeout_s: float = COMMAND_S) -> Ran:
        run = self._run if self._framed else self._run_old
        with within(timeout_s, self._peer, "finish a command"):
            return await run(plain(command), stdin)

    async def push(self, content: bytes, path: str, mode: int = 0o644) -> None:
        with within(PUSH_S, self._peer, "take a file"):
            async with self._service("sync:") as reader, reader.fed(_file(content, path, mode)):
                name, length = await reader.sync()
                if name != b"OKAY":
                    await self._refused(reader, name, length, path)

    async def read(self, path: str) -> bytes:
        content = bytearray()
        with within(PUSH_S, self._peer, "give a file"):
            async with self._service("sync:") as reader:
                await reader.stream.send_all(_request(b"RECV", plain(path).encode()))
                while True:
                    name, length = await reader.sync()
                    if name == b"DONE":
                        return bytes(content)
                    if name != b"DATA" or len(content) + length > MOST_BYTES:
                        await self._refused(reader, name, length, path)
                    content += await reader.exactly(length)

    @asynccontextmanager
    async def follow(self, command: str) -> AsyncIterator[AsyncIterator[bytes]]:
        kind = "shell,v2,raw" if self._framed else "shell"
        async with AsyncExitStack() as stack:
            with within(COMMAND_S, self._peer, "begin a command"):
                reader = await stack.enter_async_context(self._service(f"{kind}:{plain(command)}"))
            yield Lines(reader.output if self._framed else reader.stream.receive_some)

    async def reverse(self, phone_port: int, host_port: int) -> int:
        what = f"forward its port {phone_port}"
        with within(COMMAND_S, self._peer, what):
            service = f"reverse:forward:tcp:{phone_port};tcp:{host_port}"
            async with self._service(service) as reader:
                await self._agreed(reader, what)
                return phone_port or number(await reader.block(), self._peer)

    async def unreverse(self, phone_port: int) -> None:
        what = f"take back its forwarded port {phone_port}"
        with within(COMMAND_S, self._peer, what):
            async with self._service(f"reverse:killforward:tcp:{phone_port}") as reader:
                await self._agreed(reader, what)

    async def reverses(self) -> list[tuple[int, int]]:
        with within(COMMAND_S, self._peer, "list its forwarded ports"):
            async with self._service("reverse:list-forward") as reader:
                return list(_ports(await reader.block()))

    @property
    def _peer(self) -> Peer:
        return Peer(f"the phone {self.serial}")

    @property
    def _framed(self) -> bool:
        return "shell_v2" in self.features

    @asynccontextmanager
    async def _service(self, service: str) -> AsyncIterator[Reader]:
        async with self.stream(service) as stream:
            yield Reader(stream, self._peer)

    async def _run(self, command: str, stdin: bytes) -> Ran:
        service = self._service(f"shell,v2,raw:{command}")
        async with service as reader, reader.fed(_typed(stdin)):
            return await reader.ran()

    async def _run_old(self, command: str, stdin: bytes) -> Ran:
        if stdin:
            raise NoHandset(f"{self._peer} cannot feed a command: that needs Android 7 or newer")
        async with self._service(f"shell:{command}") as reader:
            return Ran(UNTOLD, await reader.rest())

    async def _agreed(self, reader: Reader, what: str) -> None:
        status = await reader.exactly(4)
        if status == b"OKAY":
            return
        if status != b"FAIL":
            raise BadAnswer(f"{self._peer} was asked to {what} and said neither OKAY nor FAIL")
        why = words(await reader.block())
        if "not found" in why:
            raise NoSuch(f"{self._peer} could not {what}: {why}")
        ways_out = [way for part, way in _FORWARDING_WAYS_OUT.items() if part in why]
        raise NoHandset("; ".join([f"{self._peer} could not {what}: {why}", *ways_out]))

    async def _refused(self, reader: Reader, name: bytes, length: int, path: str) -> NoReturn:
        if name != b"FAIL":
            raise BadAnswer(f"{self._peer} did not keep to the file protocol; restart the phone")
        why = words(await reader.exactly(min(length, LINE_BYTES)))
        if "No such file" in why:
            raise NoSuch(f"{self._peer} has no {path}")
        raise NoHandset(f"{self._peer} refused {path}: {why}")


def _request(name: bytes, data: bytes) -> bytes:
    return SYNC.pack(name, len(data)) + data


def _file(content: bytes, path: str, mode: int) -> Iterator[bytes]:
    yield _request(b"SEND", f"{plain(path)},{_REGULAR_FILE | mode}".encode())
    for block in _blocks(content):
        yield _request(b"DATA", block)
    yield SYNC.pack(b"DONE", int(time.time()))


def _typed(stdin: bytes) -> Iterator[bytes]:
    for block in _blocks(stdin):
        yield FRAME.pack(STDIN, len(block)) + block
    yield FRAME.pack(CLOSE_STDIN, 0)


def _blocks(content: bytes) -> Iterator[bytes]:
    for at in range(0, len(content), BLOCK_BYTES):
        yield content[at : at + BLOCK_BYTES]


def _ports(listing: bytes) -> Iterator[tuple[int, int]]:
    for row in listing.decode(errors="replace").splitlines():
        if found := _FORWARDED.fullmatch(row.strip()):
            yield int(found[1]), int(found[2])
