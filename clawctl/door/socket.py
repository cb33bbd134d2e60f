"""A WebSocket's life: read all the time, and closed with the code that says why."""

import math
from collections.abc import Awaitable, Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import structlog
import trio
from quart import websocket

from clawctl.config.live import Live
from clawctl.errors import TooMany

log = structlog.get_logger()

Task = Callable[[], Awaitable[None]]

# Under this name a connection's ASGI state has the event of the gateway's stop.
STOPPING = "clawctl.stopping"

INTERNAL_ERROR = 1011

# Who does not keep up with events all this time never will.
LAGGING_S = 30.0


class Goodbye(Exception):
    """Ends a conversation; the peer is told the code (RFC 6455, 7.4) and the words."""

    code: ClassVar[int]
    words: ClassVar[str]


class TooSlow(Goodbye):
    """The peer does not keep up."""

    code = 1013
    words = "events were lost for too long; connect again with after, the last seq you know"


class Flooding(Goodbye):
    """The peer sends more than it waits for."""

    code = 1008
    words = "too much was sent without waiting for answers"


class ShutOut(Goodbye):
    """The token that let the peer in counts no more."""

    code = 1008
    words = "agent_token has changed; connect again with the new one"


class Stopping(Goodbye):
    """The gateway stops."""

    code = 1001
    words = "the gateway stops"


class Sockets:
    """Those of one kind that are open; one more than `most` is refused at the handshake."""

    def __init__(self, live: Live, most: int) -> None:
        self._live = live
        self._most = most
        self._open = set[trio.Event]()
        live.on_change(self._heed)

    @contextmanager
    def room(self) -> Iterator[trio.Event]:
        """The event, for `converse`, is set when the token that let this socket in has changed."""
        if len(self._open) >= self._most:
            raise TooMany(
                f"{self._most} sockets of this kind are open already; close one, or ask over HTTP"
            )
        shut_out = trio.Event()
        self._open.add(shut_out)
        try:
            yield shut_out
        finally:
            self._open.discard(shut_out)

    def _heed(self, changed: Collection[str]) -> None:
        """Where no token is asked any more, everybody may stay."""
        if "agent_token" in changed and self._live.now.gateway.agent_token:
            for shut_out in self._open:
                shut_out.set()


class Pace:
    """Whether a peer keeps up with what it is told."""

    def __init__(self) -> None:
        self._behind_since = math.inf
        self._sent_s = 0.0

    @contextmanager
    def sending(self, *, lost: bool) -> Iterator[None]:
        """For the time in which one lot is sent; `lost` is whether some waited too long for it.

        They were lost while the lot before was sent, so the peer was behind since that began.
        Raises TooSlow once it has been behind for `LAGGING_S`.
        """
        began = trio.current_time()
        self._behind_since = min(self._behind_since, began - self._sent_s) if lost else math.inf
        if began - self._behind_since > LAGGING_S:
            raise TooSlow
        yield
        self._sent_s = trio.current_time() - began


async def converse(shut_out: trio.Event, *tasks: Task) -> None:
    """Run the tasks of an accepted socket until its peer leaves, which cancels this, or one of them
    or the gateway says goodbye. Whoever reads must never wait for long: a peer that left is noticed
    by reading only."""
    code, words = INTERNAL_ERROR, ""
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(_stopping)
            nursery.start_soon(_shut_out, shut_out)
            for task in tasks:
                nursery.start_soon(task)
    except* Goodbye as goodbyes:
        code, words = _said(goodbyes)
    except* Exception:
        # The door of WebSockets; quart would close with 1000, as if all were well.
        log.exception("socket.failed", rule=str(websocket.url_rule))
    await websocket.close(code, words)


def _said(goodbyes: BaseExceptionGroup[Goodbye]) -> tuple[int, str]:
    first = goodbyes.exceptions[0]
    return _said(first) if isinstance(first, BaseExceptionGroup) else (first.code, first.words)


async def _shut_out(event: trio.Event) -> None:
    await event.wait()
    raise ShutOut


async def _stopping() -> None:
    state: dict[str, Any] = websocket.scope.get("state") or {}
    if STOPPING not in state:
        await trio.sleep_forever()
    await state[STOPPING].wait()
    raise Stopping
