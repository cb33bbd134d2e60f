"""clawctl doctor beside a phone and a gateway: by an adb server, and without one."""

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
import trio

from clawctl.cli.doctor.table import OF_PHONE
from clawctl.config.schema import PhoneSettings
from clawctl.lines.phone.driver import phones_of
from clawctl.testing.adb import open_adb
from clawctl.testing.device.condition import STOCK_DIALER
from clawctl.testing.device.device import FakeDevice, open_device
from clawctl.testing.gateway import BEARER, open_faked_gateway

pytestmark = pytest.mark.journey

CLAWCTL = str(Path(sys.executable).with_name("clawctl"))
PATIENCE_S = 60
NAMES = [check.name for group in OF_PHONE for check in group.checks]


@dataclass
class Bedside:
    """A phone, a gateway, and somebody who asks the doctor about both."""

    device: FakeDevice
    environ: dict[str, str]
    place: Path
    host_port: int

    async def doctor(self, *args, **environ):
        """Exit code and the checks by name."""
        only = () if "--only" in args else ("--only", "phone")
        with trio.fail_after(PATIENCE_S):
            done = await trio.run_process(
                [CLAWCTL, "doctor", "--json", *only, *args],
                env=self.environ | environ, cwd=self.place, capture_stdout=True,
                capture_stderr=True, check=False,
            )  # fmt: skip
        assert done.stderr == b""
        assert BEARER.encode() not in done.stdout
        told = json.loads(done.stdout)
        assert told["ok"] == (done.returncode == 0)
        return done.returncode, {one["name"]: one for one in told["checks"]}


def names(checks, *states):
    return {name for name, one in checks.items() if one["state"] in states}


@pytest.fixture
async def bedside(tmp_path):
    """Directly, without an adb program; a gateway runs and something forwards its port."""
    async with (
        open_device(bearer=BEARER) as device,
        open_faked_gateway(tmp_path / "data") as faked,
    ):
        known = {
            "HOME": str(tmp_path), "PATH": "/nowhere", "GATEWAY_BEARER_TOKEN": BEARER,
            "GATEWAY_DATA_DIR": str(tmp_path / "data"), "ANDROID_ADB_SERVER_PORT": "9",
            "GATEWAY_ADB_DRIVER": "direct", "GATEWAY_ADB_ADDRESS": device.address,
        }  # fmt: skip
        bedside = Bedside(device, known, tmp_path, int(faked.phone_url.rpartition(":")[2]))
        phones = phones_of(PhoneSettings(adb_driver="direct", adb_address=device.address))
        async with phones.open() as driver:
            await driver.reverse(8996, bedside.host_port)
            yield bedside


async def test_a_well_phone_is_well_from_end_to_end(bedside):
    code, checks = await bedside.doctor()

    assert code == 0
    assert list(checks) == NAMES
    assert names(checks, "failed", "warning") == set()
    # Nobody has set it up with us yet.
    assert names(checks, "skipped") == {"rebooted"}
    assert checks["reachable"]["why"] == "the gateway answers the phone at its port 8996"
    assert checks["adb"] == {
        "group": "phone",
        "name": "adb",
        "state": "ok",
        "why": "the phone is spoken to without an adb server",
        "mend": "",
        "fixed": "",
    }


async def test_a_phone_without_curl_asks_by_netcat(bedside):
    bedside.device.condition.missing = ("curl",)

    _, checks = await bedside.doctor("--only", "reachable")

    assert checks["reachable"]["state"] == "ok"


async def test_a_forwarded_port_that_was_lost_is_named_and_left_to_the_gateway(bedside):
    bedside.device.drop_reverses()

    code, checks = await bedside.doctor("--fix")

    assert code == 1
    assert names(checks, "failed") == {"reverse"}
    assert names(checks, "skipped") == {"reachable", "rebooted"}
    assert checks["reverse"]["fixed"] == ""
    assert checks["reverse"]["mend"] == "clawctl stop && clawctl serve --detach"


async def test_a_gateway_that_has_just_started_has_time_to_forward_its_port(bedside):
    bedside.device.drop_reverses()
    phones = phones_of(PhoneSettings(adb_driver="direct", adb_address=bedside.device.address))

    async with phones.open() as driver, trio.open_nursery() as nursery:

        async def restore():
            await trio.sleep(2)
            await driver.reverse(8996, bedside.host_port)

        nursery.start_soon(restore)
        _, checks = await bedside.doctor("--only", "reverse")

    assert checks["reverse"]["state"] == "ok"


async def test_what_leads_to_somebody_else_is_told(bedside, tmp_path):
    listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
    port = listeners[0].socket.getsockname()[1]

    async def stranger(stream):
        await stream.receive_some()
        await stream.send_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
        await stream.aclose()

    phones = phones_of(PhoneSettings(adb_driver="direct", adb_address=bedside.device.address))
    async with phones.open() as driver, trio.open_nursery() as nursery:
        nursery.start_soon(trio.serve_listeners, stranger, listeners)
        await driver.reverse(8996, port)
        _, elsewhere = await bedside.doctor()
        nursery.cancel_scope.cancel()

    why = elsewhere["reverse"]["why"]
    assert names(elsewhere, "failed") == {"reverse"}
    assert why.startswith(f"the phone's port 8996 leads to our port {port}, and the gateway is at ")


async def test_by_an_adb_server_everything_safe_is_mended_at_once(bedside, tmp_path):
    condition = bedside.device.condition
    async with open_adb(tmp_path) as adb:
        await adb.connect(bedside.device.address)
        by_server = {
            **adb.environ, "GATEWAY_ADB_DRIVER": "server", "GATEWAY_ADB_ADDRESS": "",
            "GATEWAY_ADB_SERIAL": bedside.device.address,
        }  # fmt: skip
        bedside.device.drop_reverses()
        condition.role, condition.rootd, condition.stopped = STOCK_DIALER, "down", True
        condition.granted, condition.doze_exempt = (), False
        condition.profile_places = ("external",)
        named = await bedside.doctor(**by_server)
        mended = await bedside.doctor("--fix", **by_server)
        again = await bedside.doctor(**by_server)
        forwarded = await adb.said("reverse", "--list")

    wrong = {"enabled", "permissions", "dialer", "copies", "reverse", "rootd", "battery"}
    assert named[0] == 1
    assert names(named[1], "failed") == wrong
    assert names(named[1], "skipped") == {"values", "su_path", "reachable", "mixer", "rebooted"}
    assert mended[0] == again[0] == 0
    assert names(mended[1], "failed", "warning") == names(again[1], "failed", "warning") == set()
    # Starting the app needs the role and the permissions first.
    assert {name for name, one in mended[1].items() if one["fixed"]} == wrong - {
        "permissions",
        "dialer",
    }
    assert "tcp:8996 tcp:" in forwarded
    assert again[1]["reachable"]["state"] == "ok"


async def test_a_server_is_started_by_fix_alone(bedside, tmp_path):
    async with open_adb(tmp_path) as adb:
        await adb.run("kill-server")
        by_server = {**adb.environ, "GATEWAY_ADB_DRIVER": "auto"}
        code, checks = await bedside.doctor(**by_server)
        still = await bedside.doctor("--only", "adb", **by_server)
        fixed = await bedside.doctor("--fix", **by_server)

    assert code == still[0] == 1
    assert names(checks, "failed") == {"adb"}
    assert names(checks, "skipped") == set(NAMES) - {"adb"}
    assert checks["adb"]["why"] == "no adb server runs"
    assert checks["adb"]["mend"].endswith("/adb start-server")
    assert fixed[1]["adb"]["fixed"] == "started the adb server"
    assert fixed[1]["device"]["state"] == "ok"


async def test_a_phone_is_found_by_a_server_that_runs_and_needs_no_setting(bedside, tmp_path):
    async with open_adb(tmp_path) as adb:
        auto = {**adb.environ, "GATEWAY_ADB_DRIVER": "auto", "GATEWAY_ADB_ADDRESS": ""}
        _, nobody = await bedside.doctor(**auto)
        await adb.connect(bedside.device.address)
        _, there = await bedside.doctor("--only", "device", **auto)

    assert list(nobody) == ["adb"]
    assert nobody["adb"]["state"] == "skipped"
    assert there["device"]["state"] == "ok"


async def test_without_any_adb_a_phone_that_is_named_is_spoken_to_directly(bedside):
    _, auto = await bedside.doctor("--only", "adb,device", GATEWAY_ADB_DRIVER="auto")
    code, server = await bedside.doctor("--only", "adb", GATEWAY_ADB_DRIVER="server")

    assert auto["adb"]["why"] == "no adb program: the phone is spoken to directly"
    assert auto["device"]["state"] == "ok"
    assert code == 1
    assert server["adb"]["mend"] == "sudo apt install adb"


async def test_a_phone_that_waits_for_its_user_or_is_gone_stops_everything(bedside):
    bedside.device.unplug()

    code, checks = await bedside.doctor()

    assert code == 1
    assert names(checks, "failed") == {"device"}
    assert names(checks, "skipped") == set(NAMES) - {"adb", "device"}


async def test_a_phone_that_is_pulled_out_on_the_way_hangs_nothing(bedside):
    bedside.device.condition.slow_ms = 40
    began = time.monotonic()
    async with trio.open_nursery() as nursery:

        async def pull() -> None:
            while "getprop ro.build.id" not in bedside.device.system.ran:
                await trio.sleep(0.01)
            bedside.device.unplug()

        nursery.start_soon(pull)
        code, checks = await bedside.doctor()

    assert code == 1
    assert checks["round_trip"]["state"] == "failed"
    assert time.monotonic() - began < 30


async def test_the_phones_side_takes_two_seconds_at_most(bedside):
    async def took_s(*args: str) -> float:
        began = time.monotonic()
        assert (await bedside.doctor(*args))[0] == 0
        return time.monotonic() - began

    # The rest is the program itself, which starts up.
    nothing_s = await took_s("--only", "adb")
    assert min([await took_s() for _ in range(2)]) - nothing_s < 2
