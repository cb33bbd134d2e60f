"""A gateway that answers as it is told, byte for byte: what a handset is tested against."""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

import h11
import trio

# As an answer: the connection is closed without one.
CLOSE = b""


def answer(body: Any, status: int = 200, /, **headers: str) -> bytes:
    """A whole HTTP answer; keywords override headers or add some (`_` stands for `-`)."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = {"content-type": "application/json", "content-length": str(len(content))}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    return f"HTTP/1.1 {status} Whatever\r\n{head}\r\n".encode() + content


def ndjson(*events: Any, **headers: str) -> bytes:
    """A stream's answer, all at once; an event given as bytes is a line as it is."""
    lines = [event if isinstance(event, bytes) else json.dumps(event).encode() for event in events]
    content = b"".join(line + b"\n" for line in lines)
    return answer(content, **{"content_type": "application/x-ndjson", **headers})


def audio_event(index: int, chunk: bytes) -> dict[str, Any]:
    return {"event": "audio", "index": index, "chunk_base64": base64.b64encode(chunk).decode()}


class Seen(NamedTuple):
    """A request as it came; connections are counted from 1, header names are as written."""

    connection: int
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class ScriptedGateway:
    """Answers each path from its own list, the last entry again and again.

    `CLOSE`, or an answer that says so, closes the connection; `idle_close` does it unsaid. With
    `gap_s` an answer leaves in three pieces, that much apart. `broken` are the connections that
    ended in the middle of a request.
    """

    script: dict[str, list[bytes]] = field(default_factory=dict)
    idle_close: bool = False
    gap_s: float = 0.0
    seen: list[Seen] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)
    connections: int = 0

    def say(self, path: str, *answers: bytes) -> None:
        self.script[path] = list(answers)

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.seen]

    async def serve(self, stream: trio.SocketStream) -> None:
        self.connections += 1
        number = self.connections
        async with stream:
            try:
                while (request := await _request(stream, number)) is not None:
                    self.seen.append(request)
                    if not await self._answer(stream, self._take(request.path)):
                        return
            except (trio.BrokenResourceError, h11.RemoteProtocolError):
                self.broken.append(number)

    async def _answer(self, stream: trio.SocketStream, raw: bytes) -> bool:
        """Whether the connection stays open."""
        gap_s = self.gap_s
        third = len(raw) // 3
        pieces = (raw[:third], raw[third : 2 * third], raw[2 * third :]) if gap_s else (raw,)
        for piece in pieces:
            await stream.send_all(piece)
            await trio.sleep(gap_s)
        return bool(raw) and b"connection: close" not in raw and not self.idle_close

    def _take(self, path: str) -> bytes:
        waiting = self.script[path]
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]


async def _request(stream: trio.SocketStream, connection: int) -> Seen | None:
    """The next request, None at the end; what is answered is nothing h11 needs to know."""
    http = h11.Connection(h11.SERVER)
    head: h11.Request | None = None
    body = b""
    while True:
        event = http.next_event()
        if event is h11.NEED_DATA:
            http.receive_data(await stream.receive_some(65536))
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
        elif head is None:
            return None
        else:
            names = {name.decode(): value.decode() for name, value in head.headers.raw_items()}
            return Seen(connection, head.target.decode(), names, body)


@asynccontextmanager
async def serving(gateway: ScriptedGateway) -> AsyncIterator[str]:
    """Its address for the time of the block."""
    async with trio.open_nursery() as nursery:
        listeners = await nursery.start(partial(trio.serve_tcp, gateway.serve, 0, host="127.0.0.1"))
        yield f"http://127.0.0.1:{listeners[0].socket.getsockname()[1]}"
        nursery.cancel_scope.cancel()
