"""One client's connection: HTTP/1.1 only, and never in the way of another one or of a stop."""

from typing import Any

import structlog
import trio
from h11 import Request
from hypercorn.events import Closed, Event, RawData
from hypercorn.protocol.h11 import H11Protocol
from hypercorn.trio.tcp_server import TCPServer
from hypercorn.typing import ConnectionState

log = structlog.get_logger()

# Whoever reads nothing for this long does not want its answer.
UNREAD_S = 30.0


class Http1(H11Protocol):
    """hypercorn lets any client switch to HTTP/2, and settings it cannot read end the server."""

    async def _check_protocol(self, event: Request) -> None:
        """No switch: the app speaks HTTP/1.1, and so does everybody else on loopback."""

    async def _create_stream(self, request: Request) -> None:
        """A handshake refused by hypercorn itself would leave the connection open for ever."""
        await super()._create_stream(request)
        if self.stream is not None and self.stream.closed:
            await self.send(Closed())


class Connection(TCPServer):
    """What goes wrong in one connection ends that one; hypercorn lets it end the server.

    hypercorn shields what it sends. Here that ends as well: after `UNREAD_S`, and with the
    cancellation of `run`, which a client that does not read could else put off for ever.
    """

    protocol: Any

    async def run(self) -> None:
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._hung_up)
                await super().run()
                nursery.cancel_scope.cancel()
        except* Exception as errors:  # noqa: BLE001 - the door of HTTP: a client's bytes end no server
            log.warning("connection.broken", why=_names(errors))

    async def protocol_send(self, event: Event) -> None:
        if not isinstance(event, RawData):
            await super().protocol_send(event)
            return
        async with self.send_lock:
            try:
                with trio.CancelScope(shield=True, deadline=trio.current_time() + UNREAD_S) as sent:
                    await self.stream.send_all(event.data)
            except (trio.BrokenResourceError, trio.ClosedResourceError):
                await self.protocol.handle(Closed())
        if sent.cancelled_caught:
            self.stream.socket.close()
            await self.protocol.handle(Closed())

    async def _read_data(self) -> None:
        offered = self.protocol.protocol
        self.protocol = Http1(
            self.app,
            self.config,
            self.context,
            self._task_group,
            ConnectionState(self.state),
            offered.ssl,
            offered.client,
            offered.server,
            self.protocol_send,
        )
        await super()._read_data()

    async def _hung_up(self) -> None:
        try:
            await trio.sleep_forever()
        finally:
            self.stream.socket.close()


def _names(errors: BaseExceptionGroup[Any]) -> str:
    """What kinds of errors; their words may be a caller's."""
    kinds = set[str]()
    for error in errors.exceptions:
        inner = isinstance(error, BaseExceptionGroup)
        kinds.add(_names(error) if inner else type(error).__name__)
    return ", ".join(sorted(kinds))
