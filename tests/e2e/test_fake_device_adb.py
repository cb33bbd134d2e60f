"""The phone beside the adb programs that people have: a Debian's, and a current one."""

import random
import subprocess
from pathlib import Path

import adbutils
import httpx2
import pytest
import trio

from clawctl.testing.adb import open_adb
from clawctl.testing.device.device import open_device
from clawctl.testing.scripted_gateway import ScriptedGateway, answer, serving

pytestmark = pytest.mark.journey

PROGRAMS = {"29": "adb", "36": str(Path(adbutils.__file__).parent / "binaries" / "adb")}
BIG = random.Random(7).randbytes(3_000_000)
REPLY = random.Random(8).randbytes(2_000_000)
PHONE_PORT = "tcp:8996"


@pytest.fixture(params=sorted(PROGRAMS))
async def adb(tmp_path, request):
    async with open_adb(tmp_path / "home", PROGRAMS[request.param]) as opened:
        yield opened


class Plugged:
    """A phone, and an adb that has it."""

    def __init__(self, adb, device):
        self.adb = adb
        self.device = device

    async def run(self, *words, stdin=b""):
        return await self.adb.run("-s", self.device.serial, *words, stdin=stdin)

    async def said(self, *words):
        return await self.adb.said("-s", self.device.serial, *words)

    async def reverse(self, host_port):
        assert await self.said("reverse", PHONE_PORT, f"tcp:{host_port}") == ""
        return self.device.host_port(8996)


@pytest.fixture
async def phone(adb):
    async with open_device() as device:
        await adb.connect(device.address)
        yield Plugged(adb, device)


def outcome(ran: subprocess.CompletedProcess):
    return ran.returncode, ran.stdout, ran.stderr


async def listens(port):
    try:
        stream = await trio.open_tcp_stream("127.0.0.1", port)
    except OSError:
        return False
    await stream.aclose()
    return True


async def answers_six(phone):
    """Six programs on the phone post 3 MB each at once, and are answered with 2 MB."""
    statuses = []
    gateway = ScriptedGateway({"/post": [answer(REPLY)]})
    async with serving(gateway) as url:
        port = await phone.reverse(int(url.rpartition(":")[2]))

        async def post():
            async with httpx2.AsyncClient(trust_env=False, timeout=60, verify=False) as client:
                replied = await client.post(f"http://127.0.0.1:{port}/post", content=BIG)
            statuses.append((replied.status_code, replied.content == REPLY))

        async with trio.open_nursery() as nursery:
            for _ in range(6):
                nursery.start_soon(post)
        return statuses, [request.body == BIG for request in gateway.seen]


# Shells


async def test_a_command_has_its_status_and_two_outputs(phone):
    ran = await phone.run("shell", "echo out; echo err >&2; exit 7")

    assert outcome(ran) == (7, b"out\n", b"err\n")


async def test_three_megabytes_go_through_a_command(phone):
    assert outcome(await phone.run("shell", "cat", stdin=BIG)) == (0, BIG, b"")


async def test_what_is_typed_without_a_command_is_one(phone):
    assert outcome(await phone.run("shell", stdin=b"echo hello\nexit 3\n"))[:2] == (3, b"hello\n")


async def test_a_raw_command_has_no_status(phone):
    assert outcome(await phone.run("exec-out", "echo out; exit 7")) == (0, b"out\n", b"")


async def test_a_command_that_never_ends_does_so_when_it_is_left(phone):
    phone.device.condition.hangs = ("sleep",)

    with trio.move_on_after(0.5) as left:
        await phone.run("shell", "sleep 1000")

    assert left.cancelled_caught
    assert outcome(await phone.run("shell", "echo still here")) == (0, b"still here\n", b"")


async def test_ten_megabytes_of_output_arrive(phone):
    phone.device.condition.floods = ("dumpsys",)

    ran = await phone.run("shell", "dumpsys; exit 0")

    assert ran.returncode == 0
    assert len(ran.stdout) >= 10_000_000


async def test_output_may_be_lost_and_the_status_not(phone):
    phone.device.condition.mute = ("echo",)

    assert outcome(await phone.run("shell", "echo hello; exit 4")) == (4, b"", b"")


# Files


async def test_a_file_goes_there_and_back(phone, tmp_path):
    (tmp_path / "big").write_bytes(BIG)
    there = "/data/local/tmp/big"

    pushed = await phone.run("push", tmp_path / "big", there)
    pulled = await phone.run("pull", there, tmp_path / "back")

    assert (pushed.returncode, pulled.returncode) == (0, 0)
    assert phone.device.system.files.read(there) == BIG
    assert (tmp_path / "back").read_bytes() == BIG


async def test_a_file_keeps_its_mode_and_its_time(phone, tmp_path):
    (tmp_path / "tool").write_bytes(b"#!/system/bin/sh\n")
    (tmp_path / "tool").chmod(0o755)

    await phone.run("push", tmp_path / "tool", "/data/local/tmp/tool")

    node = phone.device.system.files.node("/data/local/tmp/tool")
    assert node.mode & 0o700 == 0o700
    assert node.mtime_s == int((tmp_path / "tool").stat().st_mtime)
    assert f"{node.mode:08x} 00000011 {node.mtime_s:08x} tool\n" in await phone.said(
        "ls", "/data/local/tmp"
    )


async def test_a_directory_goes_there_and_back(phone, tmp_path):
    (tmp_path / "music" / "old").mkdir(parents=True)
    (tmp_path / "music" / "one").write_bytes(b"1")
    (tmp_path / "music" / "old" / "two").write_bytes(b"")

    await phone.run("push", tmp_path / "music", "/sdcard/Download")
    await phone.run("pull", "/sdcard/Download/music", tmp_path / "back")

    assert (tmp_path / "back" / "one").read_bytes() == b"1"
    assert (tmp_path / "back" / "old" / "two").read_bytes() == b""


async def test_what_is_not_there_cannot_be_pulled(phone, tmp_path):
    assert "No such file or directory" in await phone.said("pull", "/data/none", tmp_path / "none")
    assert await phone.said("ls", "/data/none") == ""


async def test_where_nobody_may_write_nothing_is_pushed(phone, tmp_path):
    (tmp_path / "file").write_bytes(b"x")

    said = await phone.said("push", tmp_path / "file", "/system/file")

    assert "couldn't create file: Permission denied" in said
    assert not phone.device.system.files.exists("/system/file")


# Ports


async def test_six_programs_on_the_phone_reach_the_host_at_once(phone):
    statuses, bodies = await answers_six(phone)

    assert statuses == [(200, True)] * 6
    assert bodies == [True] * 6


async def test_without_a_reverse_the_phone_is_refused(phone):
    port = await phone.reverse(1)
    await phone.run("reverse", "--remove", PHONE_PORT)

    assert phone.device.host_port(8996) is None
    assert not await listens(port)


async def test_where_nobody_listens_on_the_host_the_phone_is_accepted_then_reset(phone):
    stream = await trio.open_tcp_stream("127.0.0.1", await phone.reverse(1))

    async with stream:
        with pytest.raises(trio.BrokenResourceError):
            await stream.receive_some()


async def test_reverses_are_listed_replaced_and_removed(phone):
    await phone.reverse(1)
    await phone.reverse(2)
    chosen = (await phone.said("reverse", "tcp:0", "tcp:3")).strip()

    rows = [row.split()[1:] for row in (await phone.said("reverse", "--list")).splitlines() if row]

    assert rows == [[PHONE_PORT, "tcp:2"], [f"tcp:{chosen}", "tcp:3"]]
    assert await phone.said("reverse", "--remove-all") == ""
    assert (await phone.said("reverse", "--list")).strip() == ""


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--no-rebind", PHONE_PORT, "tcp:2"), "cannot rebind existing socket"),
        (("tcp:80", "tcp:2"), "cannot bind listener: Address already in use"),
        (("--remove", "tcp:77"), "listener 'tcp:77' not found"),
    ],
)
async def test_a_reverse_may_be_refused(phone, words, why):
    phone.device.condition.taken_ports = (80,)
    await phone.reverse(1)

    ran = await phone.run("reverse", *words)

    assert ran.returncode == 1
    assert why in ran.stderr.decode()


async def test_a_port_of_the_phone_can_be_forwarded_to_the_host(phone):
    async with serving(ScriptedGateway({"/": [answer({"ok": True})]})) as url:
        await phone.reverse(int(url.rpartition(":")[2]))
        port = (await phone.said("forward", "tcp:0", PHONE_PORT)).strip()

        async with httpx2.AsyncClient(trust_env=False, timeout=10, verify=False) as client:
            replied = await client.get(f"http://127.0.0.1:{port}/")

    assert replied.json() == {"ok": True}


async def test_a_reverse_is_lost_with_the_link_and_comes_back_at_the_same_place(phone):
    place = await phone.reverse(1)

    phone.device.unplug()
    await phone.adb.until(phone.device.serial, "offline")

    assert phone.device.host_port(8996) is None
    phone.device.plug()
    await phone.adb.run("disconnect", phone.device.address)
    await phone.adb.connect(phone.device.address)
    assert (await phone.said("reverse", "--list")).strip() == ""
    assert await phone.reverse(1) == place


async def test_reverses_may_be_lost_while_the_link_stays(phone):
    await phone.reverse(1)

    phone.device.drop_reverses()

    assert (await phone.said("reverse", "--list")).strip() == ""
    assert await phone.adb.state(phone.device.serial) == "device"


async def test_a_server_that_ends_takes_its_reverses_along(phone):
    await phone.reverse(1)

    await phone.adb.run("kill-server")

    with trio.fail_after(10):
        while phone.device.host_port(8996):
            await trio.sleep(0.02)
    await phone.adb.run("start-server")
    await phone.adb.connect(phone.device.address)
    assert (await phone.said("reverse", "--list")).strip() == ""


# The link


async def test_a_phone_is_listed_with_its_model(phone):
    assert "product:lynx model:Pixel_7a device:lynx" in await phone.adb.said("devices", "-l")


async def test_a_phone_is_rebooted_by_the_host(phone):
    boot_id = phone.device.system.boot_id

    assert outcome(await phone.run("reboot")) == (0, b"", b"")

    await phone.adb.until(phone.device.serial, "offline")
    assert phone.device.system.boot_id != boot_id


async def test_an_adb_server_ends_itself_at_a_stream_it_did_not_ask_for(phone):
    assert not await phone.device.ask_for("tcp:1")

    with trio.fail_after(10):
        while await listens(phone.adb.port):
            await trio.sleep(0.02)


async def test_a_key_is_asked_for_once(adb):
    async with open_device(auth="never") as device:
        assert "failed to authenticate" in await adb.said("connect", device.address)
        assert await adb.state(device.serial) == "unauthorized"

        device.condition.auth = "accept"
        await adb.until(device.serial, "device")

        await adb.run("disconnect", device.address)
        device.condition.auth = "never"
        assert await adb.said("connect", device.address) == f"connected to {device.address}\n"
        assert len(device.keys) == 1


async def test_revoked_authorisations_are_asked_for_anew(adb):
    async with open_device(auth="accept") as device:
        await adb.connect(device.address)
        await adb.run("disconnect", device.address)
        device.keys.forget()
        device.condition.auth = "never"

        assert "failed to authenticate" in await adb.said("connect", device.address)


async def test_a_phone_may_fall_silent(phone):
    phone.device.condition.offline = True

    with trio.move_on_after(0.5) as left:
        await phone.run("shell", "true")

    assert left.cancelled_caught
    phone.device.condition.offline = False
    assert outcome(await phone.run("shell", "echo back")) == (0, b"back\n", b"")


@pytest.mark.parametrize("condition", [{"version": 0x01000000}, {"max_data": 4096}])
async def test_an_old_protocol_carries_as_much(adb, condition, tmp_path):
    async with open_device(**condition) as device:
        await adb.connect(device.address)
        phone = Plugged(adb, device)
        (tmp_path / "big").write_bytes(BIG)

        assert outcome(await phone.run("shell", "cat; exit 7", stdin=BIG)) == (7, BIG, b"")
        await phone.run("push", tmp_path / "big", "/data/local/tmp/big")
        assert device.system.files.read("/data/local/tmp/big") == BIG
        assert await answers_six(phone) == ([(200, True)] * 6, [True] * 6)


async def test_an_old_phone_tells_no_status(adb, tmp_path):
    async with open_device(features=("cmd",)) as device:
        await adb.connect(device.address)
        phone = Plugged(adb, device)
        (tmp_path / "big").write_bytes(BIG)

        assert outcome(await phone.run("shell", "echo out; echo err >&2; exit 7")) == (
            0,
            b"out\nerr\n",
            b"",
        )
        await phone.run("push", tmp_path / "big", "/data/local/tmp/big")
        await phone.run("pull", "/data/local/tmp/big", tmp_path / "back")
        assert (tmp_path / "back").read_bytes() == BIG
        assert "does not exist" in await phone.said("pull", "/data/none", tmp_path / "none")
