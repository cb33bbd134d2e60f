"""A WebSocket's life: read all the time, and closed with the code that says why."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog
import trio
from quart import websocket

from clawctl.errors import TooMany

log = structlog.get_logger()

Task = Callable[[], Awaitable[None]]

# Under this name a connection's ASGI state has the event of the gateway's stop.
STOPPING = "clawctl.stopping"

# What a peer is told when the socket closes (RFC 6455, 7.4).
GOING_AWAY, POLICY_VIOLATION, INTERNAL_ERROR, TRY_AGAIN_LATER = 1001, 1008, 1011, 1013

# At one door there are a hundred connections, and phones come first.
MOST = 64


class TooSlow(Exception):
    """The peer does not keep up."""


class Flooding(Exception):
    """The peer sends more than it waits for."""


class Sockets:
    """Those of one kind that are open; one too many is refused at the handshake."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._open = 0

    @contextmanager
    def room(self) -> Iterator[None]:
        if self._open >= self._most:
            raise TooMany(f"{self._open} sockets listen already; close one, or read /api/events")
        self._open += 1
        try:
            yield
        finally:
            self._open -= 1


async def converse(*tasks: Task) -> None:
    """Run the tasks of an accepted socket until its peer leaves, which cancels this, or the gateway
    stops. Whoever reads must never wait for long: a peer that left is noticed by reading only."""
    why = INTERNAL_ERROR
    try:
        async with trio.open_nursery() as nursery:
            for task in tasks:
                nursery.start_soon(task)
            await _stopping()
            why = GOING_AWAY
            nursery.cancel_scope.cancel()
    except* TooSlow:
        why = TRY_AGAIN_LATER
    except* Flooding:
        why = POLICY_VIOLATION
    except* Exception:
        # The door of WebSockets; quart would close with 1000, as if all were well.
        log.exception("socket.failed", rule=str(websocket.url_rule))
    await websocket.close(why)


async def _stopping() -> None:
    state: dict[str, Any] = websocket.scope.get("state") or {}
    if STOPPING not in state:
        await trio.sleep_forever()
    await state[STOPPING].wait()
