"""clawctl phone beside a phone: looked at, connected to, forwarded, its log read as it comes."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import trio

from clawctl.lines.phone.facts import NO_WAY
from clawctl.testing.adb import open_adb
from clawctl.testing.device.device import FakeDevice, open_device
from clawctl.testing.gateway import open_faked_gateway
from clawctl.testing.terminal import open_terminal

pytestmark = pytest.mark.journey

CLAWCTL = str(Path(sys.executable).with_name("clawctl"))
PATIENCE_S = 30


@dataclass
class Shell:
    """Somebody with a phone in reach, and as little environment as cron has."""

    device: FakeDevice
    environ: dict[str, str]

    async def run(self, *args, **environ):
        """Exit code, the objects on stdout, what stood on stderr."""
        with trio.fail_after(PATIENCE_S):
            done = await trio.run_process(
                [CLAWCTL, *args], env=self.environ | environ, cwd=self.environ["HOME"],
                capture_stdout=True, capture_stderr=True, check=False,
            )  # fmt: skip
        told = [json.loads(line) for line in done.stdout.splitlines()]
        return done.returncode, told, done.stderr.decode()


@pytest.fixture
async def shell(tmp_path):
    """Without an adb program; the gateway would have its phone door at 7997."""
    async with open_device() as device:
        known = {
            "HOME": str(tmp_path), "PATH": "/nowhere", "GATEWAY_DATA_DIR": str(tmp_path / "data"),
            "GATEWAY_PORT": "9", "GATEWAY_PHONE_PORT": "7997",
            "GATEWAY_ADB_DRIVER": "direct", "GATEWAY_ADB_ADDRESS": device.address,
        }  # fmt: skip
        yield Shell(device, known)


async def test_without_a_gateway_the_phone_tells_how_it_is(shell):
    code, (told,), hint = await shell.run("phone", "status")

    assert hint == "No gateway runs here, so its calls ring unanswered: clawctl serve\n"
    assert (code, told["source"], told["state"], told["reason"]) == (1, "phone", "degraded", NO_WAY)
    assert (told["serial"], told["model"]) == (shell.device.address, "Pixel 7a")
    assert told["battery"] == {"percent": 87, "charging": True}


async def test_with_a_gateway_it_is_what_that_knows(shell, tmp_path):
    async with open_faked_gateway(tmp_path / "data") as faked:
        off = await shell.run("phone", "status", CLAWCTL_URL=faked.url)
        asked = await shell.run("phone", "status", "--ask-phone", CLAWCTL_URL=faked.url)

    assert (off[0], off[1][0]["source"], off[1][0]["state"]) == (14, "gateway", "off")
    assert (asked[0], asked[1][0]["source"]) == (1, "phone")


async def test_a_gateway_that_was_named_is_not_passed_over(shell):
    assert (await shell.run("phone", "status", "--url", "http://127.0.0.1:9"))[0] == 3


async def test_a_phone_in_the_network_is_connected_to_once(shell):
    address = shell.device.address
    configured = await shell.run("phone", "connect")
    named = await shell.run("phone", "connect", address, GATEWAY_ADB_ADDRESS="")

    told = [{"event": "connected", "serial": address, "model": "Pixel 7a"}]
    assert configured == (0, told, "")
    assert named[:2] == (0, told)
    assert named[2] == f"For the gateway to use it: clawctl config set adb_address {address}\n"


async def test_a_phone_that_asks_its_user_is_waited_for_not_in_silence(shell, tmp_path):
    shell.device.condition.auth = "accept"
    shell.device.condition.auth_after_s = 3.0
    words = [CLAWCTL, "phone", "connect"]
    async with open_terminal(words, tmp_path, shell.environ) as desk:
        await desk.shows("Waiting for the phone; it may ask something on its screen")
        await desk.shows("Connected to Pixel 7a")
        assert await desk.ends() == 0
        assert "Waiting" not in "\n".join(desk.screen.lines())


async def test_a_phone_that_is_gone_is_a_line_that_is_down(shell):
    shell.device.unplug()
    for words in (["status"], ["connect"], ["reverse"], ["logs"], ["logs", "-f"]):
        code, told, complaint = await shell.run("phone", *words)
        assert (code, told) == (14, [])
        assert "cannot be reached" in complaint


@pytest.mark.parametrize(
    "address", ["", " ", "nowhere:x", "host:0", "host:99999", "a b:5", "\x1b[2J"]
)
async def test_what_is_no_address_is_a_usage_error(shell, address):
    code, told, complaint = await shell.run("phone", "connect", address)

    assert (code, told) == (2, [])
    assert "a phone's address is host:port" in complaint


async def test_a_forwarded_port_needs_somebody_who_holds_it(shell):
    code, told, complaint = await shell.run("phone", "reverse")

    assert (code, told) == (6, [])
    assert "'clawctl serve' forwards it by itself" in complaint
    assert shell.device.host_port(8996) is None


async def test_the_port_is_forwarded_through_an_adb_server_and_what_was_there_is_told(
    shell, tmp_path
):
    async with open_adb(tmp_path) as adb:
        await adb.connect(shell.device.address)
        by_server = {**adb.environ, "GATEWAY_ADB_DRIVER": "server", "GATEWAY_PHONE_PORT": "7998"}
        first = await shell.run("phone", "reverse", **(by_server | {"GATEWAY_PHONE_PORT": "7997"}))
        second = await shell.run("phone", "reverse", **by_server)
        forwarded = await adb.said("reverse", "--list")
        status = await shell.run("phone", "status", **by_server)

    assert (first[0], second[0], status[0]) == (0, 0, 0)
    one = {"event": "forwarded", "phone_port": 8996, "host_port": 7997, "before": None}
    assert first[1] == [one]
    assert second[1] == [one | {"host_port": 7998, "before": 7997}]
    assert "tcp:8996 tcp:7998" in forwarded
    assert status[1][0]["state"] == "ready"


async def test_the_log_has_the_apps_lines_and_no_others(shell):
    log = shell.device.system.log
    for number in range(3):
        log.add("BridgeInCallService", f"state={number}")
        log.add("SomethingElse", "of another app")
    log.add("CallCommandExecutor", "command failed", level="E")

    code, told, _ = await shell.run("phone", "logs", "--last", "2")
    assert code == 0
    assert [(one["level"], one["tag"], one["text"]) for one in told] == [
        ("I", "BridgeInCallService", "state=2"),
        ("E", "CallCommandExecutor", "command failed"),
    ]
    assert (await shell.run("phone", "logs", "--last", "0"))[:2] == (0, [])


async def test_the_log_is_followed_each_line_once_until_the_phone_goes(shell):
    log = shell.device.system.log
    log.add("BridgeInCallService", "state=ringing")
    process = await trio.lowlevel.open_process(
        [CLAWCTL, "phone", "logs", "-f"], env=shell.environ, stdout=-1, stderr=-1
    )
    with trio.fail_after(PATIENCE_S):
        async with process.stdout, process.stderr:
            first = await process.stdout.receive_some()
            # It may not have begun to follow yet.
            await trio.sleep(0.5)
            log.add("BridgeInCallService", "state=active")
            second = await process.stdout.receive_some()
            shell.device.unplug()
            rest = b"".join([piece async for piece in process.stdout])
            complaint = b"".join([piece async for piece in process.stderr])
            code = await process.wait()

    texts = [json.loads(line)["text"] for line in (first + second + rest).splitlines()]
    assert texts == ["state=ringing", "state=active"]
    assert (code, complaint.startswith(b"clawctl: the phone")) == (14, True)
