"""One client's connection: HTTP/1.1 only, and never in the way of another one or of a stop."""

import math
import resource
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, cast

import structlog
import trio
from hypercorn.config import Config
from hypercorn.events import Closed, Event, RawData, Updated
from hypercorn.protocol.ws_stream import WSStream
from hypercorn.trio.task_group import TaskGroup, _handle
from hypercorn.trio.tcp_server import TCPServer
from hypercorn.typing import AppWrapper, ConnectionState, Scope

from clawctl.door.http1 import GOODBYE_S, Http1

log = structlog.get_logger()

# Whoever reads nothing for this long does not want its answer. Longer than the patience with a
# listener (`door.socket`): one that reads again is told why it is closed.
UNREAD_S = 40.0
# At one door, if the process may have so many files.
MOST = 512


def room() -> int:
    """How many connections a door has room for: some systems give a process 256 files in all, of
    which two doors take half."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST if files == resource.RLIM_INFINITY else min(MOST, files // 4)


class Tasks:
    """hypercorn's queue to an application outlives it: a client that goes on sending to a WebSocket
    which we closed would fill it, and the connection wait for ever."""

    def __init__(self, tasks: TaskGroup) -> None:
        self.spawn = tasks.spawn

    async def spawn_app(
        self, app: AppWrapper, config: Config, scope: Scope, send: Callable[[Any], Awaitable[None]]
    ) -> Callable[[Any], Awaitable[None]]:
        putting, getting = trio.open_memory_channel[Any](config.max_app_queue_size)

        async def send_or_end(message: Any) -> None:
            if message is None:
                getting.close()
            await send(message)

        async def put(event: Any) -> None:
            with suppress(trio.BrokenResourceError):
                await putting.send(event)

        threads = trio.to_thread.run_sync, trio.from_thread.run
        self.spawn(_handle, app, config, scope, getting.receive, send_or_end, *threads)
        return put


class Connection(TCPServer):
    """What goes wrong in one connection ends that one; hypercorn lets it end the server.

    hypercorn shields what it sends. Here that ends as well: after `UNREAD_S`, and with the
    cancellation of `run`, which a client that does not read could else put off for ever.
    """

    protocol: Any

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.quiet_since = trio.current_time()

    def hang_up(self) -> None:
        self.stream.socket.close()

    async def run(self) -> None:
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._hung_up)
                await super().run()
                nursery.cancel_scope.cancel()
        except* Exception as errors:  # noqa: BLE001 - the door of HTTP: a client's bytes end no server
            log.warning("connection.broken", why=_names(errors))

    async def protocol_send(self, event: Event) -> None:
        if isinstance(event, Updated):
            self.quiet_since = trio.current_time() if event.idle else math.inf
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
            self.hang_up()
            await self.protocol.handle(Closed())

    async def _read_data(self) -> None:
        offered = self.protocol.protocol
        self.protocol = Http1(
            self.app,
            self.config,
            self.context,
            cast(TaskGroup, Tasks(self._task_group)),
            ConnectionState(self.state),
            offered.ssl,
            offered.client,
            offered.server,
            self.protocol_send,
        )
        await super()._read_data()
        # Else the closed connection keeps its file and its tasks for the rest of the idle time.
        await self.idle_task.stop()

    async def _hung_up(self) -> None:
        """When the connection is over; no stop waits for a WebSocket."""
        try:
            await self.context.terminated.wait()
            if isinstance(getattr(self.protocol, "stream", None), WSStream):
                await trio.sleep(GOODBYE_S)
                self.hang_up()
            await trio.sleep_forever()
        finally:
            self.hang_up()


class Connections:
    """Those open at one door; when there are too many, the one that was quiet longest is closed.

    Nobody needs a token to connect: without a limit any app could use up the files of the process.
    A connection whose request is being answered is never closed for another one.
    """

    def __init__(self) -> None:
        self._open = set[Connection]()

    @contextmanager
    def among(self, connection: Connection) -> Iterator[None]:
        self._open.add(connection)
        if len(self._open) > room():
            quiet = min(self._open, key=lambda one: one.quiet_since)
            self._open.discard(quiet)
            quiet.hang_up()
        try:
            yield
        finally:
            self._open.discard(connection)


def _names(errors: BaseExceptionGroup[Any]) -> str:
    """What kinds of errors; their words may be a caller's."""
    kinds = set[str]()
    for error in errors.exceptions:
        inner = isinstance(error, BaseExceptionGroup)
        kinds.add(_names(error) if inner else type(error).__name__)
    return ", ".join(sorted(kinds))
