"""Ports of the phone that lead to the host: who asked for them, and the connections through them.

The phone and the host are one machine here, whose port 8996 may be the gateway's own. So where a
phone would listen on the port it was asked for, we listen on another, which stays the same.
"""

import re
import socket
import struct
from dataclasses import dataclass
from functools import partial

import trio

from clawctl.testing.device.condition import Condition
from clawctl.testing.device.port import Port, join
from clawctl.testing.device.transport import Channel, Transport

_FORWARD = re.compile(r"forward:(norebind:)?(tcp:[0-9]{1,5});([^;]+)")
# What the first column of a list has where the link is no USB cable.
_ORIGIN = "host-1"
_RESET = struct.pack("ii", 1, 0)


class Refused(Exception):
    """In the phone's words."""


@dataclass(slots=True)
class _Forward:
    """`destination` is spelled as the host did: it ends itself when it hears any other."""

    transport: Transport
    destination: str


class Reverses:
    """One listener for each port of the phone, whichever link asked for it last."""

    def __init__(self, condition: Condition, nursery: trio.Nursery) -> None:
        self._condition = condition
        self._nursery = nursery
        self._ports: dict[int, Port] = {}
        self._forwards: dict[int, _Forward] = {}

    def place(self, phone_port: int) -> int:
        """Where programs on the phone find that port of theirs, forwarded or not."""
        return self._port(phone_port).number

    def forwarded(self, phone_port: int) -> int | None:
        return self.place(phone_port) if phone_port in self._forwards else None

    def drop(self) -> None:
        """All of them are lost, as may happen at any time."""
        for phone_port in list(self._forwards):
            self._remove(phone_port)

    def drop_of(self, transport: Transport) -> None:
        for phone_port, forward in list(self._forwards.items()):
            if forward.transport is transport:
                self._remove(phone_port)

    def release(self) -> None:
        for port in self._ports.values():
            port.release()

    async def answer(self, request: str, transport: Transport, channel: Channel) -> None:
        """What follows `reverse:`."""
        try:
            await channel.send_all(self._answered(request, transport))
        except Refused as refused:
            await channel.send_all(b"FAIL" + _block(str(refused)))

    def _answered(self, request: str, transport: Transport) -> bytes:
        if request == "list-forward":
            return _block("".join(map(self._row, self._forwards)))
        if request == "killforward-all":
            self.drop()
        elif request.startswith("killforward:"):
            self._kill(request.removeprefix("killforward:"))
        elif found := _FORWARD.fullmatch(request):
            return b"OKAY" + self._forward(transport, found[2], found[3], bool(found[1]))
        else:
            raise Refused(f"cannot bind listener: bad request '{request}'")
        return b"OKAY"

    def _row(self, phone_port: int) -> str:
        return f"{_ORIGIN} tcp:{phone_port} {self._forwards[phone_port].destination}\n"

    def _kill(self, place: str) -> None:
        number = place.removeprefix("tcp:")
        if not number.isdecimal() or int(number) not in self._forwards:
            raise Refused(f"listener '{place}' not found")
        self._remove(int(number))

    def _remove(self, phone_port: int) -> None:
        del self._forwards[phone_port]
        self._ports[phone_port].shut()

    def _forward(self, transport: Transport, place: str, destination: str, first: bool) -> bytes:
        phone_port = int(place.removeprefix("tcp:"))
        self._check(phone_port, first)
        chosen = phone_port or self._choice()
        if chosen not in self._forwards:
            self._port(chosen).open(partial(self._connected, chosen))
        self._forwards[chosen] = _Forward(transport, destination)
        return b"" if phone_port else _block(str(chosen))

    def _check(self, phone_port: int, first: bool) -> None:
        if self._condition.reverse_refused:
            raise Refused("cannot bind listener: Permission denied")
        if phone_port in self._condition.taken_ports:
            raise Refused("cannot bind listener: Address already in use")
        if first and phone_port in self._forwards:
            raise Refused("cannot rebind existing socket")

    def _choice(self) -> int:
        port = Port(self._nursery)
        self._ports[port.number] = port
        return port.number

    def _port(self, phone_port: int) -> Port:
        if phone_port not in self._ports:
            self._ports[phone_port] = Port(self._nursery)
        return self._ports[phone_port]

    async def _connected(self, phone_port: int, stream: trio.SocketStream) -> None:
        forward = self._forwards.get(phone_port)
        if forward is None or forward.transport.ended:
            await trio.aclose_forcefully(stream)
            return
        forward.transport.start(partial(_carry, stream, forward.transport, forward.destination))


async def _carry(stream: trio.SocketStream, transport: Transport, destination: str) -> None:
    """A connection of a program on the phone; reset where nobody listens on the host."""
    channel = transport.open(destination)
    try:
        if await channel.opened():
            await join(stream, channel, transport.max_data)
        else:
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    finally:
        channel.close()
        stream.socket.close()


def _block(text: str) -> bytes:
    return f"{len(text.encode()):04x}{text}".encode()
