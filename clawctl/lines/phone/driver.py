"""A phone over ADB, as the rest of the gateway sees it, whatever carries it.

`phones_of` says which of two drivers finds and opens phones: through an adb server
(`adb_server`), or without one (`adb_direct`). What they do on a connected phone is the same
(`adb_services`).
"""

import shlex
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import NoReturn, Protocol

import trio

from clawctl.config.schema import PhoneSettings
from clawctl.errors import BadInput, NoHandset

# A phone that is well answers within a tenth of a second.
COMMAND_S = 10.0
PUSH_S = 60.0
# `Ran.code` of a phone whose shell is too old to tell (before Android 7); never a success.
UNTOLD = -1
READY = "device"
# The most that is repeated of what a phone says.
MOST_SAID = 200

_ACCEPT = "unlock the phone and accept 'Allow USB debugging?' on its screen"
_REPLUG = "unplug the cable and plug it in again, or switch USB debugging off and on"
_PLUG_IN = "plug it in, and switch USB debugging on in its developer options"
_BOOT = "it is not booted: restart the phone"
# What a phone's state means for whoever wants to use it.
WAYS_OUT = {
    "unauthorized": _ACCEPT,
    "authorizing": _ACCEPT,
    "offline": _REPLUG,
    "connecting": "wait some seconds and try again",
    "no permissions": "this user may not open its USB device: install the udev rules for Android"
    " (Debian: android-sdk-platform-tools-common), join the group plugdev, and plug it in again",
    "recovery": _BOOT,
    "rescue": _BOOT,
    "sideload": _BOOT,
    "bootloader": _BOOT,
    "host": _REPLUG,
}


class BadAnswer(NoHandset):
    """The phone, or the adb server, did not say what the protocol has it say."""


@dataclass(frozen=True, slots=True)
class Device:
    """A phone that was found; `state` is a key of WAYS_OUT, or READY."""

    serial: str
    state: str
    model: str = ""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left. Without shell v2 `code` is UNTOLD, and `err` is in `out`."""

    code: int
    out: bytes = b""
    err: bytes = b""

    @property
    def text(self) -> str:
        return self.out.decode(errors="replace").strip()


class Driver(Protocol):
    """One phone, connected. Everything raises NoHandset when the phone is gone or refuses, TooSlow
    after its time (ten seconds, a minute for `push`). Cancelled, a command may have been obeyed;
    nothing of it stays open here."""

    @property
    def serial(self) -> str: ...

    @property
    def features(self) -> frozenset[str]:
        """What the phone's ADB can do; without "shell_v2" no command has an exit status."""
        ...

    async def run(self, command: str, *, stdin: bytes = b"", timeout_s: float = COMMAND_S) -> Ran:
        """A line for the phone's shell; words that somebody else chose go through `quoted`."""
        ...

    async def push(self, content: bytes, path: str, mode: int = 0o644) -> None: ...

    async def read(self, path: str) -> bytes:
        """A whole file; raises NoSuch."""
        ...

    def follow(self, command: str) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """What a command puts out, line by line without line ends, until it ends or is left."""
        ...

    async def reverse(self, phone_port: int, host_port: int) -> int:
        """Lets programs on the phone reach our port at theirs; 0 lets the phone choose, and the
        port comes back. In place of whatever the phone had forwarded there; everything
        forwarded ends with the phone's connection."""
        ...

    async def unreverse(self, phone_port: int) -> None:
        """Raises NoSuch where nothing was forwarded."""
        ...

    async def reverses(self) -> list[tuple[int, int]]:
        """(phone, host) of everybody's forwarded ports, not only of ours."""
        ...


class Phones(Protocol):
    """Finds phones, and connects to one."""

    async def devices(self) -> list[Device]: ...

    def watch(self) -> AbstractAsyncContextManager[AsyncIterator[list[Device]]]:
        """A list at once, and a new one at every change; a phone that was away for a moment is
        missing from one list at least, or not ready in it. It goes on while an adb server is
        started anew; NoHandset is raised only on entry."""
        ...

    def open(self, serial: str = "") -> AbstractAsyncContextManager[Driver]:
        """The phone of that serial, else of `adb_serial`, else the only one that is ready; raises
        NoHandset with the way out."""
        ...


def words(raw: bytes) -> str:
    """What a phone or an adb server says, fit for a sentence of ours: one short line that steers no
    terminal."""
    text = raw[: 8 * MOST_SAID].decode(errors="replace")
    plain_text = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(plain_text.split())[:MOST_SAID]


def quoted(*words: str) -> str:
    """The words as one command of the phone's shell, whatever they contain."""
    return plain(shlex.join(words))


def plain(text: str) -> str:
    """The text, if it can be sent to the phone as it is: one line of whole characters."""
    if set(text) & {"\0", "\n"} or text != text.encode(errors="replace").decode():
        raise BadInput("nothing sent to a phone may hold a NUL, a newline or half a character")
    return text


def chosen(devices: list[Device], serial: str) -> Device:
    """The phone that is meant: the one of that serial, or the only one that is ready."""
    if serial:
        found = [each for each in devices if each.serial == serial]
        return _ready(found, f"the phone {serial}", _way_to(serial))
    ready = [each for each in devices if each.state == READY]
    if len(ready) > 1:
        names = ", ".join(each.serial for each in ready)
        raise NoHandset(
            f"{len(ready)} phones are ready ({names}); choose one:"
            f" clawctl config set adb_serial {shlex.quote(ready[0].serial)}"
        )
    return _ready(ready or devices, "a phone", _PLUG_IN)


def _way_to(serial: str) -> str:
    host, colon, port = serial.rpartition(":")
    if colon and host != "usb":
        return f"is it on, in this network, and told to listen there (by cable: adb tcpip {port})?"
    return _PLUG_IN


def _ready(devices: list[Device], what: str, way_out: str) -> Device:
    if not devices:
        raise NoHandset(f"{what} is not there: {way_out}")
    first = devices[0]
    if first.state != READY:
        not_ready(first.serial, first.state)
    return first


def not_ready(serial: str, state: str) -> NoReturn:
    way_out = WAYS_OUT.get(state, _REPLUG)
    raise NoHandset(f"the phone {serial} cannot be used, its state is {state!r}: {way_out}")


def phones_of(settings: PhoneSettings) -> Phones:
    """As `adb_driver` has it; "auto" is the adb server wherever one answers or can be started."""
    return _DRIVERS[settings.adb_driver](settings)


# Loaded when used: they import this module, and what signs for the direct one costs 60 ms.
def _server(settings: PhoneSettings) -> Phones:
    from clawctl.lines.phone.adb_server import ServerPhones  # noqa: PLC0415

    return ServerPhones.of(settings)


def _direct(settings: PhoneSettings) -> Phones:
    from clawctl.lines.phone.adb_direct import DirectPhones  # noqa: PLC0415

    return DirectPhones.of(settings)


def _auto(settings: PhoneSettings) -> Phones:
    from clawctl.lines.phone.adb_server import ServerPhones  # noqa: PLC0415

    server = ServerPhones.of(settings)
    return EitherPhones(server.possible, server, _direct(settings))


def _off(_settings: PhoneSettings) -> Phones:
    return NoPhones()


_DRIVERS = {"auto": _auto, "server": _server, "direct": _direct, "off": _off}


class NoPhones:
    """In place of all phones, for a gateway that has none over ADB."""

    async def devices(self) -> list[Device]:
        await trio.lowlevel.checkpoint()
        return []

    @asynccontextmanager
    async def watch(self) -> AsyncIterator[AsyncIterator[list[Device]]]:
        """One empty list, then nothing for ever."""
        put, lists = trio.open_memory_channel[list[Device]](1)
        put.send_nowait([])
        with put, lists:
            yield lists

    @asynccontextmanager
    async def open(self, serial: str = "") -> AsyncIterator[Driver]:  # noqa: ARG002 - as Phones has it
        raise NoHandset("ADB is switched off here: clawctl config set adb_driver auto")
        yield


@dataclass(frozen=True, slots=True)
class EitherPhones:
    """The first where it is possible, which is asked anew at each use; the other elsewhere."""

    possible: Callable[[], Awaitable[bool]]
    first: Phones
    other: Phones

    async def devices(self) -> list[Device]:
        return await (await self._choice()).devices()

    @asynccontextmanager
    async def watch(self) -> AsyncIterator[AsyncIterator[list[Device]]]:
        async with (await self._choice()).watch() as lists:
            yield lists

    @asynccontextmanager
    async def open(self, serial: str = "") -> AsyncIterator[Driver]:
        async with (await self._choice()).open(serial) as driver:
            yield driver

    async def _choice(self) -> Phones:
        return self.first if await self.possible() else self.other
