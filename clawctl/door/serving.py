"""Listening: sockets bound by us, so that a port in use is a sentence and not a traceback."""

import errno
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, cast

import trio
from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.config import Config
from hypercorn.trio.worker_context import WorkerContext
from hypercorn.typing import ConnectionState

from clawctl.door.socket import STOPPING
from clawctl.door.tcp import Connection, Connections
from clawctl.errors import CannotStart

# Longer than the 5 minutes for which the phone pools a connection (phone page, 4.1).
KEEP_ALIVE_S = 330.0
# A first request line and headers of the app are some 400 bytes.
MAX_HEADER_BYTES = 16 * 1024
# Of a WebSocket; a longer one closes it with 1009.
MAX_MESSAGE_BYTES = 1 << 20
BACKLOG = 512


def bind(host: str, port: int, setting: str) -> socket.socket:
    """A bound socket; raises CannotStart naming the setting to change."""
    family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    sock = socket.socket(family, kind, proto)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        sock.bind(address)
        sock.listen(BACKLOG)
    except OSError as error:
        sock.close()
        raise CannotStart(_why(error, host, port, setting)) from None
    return sock


def _why(error: OSError, host: str, port: int, setting: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} on {host} is in use, perhaps by another gateway ('clawctl status'"
            f" tells); stop that program or choose another {setting}"
        )
    if error.errno == errno.EACCES:
        return f"port {port} needs more rights than this user has; choose a {setting} above 1023"
    return f"cannot listen on {host} port {port}: {error.strerror}; look at host and {setting}"


def url_of(sock: socket.socket) -> str:
    host, port = sock.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@asynccontextmanager
async def open_doors(
    doors: Sequence[tuple[socket.socket, Any]], graceful_s: float
) -> AsyncIterator[list[str]]:
    """Serve each application on its bound socket; their URLs.

    On leaving all doors close at once, and exchanges in flight have `graceful_s` together. In place
    of hypercorn's `serve`, which knows no other connections than its own.
    """
    context = WorkerContext(None)
    async with trio.open_nursery() as connections, trio.open_nursery() as listening:
        for sock, app in doors:
            listener = trio.SocketListener(trio.socket.from_stdlib_socket(sock))
            serve = partial(_serve, Connections(), ASGIWrapper(app), _config(), context)
            listen = partial(trio.serve_listeners, serve, [listener], handler_nursery=connections)
            await listening.start(listen)
        try:
            yield [url_of(sock) for sock, _ in doors]
        finally:
            listening.cancel_scope.cancel()
            await context.terminated.set()
            connections.cancel_scope.deadline = trio.current_time() + graceful_s


async def _serve(
    open_ones: Connections, app: ASGIWrapper, config: Config, context: WorkerContext, stream: Any
) -> None:
    state = ConnectionState({STOPPING: context.terminated})
    one = Connection(app, config, context, state, stream)
    with open_ones.among(one):
        await one.run()


def _config() -> Config:
    config = Config()
    config.accesslog = config.errorlog = cast(Any, None)
    config.keep_alive_timeout = KEEP_ALIVE_S
    config.keep_alive_max_requests = 1_000_000
    config.h11_max_incomplete_size = MAX_HEADER_BYTES
    config.websocket_max_message_size = MAX_MESSAGE_BYTES
    config.include_server_header = False
    return config
