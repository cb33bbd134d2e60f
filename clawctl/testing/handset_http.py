"""The phone app's connections to a gateway: pooled, and repeated by the platform when one dies.

A `Pool` is one carrier (`handset_wire.Carrier`) on native sockets, so that a test can cut a
connection at any byte. It talks to loopback only, as the app does through the cable.
"""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import h11
import trio

from clawctl.errors import BadInput
from clawctl.testing.handset_contract import Violation
from clawctl.testing.handset_exchange import Connection, Died, Exchange, no_answer, send
from clawctl.testing.handset_wire import SMOOTH, Request, RequestFailed, Response, Sink

MOST_IDLE = 5
IDLE_FOR_S = 300.0
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_PLAIN = re.compile(r"[!-~]+")
USER_AGENT = "Dalvik/2.1.0 (Linux; U; Android 16; Pixel 7a Build/BP4A.251205.006)"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a base address leads; `prefix` is its path, never normalised."""

    host: str
    port: int
    authority: str
    prefix: str

    @classmethod
    def of(cls, base_url: str) -> "Address":
        """Raises BadInput unless it is plain HTTP to this machine."""
        if "@" in base_url:
            raise BadInput("an address of a gateway holds no name or password")
        try:
            url = urlsplit(base_url)
            host, port = url.hostname or "", url.port or 80
        except ValueError as error:
            raise BadInput(f"{base_url!r} is no address: {error}") from None
        if url.scheme != "http" or host not in LOOPBACK or not _PLAIN.fullmatch(base_url):
            raise BadInput(f"{base_url!r}: the phone talks http to 127.0.0.1 only")
        return cls(host, port, url.netloc, url.path)


def _itself(port: int) -> int | None:
    return port


class Pool:
    """Up to five idle connections to one gateway, each kept for five minutes.

    `port_of` is asked at each connection where the port of the address really is, None where
    nobody listens: a phone's own port is forwarded to another, or not.
    """

    def __init__(self, base_url: str, port_of: Callable[[int], int | None] = _itself) -> None:
        self._address = Address.of(base_url)
        self._port_of = port_of
        self._idle: list[Connection] = []

    async def carry(self, request: Request, sink: Sink) -> Response:
        breaches: list[Violation] = []
        try:
            return await self._carried(request, sink, breaches)
        except RequestFailed as failed:
            raise RequestFailed(str(failed), *breaches, *failed.breaches) from None

    async def _carried(self, request: Request, sink: Sink, breaches: list[Violation]) -> Response:
        """`breaches` takes what goes wrong on the way to an answer."""
        started = trio.current_time()
        if request.mishap.twice:
            await self._lost_after_sending(request)
        while True:
            connection = await self._connection(request, breaches)
            exchange = Exchange(connection, request, sink, started)
            try:
                response = await exchange.run(self._head(request), breaches)
            except Died as died:
                await _drop(connection)
                request = _repeatable(request, connection, died, breaches)
            except BaseException:
                await _drop(connection)
                raise
            else:
                await self._keep(connection)
                return response

    async def aclose(self) -> None:
        while self._idle:
            await _drop(self._idle.pop())

    async def _connection(self, request: Request, breaches: list[Violation]) -> Connection:
        """The connection used last, or a fresh one."""
        while self._idle:
            connection = self._idle.pop()
            idle_s = trio.current_time() - connection.idle_since
            if idle_s < IDLE_FOR_S and not connection.stream.socket.is_readable():
                return connection
            await _drop(connection)
            if idle_s < IDLE_FOR_S:
                breaches.append(Violation("idle_closed", f"after {idle_s:.1f} s"))
        return Connection(await self._connect(request))

    async def _connect(self, request: Request) -> trio.SocketStream:
        port = self._port_of(self._address.port)
        if port is None:
            await trio.lowlevel.checkpoint()
            raise no_answer("connection", f"{self._address.authority} takes no connection: refused")
        try:
            with trio.fail_after(request.connect_s):
                return await trio.open_tcp_stream(self._address.host, port)
        except trio.TooSlowError:
            why = f"nothing within {request.connect_s:g} s"
        except OSError as error:
            why = str(error)
        raise no_answer("connection", f"{self._address.authority} takes no connection: {why}")

    def _head(self, request: Request) -> h11.Request:
        platform = [
            ("User-Agent", USER_AGENT),
            ("Host", self._address.authority),
            ("Connection", "Keep-Alive"),
            ("Accept-Encoding", "gzip"),
        ]
        if request.method == "POST":
            platform.append(("Content-Length", str(len(request.body))))
        return h11.Request(
            method=request.method,
            target=self._address.prefix + request.path,
            headers=[*request.headers, *platform],
        )

    async def _lost_after_sending(self, request: Request) -> None:
        """The whole request leaves, and the connection dies before an answer."""
        connection = await self._connection(request, [])
        try:
            await send(connection, self._head(request), request.body)
        except trio.BrokenResourceError:
            pass
        finally:
            await _drop(connection)

    async def _keep(self, connection: Connection) -> None:
        http = connection.http
        if http.our_state is not h11.DONE or http.their_state is not h11.DONE:
            await _drop(connection)
            return
        http.start_next_cycle()
        connection.used = True
        connection.idle_since = trio.current_time()
        self._idle.append(connection)
        if len(self._idle) > MOST_IDLE:
            await _drop(self._idle.pop(0))


@asynccontextmanager
async def open_pool(base_url: str) -> AsyncIterator[Pool]:
    """Leaving closes what is idle; a request still carried closes its own when cancelled."""
    pool = Pool(base_url)
    try:
        yield pool
    finally:
        await pool.aclose()


async def _drop(connection: Connection) -> None:
    await trio.aclose_forcefully(connection.stream)


def _repeatable(
    request: Request, connection: Connection, died: Died, breaches: list[Violation]
) -> Request:
    """The request that the platform sends again by itself, or RequestFailed."""
    if not connection.used:
        if died.mishap:
            raise RequestFailed(str(died)) from None
        raise no_answer("connection", str(died))
    if not died.mishap:
        idle_s = trio.current_time() - connection.idle_since
        breaches.append(Violation("idle_closed", f"{died}, idle since {idle_s:.1f} s"))
    return replace(request, mishap=SMOOTH)
