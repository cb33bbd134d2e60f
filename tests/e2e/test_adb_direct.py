"""What only a phone without an adb server between can do wrong. Both drivers: test_drivers."""

from contextlib import asynccontextmanager
from functools import partial

import pytest
import trio
from cryptography.hazmat.primitives import serialization

from clawctl.config.schema import PhoneSettings
from clawctl.errors import NoHandset, TooSlow
from clawctl.lines.phone import adb_direct, adb_keys, adb_link
from clawctl.lines.phone import adb_wire as wire
from clawctl.lines.phone.adb_direct import DirectPhones
from clawctl.lines.phone.adb_wire import Packet
from clawctl.lines.phone.driver import READY, Device, Ran
from clawctl.testing.device.device import open_device

pytestmark = pytest.mark.journey

SOON_S = 5.0


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    path = tmp_path_factory.mktemp("home") / ".android" / "adbkey"
    return wire.load_or_make_key(path), path.parent.parent


@pytest.fixture(autouse=True)
def home(key, monkeypatch):
    monkeypatch.setenv("HOME", str(key[1]))
    monkeypatch.delenv("ADB_VENDOR_KEYS", raising=False)


@pytest.fixture
async def device():
    async with open_device() as device:
        yield device


@pytest.fixture
async def driver(device):
    async with phones_at(device.address).open() as driver:
        yield driver


def phones_at(address):
    return DirectPhones.of(PhoneSettings(adb_address=address))


def streams_open(device):
    return [len(each._channels) for each in device._transports]


async def soon(true):
    with trio.fail_after(SOON_S):
        while not true():
            await trio.sleep(0.01)


# Keys


async def test_looking_whether_a_phone_knows_us_asks_nobody(key):
    async with open_device(auth="accept") as device:
        unknown = [Device(device.serial, "unauthorized")]

        assert await phones_at(device.address).devices() == unknown
        assert await phones_at(device.address).devices() == unknown
        assert len(device.keys) == 0


async def test_opening_a_phone_waits_until_its_user_accepts_us_and_asks_once():
    async with open_device(auth="accept", auth_after_s=0.5) as device:
        async with phones_at(device.address).open() as driver:
            assert (await driver.run("true")).code == 0
        device.condition.auth = "never"
        async with phones_at(device.address).open() as driver:
            assert (await driver.run("true")).code == 0

        assert len(device.keys) == 1


async def test_a_user_who_never_accepts_us_is_waited_for_so_long(monkeypatch):
    monkeypatch.setattr(adb_direct, "ACCEPT_S", 0.3)
    async with open_device(auth="never") as device:
        with pytest.raises(NoHandset, match="unlock the phone and accept 'Allow USB debugging"):
            async with phones_at(device.address).open():
                raise AssertionError
        await soon(lambda: not device._transports)


async def test_a_key_of_somebody_elses_that_we_were_given_opens_a_phone(tmp_path, monkeypatch):
    other = wire.load_or_make_key(tmp_path / "team.adb_key")
    (tmp_path / "broken.adb_key").write_text("no key")
    (tmp_path / "notes.txt").write_text("no key either")
    monkeypatch.setenv("ADB_VENDOR_KEYS", f"{tmp_path}/nosuch:{tmp_path}")
    async with open_device(auth="never") as device:
        device.keys.accept(wire.public_key_blob(other, "team"))

        async with phones_at(device.address).open() as driver:
            assert (await driver.run("true")).code == 0


async def test_a_key_that_cannot_be_read_is_named(tmp_path, monkeypatch, device):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".android").mkdir()
    (tmp_path / ".android" / "adbkey").write_text("no key")

    with pytest.raises(NoHandset, match=r"adbkey cannot be read: .*; move it away"):
        async with phones_at(device.address).open():
            raise AssertionError


async def test_a_key_that_cannot_be_kept_is_said(tmp_path, monkeypatch, device):
    (tmp_path / "home").write_text("a file")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))

    with pytest.raises(NoHandset, match=r"by a key, which cannot be kept in .*: Not a directory"):
        await phones_at(device.address).devices()


def test_the_keys_are_ours_and_then_those_we_were_given(key, tmp_path, monkeypatch):
    other = wire.load_or_make_key(tmp_path / "one")
    monkeypatch.setenv("ADB_VENDOR_KEYS", f":{tmp_path / 'one'}:")

    assert [_public(each) for each in adb_keys.host_keys()] == [_public(key[0]), _public(other)]


def _public(key):
    return key.public_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    )


# Peers that are no phone, or a phone in a state


@asynccontextmanager
async def somebody(says):
    """Listens in a phone's place, reads the greeting and says what it has to."""

    async def serve(stream):
        await wire.read_packet(stream)
        await says(stream)

    async with trio.open_nursery() as nursery:
        listeners = await nursery.start(partial(trio.serve_tcp, serve, 0, host="127.0.0.1"))
        yield f"127.0.0.1:{listeners[0].socket.getsockname()[1]}"
        nursery.cancel_scope.cancel()


def saying(data):
    async def says(stream):
        await stream.send_all(data)
        await trio.sleep_forever()

    return says


async def closing(stream):
    await stream.aclose()


def hello(kind="device", checksum=True):
    return wire.pack(Packet(wire.CNXN, wire.VERSION, 4096, kind.encode() + b"::"), checksum)


@pytest.mark.parametrize(
    ("says", "why"),
    [
        (saying(b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"), "does not speak ADB"),
        (saying(hello()[:-1] + b"?"), "checksum of a packet of 8 bytes is wrong"),
        (saying(wire.pack(Packet(wire.STLS, wire.VERSION, 0))), "adb tcpip 5555"),
        (saying(hello("recovery")), "its state is 'recovery': it is not booted"),
        (closing, "closed by the other side"),
    ],
    ids=["garbage", "wrong checksum", "wireless", "recovery", "closed"],
)
async def test_who_does_not_greet_as_a_phone_does_is_told_apart(says, why):
    async with somebody(says) as address:
        with trio.fail_after(SOON_S), pytest.raises(NoHandset, match=why):
            async with phones_at(address).open():
                raise AssertionError


async def test_who_never_answers_costs_so_much_time_and_shows_as_offline(monkeypatch):
    monkeypatch.setattr(adb_direct, "COMMAND_S", 0.2)
    monkeypatch.setattr(adb_direct, "LOOK_S", 0.2)
    async with somebody(saying(b"")) as address:
        phones = phones_at(address)
        with pytest.raises(TooSlow, match=r"did not answer our greeting within 0\.2 s"):
            async with phones.open():
                raise AssertionError
        assert await phones.devices() == [Device(address, "offline")]
        async with phones.watch() as lists:
            with trio.fail_after(SOON_S):
                assert await anext(lists) == [Device(address, "offline")]


async def test_a_phone_in_its_recovery_is_listed_as_such():
    async with somebody(saying(hello("recovery", checksum=False))) as address:
        assert await phones_at(address).devices() == [Device(address, "recovery")]


@pytest.mark.parametrize("address", ["a..b:5555", "127.0.0.1:1"])
async def test_an_address_where_nobody_is_is_said_with_the_way_out(address):
    with (
        trio.fail_after(SOON_S),
        pytest.raises(NoHandset, match=r"cannot be reached \(.*adb tcpip"),
    ):
        async with phones_at(address).open():
            raise AssertionError
    assert await phones_at(address).devices() == []


# One connection, many streams


async def test_who_watches_a_phone_and_opens_it_has_one_connection(device):
    phones = phones_at(device.address)
    async with phones.watch() as lists:
        with trio.fail_after(SOON_S):
            assert await anext(lists) == [Device(device.serial, READY, "Pixel 7a")]
        async with phones.open() as one, phones.open(device.serial) as other:
            assert await one.run("echo 1") == Ran(0, b"1\n")
            assert await other.run("echo 2") == Ran(0, b"2\n")
            assert await phones.devices() == [Device(device.serial, READY, "Pixel 7a")]
            assert len(device._transports) == 1
        assert len(device._transports) == 1
    await soon(lambda: not device._transports)


async def test_who_stops_watching_leaves_others_their_own_connections(device):
    phones = phones_at(device.address)
    async with phones.open() as driver:
        async with phones.watch() as lists:
            await anext(lists)
        assert (await driver.run("true")).code == 0


async def test_who_has_opened_what_somebody_watches_loses_it_with_them(device):
    phones = phones_at(device.address)
    async with phones.watch() as lists:
        await anext(lists)
        opening = phones.open()
        driver = await opening.__aenter__()
    with pytest.raises(NoHandset, match="we have closed the connection"):
        await driver.run("true")
    await opening.__aexit__(None, None, None)


OPERATIONS = {
    "run": lambda driver: driver.run("sleep 60"),
    "feed": lambda driver: driver.run("sleep 60", stdin=bytes(3_000_000)),
    "push": lambda driver: driver.push(bytes(3_000_000), "/data/local/tmp/file"),
    "read": lambda driver: driver.read("/data/local/tmp/file"),
    "reverse": lambda driver: driver.reverse(8996, 4001),
    "unreverse": lambda driver: driver.unreverse(8996),
    "reverses": lambda driver: driver.reverses(),
}


@pytest.mark.parametrize("after_s", [0, 0.02, 0.06])
@pytest.mark.parametrize("operation", OPERATIONS)
async def test_whatever_is_cancelled_leaves_no_stream_open(driver, device, operation, after_s):
    await driver.push(bytes(3_000_000), "/data/local/tmp/file")
    await driver.reverse(8996, 4001)
    device.condition.slow_ms = 40
    with trio.move_on_after(after_s) as scope:
        await OPERATIONS[operation](driver)
    assert scope.cancelled_caught
    device.condition.slow_ms = 0

    await soon(lambda: streams_open(device) == [0])
    assert await driver.run("echo on") == Ran(0, b"on\n")


async def test_a_follower_who_leaves_leaves_no_stream_open(driver, device):
    async with driver.follow("echo one; sleep 60") as lines:
        assert await anext(lines) == b"one"
        assert streams_open(device) == [1]

    await soon(lambda: streams_open(device) == [0])


async def test_a_flood_that_nobody_reads_holds_nobody_up(driver, device):
    device.condition.floods = ("dumpsys",)
    async with driver.follow("dumpsys") as lines:
        await anext(lines)
        for number in range(20):
            with trio.fail_after(1):
                assert await driver.run(f"echo {number}") == Ran(0, f"{number}\n".encode())


async def test_a_flood_that_is_read_holds_nobody_up(driver, device):
    device.condition.floods = ("dumpsys",)
    async with trio.open_nursery() as nursery:

        async def read():
            assert len((await driver.run("dumpsys", timeout_s=30)).out) == 10_000_000

        nursery.start_soon(read)
        for number in range(20):
            with trio.fail_after(1):
                assert await driver.run(f"echo {number}") == Ran(0, f"{number}\n".encode())


# Where the phone may connect to


async def test_a_phone_gets_nowhere_but_where_we_forwarded_it(driver, device):
    async with trio.open_nursery() as nursery:
        listeners = await nursery.start(partial(trio.serve_tcp, _hang_up, 0, host="127.0.0.1"))
        port = listeners[0].socket.getsockname()[1]
        assert not await device.ask_for(f"tcp:{port}")

        await driver.reverse(8996, port)
        assert await device.ask_for(f"tcp:{port}")
        for other in (f"tcp:localhost:{port}", f"tcp:{port} ", "tcp:22", "local:/run/dbus", ""):
            assert not await device.ask_for(other)

        await driver.unreverse(8996)
        assert not await device.ask_for(f"tcp:{port}")
        assert await driver.run("echo on") == Ran(0, b"on\n")
        nursery.cancel_scope.cancel()


async def test_a_phone_has_so_many_connections_and_no_more(driver, device, monkeypatch):
    monkeypatch.setattr(adb_link, "MOST_STREAMS", 3)
    async with trio.open_nursery() as nursery:
        listeners = await nursery.start(partial(trio.serve_tcp, _wait, 0, host="127.0.0.1"))
        port = listeners[0].socket.getsockname()[1]
        await driver.reverse(8996, port)
        channels = [device._transports[-1].open(f"tcp:{port}") for _ in range(5)]

        assert [await each.opened() for each in channels] == [True] * 3 + [False] * 2
        for each in channels:
            each.close()
        assert await driver.run("echo on") == Ran(0, b"on\n")
        nursery.cancel_scope.cancel()


async def test_what_a_phone_refused_to_forward_stays_shut(driver, device):
    device.condition.reverse_refused = True
    with pytest.raises(NoHandset):
        await driver.reverse(8996, 4001)

    assert "tcp:4001" not in driver.link.allowed


async def test_a_port_chosen_by_the_phone_can_be_taken_back(driver, device):
    chosen = await driver.reverse(0, 4001)
    assert "tcp:4001" in driver.link.allowed
    await driver.unreverse(chosen)

    assert "tcp:4001" not in driver.link.allowed


async def test_what_the_host_says_last_arrives_on_the_phone(driver, device):
    """However slowly the phone takes it, and though the host closes at once."""
    device.condition.slow_ms = 5
    said = bytes(range(256)) * 2000

    async def say(stream):
        await stream.send_all(said)

    async with trio.open_nursery() as nursery:
        listeners = await nursery.start(partial(trio.serve_tcp, say, 0, host="127.0.0.1"))
        await driver.reverse(8996, listeners[0].socket.getsockname()[1])
        heard = bytearray()
        async with await trio.open_tcp_stream("127.0.0.1", device.host_port(8996)) as stream:
            with trio.fail_after(SOON_S):
                async for piece in stream:
                    heard += piece
        assert heard == said
        nursery.cancel_scope.cancel()


async def _hang_up(stream):
    await stream.aclose()


async def _wait(stream):
    await stream.receive_some()
