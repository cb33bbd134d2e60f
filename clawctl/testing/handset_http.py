"""The phone app's connections to a gateway: pooled, and repeated by the platform when one dies.

A `Pool` is one carrier (`handset_wire.Carrier`) on native sockets, so that a test can cut a
connection at any byte. It talks to loopback only, as the app does through the cable.
"""

import re
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol
from urllib.parse import urlsplit

import h11
import trio

from clawctl.errors import BadInput
from clawctl.testing.handset_contract import Violation
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
        try:
            url = urlsplit(base_url)
            host, port = url.hostname or "", url.port or 80
        except ValueError as error:
            raise BadInput(f"{base_url!r} is no address: {error}") from None
        if url.scheme != "http" or host not in LOOPBACK or not _PLAIN.fullmatch(base_url):
            raise BadInput(f"{base_url!r}: the phone talks http to 127.0.0.1 only")
        return cls(host, port, url.netloc, url.path)


class _Died(Exception):
    """The connection ended before a byte of an answer; `mishap` if we cut it ourselves."""

    def __init__(self, why: str, *, mishap: bool = False) -> None:
        self.mishap = mishap
        super().__init__(why)


@dataclass(slots=True)
class _Connection:
    stream: trio.SocketStream
    http: h11.Connection = field(default_factory=lambda: h11.Connection(h11.CLIENT))
    used: bool = False
    idle_since: float = 0.0


class Pool:
    """Up to five idle connections to one gateway, each kept for five minutes."""

    def __init__(self, base_url: str) -> None:
        self._address = Address.of(base_url)
        self._idle: list[_Connection] = []

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
            exchange = _Exchange(connection, request, sink, started)
            try:
                response = await exchange.run(self._head(request), breaches)
            except _Died as died:
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

    async def _connection(self, request: Request, breaches: list[Violation]) -> _Connection:
        """The connection used last, or a fresh one."""
        while self._idle:
            connection = self._idle.pop()
            idle_s = trio.current_time() - connection.idle_since
            if idle_s < IDLE_FOR_S and not connection.stream.socket.is_readable():
                return connection
            await _drop(connection)
            if idle_s < IDLE_FOR_S:
                breaches.append(Violation("idle_closed", f"after {idle_s:.1f} s"))
        return _Connection(await self._connect(request))

    async def _connect(self, request: Request) -> trio.SocketStream:
        try:
            with trio.fail_after(request.connect_s):
                return await trio.open_tcp_stream(self._address.host, self._address.port)
        except trio.TooSlowError:
            why = f"nothing within {request.connect_s:g} s"
        except OSError as error:
            why = str(error)
        raise _failed("connection", f"{self._address.authority} takes no connection: {why}")

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
            await _send(connection, self._head(request), request.body)
        except trio.BrokenResourceError:
            pass
        finally:
            await _drop(connection)

    async def _keep(self, connection: _Connection) -> None:
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


@dataclass(slots=True)
class _Exchange:
    """One request on one connection."""

    connection: _Connection
    request: Request
    sink: Sink
    started: float
    first_byte_s: float | None = None
    body: bytearray = field(default_factory=bytearray)

    async def run(self, head: h11.Request, breaches: list[Violation]) -> Response:
        await self._ask(head)
        response = await self._answer_head()
        headers = {name.decode(): value.decode("latin-1") for name, value in response.headers}
        success = 200 <= response.status_code < 300
        sink = self.sink if success else _ignored
        await self._answer_body(_unpacker(headers.get("content-encoding", "")), sink)
        return Response(
            status=response.status_code,
            headers=headers,
            body=bytes(self.body),
            first_byte_s=self.first_byte_s or 0.0,
            total_s=trio.current_time() - self.started,
            breaches=tuple(breaches),
        )

    async def _ask(self, head: h11.Request) -> None:
        cut = self.request.mishap.cut_sending_at
        body = self.request.body if cut is None else self.request.body[:cut]
        with trio.move_on_after(self.request.read_s) as waited:
            # A gateway may refuse and hang up without reading it all: then its answer counts.
            try:
                await _send(self.connection, head, body, complete=cut is None)
            except trio.BrokenResourceError:
                return
        if waited.cancelled_caught:
            raise _failed("timeout", f"the request was not read for {self.request.read_s:g} s")
        if cut is not None:
            raise _Died(f"cut after {cut} bytes sent", mishap=True)

    async def _answer_head(self) -> h11.Response:
        while True:
            event = await self._next_event()
            if isinstance(event, h11.Response):
                return event

    async def _answer_body(self, unpacker: "_Unpacker", sink: Sink) -> None:
        cut = self.request.mishap.cut_reading_at
        while True:
            event = await self._next_event()
            if isinstance(event, h11.Data):
                piece = _unpacked(unpacker, bytes(event.data))
                self.body += piece
                sink(piece)
            elif isinstance(event, h11.EndOfMessage):
                return
            if cut is not None and len(self.body) >= cut:
                raise RequestFailed(f"cut after {cut} bytes of the answer")

    async def _next_event(self) -> object:
        http = self.connection.http
        try:
            while (event := http.next_event()) is h11.NEED_DATA:
                http.receive_data(await self._receive())
        except h11.RemoteProtocolError as error:
            rule = "connection" if http.trailing_data[1] else "broken_http"
            raise _failed(rule, str(error)) from None
        return event

    async def _receive(self) -> bytes:
        data = b""
        with trio.move_on_after(self.request.read_s) as waited:
            try:
                data = await self.connection.stream.receive_some(65536)
            except trio.BrokenResourceError as error:
                self._lost(f"reset ({error.__cause__ or error})")
        if waited.cancelled_caught:
            raise _failed("timeout", f"no byte for {self.request.read_s:g} s")
        if not data:
            self._lost("closed")
        elif self.first_byte_s is None:
            self.first_byte_s = trio.current_time() - self.started
        return data

    def _lost(self, how: str) -> None:
        if self.first_byte_s is None:
            raise _Died(f"{how} before an answer")


class _Unpacker(Protocol):
    def decompress(self, data: bytes, /) -> bytes: ...


class _AsItIs:
    def decompress(self, data: bytes, /) -> bytes:
        return data


def _unpacker(encoding: str) -> _Unpacker:
    return zlib.decompressobj(31) if encoding.strip().lower() == "gzip" else _AsItIs()


def _unpacked(unpacker: _Unpacker, data: bytes) -> bytes:
    try:
        return unpacker.decompress(data)
    except zlib.error as error:
        raise _failed("broken_http", str(error)) from None


def _ignored(piece: bytes) -> None:
    """What comes with a failure is only logged by the app."""


async def _send(
    connection: _Connection, head: h11.Request, body: bytes, *, complete: bool = True
) -> None:
    data = connection.http.send(head) or b""
    if body:
        data += connection.http.send(h11.Data(data=body)) or b""
    if complete:
        data += connection.http.send(h11.EndOfMessage()) or b""
    await connection.stream.send_all(data)


async def _drop(connection: _Connection) -> None:
    await trio.aclose_forcefully(connection.stream)


def _repeatable(
    request: Request, connection: _Connection, died: _Died, breaches: list[Violation]
) -> Request:
    """The request that the platform sends again by itself, or RequestFailed."""
    if not connection.used:
        if died.mishap:
            raise RequestFailed(str(died)) from None
        raise _failed("connection", str(died))
    if not died.mishap:
        idle_s = trio.current_time() - connection.idle_since
        breaches.append(Violation("idle_closed", f"{died}, idle since {idle_s:.1f} s"))
    return replace(request, mishap=SMOOTH)


def _failed(rule: str, detail: str) -> RequestFailed:
    return RequestFailed(detail, Violation(rule, detail))
