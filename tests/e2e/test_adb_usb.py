"""A phone on USB, as libusb shows it: the driver's side is real, the bus is not."""

import inspect
import sys
from contextlib import asynccontextmanager

import pytest
import trio
import usb1

from clawctl.config.schema import PhoneSettings
from clawctl.errors import NoHandset, NoSuch
from clawctl.lines.phone import adb_direct
from clawctl.lines.phone import adb_wire as wire
from clawctl.lines.phone.adb_direct import DirectPhones
from clawctl.lines.phone.adb_wire import Packet
from clawctl.lines.phone.driver import READY, Device, Ran
from clawctl.testing.device import usb
from clawctl.testing.device.device import open_device
from clawctl.testing.device.usb import Bus, Plugged

pytestmark = pytest.mark.journey

SERIAL = "31021JEHN12345"
SOON_S = 5.0
BIG = bytes(range(256)) * 2400


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    made = tmp_path_factory.mktemp("home")
    wire.load_or_make_key(made / ".android" / "adbkey")
    return made


@pytest.fixture(autouse=True)
def environment(home, monkeypatch):
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("ADB_VENDOR_KEYS", raising=False)
    monkeypatch.setattr(adb_direct, "AGAIN_S", 0.1)


@pytest.fixture
def bus(monkeypatch):
    """With a mouse."""
    bus = Bus(Plugged(serial="mouse", interfaces=((3, 1, 2),), number=2))
    monkeypatch.setitem(sys.modules, "usb1", bus)
    return bus


@asynccontextmanager
async def plugged(bus, *, number=4, serial=SERIAL, **condition):
    """A phone on that bus, and what it is like."""
    async with open_device(**condition) as device:
        phone = Plugged(serial=serial, address=device.address, number=number)
        bus.devices.append(phone)
        yield phone, device


def phones(serial=""):
    return DirectPhones.of(PhoneSettings(adb_serial=serial))


async def seen(lists, what):
    with trio.fail_after(SOON_S):
        async for devices in lists:
            if [each.state for each in devices] == what:
                return devices
    raise AssertionError


# The bus itself is as libusb1 has it


@pytest.mark.parametrize(
    ("ours", "real"),
    [
        (usb.USBContext, usb1.USBContext),
        (usb.USBDevice, usb1.USBDevice),
        (usb.USBInterfaceSetting, usb1.USBInterfaceSetting),
        (usb.USBEndpoint, usb1.USBEndpoint),
        (usb.USBDeviceHandle, usb1.USBDeviceHandle),
    ],
)
def test_whatever_the_bus_can_do_libusb1_can_by_the_same_names(ours, real):
    for name, method in vars(ours).items():
        if callable(method) and not name.startswith("_") and name != "close":
            assert list(inspect.signature(method).parameters) == list(
                inspect.signature(inspect.unwrap(getattr(real, name))).parameters
            )


def test_its_errors_are_libusb1s():
    for name in vars(Bus):
        if name.startswith("USBError"):
            assert issubclass(getattr(usb1, name), usb1.USBError)


# Finding


async def test_phones_are_listed_by_serial_and_nothing_else_is(bus):
    assert await phones().devices() == []
    async with plugged(bus), plugged(bus, number=5, serial="other") as (other, _):
        other.permitted = False
        assert await phones().devices() == [
            Device(SERIAL, READY, "Pixel 7a"),
            Device("usb:1-5", "no permissions"),
        ]


@pytest.mark.parametrize("serial", ["10.0.0.1:5555", "a;reboot", "\x1b[2J", "x" * 65])
async def test_a_serial_that_is_no_name_is_passed_over_for_its_place(bus, serial):
    async with plugged(bus, serial=serial, number=5):
        assert [one.serial for one in await phones().devices()] == ["usb:1-5"]
        async with phones().open() as driver:
            assert driver.serial == "usb:1-5"


async def test_plugging_in_and_out_is_seen_and_a_phone_is_asked_its_name_once(bus):
    async with phones().watch() as lists, plugged(bus) as (phone, _):
        await seen(lists, [READY])
        await trio.sleep(4 * adb_direct.AGAIN_S)
        assert phone.opened == 1
        phone.plugged = False
        await seen(lists, [])
        phone.plugged, phone.number = True, 9
        assert await seen(lists, [READY]) == [Device(SERIAL, READY, "Pixel 7a")]


@pytest.mark.parametrize("stutter_bytes", [0, 512, 5120])
@pytest.mark.parametrize("version", [wire.VERSION, wire.OLD_VERSION])
async def test_every_operation_is_carried_over_usb(bus, stutter_bytes, version):
    async with plugged(bus, version=version) as (phone, device):
        phone.stutter_bytes = stutter_bytes
        async with phones().open() as driver:
            assert driver.serial == SERIAL
            assert await driver.run("echo out; echo err >&2; exit 7") == Ran(7, b"out\n", b"err\n")
            assert await driver.run("cat", stdin=BIG) == Ran(0, BIG)
            await driver.push(BIG, "/data/local/tmp/file")
            assert await driver.read("/data/local/tmp/file") == BIG
            with pytest.raises(NoSuch):
                await driver.read("/sdcard/nosuch")
            async with driver.follow("echo one; echo two") as lines:
                assert [line async for line in lines] == [b"one", b"two"]
            assert await driver.reverse(8996, 4001) == 8996
            assert await driver.reverses() == [(8996, 4001)]
            assert not await device.ask_for("tcp:4002")
            await driver.unreverse(8996)
        assert not phone.held


@pytest.mark.parametrize("packets", [1, 2, 32])
async def test_transfers_of_full_packets_have_an_end(bus, packets):
    """A command's input has five bytes around it."""
    full = packets * usb.PACKET_BYTES - 5
    async with plugged(bus), phones().open() as driver:
        for length in (full - 1, full, full + 1):
            assert await driver.run("cat", stdin=BIG[:length]) == Ran(0, BIG[:length])


async def test_what_an_earlier_host_has_not_fetched_is_passed_over(bus):
    stale = wire.pack(Packet(wire.WRTE, 7, 8, bytes(512)))
    async with plugged(bus) as (phone, _):
        phone.left = [stale[24:], stale[:24], stale[24:]]
        async with phones().open() as driver:
            assert await driver.run("echo on") == Ran(0, b"on\n")


async def test_a_phone_whose_user_is_being_asked_is_listed_as_unauthorised(bus):
    async with plugged(bus, auth="accept", auth_after_s=0.5):
        ours = phones()
        async with ours.watch() as lists, trio.open_nursery() as nursery:
            await seen(lists, [READY])

            async def use():
                async with ours.open() as driver:
                    assert (await driver.run("true")).code == 0

            nursery.start_soon(use)
            await seen(lists, ["unauthorized"])
            await seen(lists, [READY])


# What may be the matter


async def open_and_say(serial=""):
    with trio.fail_after(SOON_S), pytest.raises(NoHandset) as raised:
        async with phones(serial).open():
            raise AssertionError
    return str(raised.value)


async def test_a_phone_that_an_adb_server_holds_is_said_to_be_held(bus):
    async with plugged(bus) as (phone, _):
        phone.held = True
        said = await open_and_say()

        assert said == (
            f"a gateway that runs, an adb server or another program holds the phone {SERIAL}: stop"
            " it (clawctl stop, adb kill-server), or share the phone through an adb server: clawctl"
            " config set adb_driver server"
        )


async def test_a_phone_this_user_may_not_open_is_said_with_what_to_install(bus):
    async with plugged(bus) as (phone, _):
        phone.permitted = False

        assert "install the udev rules" in await open_and_say()
        assert "install the udev rules" in await open_and_say("usb:1-4")


async def test_a_phone_that_is_not_there_is_missed(bus):
    assert "plug it in" in await open_and_say()
    assert "the phone X1 is not on USB: plug it in" in await open_and_say("X1")


async def test_two_phones_want_one_to_be_chosen(bus):
    async with plugged(bus), plugged(bus, serial="other", number=5):
        assert "2 phones are ready (31021JEHN12345, other); choose one" in await open_and_say()
        async with phones().open("other") as driver:
            assert driver.serial == "other"


async def test_a_phone_unplugged_in_the_middle_is_missed_at_once(bus):
    async with plugged(bus) as (phone, _), phones().open() as driver:
        async with driver.follow("echo one; sleep 60") as lines:
            assert await anext(lines) == b"one"
            phone.plugged = False
            with trio.fail_after(SOON_S), pytest.raises(NoHandset, match="the phone was unplugged"):
                await anext(lines)
        with pytest.raises(NoHandset):
            await driver.run("true")


async def test_without_libusb1_it_is_said_how_it_is_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "usb1", None)

    assert "pip install 'clawctl[usb]'" in await open_and_say()
    assert "pip install 'clawctl[usb]'" in await open_and_say(SERIAL)
    with pytest.raises(NoHandset, match="adb_address"):
        async with phones().watch():
            raise AssertionError


async def test_without_libusb_it_is_said_how_it_is_installed(bus):
    bus.library = False

    assert "apt install libusb-1.0-0" in await open_and_say()


async def test_a_phone_over_tcp_needs_no_libusb1(monkeypatch):
    monkeypatch.setitem(sys.modules, "usb1", None)
    async with open_device() as device, phones(device.address).watch() as lists:
        await seen(lists, [READY])
        async with phones(device.address).open() as driver:
            assert (await driver.run("true")).code == 0
