"""Both drivers on the same phone: through a real adb server, of two ages, and without any."""

import random
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import adbutils
import httpx2
import pytest
import trio

from clawctl.config.schema import PhoneSettings
from clawctl.errors import NoHandset, NoSuch, TooSlow
from clawctl.lines.phone import adb_wire
from clawctl.lines.phone.adb_services import AdbPhone
from clawctl.lines.phone.driver import READY, UNTOLD, Ran, phones_of
from clawctl.testing.adb import open_adb
from clawctl.testing.device.device import open_device
from clawctl.testing.scripted_gateway import ScriptedGateway, answer, serving

pytestmark = pytest.mark.journey

CURRENT_ADB = str(Path(adbutils.__file__).parent / "binaries" / "adb")
SERVERS = {"adb 29": "adb", "adb 36": CURRENT_ADB}
BIG = random.Random(3).randbytes(3_000_000)
FILE = "/data/local/tmp/file"
# Longer than any of this takes, shorter than anything that waits for its time to be over.
SOON_S = 5.0


class Way:
    """One driver as it is chosen in the settings; `adb` where it goes through a server."""

    def __init__(self, adb=None):
        self.adb = adb
        self.settings = {"adb_driver": "server" if adb else "direct"}
        if adb:
            self.settings["adb_path"] = adb.program

    def phones(self, **settings):
        return phones_of(PhoneSettings(**self.settings, **settings))

    @asynccontextmanager
    async def open(self, device):
        async with self.phones(adb_address=device.address).open() as driver:
            yield driver


@pytest.fixture(params=[*SERVERS, "direct"])
async def way(request, tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    if request.param == "direct":
        monkeypatch.setenv("PATH", "/nosuch")
        yield Way()
        return
    async with open_adb(home, SERVERS[request.param]) as adb:
        for name in ("ANDROID_ADB_SERVER_PORT", "ADB_USB"):
            monkeypatch.setenv(name, adb.environ[name])
        yield Way(adb)


@pytest.fixture
async def device(way):
    """It is put away before the server is: a program that is being started holds all ports open."""
    async with open_device() as device:
        yield device


@pytest.fixture
async def driver(way, device):
    async with way.open(device) as driver:
        yield driver


async def seen(lists, what):
    """The first list of which `what` is true."""
    with trio.fail_after(2 * SOON_S):
        async for devices in lists:
            if what(devices):
                return devices
    raise AssertionError


def ready(devices):
    return [each.state for each in devices] == [READY]


def none_ready(devices):
    return READY not in [each.state for each in devices]


# Every operation


async def test_a_phone_is_found_with_its_model(way, device):
    found = await way.phones(adb_address=device.address).devices()

    assert [(each.serial, each.state, each.model) for each in found] == [
        (device.serial, READY, "Pixel 7a")
    ]


async def test_a_command_has_its_status_and_two_outputs(driver, device):
    assert driver.serial == device.serial
    assert "shell_v2" in driver.features
    assert await driver.run("echo out; echo err >&2; exit 7") == Ran(7, b"out\n", b"err\n")
    assert await driver.run("true") == Ran(0)


async def test_three_megabytes_go_through_a_command(driver):
    assert await driver.run("cat", stdin=BIG) == Ran(0, BIG)


async def test_what_a_command_leaves_unread_does_no_harm(driver):
    assert await driver.run("exit 3", stdin=BIG) == Ran(3)


async def test_ten_megabytes_of_output_arrive(driver, device):
    device.condition.floods = ("dumpsys",)

    assert len((await driver.run("dumpsys")).out) >= 10_000_000


async def test_twenty_commands_at_once_each_have_their_own_answer(driver):
    answers = {}

    async def ask(number):
        answers[number] = (await driver.run(f"echo {number}; exit {number}")).code

    async with trio.open_nursery() as nursery:
        for number in range(20):
            nursery.start_soon(ask, number)

    assert answers == {number: number for number in range(20)}


@pytest.mark.parametrize("content", [b"", b"x", BIG], ids=["empty", "small", "big"])
async def test_a_file_comes_back_as_it_was_sent(driver, content):
    await driver.push(content, FILE)

    assert await driver.read(FILE) == content


async def test_a_file_that_is_not_there_is_named(driver):
    with pytest.raises(NoSuch, match="has no /sdcard/nosuch"):
        await driver.read("/sdcard/nosuch")
    assert (await driver.run("true")).code == 0


async def test_output_is_followed_line_by_line_while_other_commands_run(driver):
    async with driver.follow("echo one; echo two; sleep 60") as lines:
        assert await anext(lines) == b"one"
        assert await driver.run("echo three") == Ran(0, b"three\n")
        assert await anext(lines) == b"two"
    assert await driver.run("echo four") == Ran(0, b"four\n")


async def test_following_ends_with_the_command(driver):
    async with driver.follow("echo one; printf two") as lines:
        assert [line async for line in lines] == [b"one", b"two"]


async def test_ports_are_forwarded_replaced_listed_and_taken_back(driver):
    assert await driver.reverse(8996, 4001) == 8996
    assert await driver.reverse(8996, 4002) == 8996
    chosen = await driver.reverse(0, 4003)
    assert sorted(await driver.reverses()) == sorted([(8996, 4002), (chosen, 4003)])

    await driver.unreverse(8996)
    assert await driver.reverses() == [(chosen, 4003)]
    with pytest.raises(NoSuch, match="8996"):
        await driver.unreverse(8996)


async def test_a_port_another_program_has_is_refused_with_the_way_out(driver, device):
    device.condition.taken_ports = (8996,)

    with pytest.raises(NoHandset, match=r"could not forward its port 8996: .*restart the phone"):
        await driver.reverse(8996, 4001)


async def test_six_programs_on_the_phone_post_three_megabytes_and_are_answered_with_three(
    driver, device
):
    statuses = []
    gateway = ScriptedGateway({"/post": [answer(BIG)]})

    async def post(port):
        async with httpx2.AsyncClient(trust_env=False, timeout=20, verify=False) as client:
            replied = await client.post(f"http://127.0.0.1:{port}/post", content=BIG)
        statuses.append((replied.status_code, replied.content == BIG))

    async with serving(gateway) as url:
        await driver.reverse(8996, int(url.rpartition(":")[2]))
        async with trio.open_nursery() as nursery:
            for _ in range(6):
                nursery.start_soon(post, device.host_port(8996))
            assert (await driver.run("true")).code == 0

    assert statuses == [(200, True)] * 6
    assert [request.body == BIG for request in gateway.seen] == [True] * 6


async def test_a_forwarded_port_nobody_listens_at_closes(driver, device):
    async with serving(ScriptedGateway()) as url:
        unused = int(url.rpartition(":")[2])
    await driver.reverse(8996, unused)
    with trio.fail_after(SOON_S):
        stream = await trio.open_tcp_stream("127.0.0.1", device.host_port(8996))
        async with stream:
            with suppress(trio.BrokenResourceError):
                assert await stream.receive_some() == b""

    assert (await driver.run("true")).code == 0


# Phones of every age


@pytest.mark.parametrize(
    "condition",
    [
        {"version": adb_wire.OLD_VERSION, "max_data": adb_wire.LEAST_MAX_DATA},
        {"features": ("shell_v2",)},
        {"auth": "accept"},
    ],
    ids=["small packets with checksums", "few features", "asks its user"],
)
async def test_a_phone_of_another_kind_is_as_good(way, condition):
    async with open_device(**condition) as device, trio.open_nursery() as nursery:
        phones = way.phones(adb_address=device.address)
        async with phones.watch() as lists:
            await seen(lists, ready)
            async with phones.open() as driver:
                assert await driver.run("cat; exit 7", stdin=BIG) == Ran(7, BIG)
                await driver.push(BIG, FILE)
                assert await driver.read(FILE) == BIG
        nursery.cancel_scope.cancel()


async def test_a_phone_from_before_android_seven_tells_no_status(way):
    async with open_device(features=("cmd",)) as device, way.open(device) as driver:
        ran = await driver.run("echo out; exit 7")
        assert (ran.code, ran.text) == (UNTOLD, "out")
        async with driver.follow("echo one; echo two") as lines:
            assert [line async for line in lines] == [b"one", b"two"]


# Lost phones


async def follow(driver):
    async with driver.follow("sleep 60") as lines:
        async for _ in lines:
            pass


OPERATIONS = {
    "run": lambda driver: driver.run("sleep 60", timeout_s=60),
    "feed": lambda driver: driver.run("cat", stdin=BIG, timeout_s=60),
    "push": lambda driver: driver.push(BIG, FILE),
    "read": lambda driver: driver.read(FILE),
    "follow": follow,
    "reverse": lambda driver: driver.reverse(8996, 4001),
    "unreverse": lambda driver: driver.unreverse(8996),
    "reverses": lambda driver: driver.reverses(),
}


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_a_phone_unplugged_in_the_middle_is_missed_at_once(driver, device, operation):
    await driver.push(b"x", FILE)
    device.condition.offline = True  # it hears, and says nothing
    with pytest.raises(NoHandset):
        async with _unplugged_later(device):
            await OPERATIONS[operation](driver)


@asynccontextmanager
async def _unplugged_later(device):
    """Whatever the block raises comes out in no group."""

    async def unplug():
        await trio.sleep(0.3)
        device.unplug()

    failed = None
    with trio.fail_after(SOON_S):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(unplug)
            try:
                yield
            except NoHandset as error:
                failed = error
    if failed:
        raise failed


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_a_phone_that_is_not_there_any_more_is_missed_at_once(driver, device, operation):
    device.unplug()
    await trio.sleep(0.1)

    with trio.fail_after(SOON_S), pytest.raises(NoHandset):
        await OPERATIONS[operation](driver)


async def test_a_command_without_end_is_ended_and_the_next_one_runs(driver, device):
    device.condition.hangs = ("dumpsys",)
    with pytest.raises(TooSlow, match=r"did not finish a command within 0.2 s"):
        await driver.run("dumpsys telecom", timeout_s=0.2)

    assert await driver.run("echo on") == Ran(0, b"on\n")


async def test_a_phone_that_falls_silent_costs_its_time(driver, device):
    device.condition.offline = True
    with pytest.raises(TooSlow):
        await driver.run("true", timeout_s=0.2)
    device.condition.offline = False

    assert (await driver.run("true")).code == 0


async def test_nobody_at_the_address_is_said_with_the_way_out(way):
    async with serving(ScriptedGateway()) as url:
        address = url.removeprefix("http://")
    with trio.fail_after(SOON_S), pytest.raises(NoHandset, match="adb tcpip"):
        async with way.phones(adb_address=address).open():
            raise AssertionError
    assert none_ready(await way.phones(adb_address=address).devices())


# Phones that come and go


async def test_unplugging_and_plugging_in_again_is_seen_and_forwards_nothing(way, device):
    phones = way.phones(adb_address=device.address)
    async with phones.watch() as lists:
        await seen(lists, ready)
        async with phones.open() as driver:
            await driver.reverse(8996, 4001)
        device.unplug()
        await seen(lists, none_ready)
        device.plug()
        await seen(lists, ready)
        async with phones.open() as driver:
            assert await driver.reverses() == []
            assert (await driver.run("true")).code == 0


async def test_a_reboot_is_seen(way, device):
    phones = way.phones(adb_address=device.address)
    async with phones.watch() as lists:
        await seen(lists, ready)
        device.reboot()
        await seen(lists, none_ready)
        await seen(lists, ready)


async def test_a_phone_that_asks_its_user_is_unauthorised_until_they_accept(way):
    async with open_device(auth="never") as device:
        phones = way.phones(adb_address=device.address)
        async with phones.watch() as lists:
            await seen(lists, lambda found: [each.state for each in found] == ["unauthorized"])
            with pytest.raises(NoHandset, match="unlock the phone and accept"):
                async with phones.open():
                    raise AssertionError
            device.condition.auth = "accept"
            await seen(lists, ready)
            async with phones.open() as driver:
                assert (await driver.run("true")).code == 0


# Through a server only


@pytest.fixture(params=SERVERS)
async def adb(request, tmp_path, monkeypatch):
    async with open_adb(tmp_path, SERVERS[request.param]) as adb:
        for name in ("HOME", "ANDROID_ADB_SERVER_PORT", "ADB_USB"):
            monkeypatch.setenv(name, adb.environ[name])
        yield adb


@pytest.fixture
async def phone(adb):
    async with open_device() as device:
        yield device


async def test_two_phones_and_none_chosen_is_said_with_the_command_that_chooses(adb, phone):
    async with open_device() as other:
        for each in (phone, other):
            await adb.connect(each.address)
        phones = Way(adb).phones()
        with pytest.raises(
            NoHandset, match=r"2 phones are ready \(.*\); choose one: clawctl config"
        ):
            async with phones.open():
                raise AssertionError
        async with phones.open(other.serial) as driver:
            assert driver.serial == other.serial


async def test_a_server_that_was_ended_is_started_and_its_phone_found_again(adb, phone):
    phones = Way(adb).phones(adb_address=phone.address)
    async with phones.watch() as lists:
        await seen(lists, ready)
        await adb.run("kill-server")
        await seen(lists, none_ready)
        await seen(lists, ready)


async def test_a_server_is_started_where_none_answers(adb, phone):
    await adb.run("kill-server")

    async with Way(adb).phones(adb_address=phone.address).open() as driver:
        assert (await driver.run("true")).code == 0


async def test_a_server_is_started_at_a_place_that_is_named_in_full(adb, phone, monkeypatch):
    await adb.run("kill-server")
    monkeypatch.setenv("ANDROID_ADB_SERVER_ADDRESS", "127.0.0.1")

    assert ready(await Way(adb).phones(adb_address=phone.address).devices())


async def test_a_phone_that_was_connected_by_hand_is_missed_when_it_is_lost(adb, phone):
    await adb.connect(phone.address)
    async with Way(adb).phones().watch() as lists:
        await seen(lists, ready)
        phone.unplug()
        await seen(lists, none_ready)


async def test_auto_is_the_server_where_there_is_one(adb, phone, monkeypatch):
    monkeypatch.setenv("PATH", "/nosuch")
    settings = PhoneSettings(adb_address=phone.address)
    async with phones_of(settings).open() as driver:
        assert type(driver) is AdbPhone
    await adb.run("kill-server")
    async with phones_of(settings).open() as driver:
        assert type(driver) is not AdbPhone
        assert (await driver.run("true")).code == 0
