"""A stream to a service of the phone: taking apart what comes, within a time, beside other work."""

import string
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import Protocol

import trio

from clawctl.errors import NoHandset, TooSlow
from clawctl.lines.phone.driver import BadAnswer, Ran

# Frames of a shell with shell_v2: a kind, a length, data.
STDIN, STDOUT, STDERR, EXIT, CLOSE_STDIN = range(5)
FRAME = struct.Struct("<BI")
# Requests and answers about files: a name of four letters, a length, data.
SYNC = struct.Struct("<4sI")
# Far more than any command of ours says; a phone gone wild must not fill our memory.
MOST_BYTES = 64 * 1024 * 1024
# A longer line comes in pieces.
LINE_BYTES = 64 * 1024


class Stream(Protocol):
    """`receive_some` gives b"" at the end; both raise NoHandset when the phone is lost."""

    async def send_all(self, data: bytes) -> None: ...

    async def receive_some(self) -> bytes: ...


# Opens a stream to a service of a phone. It may leave neither nursery nor cancel scope open: a
# time that covers the opening is over before the stream is.
Open = Callable[[str], AbstractAsyncContextManager[Stream]]


LOOK_AT_IT = "look at the cable and at the phone's screen, then: clawctl doctor"


@dataclass(frozen=True, slots=True)
class Peer:
    """Who is asked, and what to look at when nothing comes back."""

    name: str
    hint: str = LOOK_AT_IT

    def __str__(self) -> str:
        return self.name


class Reader:
    """What `peer` sends on a stream, in the pieces of its protocol; cancelled, it has taken nothing
    half. Raises NoHandset when the stream ends in the middle of one."""

    def __init__(self, stream: Stream, peer: Peer) -> None:
        self.stream = stream
        self._peer = peer
        self._data = bytearray()

    async def exactly(self, count: int) -> bytes:
        await self._have(count)
        return self._take(count)

    async def rest(self) -> bytes:
        while await self._more():
            pass
        return self._take(len(self._data))

    async def block(self) -> bytes:
        """Four hex digits of length, and as many bytes."""
        await self._have(4)
        length = number(bytes(self._data[:4]), self._peer, base=16)
        await self._have(4 + length)
        return self._take(4 + length)[4:]

    async def sync(self) -> tuple[bytes, int]:
        name, length = SYNC.unpack(await self.exactly(SYNC.size))
        return name, length

    async def frame(self) -> tuple[int, bytes]:
        await self._have(FRAME.size)
        kind, length = FRAME.unpack_from(self._data)
        await self._have(FRAME.size + length)
        return kind, self._take(FRAME.size + length)[FRAME.size :]

    async def ran(self) -> Ran:
        """All the frames of a command, up to its exit status."""
        out, err = bytearray(), bytearray()
        while True:
            kind, data = await self.frame()
            if kind == EXIT:
                return Ran(data[0] if data else 0, bytes(out), bytes(err))
            (err if kind == STDERR else out).extend(data)
            self._bound(len(out) + len(err))

    async def output(self) -> bytes:
        """The next of what a command puts out; b"" when it has ended."""
        while True:
            kind, data = await self.frame()
            if kind == EXIT:
                return b""
            if kind == STDOUT and data:
                return data

    @asynccontextmanager
    async def fed(self, pieces: Iterable[bytes]) -> AsyncIterator[None]:
        """Sends while the block reads: either side may fill up before the other is done."""

        async def feed() -> None:
            try:
                for piece in pieces:
                    await self.stream.send_all(piece)
            except NoHandset:
                return  # who needs no more closes the stream; why, its answer says

        async with beside(feed):
            yield

    async def _have(self, count: int) -> None:
        self._bound(count)
        while len(self._data) < count:
            if not await self._more():
                raise NoHandset(f"{self._peer} went away before it had answered; {self._peer.hint}")

    async def _more(self) -> bool:
        piece = await self.stream.receive_some()
        self._data += piece
        self._bound(len(self._data))
        return bool(piece)

    def _take(self, count: int) -> bytes:
        taken = bytes(self._data[:count])
        del self._data[:count]
        return taken

    def _bound(self, count: int) -> None:
        if count > MOST_BYTES + FRAME.size:
            raise BadAnswer(f"{self._peer} says more than {MOST_BYTES >> 20} MB; restart it")


class Lines:
    """Pieces as lines without their ends; cancelled, none is lost."""

    def __init__(self, next_piece: Callable[[], Awaitable[bytes]]) -> None:
        self._next_piece = next_piece
        self._data = bytearray()
        self._over = False

    def __aiter__(self) -> "Lines":
        return self

    async def __anext__(self) -> bytes:
        while True:
            end = self._data.find(b"\n", 0, LINE_BYTES)
            if end >= 0 or len(self._data) >= LINE_BYTES or self._over:
                return self._line(end)
            piece = await self._next_piece()
            self._data += piece
            self._over = not piece

    def _line(self, end: int) -> bytes:
        if not self._data:
            raise StopAsyncIteration
        line = bytes(self._data[: end if end >= 0 else LINE_BYTES])
        del self._data[: len(line) + (end >= 0)]
        return line.removesuffix(b"\r")


def number(text: bytes, peer: Peer, base: int = 10) -> int:
    """Digits only, where `int` knows signs, blanks, prefixes and underscores too."""
    if text and set(text) <= set(string.hexdigits.encode()):
        with suppress(ValueError):
            return int(text, base)
    raise BadAnswer(f"{peer} gave no number where the protocol has one; {peer.hint}")


@contextmanager
def within(seconds: float, peer: Peer, what: str) -> Iterator[None]:
    """Raises TooSlow when the time is over."""
    with trio.move_on_after(seconds) as scope:
        yield
    if scope.cancelled_caught:
        raise TooSlow(f"{peer} did not {what} within {seconds:g} s; {peer.hint}")


@asynccontextmanager
async def beside(work: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Runs `work`, which raises nothing, until the block is left. What the block raises comes out
    as it is, in no group."""
    failures: list[BaseException] = []
    async with trio.open_nursery() as nursery:
        nursery.start_soon(work)
        try:
            yield
        except BaseException as error:  # noqa: BLE001 - raised below, once the nursery is closed
            failures.append(error)
        nursery.cancel_scope.cancel()
    while failures:
        raise failures.pop()
