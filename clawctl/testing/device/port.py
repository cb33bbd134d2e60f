"""A port of loopback that stays the same, whether somebody listens there or not."""

import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress

import trio

Accepted = Callable[[trio.SocketStream], Awaitable[None]]


class Port:
    """Shut, connections are refused, and nobody else gets the number."""

    def __init__(self, nursery: trio.Nursery) -> None:
        self._nursery = nursery
        self._socket = _bound(0)
        self.number: int = self._socket.getsockname()[1]
        self._listener: trio.SocketListener | None = None

    def open(self, accepted: Accepted) -> None:
        """Each connection is given to `accepted`, in a task of its own."""
        self._socket.listen()
        listener = trio.SocketListener(trio.socket.from_stdlib_socket(self._socket))
        self._listener = listener
        self._nursery.start_soon(self._accept, listener, accepted)

    def shut(self) -> None:
        """Refuses new connections; those there are go on."""
        if self._listener is not None:
            self._listener.socket.close()
            self._listener = None
            self._socket = _bound(self.number)

    def release(self) -> None:
        self.shut()
        self._socket.close()

    async def _accept(self, listener: trio.SocketListener, accepted: Accepted) -> None:
        with suppress(trio.ClosedResourceError):
            while True:
                self._nursery.start_soon(accepted, await listener.accept())


def _bound(number: int) -> socket.socket:
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(("127.0.0.1", number))
    return made


async def join(stream: trio.SocketStream, other: trio.abc.Stream, piece_bytes: int) -> None:
    """Both ways, until one side has ended and the other has all of it. ADB knows no half-closed
    connection: with one direction, both end."""
    async with stream, trio.open_nursery() as nursery:
        both = nursery.cancel_scope
        nursery.start_soon(_pour, stream, other, piece_bytes, both)
        nursery.start_soon(_pour, other, stream, piece_bytes, both)


async def _pour(
    source: trio.abc.ReceiveStream,
    into: trio.abc.SendStream,
    piece_bytes: int,
    both: trio.CancelScope,
) -> None:
    with suppress(trio.BrokenResourceError, trio.ClosedResourceError):
        while piece := await source.receive_some(piece_bytes):
            await into.send_all(piece)
        await into.wait_send_all_might_not_block()
    both.cancel()
