"""One WebSocket of a gateway, for the time of a block."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from math import inf
from typing import Any
from urllib.parse import urlsplit

import msgspec
import trio
from trio_websocket import (
    ConnectionRejected,
    HandshakeError,
    WebSocketConnection,
    wrap_client_stream,
)

from clawctl.client.rest import REFUSALS
from clawctl.errors import ClawError, Unreachable

CONNECT_S = 5.0
# An event of the longest turn is far below.
MAX_MESSAGE_BYTES = 16 << 20
# For the gateway's half of a goodbye; when cancelled nobody reads it, and ours is just sent.
GOODBYE_S = 1.0
SENT_S = 0.05
# A connection that says nothing for so long is asked whether it still lives.
QUIET_S = 20.0
PONG_S = 10.0


@asynccontextmanager
async def open_socket(
    url: str, resource: str, token: str = ""
) -> AsyncIterator[WebSocketConnection]:
    """Raises Unreachable, or what the gateway refused; leaves no TCP socket to the collector."""
    address = urlsplit(url)
    host, port = address.hostname or "", address.port or 80
    headers = [(b"Authorization", f"Bearer {token}".encode())] if token else []
    try:
        with trio.fail_after(CONNECT_S):
            stream = await trio.open_tcp_stream(host, port)
    except (OSError, trio.TooSlowError):
        raise Unreachable(f"no gateway answers at {url}; start one with 'clawctl serve'") from None
    try:
        async with trio.open_nursery() as nursery:
            with trio.fail_after(CONNECT_S):
                socket = await wrap_client_stream(
                    nursery, stream, address.netloc, resource,
                    extra_headers=headers, max_message_size=MAX_MESSAGE_BYTES,
                )  # fmt: skip
            try:
                yield socket
            finally:
                cancelled = trio.current_effective_deadline() == -inf
                with trio.move_on_after(SENT_S if cancelled else GOODBYE_S, shield=True):
                    await socket.aclose()
            nursery.cancel_scope.cancel()
    # trio-websocket reads in a task of its own, so it raises in a group, and in the place of
    # what waits for the handshake.
    except* HandshakeError as errors:
        raise _refusal(url, errors.exceptions[0]) from None
    finally:
        await trio.aclose_forcefully(stream)


async def next_frame(socket: WebSocketConnection) -> dict[str, Any]:
    """Raises TooSlowError when the peer is silent even when asked, ConnectionClosed."""
    with trio.move_on_after(QUIET_S):
        return _decoded(await socket.get_message())
    await socket.send_message('{"type":"ping"}')
    with trio.fail_after(PONG_S):
        return _decoded(await socket.get_message())


def _decoded(frame: str | bytes) -> dict[str, Any]:
    content: dict[str, Any] = msgspec.json.decode(frame)
    return content


def _refusal(url: str, error: Exception) -> ClawError:
    if isinstance(error, ConnectionRejected):
        kind = REFUSALS.get(error.status_code, ClawError)
        return kind(_detail(error.body) or f"{url} answered {error.status_code}")
    return Unreachable(f"what answers at {url} is not a gateway, or it is stopping")


def _detail(body: bytes | None) -> str:
    try:
        return str(msgspec.json.decode(body or b"")["detail"])
    except (msgspec.DecodeError, KeyError, TypeError):
        return ""
