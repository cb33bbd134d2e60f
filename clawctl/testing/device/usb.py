"""The bus a phone is plugged into, as the module `usb1` shows it: what libusb would do, in place of
libusb. Transfers are cut into USB packets as on a cable; the phone at its other end is a
FakeDevice, which it reaches by TCP. Blocks, as `usb1` does."""

# ruff: noqa: ARG002, N802 - libusb1's arguments and names

import select
import socket
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from clawctl.lines.phone.adb_wire import HEADER_BYTES

PACKET_BYTES = 512
INWARD, OUTWARD, _INTERRUPT = 0x81, 0x02, 0x83
_BULK_KIND, _INTERRUPT_KIND = 2, 3
_ADB = 0xFF, 0x42, 1
_LENGTH_AT = slice(12, 16)


class USBError(Exception):
    pass


class USBErrorAccess(USBError):
    pass


class USBErrorBusy(USBError):
    pass


class USBErrorNoDevice(USBError):
    pass


class USBErrorOverflow(USBError):
    pass


class USBErrorPipe(USBError):
    """The phone makes no sense of what it was sent."""


class USBErrorTimeout(USBError):
    """With what had come, or gone, when the time was over."""

    def __init__(self, received: bytes = b"", transferred: int = 0) -> None:
        super().__init__("LIBUSB_ERROR_TIMEOUT [-7]")
        self.received = bytearray(received)
        self.transferred = transferred


@dataclass(slots=True)
class Plugged:
    """A phone on the bus, or something else; may be changed at any time."""

    serial: str = "31021JEHN12345"
    address: str = ""
    product: str = "Pixel 7a"
    number: int = 4
    plugged: bool = True
    # Whether this user may open it, and whether an adb server has it already.
    permitted: bool = True
    held: bool = False
    # Of an earlier host: packets that it has not fetched.
    left: list[bytes] = field(default_factory=list)
    # Every other transfer is interrupted after this many bytes.
    stutter_bytes: int = 0
    # Class, subclass and protocol of its interfaces.
    interfaces: tuple[tuple[int, int, int], ...] = ((6, 1, 1), _ADB)
    opened: int = 0


class Bus:
    """What `import usb1` gives."""

    USBError = USBError
    USBErrorAccess = USBErrorAccess
    USBErrorBusy = USBErrorBusy
    USBErrorNoDevice = USBErrorNoDevice
    USBErrorOverflow = USBErrorOverflow
    USBErrorPipe = USBErrorPipe
    USBErrorTimeout = USBErrorTimeout

    def __init__(self, *devices: Plugged, library: bool = True) -> None:
        self.devices = list(devices)
        self.library = library

    def USBContext(self) -> "USBContext":
        return USBContext(self)


class USBContext:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._handles: list[USBDeviceHandle] = []

    def open(self) -> None:
        if not self._bus.library:
            raise OSError("cannot find a suitable libusb-1.0")

    def close(self) -> None:
        for handle in self._handles:
            handle.close()

    def getDeviceIterator(self, skip_on_error: bool = False) -> Iterator["USBDevice"]:
        for device in self._bus.devices:
            if device.plugged:
                yield USBDevice(device, self._handles)


class USBDevice:
    def __init__(self, plugged: Plugged, handles: list["USBDeviceHandle"]) -> None:
        self._plugged = plugged
        self._handles = handles

    def getBusNumber(self) -> int:
        return 1

    def getDeviceAddress(self) -> int:
        return self._plugged.number

    def iterSettings(self) -> Iterator["USBInterfaceSetting"]:
        for number, triple in enumerate(self._plugged.interfaces):
            yield USBInterfaceSetting(number, triple)

    def open(self) -> "USBDeviceHandle":
        if not self._plugged.permitted:
            raise USBErrorAccess("LIBUSB_ERROR_ACCESS [-3]")
        handle = USBDeviceHandle(self._plugged)
        self._handles.append(handle)
        return handle


@dataclass(frozen=True, slots=True)
class USBInterfaceSetting:
    number: int
    triple: tuple[int, int, int]

    def getNumber(self) -> int:
        return self.number

    def getClass(self) -> int:
        return self.triple[0]

    def getSubClass(self) -> int:
        return self.triple[1]

    def getProtocol(self) -> int:
        return self.triple[2]

    def __iter__(self) -> Iterator["USBEndpoint"]:
        yield USBEndpoint(_INTERRUPT, _INTERRUPT_KIND, 28)
        yield USBEndpoint(INWARD, _BULK_KIND, PACKET_BYTES)
        yield USBEndpoint(OUTWARD, _BULK_KIND, PACKET_BYTES)


@dataclass(frozen=True, slots=True)
class USBEndpoint:
    address: int
    attributes: int
    packet_bytes: int

    def getAddress(self) -> int:
        return self.address

    def getAttributes(self) -> int:
        return self.attributes

    def getMaxPacketSize(self) -> int:
        return self.packet_bytes


class USBDeviceHandle:
    def __init__(self, plugged: Plugged) -> None:
        self._plugged = plugged
        self._cable: Cable | None = None
        self._transfers = 0

    def getSerialNumber(self) -> str:
        self._there()
        self._plugged.opened += 1
        return self._plugged.serial

    def getProduct(self) -> str:
        return self._plugged.product

    def claimInterface(self, interface: int) -> None:
        if self._plugged.held or self._plugged.interfaces[interface] != _ADB:
            raise USBErrorBusy("LIBUSB_ERROR_BUSY [-6]")
        self._plugged.held = True
        self._cable = Cable(self._plugged)

    def clearHalt(self, endpoint: int) -> None:
        self._there()

    def bulkRead(self, endpoint: int, length: int, timeout: int = 0) -> bytearray:
        """Ends with a packet that is not full, or when `length` has come."""
        cable = self._claimed(endpoint == INWARD)
        received = bytearray()
        while len(received) < length:
            packet = cable.next(timeout / 1000)
            self._there()
            if packet is None:
                raise USBErrorTimeout(received=bytes(received))
            if len(packet) > length - len(received):
                raise USBErrorOverflow("LIBUSB_ERROR_OVERFLOW [-8]")
            received += packet
            if len(packet) < PACKET_BYTES:
                break
            if self._interrupted(len(received)):
                raise USBErrorTimeout(received=bytes(received))
        return received

    def bulkWrite(self, endpoint: int, data: bytes, timeout: int = 0) -> int:
        cable = self._claimed(endpoint == OUTWARD)
        stutter = self._plugged.stutter_bytes
        if self._interrupted(len(data)):
            cable.take(data[:stutter], whole=False)
            raise USBErrorTimeout(transferred=stutter)
        cable.take(data, whole=True)
        return len(data)

    def close(self) -> None:
        if self._cable:
            self._cable.close()
            self._plugged.held = False
        self._cable = None

    def _there(self) -> None:
        if not self._plugged.plugged:
            raise USBErrorNoDevice("LIBUSB_ERROR_NO_DEVICE [-4]")

    def _claimed(self, has_endpoint: bool) -> "Cable":
        self._there()
        if not self._cable or not has_endpoint:
            raise USBErrorPipe("no such endpoint of an interface that was claimed")
        return self._cable

    def _interrupted(self, length: int) -> bool:
        stutter = self._plugged.stutter_bytes
        if not stutter or length <= stutter:
            return False
        self._transfers += 1
        return self._transfers % 2 == 1


class Cable:
    """Between the host's transfers and the phone: one connection to its FakeDevice."""

    def __init__(self, plugged: Plugged) -> None:
        self._address = plugged.address
        self._socket: socket.socket | None = None
        self._packets = deque(plugged.left)
        plugged.left.clear()
        self._arrived = bytearray()
        self._payload_bytes = 0
        # What the phone waits for: a header, or so many bytes in one transfer.
        self._expected = 0
        self._taken = bytearray()
        self._empty_due = False

    def next(self, within_s: float) -> bytes | None:
        """The next packet of the phone; None if it has nothing to say."""
        if not self._packets and not self._fetch(within_s):
            return None
        return self._packets.popleft()

    def take(self, data: bytes, whole: bool) -> None:
        """A transfer, or the beginning of one. The phone knows its end by its length, or by an
        empty packet if it has filled the last one."""
        if self._empty_due:
            if data:
                raise USBErrorPipe("a transfer of full packets has no end")
            self._empty_due = False
            return
        self._taken += data
        if not whole:
            return
        if len(self._taken) != (self._expected or HEADER_BYTES):
            raise USBErrorPipe("a header and its data have a transfer each")
        self._empty_due = len(self._taken) % PACKET_BYTES == 0
        is_header = not self._expected
        self._expected = int.from_bytes(self._taken[_LENGTH_AT], "little") if is_header else 0
        self._connected().sendall(self._taken)
        self._taken.clear()

    def close(self) -> None:
        if self._socket:
            self._socket.close()

    def _connected(self) -> socket.socket:
        if not self._socket:
            host, _, port = self._address.rpartition(":")
            self._socket = socket.create_connection((host, int(port)))
        return self._socket

    def _fetch(self, within_s: float) -> bool:
        """The next part of a packet of ADB is there: a header, or the data after it."""
        wanted = self._payload_bytes or HEADER_BYTES
        while len(self._arrived) < wanted:
            if not select.select([self._connected()], [], [], within_s)[0]:
                return False
            piece = self._connected().recv(wanted - len(self._arrived))
            if not piece:
                raise USBErrorNoDevice("LIBUSB_ERROR_NO_DEVICE [-4]")
            self._arrived += piece
        part, self._arrived = bytes(self._arrived), bytearray()
        is_header = not self._payload_bytes
        self._payload_bytes = int.from_bytes(part[_LENGTH_AT], "little") if is_header else 0
        # A phone sends no empty packet after full ones: the header has told the length.
        self._packets.extend(
            part[at : at + PACKET_BYTES] for at in range(0, len(part), PACKET_BYTES)
        )
        return True
