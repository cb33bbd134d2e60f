"""A phone's ADB over USB. libusb blocks, so all of it happens in threads.

Its Python side, libusb1, is the extra `clawctl[usb]`, and imported when a phone is looked for.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeVar

import trio

from clawctl.errors import NoHandset
from clawctl.lines.phone.adb_wire import HEADER_BYTES
from clawctl.lines.phone.driver import READY, Device, not_ready, words
from clawctl.pip import pip_install

NO_LIBUSB1 = (
    "a phone on USB is reached through an adb server, or without one by libusb1, which is not"
    f" installed: {pip_install('clawctl[usb]')}; or reach it over TCP: clawctl config set"
    " adb_address HOST:PORT"
)
NO_LIBUSB = (
    "libusb1 does not find the library it is for: install libusb (Debian: sudo apt install"
    " libusb-1.0-0; macOS: brew install libusb)"
)
# A phone that does not tell its serial goes by where it is.
USB_PLACE = "usb:"
# So does one whose serial could be taken for an address, or for something to type.
_SERIAL = re.compile(r"[\w.-]{1,64}", re.ASCII)
# Class, subclass and protocol of the interface; the kind of its two endpoints.
_ADB = 0xFF, 0x42, 1
_BULK, _KIND_BITS = 2, 3
_IN = 0x80
# A transfer is taken up again after this long, and not if whoever wanted it has gone.
_TRANSFER_MS = 250
# What an earlier host has left unread is there at once.
_LEFT_MS, _LEFT_BYTES, _MOST_LEFT = 50, 16 * 1024, 64

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Interface:
    """Where on a USB device its ADB is; `packet_bytes` is the most in one USB packet."""

    number: int
    inward: int
    outward: int
    packet_bytes: int


def usb_phones(known: dict[str, Device]) -> dict[str, Device]:
    """Phones by their places on the bus; a phone in `known` that was ready is not asked again.
    Blocks. Whether another program holds a phone, and whether it knows us, shows when it is
    opened."""
    found = {}
    with _context() as (usb1, context):
        for device in context.getDeviceIterator(skip_on_error=True):
            if _interface(device):
                before = known.get(_place(device))
                ready = before is not None and before.state == READY
                found[_place(device)] = before if before and ready else _look(usb1, device)
    return found


class UsbStream(trio.abc.Stream):
    """What is sent at once is a packet: its header and its data leave in a transfer each."""

    @classmethod
    async def open(cls, serial: str) -> "UsbStream":
        """Raises NoHandset for a phone that is not there, is held by another program or may not be
        opened by this user."""
        return await trio.to_thread.run_sync(_open, serial)

    def __init__(self, usb1: Any, context: Any, handle: Any, interface: Interface) -> None:
        self._usb1 = usb1
        self._context = context
        self._handle = handle
        self._interface = interface
        self._rest = b""
        # Apart from everybody else's: one of them is always waiting for the phone.
        self._threads = trio.CapacityLimiter(2)

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        packet = bytes(data)
        await self._send(packet[:HEADER_BYTES])
        if len(packet) > HEADER_BYTES:
            await self._send(packet[HEADER_BYTES:])

    async def wait_send_all_might_not_block(self) -> None:
        await trio.lowlevel.checkpoint()

    async def receive_some(self, max_bytes: int | None = None) -> bytes:
        most = max_bytes or _LEFT_BYTES
        while not self._rest:
            self._rest = await self._in_thread(lambda: self._read(most, _TRANSFER_MS))
        data, self._rest = self._rest[:most], self._rest[most:]
        return data

    async def aclose(self) -> None:
        """Closes what was opened in it, too; nobody reads or writes any more."""
        with trio.CancelScope(shield=True):
            await trio.to_thread.run_sync(self._context.close)

    async def _send(self, transfer: bytes) -> None:
        await self._send_whole(transfer)
        if len(transfer) % self._interface.packet_bytes == 0:
            # Or the phone would take it for the beginning of a longer one.
            await self._send_whole(b"")

    async def _send_whole(self, transfer: bytes) -> None:
        rest = transfer
        while True:
            sent, in_time = await self._in_thread(self._writer(rest))
            rest = rest[sent:]
            if in_time or (sent and not rest):
                return

    def _writer(self, data: bytes) -> Callable[[], tuple[int, bool]]:
        def write() -> tuple[int, bool]:
            try:
                return self._handle.bulkWrite(self._interface.outward, data, _TRANSFER_MS), True
            except self._usb1.USBErrorTimeout as error:
                return error.transferred, False

        return write

    def _read(self, most: int, within_ms: int) -> bytes:
        """Whole USB packets: one that is longer than the room for it would be lost."""
        size = -(-most // self._interface.packet_bytes) * self._interface.packet_bytes
        try:
            return bytes(self._handle.bulkRead(self._interface.inward, size, within_ms))
        except self._usb1.USBErrorTimeout as error:
            return bytes(error.received)

    def begin(self) -> None:
        """Both ends agree on which packet is the next, and nothing of an earlier host is left.
        Blocks."""
        for endpoint in (self._interface.inward, self._interface.outward):
            self._handle.clearHalt(endpoint)
        for _ in range(_MOST_LEFT):
            if not self._read(_LEFT_BYTES, _LEFT_MS):
                return

    async def _in_thread(self, work: Callable[[], T]) -> T:
        try:
            return await trio.to_thread.run_sync(work, limiter=self._threads)
        except self._usb1.USBErrorNoDevice:
            raise trio.BrokenResourceError("the phone was unplugged") from None
        except self._usb1.USBError as error:
            raise trio.BrokenResourceError(f"USB failed: {error}") from None


def _open(serial: str) -> UsbStream:
    usb1 = _libusb1()
    context = _opened(usb1)
    try:
        with _refusals(usb1, serial):
            stream = _claimed(usb1, context, serial)
            stream.begin()
    except BaseException:
        context.close()
        raise
    return stream


def _claimed(usb1: ModuleType, context: Any, serial: str) -> UsbStream:
    for device in context.getDeviceIterator(skip_on_error=True):
        interface = _interface(device)
        if interface and serial in _names(usb1, device):
            handle = device.open()
            handle.claimInterface(interface.number)
            return UsbStream(usb1, context, handle, interface)
    raise NoHandset(
        f"the phone {serial} is not on USB: plug it in, and switch USB debugging on in its"
        " developer options"
    )


def _names(usb1: ModuleType, device: Any) -> set[str]:
    return {_place(device), _look(usb1, device).serial}


def _place(device: Any) -> str:
    return f"{USB_PLACE}{device.getBusNumber()}-{device.getDeviceAddress()}"


def _look(usb1: ModuleType, device: Any) -> Device:
    place = _place(device)
    try:
        handle = device.open()
    except usb1.USBErrorAccess:
        return Device(place, "no permissions")
    except usb1.USBError:
        return Device(place, "offline")
    try:
        serial, product = handle.getSerialNumber() or "", handle.getProduct() or ""
        own = serial if _SERIAL.fullmatch(serial) else place
        return Device(own, READY, words(product.encode(errors="replace")))
    except (usb1.USBError, UnicodeError):
        return Device(place, "offline")
    finally:
        handle.close()


def _interface(device: Any) -> Interface | None:
    for setting in device.iterSettings():
        if (setting.getClass(), setting.getSubClass(), setting.getProtocol()) != _ADB:
            continue
        bulk = [each for each in setting if each.getAttributes() & _KIND_BITS == _BULK]
        inward = [each for each in bulk if each.getAddress() & _IN]
        outward = [each for each in bulk if not each.getAddress() & _IN]
        if inward and outward:
            return Interface(
                setting.getNumber(),
                inward[0].getAddress(),
                outward[0].getAddress(),
                inward[0].getMaxPacketSize(),
            )
    return None


@contextmanager
def _refusals(usb1: ModuleType, serial: str) -> Iterator[None]:
    try:
        yield
    except usb1.USBErrorBusy:
        raise NoHandset(
            f"a gateway that runs, an adb server or another program holds the phone {serial}: stop"
            " it (clawctl stop, adb kill-server), or share the phone through an adb server: clawctl"
            " config set adb_driver server"
        ) from None
    except usb1.USBErrorAccess:
        not_ready(serial, "no permissions")
    except usb1.USBError as error:
        raise NoHandset(
            f"the phone {serial} cannot be opened over USB ({error}): unplug it and plug it in"
        ) from None


@contextmanager
def _context() -> Iterator[tuple[ModuleType, Any]]:
    usb1 = _libusb1()
    context = _opened(usb1)
    try:
        yield usb1, context
    except usb1.USBError as error:
        raise NoHandset(f"USB cannot be looked at: {error}") from None
    finally:
        context.close()


def _opened(usb1: ModuleType) -> Any:
    context = usb1.USBContext()
    try:
        context.open()
    except OSError:
        raise NoHandset(NO_LIBUSB) from None
    except usb1.USBError as error:
        raise NoHandset(f"USB cannot be used here: {error}") from None
    return context


def _libusb1() -> ModuleType:
    try:
        import usb1  # noqa: PLC0415 - an extra
    except ImportError:
        raise NoHandset(NO_LIBUSB1) from None
    module: ModuleType = usb1
    return module
