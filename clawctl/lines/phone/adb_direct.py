"""Phones without an adb server: one whose serial is host:port over TCP, and those on USB.

`watch` holds the connection by which it knows that the TCP phone is there, and `open` shares it;
otherwise each `open` has its own. Over USB a phone has one host: who opens it second is told so.
"""

import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple

import trio
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from clawctl.config.schema import PhoneSettings
from clawctl.errors import NoHandset, NoSuch
from clawctl.lines.phone.adb_keys import host_keys
from clawctl.lines.phone.adb_link import Link
from clawctl.lines.phone.adb_services import AdbPhone
from clawctl.lines.phone.adb_stream import Peer, beside, within
from clawctl.lines.phone.adb_usb import USB_PLACE, UsbStream, usb_phones
from clawctl.lines.phone.adb_wire import LinkLost
from clawctl.lines.phone.driver import COMMAND_S, READY, Device, Driver, chosen, not_ready, words

# Where a phone listens after `adb tcpip 5555`.
DEFAULT_PORT = 5555
_PORT = re.compile(r":[0-9]+$")
# How long we wait before looking again.
AGAIN_S = 1.0
# Who wants a list wants it soon. Who opens a phone has more patience, and most with its user.
LOOK_S = 5.0
ACCEPT_S = 30.0
# A phone on the network that falls silent is given up after some ten seconds; where a system has
# no such option, after its own time.
_SILENCE = (
    ("TCP_KEEPIDLE", 4),
    ("TCP_KEEPINTVL", 2),
    ("TCP_KEEPCNT", 3),
    ("TCP_USER_TIMEOUT", 10_000),
)
# Lists that nobody has fetched; then the phones' comings and goings wait.
_MOST_LISTS = 16

Tell = Callable[[list[Device]], Awaitable[None]]
Finder = Callable[[Tell], Awaitable[None]]


class Address(NamedTuple):
    """Of a phone over TCP."""

    host: str
    port: int


def address_of(serial: str) -> Address | None:
    """None: it is on USB, where a place is written "usb:1-1". Raises NoHandset."""
    host, colon, port = serial.rpartition(":")
    if not colon or serial.startswith(USB_PLACE):
        return None
    bare = host.removeprefix("[").removesuffix("]")
    is_port = port.isascii() and port.isdecimal() and 0 < int(port) < 1 << 16
    if not bare or not is_port or (":" in bare and bare == host):
        raise NoHandset(
            f"the address of a phone is host:port or [v6]:port, and {serial!r} is neither: clawctl"
            " config set adb_address HOST:PORT"
        )
    return Address(bare, int(port))


@dataclass(frozen=True)
class DirectPhone(AdbPhone):
    """It also lets the phone connect to what it was asked to forward, and to nothing else."""

    link: Link

    async def reverse(self, phone_port: int, host_port: int) -> int:
        self.link.allowed.asked(host_port)
        try:
            phone_port = await super().reverse(phone_port, host_port)
            self.link.allowed.granted(phone_port, host_port)
        finally:
            self.link.allowed.answered(host_port)
        return phone_port

    async def unreverse(self, phone_port: int) -> None:
        try:
            await super().unreverse(phone_port)
        except NoSuch:
            self.link.allowed.taken_back(phone_port)
            raise
        self.link.allowed.taken_back(phone_port)


@dataclass(frozen=True, slots=True)
class DirectPhones:
    """`serial` is the phone that is meant, "" where nothing is said."""

    serial: str
    # Held by `watch`, for `open`.
    _links: dict[str, Link] = field(default_factory=dict)
    # Whose users are being asked; nobody asks a second time meanwhile.
    _asking: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, settings: PhoneSettings) -> "DirectPhones":
        address = settings.adb_address
        if address and not _PORT.search(address):
            address += f":{DEFAULT_PORT}"
        return cls(settings.adb_serial or address)

    async def devices(self) -> list[Device]:
        return [*await self._over_tcp(), *await self._over_usb()]

    @asynccontextmanager
    async def watch(self) -> AsyncIterator[AsyncIterator[list[Device]]]:
        finders: list[Finder] = [self._watch_usb] if await self._has_usb() else []
        if address := address_of(self.serial):
            finders.append(partial(self._watch_tcp, address, await _keys()))
        put, lists = trio.open_memory_channel[list[Device]](_MOST_LISTS)
        async with put, lists, beside(partial(_watch, finders, put.send)):
            yield lists

    @asynccontextmanager
    async def open(self, serial: str = "") -> AsyncIterator[Driver]:
        meant = serial or self.serial or chosen(await self.devices(), "").serial
        async with self._link(meant) as link:
            yield DirectPhone(link.serial, link.banner.features, link.stream, link)

    # One phone

    @asynccontextmanager
    async def _link(self, serial: str) -> AsyncIterator[Link]:
        kept = self._links.get(serial)
        if kept and not kept.lost.is_set():
            yield _usable(kept)
            return
        address = address_of(serial)
        async with await (connect(address) if address else UsbStream.open(serial)) as connection:
            link = Link(connection, serial)
            await self._enter(link)
            async with _usable(link).running():
                yield link

    async def _enter(self, link: Link) -> None:
        if link.serial in self._asking:
            not_ready(link.serial, "unauthorized")
        keys = await _keys()
        with trio.move_on_after(ACCEPT_S) as patience:
            try:
                with within(COMMAND_S, Peer(f"the phone {link.serial}"), "answer our greeting"):
                    known = await link.greet(keys)
                if not known:
                    await self._ask(link, keys[0])
            except LinkLost as error:
                raise NoHandset(f"the phone {link.serial} does not let us in: {error}") from None
        if patience.cancelled_caught:
            not_ready(link.serial, "unauthorized")

    async def _ask(self, link: Link, key: RSAPrivateKey) -> None:
        self._asking.add(link.serial)
        try:
            await link.ask(key)
        finally:
            self._asking.discard(link.serial)

    # The phone over TCP

    async def _over_tcp(self) -> list[Device]:
        address = address_of(self.serial)
        if address is None:
            return []
        if kept := self._links.get(self.serial):
            return [_seen(kept)]
        keys = await _keys()
        found: list[Device] = []
        with trio.move_on_after(LOOK_S), suppress(NoHandset):
            async with await connect(address) as connection:
                found = [Device(self.serial, "offline")]
                link = Link(connection, self.serial)
                known = await link.greet(keys)
                return [_seen(link) if known else Device(link.serial, "unauthorized")]
        return found

    async def _watch_tcp(self, address: Address, keys: list[RSAPrivateKey], tell: Tell) -> None:
        while True:
            try:
                with trio.fail_after(LOOK_S):
                    connection = await connect(address)
            except (NoHandset, trio.TooSlowError):
                await tell([])
            else:
                async with connection:
                    await self._stay(Link(connection, self.serial), keys, tell)
            await trio.sleep(AGAIN_S)

    async def _stay(self, link: Link, keys: list[RSAPrivateKey], tell: Tell) -> None:
        """While the phone is there."""
        try:
            with trio.fail_after(LOOK_S):
                known = await link.greet(keys)
            if not known:
                await tell([Device(link.serial, "unauthorized")])
                await self._ask(link, keys[0])
        except (NoHandset, trio.TooSlowError):
            return await tell([Device(link.serial, "offline")])
        async with link.running():
            self._links[link.serial] = link
            try:
                await tell([_seen(link)])
                await link.lost.wait()
            finally:
                self._links.pop(link.serial, None)
        return await tell([])

    # Phones on USB

    async def _has_usb(self) -> bool:
        """Raises NoHandset where it has not, and there is no other way to a phone."""
        try:
            await trio.to_thread.run_sync(usb_phones, {})
        except NoHandset:
            if address_of(self.serial) is None:
                raise
            return False
        return True

    async def _over_usb(self) -> list[Device]:
        if not await self._has_usb():
            return []
        return self._shown(await trio.to_thread.run_sync(usb_phones, {}))

    async def _watch_usb(self, tell: Tell) -> None:
        """Plugging in is seen here; whether a phone lets us in shows when it is opened."""
        known: dict[str, Device] = {}
        while True:
            with suppress(NoHandset):
                known = await trio.to_thread.run_sync(usb_phones, known)
            await tell(self._shown(known))
            await trio.sleep(AGAIN_S)

    def _shown(self, found: dict[str, Device]) -> list[Device]:
        asking = self._asking
        return [
            replace(each, state="unauthorized") if each.serial in asking else each
            for each in found.values()
        ]


async def connect(address: Address) -> trio.SocketStream:
    """Raises NoHandset where nobody answers, TooSlow where nothing does."""
    who = f"the phone at {address.host}, port {address.port}"
    try:
        with within(COMMAND_S, Peer(who), "let us connect"):
            connection = await trio.open_tcp_stream(*address)
    except (OSError, UnicodeError) as error:
        raise NoHandset(
            f"{who}, cannot be reached ({error}): is it on, in this network, and told"
            f" to listen there? (with a cable: adb tcpip {address.port})"
        ) from None
    with suppress(OSError):  # it has gone again, as whoever reads is told
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, True)
        for name, value in _SILENCE:
            if option := getattr(socket, name, None):
                connection.setsockopt(socket.IPPROTO_TCP, option, value)
    return connection


async def _keys() -> list[RSAPrivateKey]:
    return await trio.to_thread.run_sync(host_keys)


async def _watch(finders: list[Finder], send: Tell) -> None:
    """A list is whole once each finder has spoken."""
    found: dict[Finder, list[Device]] = {}

    async def tell(finder: Finder, devices: list[Device]) -> None:
        if found.get(finder) == devices:
            return
        found[finder] = devices
        if len(found) == len(finders):
            await send([device for each in finders for device in found[each]])

    async with trio.open_nursery() as nursery:
        for finder in finders:
            nursery.start_soon(finder, partial(tell, finder))


def _seen(link: Link) -> Device:
    kind = link.banner.kind
    model = words(link.banner.properties.get("ro.product.model", "").encode())
    return Device(link.serial, READY if kind == "device" else kind, model)


def _usable(link: Link) -> Link:
    """Connected, a phone may still be in its recovery."""
    state = _seen(link).state
    return link if state == READY else not_ready(link.serial, state)
