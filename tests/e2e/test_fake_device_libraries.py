"""The phone beside libraries that speak ADB: one straight to it, one by way of a server."""

import random

import pytest
import trio
from adb_shell.adb_device import AdbDeviceTcp
from adb_shell.auth.sign_cryptography import CryptographySigner
from adb_shell.exceptions import AdbCommandFailureException, DeviceAuthError, TcpTimeoutException
from adbutils import AdbClient, AdbError

from clawctl.lines.phone.adb_wire import load_or_make_key
from clawctl.testing.adb import open_adb
from clawctl.testing.device.device import open_device

pytestmark = pytest.mark.journey

BIG = random.Random(9).randbytes(3_000_000)
THERE = "/data/local/tmp/big"


class Straight:
    """A phone that adb-shell has connected to; it blocks, and so works in a thread."""

    def __init__(self, device, signers=None):
        self.device = device
        host, _, port = device.address.partition(":")
        self._peer = AdbDeviceTcp(host, int(port), default_transport_timeout_s=10)
        self._signers = signers

    async def connect(self, within_s=10):
        await trio.to_thread.run_sync(
            lambda: self._peer.connect(rsa_keys=self._signers, auth_timeout_s=within_s)
        )

    async def run(self, name, *args, **options):
        work = getattr(self._peer, name)
        return await trio.to_thread.run_sync(lambda: work(*args, **options))

    def close(self):
        self._peer.close()


@pytest.fixture(params=[{}, {"version": 0x01000000}, {"max_data": 4096}], ids=str)
async def straight(request):
    async with open_device(**request.param) as device:
        peer = Straight(device)
        await peer.connect()
        yield peer
        peer.close()


@pytest.fixture
def signer(tmp_path):
    path = tmp_path / "adbkey"
    load_or_make_key(path)
    return CryptographySigner(str(path))


async def test_adb_shell_hears_both_outputs_as_one(straight):
    assert await straight.run("shell", "echo out; echo err >&2; exit 7") == "out\nerr\n"


async def test_adb_shell_hears_ten_megabytes(straight):
    straight.device.condition.floods = ("dumpsys",)

    assert len(await straight.run("shell", "dumpsys", decode=False)) >= 10_000_000


async def test_adb_shell_carries_a_file_there_and_back(straight, tmp_path):
    # It sends packets in halves, so that each waits for the acknowledgement of TCP: 40 ms.
    content = BIG if straight.device.condition.max_data > 4096 else BIG[:100_000]
    (tmp_path / "big").write_bytes(content)

    await straight.run("push", str(tmp_path / "big"), THERE, mtime=1_700_000_000)
    await straight.run("pull", THERE, str(tmp_path / "back"))

    assert straight.device.system.files.read(THERE) == content
    assert (tmp_path / "back").read_bytes() == content
    mode, size, mtime_s = await straight.run("stat", THERE)
    assert (mode & 0o170000, size, mtime_s) == (0o100000, len(content), 1_700_000_000)
    names = [entry.filename for entry in await straight.run("list", "/data/local/tmp")]
    assert names == [b".", b"..", b"big"]


async def test_adb_shell_hears_what_is_missing(straight, tmp_path):
    assert await straight.run("stat", "/data/none") == (0, 0, 0)
    assert await straight.run("list", "/data/none") == []
    with pytest.raises(AdbCommandFailureException, match="No such file or directory"):
        await straight.run("pull", "/data/none", str(tmp_path / "none"))


async def test_adb_shell_waits_for_a_phone_to_trust_it(signer):
    async with open_device(auth="accept", auth_after_s=0.3) as device:
        peer = Straight(device, [signer])
        await peer.connect()

        assert await peer.run("shell", "echo hello") == "hello\n"
        peer.close()
        assert len(device.keys) == 1

        device.condition.auth = "never"
        await peer.connect()
        assert await peer.run("shell", "echo again") == "again\n"
        peer.close()


async def test_adb_shell_is_not_let_in_where_nobody_accepts(signer):
    async with open_device(auth="never") as device:
        peer = Straight(device, [signer])

        with pytest.raises(TcpTimeoutException):
            await peer.connect(within_s=0.3)
        with pytest.raises(DeviceAuthError):
            await Straight(device).connect()

        peer.close()
        assert len(device.keys) == 0


@pytest.fixture
async def served(tmp_path):
    """A phone that adbutils has by way of a server."""
    async with open_adb(tmp_path / "home") as adb, open_device() as device:
        await adb.connect(device.address)
        client = AdbClient("127.0.0.1", adb.port, socket_timeout=10)
        yield device, client.device(device.serial)


@pytest.mark.journey
async def test_adbutils_hears_the_status_and_two_outputs(served):
    _, peer = served

    ran = await trio.to_thread.run_sync(
        lambda: peer.shell2("echo out; echo err >&2; exit 7", v2=True)
    )

    assert (ran.returncode, ran.stdout, ran.stderr) == (7, "out\n", "err\n")
    assert await trio.to_thread.run_sync(peer.shell, "echo one; echo two >&2") == "one\ntwo"


@pytest.mark.journey
async def test_adbutils_carries_a_file_there_and_back(served, tmp_path):
    device, peer = served
    files = peer.sync

    await trio.to_thread.run_sync(files.push, BIG, THERE)
    back = await trio.to_thread.run_sync(files.read_bytes, THERE)
    stat = await trio.to_thread.run_sync(files.stat, THERE)
    names = await trio.to_thread.run_sync(lambda: [each.path for each in files.list("/data/local")])

    assert device.system.files.read(THERE) == back == BIG
    assert (stat.mode & 0o170000, stat.size) == (0o100000, 3_000_000)
    assert names == [".", "..", "tmp"]
    with pytest.raises(AdbError, match="No such file or directory"):
        await trio.to_thread.run_sync(files.read_bytes, "/data/none")


@pytest.mark.journey
async def test_adbutils_has_ports_forwarded(served):
    device, peer = served

    await trio.to_thread.run_sync(peer.reverse, "tcp:8996", "tcp:1")
    rows = await trio.to_thread.run_sync(peer.reverse_list)

    assert [(row.remote, row.local) for row in rows] == [("tcp:8996", "tcp:1")]
    assert device.host_port(8996) is not None
    await trio.to_thread.run_sync(peer.reverse_remove, "tcp:8996")
    assert device.host_port(8996) is None
    with pytest.raises(AdbError, match="listener 'tcp:8996' not found"):
        await trio.to_thread.run_sync(peer.reverse_remove, "tcp:8996")
