"""What a host can ask of the phone by opening a stream to it: shells, files, ports."""

from collections.abc import Awaitable, Callable
from functools import partial

import trio

from clawctl.lines.phone.adb_stream import CLOSE_STDIN, EXIT, FRAME, STDERR, STDIN, STDOUT
from clawctl.testing.device import shell
from clawctl.testing.device.port import join
from clawctl.testing.device.process import PIECE_BYTES, Nothing, Pipe, Process, Sink, everything
from clawctl.testing.device.reverse import Reverses
from clawctl.testing.device.sync import Sync
from clawctl.testing.device.system import System
from clawctl.testing.device.transport import Channel, Left, Service, Transport

LOOPBACK = "127.0.0.1"
# How long a host has to close the stream by which it asked for a reboot.
HEARD_S = 0.1


class Services:
    """`reboot` is what a host may ask for, too."""

    def __init__(self, system: System, reverses: Reverses, reboot: Callable[[], None]) -> None:
        self._system = system
        self._reverses = reverses
        self._reboot = reboot

    def find(self, name: str, transport: Transport) -> Service | None:
        """The service that a stream was opened to; None if the phone has no such service."""
        kind, _, rest = name.partition(":")
        kind, *options = kind.split(",")
        if not self._serves(kind, options, rest):
            return None
        table: dict[str, Service] = {
            "shell": partial(
                _framed_shell if "v2" in options else _plain_shell, self._system, rest
            ),
            "exec": partial(_plain_shell, self._system, rest),
            "sync": self._sync,
            "reverse": partial(self._reverses.answer, rest, transport),
            "tcp": partial(self._connect, rest, transport),
            "reboot": self._restart,
        }
        return table.get(kind)

    def _serves(self, kind: str, options: list[str], place: str) -> bool:
        if kind == "tcp":
            return place.isdecimal() and self._reverses.forwarded(int(place)) is not None
        return "v2" not in options or "shell_v2" in self._system.condition.features

    async def _sync(self, channel: Channel) -> None:
        await Sync(self._system, channel).run()

    async def _restart(self, channel: Channel) -> None:
        with trio.move_on_after(HEARD_S):
            await channel.closed.wait()
        self._reboot()

    async def _connect(self, place: str, transport: Transport, channel: Channel) -> None:
        """A program on the phone that listens; there is none but what is forwarded itself."""
        try:
            stream = await trio.open_tcp_stream(LOOPBACK, self._reverses.place(int(place)))
        except OSError:
            return
        await join(stream, channel, transport.max_data)


async def _plain_shell(system: System, command: str, channel: Channel) -> None:
    """Output and errors in one, and no status."""
    process = Process(system, [], "shell", "/", channel, channel.send_all, channel.send_all)
    await _while_open(channel, partial(_run, process, command))


async def _framed_shell(system: System, command: str, channel: Channel) -> None:
    stdin = Pipe()
    process = Process(
        system, [], "shell", "/", stdin, _sink(channel, STDOUT), _sink(channel, STDERR)
    )

    async def run() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(_type, channel, stdin)
            status = await _run(process, command)
            nursery.cancel_scope.cancel()
        await channel.send_all(FRAME.pack(EXIT, 1) + bytes([status]))

    await _while_open(channel, run)


async def _run(process: Process, command: str) -> int:
    """Without a command, what is typed is one."""
    if command:
        return await shell.run(process, command)
    typed = (await everything(process.stdin)).decode(errors="replace")
    process.stdin = Nothing()
    return await shell.run(process, typed)


async def _while_open(channel: Channel, work: Callable[[], Awaitable[object]]) -> None:
    """A command dies when the host leaves it."""
    async with trio.open_nursery() as nursery:

        async def hang_up() -> None:
            await channel.closed.wait()
            nursery.cancel_scope.cancel()

        nursery.start_soon(hang_up)
        await work()
        nursery.cancel_scope.cancel()


async def _type(channel: Channel, stdin: Pipe) -> None:
    """What the host types reaches the command, who may have stopped reading."""
    try:
        while True:
            kind, length = FRAME.unpack(await channel.exactly(FRAME.size))
            data = await channel.exactly(length)
            if kind == STDIN:
                await stdin.send(data)
            elif kind == CLOSE_STDIN:
                stdin.end()
    except Left:
        stdin.end()
    except (trio.BrokenResourceError, trio.ClosedResourceError):
        return


def _sink(channel: Channel, kind: int) -> Sink:
    async def put(data: bytes) -> None:
        for at in range(0, len(data), PIECE_BYTES):
            piece = data[at : at + PIECE_BYTES]
            await channel.send_all(FRAME.pack(kind, len(piece)) + piece)

    return put
