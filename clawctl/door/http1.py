"""HTTP/1.1 as our doors speak it: no other protocol, and no refusal without a word."""

from typing import Any

import h11
import msgspec
import trio
from hypercorn.events import Closed
from hypercorn.protocol.events import Body, Data, Event, Response
from hypercorn.protocol.h11 import H11Protocol
from hypercorn.protocol.ws_stream import ASGIWebsocketState, WSStream
from wsproto.connection import ConnectionState

from clawctl.wire.rest import Fault

# For a WebSocket to take leave, before who does not answer is hung up.
GOODBYE_S = 1.0
NO_BODY = (b"content-length", b"0")
NO_HANDSHAKE = Fault(
    detail="this is no handshake of a WebSocket: Sec-WebSocket-Version must be 13, and"
    " Sec-WebSocket-Key be there",
    code="bad_request",
)
NO_HTTP = Fault(
    detail="this is no HTTP/1.1: an address holds ASCII only, the rest of it percent-encoded; a"
    " header is a name, a colon and a value, and there is one Host",
    code="bad_request",
)
# What h11 knows better than that.
FAULTS = {
    431: Fault(
        detail="the address and the headers are too long; send less of them, such as fewer cookies",
        code="request_header_fields_too_large",
    ),
    501: Fault(
        detail="this Transfer-Encoding is not known; send chunks, or a Content-Length",
        code="not_implemented",
    ),
}


class Http1(H11Protocol):
    """hypercorn lets any client switch to HTTP/2, and settings it cannot read end the server."""

    async def _check_protocol(self, event: h11.Request) -> None:
        """No switch: the app speaks HTTP/1.1, and so does everybody else on loopback."""

    async def _create_stream(self, request: h11.Request) -> None:
        """A handshake refused by hypercorn itself would leave the connection open for ever."""
        await super()._create_stream(request)
        if self.stream is not None and self.stream.closed:
            await self.send(Closed())

    async def stream_send(self, event: Event) -> None:
        """hypercorn says nothing in its own refusals, and tells no application that it has closed
        a WebSocket whose peer sent too much at once."""
        if isinstance(event, Response) and self._refuses(event):
            headers, body = _refusal(NO_HANDSHAKE)
            await super().stream_send(Response(event.stream_id, headers, event.status_code))
            await super().stream_send(Body(event.stream_id, body))
            return
        await super().stream_send(event)
        if isinstance(event, Data) and _closed_unasked(self.stream):
            await self._close_stream()
            self.task_group.spawn(self._part)

    def _refuses(self, response: Response) -> bool:
        return isinstance(self.stream, WSStream) and NO_BODY in response.headers

    async def _part(self) -> None:
        await trio.sleep(GOODBYE_S)
        await self.send(Closed())

    async def _send_error_response(self, status_code: int) -> None:
        headers, body = _refusal(FAULTS.get(status_code, NO_HTTP))
        await self._send_h11_event(h11.Response(status_code=status_code, headers=headers))
        await self._send_h11_event(h11.Data(data=body))
        await self._send_h11_event(h11.EndOfMessage())


def _refusal(fault: Fault) -> tuple[list[tuple[bytes, bytes]], bytes]:
    body = msgspec.json.encode(fault)
    length = (b"content-length", b"%d" % len(body))
    return [(b"content-type", b"application/json"), length, (b"connection", b"close")], body


def _closed_unasked(stream: Any) -> bool:
    """Whether hypercorn has said goodbye on a WebSocket that the application takes for open."""
    if not isinstance(stream, WSStream) or stream.state is not ASGIWebsocketState.CONNECTED:
        return False
    return stream.connection.state is ConnectionState.LOCAL_CLOSING
