"""One connection to a phone's ADB, with no adb server between: the greeting, and many streams.

The phone opens streams too: each connection of a program on the phone to a port that we had it
forward. `Allowed` is where those may lead; whatever else a phone asks for is refused.
"""

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial

import trio
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from clawctl.errors import NoHandset
from clawctl.lines.phone import adb_wire as wire
from clawctl.lines.phone.adb_stream import LOOK_AT_IT, beside
from clawctl.lines.phone.adb_wire import CLSE, OKAY, OPEN, WRTE, Banner, LinkLost, Packet

LOOPBACK = "127.0.0.1"
# What the shell of `adb_services` can do with a phone that can as well.
FEATURES = ("shell_v2", "cmd")
# A phone has some forty programs that might connect to us; one is the app.
MOST_STREAMS = 256
# A stream has one piece, one OKAY and one CLSE under way at most.
_MOST_QUEUED = 4 * MOST_STREAMS
# More than a phone has in its own buffers of one stream.
_MOST_AHEAD = 16 * wire.MAX_DATA
# How long the last CLSE may take to leave; over USB nothing else tells the phone that we go.
_FLUSH_S = 0.5


class Allowed:
    """Which ports of this computer a phone may connect to: those that we had it forward."""

    def __init__(self) -> None:
        self._asked: list[int] = []
        self._granted: dict[int, int] = {}

    def __contains__(self, destination: str) -> bool:
        """Spelled exactly as in the request that asked for it."""
        ports = {*self._asked, *self._granted.values()}
        return destination in {f"tcp:{port}" for port in ports}

    def asked(self, host_port: int) -> None:
        """A phone may connect before it has answered."""
        self._asked.append(host_port)

    def answered(self, host_port: int) -> None:
        self._asked.remove(host_port)

    def granted(self, phone_port: int, host_port: int) -> None:
        self._granted[phone_port] = host_port

    def taken_back(self, phone_port: int) -> None:
        self._granted.pop(phone_port, None)


class LinkStream:
    """A stream to a service of the phone, or to a program on it. Each piece waits for the OKAY of
    the one before, and ours is sent when the data is taken: back-pressure, both ways."""

    def __init__(self, link: "Link", ours: int, theirs: int = 0) -> None:
        self._link = link
        self.ours = ours
        self.theirs = theirs
        self.over = False
        self._may_write = bool(theirs)
        self._pieces = deque[bytes]()
        self._changed = trio.lowlevel.ParkingLot()

    # What the phone does

    def okay(self, theirs: int) -> None:
        self.theirs = theirs
        self._may_write = True
        self._changed.unpark_all()

    def arrive(self, data: bytes) -> None:
        """ADB waits for no OKAY with what is left of a connection whose other end has closed."""
        if sum(map(len, self._pieces)) > _MOST_AHEAD:
            raise LinkLost("it writes on without waiting for OKAY")
        self._pieces.append(data)
        self._changed.unpark_all()

    def end(self) -> None:
        """What arrived before can still be read."""
        self.over = True
        self._changed.unpark_all()

    # What we do

    async def opened(self) -> bool:
        """Whether the phone has the service."""
        await self._until(lambda: bool(self.theirs))
        return bool(self.theirs)

    async def send_all(self, data: bytes) -> None:
        """Sends nothing more once the phone has closed the stream: what it had to say about that
        is there to be read."""
        limit = self._link.max_data
        for start in range(0, len(data), limit):
            await self._until(lambda: self._may_write)
            if self.over:
                self._link.check()
                return
            self._may_write = False
            self._link.send(Packet(WRTE, self.ours, self.theirs, data[start : start + limit]))

    async def taken(self) -> None:
        """Until the phone has all that was sent, or has closed."""
        await self._until(lambda: self._may_write)

    async def receive_some(self) -> bytes:
        data = b""
        while not data:
            await self._until(lambda: bool(self._pieces))
            if not self._pieces:
                break
            data = self._pieces.popleft()
            if not self.over:
                self._link.send(Packet(OKAY, self.ours, self.theirs))
        return data

    async def _until(self, true: Callable[[], bool]) -> None:
        """Or until the stream is over; raises LinkLost when all of the link is."""
        await trio.lowlevel.checkpoint()
        while not true() and not self.over:
            await self._changed.park()
        if not true():
            self._link.check()


class Link:
    """Greet first (`greet`, if need be `ask`), then open streams while it is `running`."""

    def __init__(self, connection: trio.abc.Stream, serial: str) -> None:
        self.serial = serial
        self.allowed = Allowed()
        self.lost = trio.Event()
        self.banner = Banner("", {}, frozenset())
        self.max_data = wire.LEAST_MAX_DATA
        self._connection = connection
        self._sums = True
        self._why = ""
        self._streams: dict[int, LinkStream] = {}
        # Opened and given up before the phone had answered.
        self._given_up: set[int] = set()
        self._last_id = 0
        self._queue, self._queued = trio.open_memory_channel[bytes](_MOST_QUEUED)
        self._flushed = trio.Event()
        # A cancelled user's streams are still closed.
        self._scope = trio.CancelScope(shield=True)

    # Greeting

    async def greet(self, keys: Sequence[RSAPrivateKey]) -> bool:
        """Whether the phone lets us in with one of the keys; if not, `ask` its user."""
        text = wire.banner("host", {}, FEATURES)
        await self._say(Packet(wire.CNXN, wire.VERSION, wire.MAX_DATA, text))
        for key in keys:
            heard = await self._hear()
            if heard.command == wire.CNXN:
                return self._meet(heard)
            await self._say(Packet(wire.AUTH, wire.SIGNATURE, 0, wire.sign(key, heard.data)))
        heard = await self._hear()
        return heard.command == wire.CNXN and self._meet(heard)

    async def ask(self, key: RSAPrivateKey) -> None:
        """Has the phone show our key to its user; returns when they have accepted it, which may be
        never."""
        await self._say(Packet(wire.AUTH, wire.PUBLIC_KEY, 0, wire.public_key_blob(key, "clawctl")))
        heard = await self._hear()
        if heard.command != wire.CNXN:
            raise LinkLost("the phone does not take our key")
        self._meet(heard)

    async def _say(self, packet: Packet) -> None:
        await _sent(self._connection, wire.pack(packet))

    async def _hear(self) -> Packet:
        """A greeting, or a token to be signed; past what an earlier host's streams have left."""
        while True:
            heard = await wire.read_packet(self._connection)
            if heard.command == wire.STLS:
                raise NoHandset(
                    f"the phone {self.serial} wants its wireless debugging paired, which only adb"
                    " does: clawctl config set adb_driver server, or connect it by cable once and"
                    " run: adb tcpip 5555"
                )
            if heard.command == wire.CNXN:
                return heard
            if heard.command == wire.AUTH:
                if heard.arg0 != wire.TOKEN or len(heard.data) != wire.TOKEN_BYTES:
                    raise LinkLost("the phone wants to be greeted in a way that nobody knows")
                return heard

    def _meet(self, hello: Packet) -> bool:
        self.banner = wire.read_banner(hello.data)
        self.max_data = max(wire.LEAST_MAX_DATA, min(hello.arg1, wire.MAX_DATA))
        self._sums = hello.arg0 < wire.VERSION
        return True

    # Streams

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The phone is listened to all the time; `lost` is set when there is no more to hear."""
        async with beside(self._serve):
            try:
                yield
            finally:
                await self._flush()
                self._end("we have closed the connection")

    @asynccontextmanager
    async def stream(self, service: str) -> AsyncIterator[LinkStream]:
        """Raises NoHandset where the phone has no such service."""
        self.check()
        name = service.encode() + b"\0"
        if len(name) > self.max_data:
            raise NoHandset(
                f"the phone {self.serial} takes commands of {self.max_data} bytes, not {len(name)}"
            )
        stream = self._stream()
        self.send(Packet(OPEN, stream.ours, 0, name))
        try:
            if not await stream.opened():
                kind = service.partition(":")[0].partition(",")[0]
                raise NoHandset(f"the phone {self.serial} has no {kind!r}, or refuses it")
            yield stream
        finally:
            self._close(stream)

    def check(self) -> None:
        """Raises LinkLost if the link has ended."""
        if self.lost.is_set():
            raise LinkLost(f"the phone {self.serial} is gone: {self._why}; {LOOK_AT_IT}")

    def send(self, packet: Packet) -> None:
        """Nothing, once the link has ended."""
        if self.lost.is_set():
            return
        try:
            self._queue.send_nowait(wire.pack(packet, checksum=self._sums))
        except trio.WouldBlock:
            self._end("it asks and asks, and takes no answer")

    def _stream(self, theirs: int = 0) -> LinkStream:
        self._last_id += 1
        stream = self._streams[self._last_id] = LinkStream(self, self._last_id, theirs)
        return stream

    def _close(self, stream: LinkStream) -> None:
        if self._streams.pop(stream.ours, None) is None:
            return
        if stream.theirs:
            self.send(Packet(CLSE, stream.ours, stream.theirs))
        else:
            self._given_up.add(stream.ours)
        stream.end()

    async def _flush(self) -> None:
        with trio.move_on_after(_FLUSH_S, shield=True):
            if not self.lost.is_set():
                await self._queue.send(b"")
                await self._flushed.wait()

    def _end(self, why: str) -> None:
        if not self.lost.is_set():
            self._why = why
            self.lost.set()
            self._flushed.set()
        for stream in self._streams.values():
            stream.end()
        self._scope.cancel()

    # What comes and goes, in two tasks and one for each stream that the phone opens

    async def _serve(self) -> None:
        with self._scope:
            async with self._queued, trio.open_nursery() as nursery:
                nursery.start_soon(self._until_lost, self._write)
                nursery.start_soon(self._until_lost, lambda: self._read(nursery))

    async def _until_lost(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except LinkLost as error:
            self._end(str(error))

    async def _write(self) -> None:
        async for packed in self._queued:
            if packed:
                await _sent(self._connection, packed)
            else:
                self._flushed.set()

    async def _read(self, nursery: trio.Nursery) -> None:
        while True:
            command, theirs, ours, data = await wire.read_packet(
                self._connection, checksum=self._sums
            )
            if command == OPEN:
                self._asked(theirs, ours, data, nursery)
            elif command in {wire.CNXN, wire.AUTH}:
                raise LinkLost("it has begun anew")
            elif stream := self._streams.get(ours):
                self._heard(stream, command, theirs, data)
            elif ours in self._given_up:
                self._late(ours, command, theirs)

    def _heard(self, stream: LinkStream, command: bytes, theirs: int, data: bytes) -> None:
        if stream.theirs not in {0, theirs} and command != CLSE:
            return
        if command == OKAY:
            stream.okay(theirs)
        elif command == WRTE and stream.theirs:
            stream.arrive(data)
        elif command == CLSE:
            self._closed(stream)

    def _closed(self, stream: LinkStream) -> None:
        """By the phone, or refused: then there is nothing to answer."""
        del self._streams[stream.ours]
        if stream.theirs:
            self.send(Packet(CLSE, stream.ours, stream.theirs))
        stream.end()

    def _late(self, ours: int, command: bytes, theirs: int) -> None:
        self._given_up.discard(ours)
        if command == OKAY:
            self.send(Packet(CLSE, ours, theirs))

    def _asked(self, theirs: int, window: int, data: bytes, nursery: trio.Nursery) -> None:
        destination = data.removesuffix(b"\0").decode(errors="replace")
        # A window is for hosts that have said they know what it is.
        if window or destination not in self.allowed or len(self._streams) >= MOST_STREAMS:
            self.send(Packet(CLSE, 0, theirs))
            return
        port = int(destination.removeprefix("tcp:"))
        nursery.start_soon(self._connect, self._stream(theirs), port)

    async def _connect(self, stream: LinkStream, port: int) -> None:
        try:
            socket = await trio.open_tcp_stream(LOOPBACK, port)
        except OSError:
            self._streams.pop(stream.ours, None)
            self.send(Packet(CLSE, 0, stream.theirs))
            return
        async with socket:
            try:
                self.send(Packet(OKAY, stream.ours, stream.theirs))
                await _join(stream, socket)
            finally:
                self._close(stream)


async def _sent(connection: trio.abc.SendStream, packed: bytes) -> None:
    try:
        await connection.send_all(packed)
    except (trio.BrokenResourceError, trio.ClosedResourceError) as error:
        raise LinkLost(f"the ADB connection broke: {error.__cause__ or error}") from None


async def _join(stream: LinkStream, socket: trio.SocketStream) -> None:
    """Until either end closes, for ADB has no half-closed streams; what was under way arrives."""
    async with trio.open_nursery() as nursery:
        both = nursery.cancel_scope
        nursery.start_soon(_until_closed, both, partial(_to_host, stream, socket))
        nursery.start_soon(_until_closed, both, partial(_to_phone, socket, stream))


async def _until_closed(both: trio.CancelScope, pour: Callable[[], Awaitable[None]]) -> None:
    with suppress(trio.BrokenResourceError, trio.ClosedResourceError, LinkLost):
        await pour()
    both.cancel()


async def _to_host(stream: LinkStream, socket: trio.SocketStream) -> None:
    while data := await stream.receive_some():
        await socket.send_all(data)


async def _to_phone(socket: trio.SocketStream, stream: LinkStream) -> None:
    while data := await socket.receive_some():
        await stream.send_all(bytes(data))
    await stream.taken()
