"""One request and its answer on one connection of the phone app."""

import zlib
from dataclasses import dataclass, field
from typing import Protocol

import h11
import trio

from clawctl.testing.handset_contract import Violation
from clawctl.testing.handset_wire import Request, RequestFailed, Response, Sink


class Died(Exception):
    """The connection ended before a byte of an answer; `mishap` if we cut it ourselves."""

    def __init__(self, why: str, *, mishap: bool = False) -> None:
        self.mishap = mishap
        super().__init__(why)


@dataclass(slots=True)
class Connection:
    stream: trio.SocketStream
    http: h11.Connection = field(default_factory=lambda: h11.Connection(h11.CLIENT))
    used: bool = False
    idle_since: float = 0.0


@dataclass(slots=True)
class Exchange:
    """One request on one connection."""

    connection: Connection
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
                await send(self.connection, head, body, complete=cut is None)
            except trio.BrokenResourceError:
                return
        if waited.cancelled_caught:
            raise no_answer("timeout", f"the request was not read for {self.request.read_s:g} s")
        if cut is not None:
            raise Died(f"cut after {cut} bytes sent", mishap=True)

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
            raise no_answer(rule, str(error)) from None
        return event

    async def _receive(self) -> bytes:
        data = b""
        with trio.move_on_after(self.request.read_s) as waited:
            try:
                data = await self.connection.stream.receive_some(65536)
            except trio.BrokenResourceError as error:
                self._lost(f"reset ({error.__cause__ or error})")
        if waited.cancelled_caught:
            raise no_answer("timeout", f"no byte for {self.request.read_s:g} s")
        if not data:
            self._lost("closed")
        elif self.first_byte_s is None:
            self.first_byte_s = trio.current_time() - self.started
        return data

    def _lost(self, how: str) -> None:
        if self.first_byte_s is None:
            raise Died(f"{how} before an answer")


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
        raise no_answer("broken_http", str(error)) from None


def _ignored(piece: bytes) -> None:
    """What comes with a failure is only logged by the app."""


async def send(
    connection: Connection, head: h11.Request, body: bytes, *, complete: bool = True
) -> None:
    data = connection.http.send(head) or b""
    if body:
        data += connection.http.send(h11.Data(data=body)) or b""
    if complete:
        data += connection.http.send(h11.EndOfMessage()) or b""
    await connection.stream.send_all(data)


def no_answer(rule: str, detail: str) -> RequestFailed:
    return RequestFailed(detail, Violation(rule, detail))
