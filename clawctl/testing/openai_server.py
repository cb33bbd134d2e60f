"""A server that speaks as OpenAI's does, as slow as it is told: for the engines that use one.

What it says and takes is that of the API reference (chat completions, audio). It asks no model:
replies and transcripts are given, speech is a tone as long as its text.
"""

import json
import math
import struct
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

import h11
import trio

from clawctl.audio import wav
from clawctl.audio.wav import Sound

RATE = 24_000
# Length of the tone for a character of text.
CHARACTER_S = 0.06
_PERIOD = b"".join(
    struct.pack("<h", round(8000 * math.sin(2 * math.pi * at / 60))) for at in range(60)
)
HEAR, REPLY, SPEAK = "/v1/audio/transcriptions", "/v1/chat/completions", "/v1/audio/speech"


class Asked(NamedTuple):
    """A request; `fields` is its JSON, or nothing for a form, whose bytes are in `body`."""

    connection: int
    path: str
    headers: dict[str, str]
    fields: dict[str, Any]
    body: bytes


@dataclass
class OpenAiServer:
    """`tokens` is the reply, piece by piece. Times in ms; `fixed` answers a path byte for byte."""

    transcript: str = "Hello, who is this?"
    tokens: tuple[str, ...] = ("This", " is", " the", " server", ".")
    hear_ms: float = 0.0
    first_token_ms: float = 0.0
    token_ms: float = 0.0
    character_ms: float = 0.0
    fixed: dict[str, bytes] = field(default_factory=dict)
    # So many requests are left unanswered, as by a server that has let the connection go.
    drops: int = 0
    asked: deque[Asked] = field(default_factory=deque)
    # Requests whose client went away before all was said.
    left: int = 0
    url: str = ""
    connections: int = 0

    async def serve(self, stream: trio.SocketStream) -> None:
        self.connections += 1
        wire = _Wire(stream, self.connections)
        async with stream:
            try:
                while (asked := await wire.request()) is not None:
                    self.asked.append(asked)
                    await self._answer(asked, wire)
                    if not wire.again():
                        return
            except (trio.BrokenResourceError, h11.ProtocolError):
                self.left += 1

    async def _answer(self, asked: Asked, wire: "_Wire") -> None:
        if self.drops:
            self.drops -= 1
            await wire.raw(b"")
        elif asked.path in self.fixed:
            await wire.raw(self.fixed[asked.path])
        elif asked.path == REPLY:
            await self._reply(asked, wire)
        elif asked.path == HEAR:
            await trio.sleep(self.hear_ms / 1000)
            await wire.whole("application/json", json.dumps({"text": self.transcript}).encode())
        elif asked.path == SPEAK:
            text = asked.fields["input"]
            await trio.sleep(len(text) * self.character_ms / 1000)
            await wire.whole("audio/wav", wav.write(tone(text, asked.fields["speed"])))
        else:
            await wire.whole("application/json", b'{"error": {"message": "no such path"}}', 404)

    async def _reply(self, asked: Asked, wire: "_Wire") -> None:
        began = trio.current_time() + self.first_token_ms / 1000
        await trio.sleep_until(began)
        if not asked.fields.get("stream"):
            message = {"role": "assistant", "content": "".join(self.tokens)}
            whole = {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
            await wire.whole("application/json", json.dumps(whole).encode())
            return
        await wire.head("text/event-stream")
        for number, token in enumerate(self.tokens):
            # Not one sleep after the other: their overshoots would add up.
            await trio.sleep_until(began + number * self.token_ms / 1000)
            await wire.piece(_event({"content": token}))
        await wire.piece(_event({}, "stop") + b"data: [DONE]\n\n")
        await wire.end()


def tone(text: str, speed: float = 1.0) -> Sound:
    samples = int(len(text) * CHARACTER_S * RATE / speed)
    return Sound((_PERIOD * (samples // 60 + 1))[: 2 * samples], RATE)


def _event(delta: dict[str, str], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n"


class _Wire:
    """One connection, kept alive."""

    def __init__(self, stream: trio.SocketStream, number: int) -> None:
        self._stream = stream
        self._number = number
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=64 * 1024)
        self._broken = False

    async def request(self) -> Asked | None:
        head, body = None, bytearray()
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                self._http.receive_data(await self._stream.receive_some(256 * 1024))
            elif isinstance(event, h11.Request):
                head = event
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage) and head:
                return self._asked(head, bytes(body))
            else:
                return None

    def _asked(self, head: h11.Request, body: bytes) -> Asked:
        headers = {name.decode(): value.decode("latin-1") for name, value in head.headers}
        is_json = headers.get("content-type", "").startswith("application/json")
        return Asked(
            self._number, head.target.decode(), headers, json.loads(body) if is_json else {}, body
        )

    async def head(self, kind: str, status: int = 200, length: int | None = None) -> None:
        headers = [("content-type", kind)]
        if length is not None:
            headers.append(("content-length", str(length)))
        await self._send(h11.Response(status_code=status, headers=headers))

    async def piece(self, data: bytes) -> None:
        await self._send(h11.Data(data=data))

    async def end(self) -> None:
        await self._send(h11.EndOfMessage())

    async def whole(self, kind: str, data: bytes, status: int = 200) -> None:
        await self.head(kind, status, len(data))
        await self.piece(data)
        await self.end()

    async def raw(self, data: bytes) -> None:
        """As it is, and the connection closed behind it."""
        self._broken = True
        await self._stream.send_all(data)

    def again(self) -> bool:
        if self._broken or self._http.our_state is not h11.DONE:
            return False
        self._http.start_next_cycle()
        return True

    async def _send(self, event: h11.Event) -> None:
        if data := self._http.send(event):
            await self._stream.send_all(data)


@asynccontextmanager
async def open_openai_server(**settings: Any) -> AsyncIterator[OpenAiServer]:
    """On a free port of loopback; `url` is without the "/v1"."""
    server = OpenAiServer(**settings)
    async with trio.open_nursery() as nursery:
        serve = partial(trio.serve_tcp, server.serve, 0, host="127.0.0.1")
        (listener,) = await nursery.start(serve)
        server.url = f"http://127.0.0.1:{listener.socket.getsockname()[1]}"
        yield server
        nursery.cancel_scope.cancel()
