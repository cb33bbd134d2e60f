"""A gateway beside a phone that stands in for one: no adb program and no adb server between."""

import time
from contextlib import asynccontextmanager

import httpx2
import pytest
import trio

from clawctl.lines.phone import adb_wire as wire
from clawctl.lines.phone.profile_install import OWN
from clawctl.lines.phone.waking import PLACE
from clawctl.testing.caller import Caller
from clawctl.testing.device.condition import STOCK_DIALER
from clawctl.testing.device.device import open_device
from clawctl.testing.gateway import BEARER, open_faked_gateway

pytestmark = pytest.mark.journey

NUMBER = "+4930123456"
SAY = "Ann, your train is late."
SOON_S = 8.0
# What a phone may take to be of use again.
RESTORED_S = 3.0
# What the app has of its own, until we take a call that it leaves ringing.
TAKEN_S = 18.0
LONG_CALL = Caller(patience_s=60.0, lingers_s=60.0)


@pytest.fixture(scope="module")
def home_with_key(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    wire.load_or_make_key(home / ".android" / "adbkey")
    return home


@pytest.fixture
def home(home_with_key, monkeypatch):
    monkeypatch.setenv("HOME", str(home_with_key))
    monkeypatch.delenv("ADB_VENDOR_KEYS", raising=False)


class Scene:
    """A gateway, its phone, and all events so far."""

    def __init__(self, faked, device, listener):
        self.faked, self.device, self._listener = faked, device, listener
        self.events = []

    def told(self, *families):
        self.events += [stamped.event for stamped in self._listener.take_nowait()]
        return [one for one in self.events if one.type.startswith(families or "")]

    async def until(self, there, within_s=SOON_S):
        """How many seconds it took."""
        began = time.monotonic()
        with trio.fail_after(within_s):
            while not there():
                await trio.sleep(0.02)
        return time.monotonic() - began

    def view(self):
        return self.faked.gateway.status.status()["phone"]

    async def post(self, path, **body):
        async with httpx2.AsyncClient(
            base_url=self.faked.url, trust_env=False, verify=False, timeout=20
        ) as http:
            reply = await http.post(path, json=body)
        return reply.status_code, reply.json()

    @property
    def forwarded(self):
        return self.device.host_port(8996) is not None


@asynccontextmanager
async def open_scene(tmp_path, gateway=None, **condition):
    async with open_device(**{"bearer": BEARER, "time_scale": 0.05} | condition) as device:
        settings = {"adb_driver": "direct", "adb_address": device.address} | (gateway or {})
        async with open_faked_gateway(tmp_path / "data", **settings) as faked:
            with faked.gateway.bus.listen() as listener:
                yield Scene(faked, device, listener)


async def test_a_call_is_placed_greeted_talked_in_and_ended_by_the_far_end(tmp_path, home):
    async with open_scene(tmp_path) as at:
        await at.until(lambda: at.view()["state"] == "ready")
        status, placed = await at.post("/api/call/dial", number="+49 30 123456", say=SAY)
        assert (status, placed["ok"], placed["number"]) == (200, True, NUMBER)
        await at.until(lambda: at.told("turn.reply"))
        (greeting,) = at.told("turn.reply")
        assert (greeting.reply, greeting.model) == (SAY, "forced")
        call = at.view()["call"]
        assert (call["state"], call["number"], call["direction"]) == ("active", NUMBER, "outgoing")
        assert "number" not in at.faked.gateway.status.health()["phone"]["call"]

        at.device.app.far_end_hangs_up()
        await at.until(lambda: at.told("call.ended"))

        (session,) = at.told("session.started")
        assert [one.session_id for one in at.told("call.ended", "session.ended")] == [
            session.session_id
        ] * 2
        assert at.view()["call"] is None


async def test_a_caller_before_anybody_is_warm_is_answered_once_somebody_is(tmp_path, home):
    async with open_scene(tmp_path, time_scale=1.0) as at:
        await at.until(lambda: at.view()["state"] == "ready")
        at.faked.tts.opening_s = 5.0
        at.device.app.ring(NUMBER, LONG_CALL)
        await at.until(lambda: at.told("turn.complete"), within_s=TAKEN_S)

        (session,) = at.told("session.started")
        assert session.caller_number == NUMBER
        assert [one.type for one in at.device.app.asked] == ["answer"]


async def test_a_caller_before_the_gateway_began_is_answered(tmp_path, home):
    async with open_device(bearer=BEARER, far_end=LONG_CALL) as device:
        device.app.ring(NUMBER)
        settings = {"adb_driver": "direct", "adb_address": device.address}
        async with open_faked_gateway(tmp_path / "data", **settings) as faked:
            with faked.gateway.bus.listen() as listener:
                at = Scene(faked, device, listener)
                await at.until(lambda: at.told("turn.complete"), within_s=TAKEN_S)
    assert [one.type for one in device.app.asked] == ["answer"]


async def test_the_way_back_is_there_within_three_seconds_and_the_call_goes_on(tmp_path, home):
    async with open_scene(tmp_path, time_scale=1.0) as at:
        await at.until(lambda: at.view()["state"] == "ready")
        at.device.app.ring(NUMBER, LONG_CALL)
        await at.until(lambda: at.told("turn.complete"))
        at.device.unplug()
        await at.until(lambda: at.told("phone.lost"))
        await trio.sleep(1)
        at.device.plug()

        assert await at.until(lambda: at.forwarded) < RESTORED_S
        await at.until(lambda: at.view()["state"] == "ready")
        assert at.view()["call"]["number"] == NUMBER
        assert [one.type for one in at.told("phone")] == [
            "phone.ready",
            "phone.lost",
            "phone.ready",
        ]
        assert at.told("session.ended") == []


async def test_a_forwarding_that_somebody_else_took_is_back_soon(tmp_path, home):
    async with open_scene(tmp_path) as at:
        await at.until(lambda: at.view()["state"] == "ready")
        at.device.drop_reverses()

        assert await at.until(lambda: at.forwarded) < RESTORED_S
        assert [one.type for one in at.told("phone")] == ["phone.ready"]


async def test_a_restart_is_waited_for_and_what_it_took_is_named(tmp_path, home):
    async with open_scene(tmp_path) as at:
        await at.until(lambda: at.view()["state"] == "ready")
        at.device.reboot()
        await at.until(lambda: at.told("phone.lost"))
        await at.until(lambda: at.told("phone.degraded"))
        await at.until(lambda: "dialer" in at.view()["reason"])

        assert at.forwarded
        assert "'clawctl doctor --fix' gives it back" in at.view()["reason"]
        at.device.condition.role = "com.tracsystems.phonebridge"
        await at.until(lambda: at.view()["state"] == "ready")


async def test_a_phone_that_hangs_delays_nobody(tmp_path, home):
    async with open_scene(tmp_path, hangs=("cmd role",)) as at:
        await at.until(lambda: at.forwarded)
        began = time.monotonic()
        for number in range(5):
            assert (await at.faked.turn("call", number))["ok"]

        assert time.monotonic() - began < 2


async def test_commands_say_what_the_phone_was_seen_to_do(tmp_path, home):
    async with open_scene(tmp_path, gateway={"call_auto_answer": False}) as at:
        await at.until(lambda: at.view()["state"] == "ready")
        status, nothing_rings = await at.post("/api/call/answer")
        assert (status, nothing_rings["ok"], nothing_rings["code"]) == (200, False, "no_handset")

        at.device.app.ring(NUMBER, LONG_CALL)
        await at.until(lambda: at.told("call.ringing"))
        assert (await at.post("/api/call/answer"))[1]["ok"] is True
        await at.until(lambda: at.told("call.active"))
        assert (await at.post("/api/call/mute", muted=True))[1]["ok"] is True
        assert (await at.post("/api/call/hangup"))[1]["ok"] is True
        await at.until(lambda: at.told("call.ended"))

        at.device.app.ring(NUMBER, LONG_CALL)
        await at.until(lambda: at.view()["call"])
        assert (await at.post("/api/call/reject"))[1]["ok"] is True
        await at.until(lambda: at.view()["call"] is None)


@pytest.mark.parametrize(
    ("path", "body", "why"),
    [
        ("/api/call/mute", {}, '"muted": true'),
        ("/api/call/mute", {"muted": "true"}, '"muted": true'),
        ("/api/call/mute", {"muted": None}, '"muted": true'),
        ("/api/call/mute", {"muted": True, "number": "1"}, "nothing else"),
        ("/api/call/answer", {"number": NUMBER}, "not expected here"),
        ("/api/call/reject", {"x": 1}, "not expected here"),
        ("/api/call/dial", {"number": NUMBER, "say": 7}, "say must be a text"),
        ("/api/call/dial", {"number": NUMBER, "say": "\x07"}, "say must be a text"),
        ("/api/call/dial", {"say": SAY}, "number is missing"),
        ("/api/call/dial", {"number": "1;reboot"}, "number must be"),
    ],
)
async def test_what_is_no_command_reaches_no_phone(tmp_path, home, path, body, why):
    async with open_scene(tmp_path) as at:
        await at.until(lambda: at.view()["state"] == "ready")
        status, refused = await at.post(path, **body)

        assert (status, refused["code"]) == (400, "bad_input")
        assert why in refused["detail"]
        assert [one for one in at.device.system.ran if "broadcast" in one] == []


async def test_without_a_phone_commands_say_so_with_the_way_out(tmp_path, home):
    async with open_scene(tmp_path) as at:
        at.device.unplug()
        await at.until(lambda: at.view()["state"] in {"lost", "absent"})
        status, refused = await at.post("/api/call/dial", number=NUMBER)

        assert (status, refused["ok"]) == (200, False)
        assert refused["detail"].startswith("no phone is connected that could dial: ")


async def test_a_phone_with_a_fault_is_shown_with_it(tmp_path, home):
    async with open_scene(tmp_path, role=STOCK_DIALER) as at:
        await at.until(lambda: at.told("phone.degraded"))
        view = at.view()

        assert (view["state"], view["serial"]) == ("degraded", at.device.serial)
        assert at.forwarded


@pytest.mark.parametrize("wanted", [True, False])
async def test_a_sentence_for_a_quiet_caller_is_said_within_seconds_where_that_is_wanted(
    tmp_path, home, wanted
):
    async with open_scene(tmp_path, gateway={"wake_quiet_calls": wanted}) as at:
        await at.until(lambda: at.view()["state"] == "ready")
        at.device.app.ring(NUMBER, LONG_CALL)
        await at.until(lambda: at.told("call.active") and at.told("turn.complete"))
        assert (await at.post("/api/call/inject", text="Your train is here."))[0] == 200
        with trio.move_on_after(SOON_S if wanted else 1.5):
            await at.until(lambda: at.told("agent.inject_spoken"))

        assert bool(at.told("agent.inject_spoken")) is wanted
        await trio.sleep(0.5)
        assert len(at.told("turn.complete")) == 1 + wanted
        files, place = at.device.system.files, f"{OWN}/{PLACE}"
        assert not files.is_directory(place) or list(files.names(place)) == []
