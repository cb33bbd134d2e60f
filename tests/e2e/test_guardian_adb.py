"""The same phone behind a real adb server, which is ended in the middle of a call."""

import time
from pathlib import Path

import adbutils
import pytest
import trio

from clawctl.testing.adb import open_adb
from clawctl.testing.caller import Caller
from clawctl.testing.device.device import open_device
from clawctl.testing.gateway import BEARER, open_faked_gateway

pytestmark = pytest.mark.journey

SERVERS = {"adb 29": "adb", "adb 36": str(Path(adbutils.__file__).parent / "binaries" / "adb")}
NUMBER = "+4930123456"
SOON_S = 15.0
# A server may take that long to start; after it the phone is back within the same time.
SERVER_S = RESTORED_S = 3.0
LONG_CALL = Caller(patience_s=60.0, lingers_s=60.0)


class Scene:
    def __init__(self, faked, device, adb, listener):
        self.faked, self.device, self.adb, self._listener = faked, device, adb, listener
        self.events = []

    def told(self, *kinds):
        self.events += [stamped.event.type for stamped in self._listener.take_nowait()]
        return [one for one in self.events if one in kinds]

    async def until(self, there):
        began = time.monotonic()
        with trio.fail_after(SOON_S):
            while not there():
                await trio.sleep(0.02)
        return time.monotonic() - began

    @property
    def state(self):
        return self.faked.gateway.status.status()["phone"]["state"]

    @property
    def forwarded(self):
        return self.device.host_port(8996) is not None


@pytest.fixture(params=SERVERS)
async def scene(request, tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    async with open_adb(home, SERVERS[request.param]) as adb:
        for name in ("ANDROID_ADB_SERVER_PORT", "ADB_USB"):
            monkeypatch.setenv(name, adb.environ[name])
        async with (
            open_device(bearer=BEARER) as device,
            open_faked_gateway(
                tmp_path / "data", adb_path=adb.program, adb_driver="server",
                adb_address=device.address,
            ) as faked,
        ):  # fmt: skip
            with faked.gateway.bus.listen() as listener:
                at = Scene(faked, device, adb, listener)
                await at.until(lambda: at.state == "ready")
                device.app.ring(NUMBER, LONG_CALL)
                await at.until(lambda: at.told("turn.complete"))
                yield at


CHANGES = ("phone.ready", "phone.degraded", "phone.lost", "session.ended")


async def test_a_cable_that_slipped_is_forgiven_within_three_seconds(scene):
    scene.device.unplug()
    await scene.until(lambda: scene.told("phone.lost"))
    await trio.sleep(1)
    scene.device.plug()

    assert await scene.until(lambda: scene.forwarded) < RESTORED_S
    await scene.until(lambda: scene.state == "ready")
    assert scene.told(*CHANGES) == ["phone.ready", "phone.lost", "phone.ready"]


async def test_a_server_that_was_ended_is_started_again_and_the_call_goes_on(scene):
    await scene.adb.run("kill-server")
    await scene.until(lambda: scene.told("phone.lost"))

    assert await scene.until(lambda: scene.state == "ready") < SERVER_S + RESTORED_S
    assert scene.forwarded
    assert scene.told(*CHANGES) == ["phone.ready", "phone.lost", "phone.ready"]
