"""A phone without a cable: what is asked of a Driver is done on it at once, with no ADB between."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import trio

from clawctl.errors import NoHandset, NoSuch, TooSlow
from clawctl.lines.phone.driver import COMMAND_S, READY, Device, Driver, Ran, chosen
from clawctl.testing.device.console import Console
from clawctl.testing.device.system import System


@dataclass(frozen=True)
class AtHand:
    """A Driver. `forwarded` is what the phone forwards, by its own ports."""

    system: System
    serial: str = "AT-HAND"
    forwarded: dict[int, int] = field(default_factory=dict)

    @property
    def features(self) -> frozenset[str]:
        return frozenset(self.system.condition.features)

    async def run(self, command: str, *, stdin: bytes = b"", timeout_s: float = COMMAND_S) -> Ran:
        with trio.move_on_after(timeout_s):
            return await Console(self.system).run(command, stdin=stdin)
        raise TooSlow(f"the phone {self.serial} did not finish a command in {timeout_s:g} s")

    async def push(self, content: bytes, path: str, mode: int = 0o644) -> None:
        await trio.lowlevel.checkpoint()
        files, now_s = self.system.files, int(self.system.now())
        files.write(path, content, mode=mode, mtime_s=now_s, user="shell", parents=True)

    async def read(self, path: str) -> bytes:
        await trio.lowlevel.checkpoint()
        try:
            return self.system.files.read(path, "shell")
        except OSError as error:
            raise NoSuch(f"{path}: {error.strerror}") from None

    @asynccontextmanager
    async def follow(self, command: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """What it has put out when it ends."""
        ran = await self.run(command)

        async def each() -> AsyncIterator[bytes]:
            for line in ran.out.splitlines():
                await trio.lowlevel.checkpoint()
                yield line

        yield each()

    async def reverse(self, phone_port: int, host_port: int) -> int:
        await trio.lowlevel.checkpoint()
        if self.system.condition.reverse_refused:
            raise NoHandset("the phone will not forward a port")
        self.forwarded[phone_port] = host_port
        return phone_port

    async def unreverse(self, phone_port: int) -> None:
        await trio.lowlevel.checkpoint()
        if self.forwarded.pop(phone_port, None) is None:
            raise NoSuch(f"nothing is forwarded from port {phone_port}")

    async def reverses(self) -> list[tuple[int, int]]:
        await trio.lowlevel.checkpoint()
        return list(self.forwarded.items())


@dataclass(frozen=True)
class PhonesAtHand:
    """Phones of which one is at hand, unless `listed` says otherwise."""

    driver: AtHand
    listed: list[Device] = field(default_factory=list)

    async def devices(self) -> list[Device]:
        await trio.lowlevel.checkpoint()
        condition = self.driver.system.condition
        own = Device(self.driver.serial, READY, condition.model)
        return self.listed or [own]

    @asynccontextmanager
    async def watch(self) -> AsyncIterator[AsyncIterator[list[Device]]]:
        """It stays as it is."""

        async def lists() -> AsyncIterator[list[Device]]:
            yield await self.devices()
            await trio.sleep_forever()

        yield lists()

    @asynccontextmanager
    async def open(self, serial: str = "") -> AsyncIterator[Driver]:
        chosen(await self.devices(), serial)
        yield self.driver
