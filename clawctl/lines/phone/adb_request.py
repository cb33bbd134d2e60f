"""A connection to an adb server: one request, its answer, or a phone's service after it.

A request is four hex digits of length and a text; OKAY comes back, or FAIL and a sentence.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

import trio

from clawctl.errors import BadInput, NoHandset
from clawctl.lines.phone.adb_stream import Peer, Reader
from clawctl.lines.phone.driver import WAYS_OUT, BadAnswer, Device, words

_MOST_REQUEST_BYTES = 0xFFFF
_PIECE_BYTES = 64 * 1024
# A serial is followed by a state, of several words at times, then by what is known of the phone.
_ROW = re.compile(r"(\(no serial number\)|\S+)\s+(.*)")
_STATE = re.compile("|".join([*map(re.escape, WAYS_OUT), r"\S+"]))
# What a server says when it refuses a phone, and what can be done about it.
_REFUSALS = {
    "unauthorized": WAYS_OUT["unauthorized"],
    "authorizing": WAYS_OUT["authorizing"],
    "connecting": WAYS_OUT["connecting"],
    "offline": WAYS_OUT["offline"],
    "no permissions": WAYS_OUT["no permissions"],
    "not found": "plug it in",
    "closed": "it does not know that service, or has just gone",
}


class Listed(NamedTuple):
    """A phone of a server's list; its id is another each time it is connected."""

    device: Device
    transport_id: str


class Link:
    """A connection to the server; a Stream once it belongs to a service of a phone."""

    def __init__(self, stream: trio.SocketStream, peer: Peer) -> None:
        self._stream = stream
        self.peer = peer

    async def ask(self, request: str) -> None:
        """Reads no further than the OKAY: what follows may belong to somebody else."""
        data = request.encode()
        if len(data) > _MOST_REQUEST_BYTES:
            raise BadInput(f"{len(data)} bytes are too long for a command to a phone; push a file")
        await self.send_all(b"%04x%s" % (len(data), data))
        status = await self.exactly(4)
        if status == b"FAIL":
            raise _refused(self.peer, await Reader(self, self.peer).block())
        if status != b"OKAY":
            raise BadAnswer(
                f"what answers in place of {self.peer} is no adb server: end it, or choose another"
                " port for adb with ANDROID_ADB_SERVER_PORT"
            )

    async def exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            piece = await self.receive_some(count - len(data))
            if not piece:
                raise NoHandset(f"{self.peer} went away before it had answered; {self.peer.hint}")
            data += piece
        return data

    async def send_all(self, data: bytes) -> None:
        try:
            await self._stream.send_all(data)
        except trio.BrokenResourceError:
            raise self._lost() from None

    async def receive_some(self, most_bytes: int = _PIECE_BYTES) -> bytes:
        try:
            return bytes(await self._stream.receive_some(most_bytes))
        except trio.BrokenResourceError:
            raise self._lost() from None

    def close(self) -> None:
        self._stream.socket.close()

    def _lost(self) -> NoHandset:
        return NoHandset(f"the connection to {self.peer} broke; {self.peer.hint}")


def _refused(peer: Peer, sentence: bytes) -> NoHandset:
    why = words(sentence.strip().partition(b"\n")[0])
    ways_out = [way for part, way in _REFUSALS.items() if part in why]
    return NoHandset("; ".join([f"{peer} was refused by adb: {why}", *ways_out[:1]]))


def listed(block: bytes) -> Iterator[Listed]:
    for row in block.decode(errors="replace").splitlines():
        if parts := _ROW.fullmatch(row.strip()):
            serial, rest = parts.groups()
            state = _STATE.match(rest)
            model = words(_word("model", rest).replace("_", " ").encode())
            device = Device(serial, state[0] if state else "", model)
            yield Listed(device, _word("transport_id", rest))


def _word(name: str, row: str) -> str:
    found = re.search(rf" {name}:(\S+)", row)
    return found[1] if found else ""
