"""A network between a client and a gateway, which can be cut and mended."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import trio

CHUNK_BYTES = 65_536


class Relay:
    """Connections to `url` reach the gateway; `cut` ends them and lets none in until `mend`."""

    def __init__(self, url: str, gateway: tuple[str, int]) -> None:
        self.url = url
        self._gateway = gateway
        self._whole = True
        self._connections = set[trio.CancelScope]()

    def cut(self) -> None:
        self._whole = False
        for connection in self._connections:
            connection.cancel()

    def mend(self) -> None:
        self._whole = True

    async def carry(self, near: trio.SocketStream) -> None:
        """One connection, until an end closes or the cut."""
        if not self._whole:
            await trio.aclose_forcefully(near)
            return
        with trio.CancelScope() as connection:
            self._connections.add(connection)
            far = await trio.open_tcp_stream(*self._gateway)
            async with near, far, trio.open_nursery() as nursery:
                nursery.start_soon(_pour, near, far, nursery.cancel_scope)
                nursery.start_soon(_pour, far, near, nursery.cancel_scope)
        self._connections.discard(connection)


@asynccontextmanager
async def open_relay(url: str) -> AsyncIterator[Relay]:
    """On a free port of loopback, to the gateway at `url`."""
    address = urlsplit(url)
    (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
    port = listener.socket.getsockname()[1]
    relay = Relay(f"http://127.0.0.1:{port}", (address.hostname or "", address.port or 0))
    async with listener, trio.open_nursery() as nursery:
        nursery.start_soon(trio.serve_listeners, relay.carry, [listener])
        yield relay
        nursery.cancel_scope.cancel()


async def _pour(source: trio.SocketStream, into: trio.SocketStream, both: trio.CancelScope) -> None:
    try:
        while chunk := await source.receive_some(CHUNK_BYTES):
            await into.send_all(chunk)
    except (trio.BrokenResourceError, trio.ClosedResourceError):
        pass
    both.cancel()
