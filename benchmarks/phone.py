"""A phone that posts turns on one keep-alive connection and costs next to nothing itself."""

import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import msgspec

from clawctl.testing.handset_form import (
    Endpoint,
    TurnFields,
    boundary,
    canonical_wav,
    form,
)

PATIENCE_S = 60.0
# Three seconds as the handset records them.
RATE = 24_000
SPEECH = canonical_wav(b"\x00\x10\x00\xf0" * (3 * RATE // 2), RATE)
# So many bytes at the start of the samples make one recording differ from all others.
MARK_BYTES = 8
WAV_HEAD = 44
LAST_CHUNK = b"\r\n0\r\n\r\n"
# Of a stream: chunk 0 is a header only, in the next one somebody speaks.
FIRST_SOUND = b'"event":"audio","index":1,'


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with its body, chunks and all."""

    status: int
    body: bytes

    def fields(self) -> Any:
        return msgspec.json.decode(self.body)


@dataclass(slots=True)
class Request:
    """The bytes of a request, and where in them its recording is marked."""

    data: bytearray
    mark_at: int


class Phone:
    """One connection; `number` (below 2 ** 32) keeps its recordings apart from other phones'."""

    def __init__(self, url: str, bearer: str, number: int) -> None:
        self._host = urlsplit(url).netloc
        self._bearer = bearer
        self._next = number << 32
        host, _, port = self._host.partition(":")
        self._sock = socket.create_connection((host, int(port)), PATIENCE_S)
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._room = bytearray(1 << 20)

    def close(self) -> None:
        self._sock.close()

    def request(
        self, fields: TurnFields, wav: bytes = SPEECH, to: Endpoint = "/api/turn"
    ) -> Request:
        """A post ready to be sent again and again."""
        separator = boundary(to, 0)
        body = form(separator, [] if to == "/api/asr" else fields.parts(), wav)
        kind = f"multipart/form-data; boundary={separator}"
        head = self._head("POST", to, {"Content-Type": kind, "Content-Length": len(body)})
        return Request(bytearray(head + body), len(head) + body.index(wav) + WAV_HEAD)

    def turn(self, request: Request) -> Reply:
        """The whole answer to a recording that was never sent before."""
        self._next += 1
        return self.again(request)

    def again(self, request: Request) -> Reply:
        """The whole answer to the recording that was sent last."""
        self.send(request)
        return self._reply()

    def send(self, request: Request) -> None:
        """Without waiting for the answer."""
        end = request.mark_at + MARK_BYTES
        request.data[request.mark_at : end] = self._next.to_bytes(MARK_BYTES, "little")
        self._sock.sendall(request.data)

    def first_sound_ms(self, request: Request) -> float:
        """From a new recording sent to the first sample of its streamed answer, which is heard to
        its end."""
        self._next += 1
        began = time.perf_counter()
        self.send(request)
        got, took_ms = 0, 0.0
        while not (got and self._room.endswith(LAST_CHUNK, 0, got)):
            got += self._receive(got)
            if not took_ms and self._room.find(FIRST_SOUND, 0, got) >= 0:
                took_ms = (time.perf_counter() - began) * 1000
        if not took_ms:
            raise RuntimeError(f"no sound: {bytes(self._room[:300])!r}")
        return took_ms

    def post(self, path: str, body: Mapping[str, Any]) -> Reply:
        data = msgspec.json.encode(body)
        kind = {"Content-Type": "application/json", "Content-Length": len(data)}
        self._sock.sendall(self._head("POST", path, kind) + data)
        return self._reply()

    def _head(self, method: str, path: str, headers: Mapping[str, Any]) -> bytes:
        common = {"Host": self._host, "Authorization": f"Bearer {self._bearer}"}
        lines = [f"{name}: {value}" for name, value in {**common, **headers}.items()]
        return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode()

    def _reply(self) -> Reply:
        """Raises ConnectionError if the connection ends before the answer does."""
        got, head_end = 0, -1
        while head_end < 0:
            got += self._receive(got)
            head_end = self._room.find(b"\r\n\r\n", 0, got)
        head = bytes(self._room[:head_end]).lower()
        start = head_end + 4
        _, sized, length = head.partition(b"\r\ncontent-length:")
        end = start + int(length.split(b"\r\n", 1)[0]) if sized else -1
        while got < end or (end < 0 and not self._room.endswith(LAST_CHUNK, start, got)):
            got += self._receive(got)
        return Reply(int(head[9:12]), bytes(self._room[start:got]))

    def _receive(self, at: int) -> int:
        if at == len(self._room):
            self._room.extend(bytes(len(self._room)))
        with memoryview(self._room) as room:
            count = self._sock.recv_into(room[at:])
        if not count:
            raise ConnectionError("the gateway closed the connection")
        return count
