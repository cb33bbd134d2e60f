"""A phone that is plugged in: the whole of it, and what may happen to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import trio

from clawctl.testing.device.app import App
from clawctl.testing.device.condition import Condition
from clawctl.testing.device.keys import Keys
from clawctl.testing.device.port import Port
from clawctl.testing.device.reverse import Reverses
from clawctl.testing.device.services import LOOPBACK, Services
from clawctl.testing.device.system import System
from clawctl.testing.device.transport import Transport

# A phone takes half a minute.
REBOOT_S = 0.5


class FakeDevice:
    """`condition` may be changed at any time; `ended` says why each link to a host ended."""

    def __init__(self, condition: Condition, nursery: trio.Nursery) -> None:
        self.condition = condition
        self.keys = Keys()
        self.ended: list[str] = []
        self._nursery = nursery
        self._port = Port(nursery)
        self.plugged = False
        self._transports: list[Transport] = []
        self._reverses = Reverses(condition, nursery)
        self.system = System(condition, self._reverses.forwarded, nursery)
        self._services = Services(self.system, self._reverses, self.reboot)

    @property
    def app(self) -> App:
        return self.system.app

    @property
    def address(self) -> str:
        """For `adb connect`; never among the ports where adb servers look for emulators."""
        return f"{LOOPBACK}:{self._port.number}"

    serial = address

    def host_port(self, phone_port: int) -> int | None:
        """Where we listen in place of the phone's port; None if nothing is forwarded from it."""
        return self._reverses.forwarded(phone_port)

    def plug(self) -> None:
        """At the same address again."""
        if not self.plugged:
            self.plugged = True
            self._port.open(self._serve)

    def unplug(self) -> None:
        """Every link ends at once, and no host gets through any more."""
        self.plugged = False
        self._port.shut()
        self._reverses.drop()
        for transport in self._transports:
            transport.drop()

    def reboot(self, away_s: float = REBOOT_S) -> None:
        """Begins at once; the phone is back after `away_s`."""
        self.unplug()
        self.system.reboot()
        self._nursery.start_soon(self._return, away_s)

    def drop_reverses(self) -> None:
        """They are lost while the link stays, as when another host takes them."""
        self._reverses.drop()

    async def ask_for(self, destination: str) -> bool:
        """Opens a stream that no host asked for, on the newest link: whether it was taken. An adb
        server ends itself instead."""
        transport = self._transports[-1]
        channel = transport.open(destination)
        try:
            return await channel.opened()
        finally:
            channel.close()

    def release(self) -> None:
        self.unplug()
        self._port.release()
        self._reverses.release()

    async def _return(self, away_s: float) -> None:
        await trio.sleep(away_s)
        self.plug()

    async def _serve(self, stream: trio.SocketStream) -> None:
        transport = Transport(stream, self.condition, self.keys, self._services.find)
        self._transports.append(transport)
        try:
            self.ended.append(await transport.run())
        finally:
            self._transports.remove(transport)
            self._reverses.drop_of(transport)


@asynccontextmanager
async def open_device(**condition: Any) -> AsyncIterator[FakeDevice]:
    """Plugged in; the keywords are those of `Condition`."""
    async with trio.open_nursery() as nursery:
        device = FakeDevice(Condition(**condition), nursery)
        device.plug()
        try:
            yield device
        finally:
            device.release()
            nursery.cancel_scope.cancel()
