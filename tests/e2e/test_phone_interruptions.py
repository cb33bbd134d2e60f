"""What comes between a call and us: cables, restarts and other people's adb servers.

Each time the way back is there within three seconds, and the call's next turn is answered.
"""

import time
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import adbutils
import pytest
import trio

from clawctl.audio import wav
from clawctl.audio.wav import Sound
from clawctl.lines.phone import adb_wire
from clawctl.testing.adb import open_adb
from clawctl.testing.caller import Caller
from clawctl.testing.device.canned_audio import TEST_AUDIO
from clawctl.testing.device.device import open_device
from clawctl.testing.gateway import BEARER, open_faked_gateway

pytestmark = pytest.mark.journey

CURRENT_ADB = str(Path(adbutils.__file__).parent / "binaries" / "adb")
NUMBER = "+4930123456"
SOON_S = 15.0
RESTORED_S = 3.0
LONG_CALL = Caller(patience_s=300.0, lingers_s=600.0)
SENTENCE = f"{TEST_AUDIO}/1.wav"


class Scene:
    """A gateway, its phone in a call, and an adb server: ours, or somebody else's beside us."""

    def __init__(self, way, faked, device, adb, listener):
        self.way, self.faked, self.device, self.adb, self._listener = (
            way,
            faked,
            device,
            adb,
            listener,
        )
        self.events = []

    def told(self, *families):
        self.events += [stamped.event for stamped in self._listener.take_nowait()]
        return [one for one in self.events if one.type.startswith(families)]

    async def until(self, there):
        began = time.monotonic()
        with trio.fail_after(SOON_S):
            while not there():
                await trio.sleep(0.02)
        return time.monotonic() - began

    async def says_something(self):
        """The session of the turn that comes of it."""
        before = len(self.told("turn.complete"))
        files = self.device.system.files
        sentence = wav.write(Sound(b"\x01\x10" * 8000, 16_000))
        files.write(SENTENCE, sentence, mode=0o644, mtime_s=0, user="app", parents=True)
        await self.until(lambda: len(self.told("turn.complete")) > before)
        files.remove(SENTENCE)
        return self.told("turn.complete")[-1].session_id

    @property
    def forwarded(self):
        return self.device.host_port(8996) is not None

    @property
    def state(self):
        return self.faked.gateway.status.status()["phone"]["state"]


@asynccontextmanager
async def open_scene(way, home, monkeypatch):
    adb_wire.load_or_make_key(home / ".android" / "adbkey")
    monkeypatch.setenv("HOME", str(home))
    async with open_adb(home) as adb, open_device(bearer=BEARER, time_scale=0.1) as device:
        for name in ("ANDROID_ADB_SERVER_PORT", "ADB_USB"):
            monkeypatch.setenv(name, adb.environ[name])
        async with open_faked_gateway(
            home / "data", adb_driver=way, adb_address=device.address
        ) as faked:
            with faked.gateway.bus.listen() as listener:
                at = Scene(way, faked, device, adb, listener)
                await at.until(lambda: at.state == "ready")
                yield at


@pytest.fixture(params=["server", "direct"])
async def scene(request, tmp_path, monkeypatch):
    async with open_scene(request.param, tmp_path, monkeypatch) as at:
        at.device.app.ring(NUMBER, LONG_CALL)
        await at.until(lambda: at.told("turn.complete"))
        yield at


async def cable_slips(at):
    at.device.unplug()
    await at.until(lambda: at.told("phone.lost"))
    await trio.sleep(1)
    at.device.plug()


async def server_is_started_anew(at):
    """By somebody with an adb of another age."""
    theirs = replace(at.adb, program=CURRENT_ADB)
    await at.adb.run("kill-server")
    await theirs.run("start-server")
    await theirs.connect(at.device.address)


async def forwarding_is_taken(at):
    at.device.drop_reverses()
    await trio.lowlevel.checkpoint()


HAPPENS = (cable_slips, server_is_started_anew, forwarding_is_taken)
# What is not missed is mended without a word. Whoever needs no server misses none.
MISSED = {("server", cable_slips), ("direct", cable_slips), ("server", server_is_started_anew)}


@pytest.mark.parametrize("happens", HAPPENS)
async def test_the_call_goes_on_where_it_was(scene, happens):
    session_id = await scene.says_something()
    await happens(scene)

    assert await scene.until(lambda: scene.forwarded) < RESTORED_S
    await scene.until(lambda: scene.state == "ready")
    assert await scene.says_something() == session_id
    assert scene.told("session.ended", "call.ended") == []
    changes = ["phone.lost", "phone.ready"] if (scene.way, happens) in MISSED else []
    assert [one.type for one in scene.told("phone.")] == ["phone.ready", *changes]


async def test_a_restart_of_the_phone_ends_its_call_and_says_what_else_it_took(scene):
    session_id = await scene.says_something()
    scene.device.reboot()
    await scene.until(lambda: scene.told("phone.lost"))
    await scene.until(lambda: scene.device.plugged)

    assert await scene.until(lambda: scene.forwarded) < RESTORED_S
    await scene.until(lambda: scene.told("session.ended") and scene.told("phone.degraded"))
    (session,), (call,), (phone,) = map(
        scene.told, ("session.ended", "call.ended", "phone.degraded")
    )
    assert (session.session_id, session.reason) == (session_id, "hangup")
    assert (call.session_id, call.number, call.why) == (session_id, NUMBER, "gone")
    assert "is not the phone's dialer" in phone.reason
    stored = await scene.faked.gateway.store.turns(session_id)
    assert len(stored) == len(scene.told("turn.complete"))
