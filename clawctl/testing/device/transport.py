"""One host's connection to the phone: greeting, streams, and what flows on them."""

import math
import os
from collections.abc import Awaitable, Callable

import trio

from clawctl.errors import BadInput
from clawctl.lines.phone import adb_wire as wire
from clawctl.lines.phone.adb_wire import CLSE, OKAY, OPEN, WRTE, LinkLost, Packet
from clawctl.testing.device.condition import Condition
from clawctl.testing.device.keys import Keys

# How often we look whether what we wait for has happened.
AGAIN_S = 0.02


class Left(Exception):
    """The host closed a stream where something was to come."""


class Channel(trio.abc.Stream):
    """A stream of bytes to the host. Each piece waits for the OKAY of the one before, and ours is
    sent when the data is taken: that is the back-pressure, both ways."""

    def __init__(self, transport: "Transport", ours: int, theirs: int = 0) -> None:
        self._transport = transport
        self.ours = ours
        self.theirs = theirs
        self.closed = trio.Event()
        self._okay = trio.Event()
        self._put, self._arrived = trio.open_memory_channel[bytes](math.inf)
        self._rest = b""
        self._one_writer = trio.Lock()

    # What the other side does

    def okay(self, theirs: int) -> None:
        self.theirs = theirs
        self._okay.set()

    def arrive(self, data: bytes) -> None:
        """Adb waits for no OKAY with what is left of a connection whose other end has closed."""
        self._put.send_nowait(data)

    def end(self) -> None:
        """What arrived before can still be read."""
        self.closed.set()
        self._okay.set()
        self._put.close()

    # What we do

    async def opened(self) -> bool:
        """Whether the host took what we opened."""
        await self._okay.wait()
        return not self.closed.is_set()

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        async with self._one_writer:
            limit = self._transport.max_data
            for start in range(0, len(data), limit):
                await self._okay.wait()
                if self.closed.is_set():
                    raise trio.BrokenResourceError("the host has closed this stream")
                self._okay = trio.Event()
                piece = bytes(data[start : start + limit])
                self._transport.send(Packet(WRTE, self.ours, self.theirs, piece))

    async def wait_send_all_might_not_block(self) -> None:
        """Until the host has taken everything, or closed."""
        await self._okay.wait()

    async def receive_some(self, max_bytes: int | None = None) -> bytes:
        if not self._rest:
            try:
                self._rest = await self._arrived.receive()
            except trio.EndOfChannel:
                return b""
            if not self.closed.is_set():
                self._transport.send(Packet(OKAY, self.ours, self.theirs))
        count = len(self._rest) if max_bytes is None else max_bytes
        taken, self._rest = self._rest[:count], self._rest[count:]
        return taken

    async def exactly(self, count: int) -> bytes:
        """Raises Left."""
        data = bytearray()
        while len(data) < count:
            piece = await self.receive_some(count - len(data))
            if not piece:
                raise Left
            data += piece
        return bytes(data)

    async def aclose(self) -> None:
        self.close()
        await trio.lowlevel.checkpoint()

    def close(self) -> None:
        self._transport.close(self)


# Serves a stream that the host opened; None if there is no such service.
Service = Callable[[Channel], Awaitable[None]]
FindService = Callable[[str, "Transport"], Service | None]


class Transport:
    """Between one host and the phone, until the link ends or the phone is unplugged."""

    def __init__(
        self, socket: trio.SocketStream, condition: Condition, keys: Keys, find: FindService
    ) -> None:
        self._socket = socket
        self._condition = condition
        self._keys = keys
        self._find = find
        self._scope = trio.CancelScope()
        self._nursery: trio.Nursery
        self._channels: dict[int, Channel] = {}
        self._last_id = 0
        self._queue, self._queued = trio.open_memory_channel[bytes](math.inf)
        self._sums = True
        self._their_sums = True
        self._most_bytes = condition.max_data
        self.max_data = wire.LEAST_MAX_DATA
        # From then on it takes no work.
        self.ended = False

    async def run(self) -> str:
        """Returns when the link has ended: why."""
        why = "unplugged"
        with self._scope:
            async with trio.open_nursery() as self._nursery, self._socket:
                self._nursery.start_soon(self._write)
                try:
                    await self._greet()
                    await self._read()
                except LinkLost as lost:
                    why = str(lost)
                self.ended = True
                for channel in self._channels.values():
                    channel.end()
                self._nursery.cancel_scope.cancel()
        return why

    def drop(self) -> None:
        """As when the cable is pulled."""
        self.ended = True
        self._scope.cancel()

    def start(self, work: Callable[[], Awaitable[None]]) -> None:
        """What ends with this link, whatever it is doing."""
        self._nursery.start_soon(work)

    def send(self, packet: Packet) -> None:
        """Bounded by the protocol: a stream has one piece under way at most."""
        self._queue.send_nowait(wire.pack(packet, checksum=self._sums))

    def open(self, destination: str) -> Channel:
        """Towards the host; see `Channel.opened`."""
        channel = self._channel()
        self.send(Packet(OPEN, channel.ours, 0, destination.encode() + b"\0"))
        return channel

    def close(self, channel: Channel) -> None:
        if self._channels.pop(channel.ours, None) is None:
            return
        if channel.theirs and not channel.closed.is_set():
            self.send(Packet(CLSE, channel.ours, channel.theirs))
        channel.end()

    def _channel(self, theirs: int = 0) -> Channel:
        self._last_id += 1
        channel = self._channels[self._last_id] = Channel(self, self._last_id, theirs)
        return channel

    # Greeting

    async def _greet(self) -> None:
        hello = await self._next()
        if hello.command != wire.CNXN:
            raise LinkLost("the host did not begin with a greeting")
        condition = self._condition
        # Until both are agreed, a newer one may leave them out already.
        self._their_sums = hello.arg0 < wire.VERSION
        if condition.auth != "off":
            await self._authenticate()
        self.max_data = min(hello.arg1, self._most_bytes)
        text = wire.banner(condition.state, condition.properties(), condition.features)
        self.send(Packet(wire.CNXN, condition.version, self._most_bytes, text))
        self._sums = self._their_sums = min(hello.arg0, condition.version) < wire.VERSION

    async def _authenticate(self) -> None:
        """The host tries its keys, then shows one; the phone asks its user and says nothing."""
        while True:
            token = os.urandom(wire.TOKEN_BYTES)
            self.send(Packet(wire.AUTH, wire.TOKEN, 0, token))
            answer = await self._next()
            if answer.command != wire.AUTH:
                raise LinkLost("the host does not answer what it was asked")
            if answer.arg0 == wire.PUBLIC_KEY:
                await self._ask_user(answer.data)
                return
            if self._keys.proves(token, answer.data):
                return

    async def _ask_user(self, blob: bytes) -> None:
        """Accepted when the condition says so. The host sends nothing meanwhile, but may leave."""
        asked_at = trio.current_time()
        while not self._accepts(trio.current_time() - asked_at):
            with trio.move_on_after(AGAIN_S):
                await self._next()
        try:
            self._keys.accept(blob)
        except BadInput as error:
            raise LinkLost(str(error)) from None

    def _accepts(self, after_s: float) -> bool:
        return self._condition.auth != "never" and after_s >= self._condition.auth_after_s

    # Packets

    async def _next(self) -> Packet:
        return await wire.read_packet(
            self._socket, checksum=self._their_sums, most_bytes=self._most_bytes
        )

    async def _read(self) -> None:
        while True:
            command, theirs, ours, data = await self._next()
            if command == OPEN:
                self._accept(theirs, ours, data)
            elif channel := self._channels.get(ours):
                self._heard(channel, command, theirs, data)

    def _accept(self, theirs: int, window: int, data: bytes) -> None:
        name = data.rstrip(b"\0").decode(errors="replace")
        service = self._find(name, self)
        # We announce no delayed acks, and so nobody may ask for a window.
        if service is None or window:
            self.send(Packet(CLSE, 0, theirs))
            return
        channel = self._channel(theirs)
        channel.okay(theirs)
        self.send(Packet(OKAY, channel.ours, theirs))
        self._nursery.start_soon(self._serve, service, channel)

    def _heard(self, channel: Channel, command: bytes, theirs: int, data: bytes) -> None:
        if command == OKAY:
            channel.okay(theirs)
        elif command == WRTE:
            channel.arrive(data)
        elif command == CLSE:
            # Answered once: adb-shell waits for it.
            self.close(channel)

    async def _serve(self, service: Service, channel: Channel) -> None:
        """A service that the host leaves takes nothing else down."""
        try:
            await service(channel)
            await channel.wait_send_all_might_not_block()
        except* (trio.BrokenResourceError, trio.ClosedResourceError):
            pass
        finally:
            channel.close()

    async def _write(self) -> None:
        """A phone that is offline hears everything and says nothing."""
        async for packed in self._queued:
            await trio.sleep(self._condition.slow_ms / 1000)
            while self._condition.offline:  # noqa: ASYNC110 - plain data, changed by a test
                await trio.sleep(AGAIN_S)
            try:
                await self._socket.send_all(packed)
            except (trio.BrokenResourceError, trio.ClosedResourceError):
                return
