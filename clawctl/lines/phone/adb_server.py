"""Phones by way of an adb server, whichever version of adb that is, in its own protocol.

We never end a server, and start one only where none answers.
"""

import os
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Self

import trio

from clawctl.config.schema import PhoneSettings
from clawctl.errors import NoHandset, TooSlow
from clawctl.lines.phone.adb_lists import Lists
from clawctl.lines.phone.adb_program import NoServer, Program, place
from clawctl.lines.phone.adb_request import Link, listed
from clawctl.lines.phone.adb_services import AdbPhone
from clawctl.lines.phone.adb_stream import Peer, Reader, beside, number, within
from clawctl.lines.phone.driver import (
    COMMAND_S,
    READY,
    Device,
    Driver,
    chosen,
    words,
)

# The first whose servers know host:tport (platform tools 28).
LEAST_VERSION = 41
# A phone that was just plugged in, or a server that was just started, takes this long at most.
SETTLING_S = 2.0
_SETTLING = ("connecting", "authorizing", "offline")
LOOK_AGAIN_S = 0.1
# How often a phone at a TCP address is looked after.
REACH_AGAIN_S = 1.0
# A server waits ten seconds for the phone it connects to, and forgets one only after a moment.
REACH_S = 15.0
FORGETTING_S = 0.5
# A phone that is just being greeted is offline too.
GREETING_S = 0.3

_TRANSPORT_ID_BYTES = 8
# Not a place on USB, which is written "usb:1-1".
_ADDRESS = re.compile(r"(?!usb:)[\w.:%\[\]-]+:[0-9]{1,5}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ServerPhones:
    """The phones an adb server has. One whose serial is host:port it is told to connect to."""

    serial: str
    program: Program
    environ: Mapping[str, str]
    _starting: trio.Lock = field(default_factory=trio.Lock)
    _reaching: trio.Lock = field(default_factory=trio.Lock)

    @classmethod
    def of(cls, settings: PhoneSettings, environ: Mapping[str, str] = os.environ) -> Self:
        address = settings.adb_address
        if address and not _is_address(address):
            address += ":5555"  # as the adb program completes it, and lists the phone then
        program = Program(settings.adb_path, environ)
        return cls(settings.adb_serial or address, program, environ)

    async def running(self) -> bool:
        """Whether a server answers; none is started for it. Raises NoHandset where somebody else
        answers in its place, TooSlow where nothing is said."""
        try:
            await self._version()
        except NoServer:
            return False
        return True

    async def possible(self) -> bool:
        """Whether a server answers, or can be started."""
        return self._startable() or await self.running()

    async def devices(self) -> list[Device]:
        await self._ready()
        if _is_address(self.serial):
            with suppress(NoHandset, TooSlow):  # the list tells how it is
                await self._reach(self.serial)
        return await self._list()

    @asynccontextmanager
    async def watch(self) -> AsyncIterator[AsyncIterator[list[Device]]]:
        lists = Lists(self._track, partial(self._told, "host:devices-l"))
        with closing(lists):
            await lists.begin()
            async with beside(lists.run), beside(self._keep_reached):
                yield lists

    @asynccontextmanager
    async def open(self, serial: str = "") -> AsyncIterator[Driver]:
        await self._ready()
        meant = serial or self.serial
        if _is_address(meant):
            await self._reach(meant)
        device = chosen(await self._settled(meant), meant)
        features = await self._told(f"host-serial:{device.serial}:features")
        yield AdbPhone(
            device.serial,
            frozenset(features.decode(errors="replace").split(",")) - {""},
            partial(self._service, device.serial),
        )

    # The server

    async def _ready(self) -> None:
        """A server answers, and knows what we ask; none is ended, none started beside another."""
        async with self._starting:
            try:
                version = await self._version()
            except NoServer as error:
                await self._start(error)
                version = await self._version()
        if version < LEAST_VERSION:
            raise NoHandset(
                f"{self._server} is too old, {version} and not {LEAST_VERSION} or newer: install"
                " platform tools 28 or newer and end the old one: adb kill-server"
            )

    async def _start(self, error: NoServer) -> None:
        where = place(self.environ)
        if not where.local:
            raise NoServer(f"{error}: start it on that host, or leave ADB's variables unset")
        if not self.program.found():
            raise NoServer(f"{error}, and {self.program.missing()}")
        await self.program.start_server(where)

    def _startable(self) -> bool:
        return place(self.environ).local and self.program.found() is not None

    async def _version(self) -> int:
        return number(await self._told("host:version"), self._server, base=16)

    @property
    def _server(self) -> Peer:
        hint = "if it stays so, start it anew: adb kill-server, adb start-server"
        return Peer(f"the adb server at {place(self.environ)}", hint)

    async def _connect(self, peer: Peer) -> Link:
        return Link(await place(self.environ).connect(), peer)

    async def _told(self, request: str) -> bytes:
        with within(COMMAND_S, self._server, "answer"):
            return await self._answer(request)

    async def _answer(self, request: str) -> bytes:
        link = await self._connect(self._server)
        try:
            await link.ask(request)
            return await Reader(link, link.peer).block()
        finally:
            link.close()

    # Its phones

    async def _list(self) -> list[Device]:
        return [each.device for each in listed(await self._told("host:devices-l"))]

    async def _settled(self, meant: str) -> list[Device]:
        """A list in which the phone meant is ready, or will not be so by itself."""
        until = trio.current_time() + SETTLING_S
        while True:
            devices = await self._list()
            states = {each.state for each in devices if meant in ("", each.serial)}
            late = trio.current_time() >= until
            if late or READY in states or not states & set(_SETTLING):
                return devices
            await trio.sleep(LOOK_AGAIN_S)

    async def _track(self) -> Link:
        await self._ready()
        peer = self._server
        with within(COMMAND_S, peer, "answer"):
            link = await self._connect(peer)
            try:
                await link.ask("host:track-devices-l")
            except BaseException:
                link.close()
                raise
            return link

    @asynccontextmanager
    async def _service(self, serial: str, service: str) -> AsyncIterator[Link]:
        try:
            link = await self._connect(Peer(f"the phone {serial}"))
        except NoServer as error:
            raise NoServer(f"{error} any more; start one: adb start-server") from None
        try:
            await link.ask(f"host:tport:serial:{serial}")
            await link.exactly(_TRANSPORT_ID_BYTES)
            await link.ask(service)
            yield link
        finally:
            link.close()

    # A phone at a TCP address

    async def _keep_reached(self) -> None:
        while _is_address(self.serial):
            with suppress(NoHandset, TooSlow):  # open() tells why
                await self._reach(self.serial)
            await trio.sleep(REACH_AGAIN_S)

    async def _reach(self, address: str) -> None:
        """A phone that waits for its user is left alone. One that was lost stays in the list, and
        as long as it does the server will not connect to it again."""
        async with self._reaching:
            state = await self._state(address)
            if state == "offline":
                await trio.sleep(GREETING_S)
                state = await self._state(address)
            if state == "offline":
                with suppress(NoHandset):  # it may be gone by now
                    await self._told(f"host:disconnect:{address}")
                await trio.sleep(FORGETTING_S)
            elif state:
                return
            with within(REACH_S, self._server, f"connect to {address}"):
                answer = await self._answer(f"host:connect:{address}")
            if not await self._state(address):
                raise NoHandset(
                    f"the adb server cannot reach the phone at {address}:"
                    f" {words(answer)}; look whether the address is right and ADB"
                    " over TCP is on there: adb tcpip 5555, over a cable"
                )

    async def _state(self, address: str) -> str:
        """Empty where the server knows no such phone."""
        found = [each.state for each in await self._list() if each.serial == address]
        return found[0] if found else ""


def _is_address(serial: str) -> bool:
    return bool(_ADDRESS.fullmatch(serial))
