"""A phone that cannot do what it is told, and numbers it must not be told, as a script meets them:
a sentence with the way out, the right exit code, and nothing waits for ever."""

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import pytest
import trio

from clawctl.lines.phone import adb_direct, adb_wire, app
from clawctl.testing.adb import open_adb
from clawctl.testing.device.condition import STOCK_DIALER
from clawctl.testing.device.device import open_device
from clawctl.testing.gateway import BEARER, FakedGateway, open_faked_gateway
from clawctl.testing.rig import Rig

pytestmark = pytest.mark.journey

NUMBER = "+4930123456"
SOON_S = 15.0
# What is waited for here is waited for as long, in tenths.
PATIENCE_S = {adb_direct: {"COMMAND_S": 1.0, "LOOK_S": 0.5}, app: {"BROADCAST_S": 1.5}}
# Nothing takes longer then; most of it is for starting programs on a busy machine.
MOST_S = 10.0
# The version of the last adb server that does not know what we ask.
OLD = b"OKAY00040028"


@dataclass
class Scene:
    """A gateway, its phones, and somebody who runs commands as cron would."""

    faked: FakedGateway
    devices: list
    rig: Rig

    @property
    def state(self):
        return self.faked.gateway.status.status()["phone"]["state"]

    @property
    def reason(self):
        return self.faked.gateway.status.status()["phone"]["reason"]

    async def until(self, there):
        with trio.fail_after(SOON_S):
            while not there():
                await trio.sleep(0.02)

    @property
    def broadcasts(self):
        return [line for device in self.devices for line in device.system.ran if "am br" in line]


@asynccontextmanager
async def open_old_server():
    """Its port."""

    async def answer(stream):
        async with stream:
            await stream.receive_some()
            await stream.send_all(OLD)

    async with trio.open_nursery() as nursery:
        serve = partial(trio.serve_tcp, answer, 0, host="127.0.0.1")
        listeners = await nursery.start(serve)
        yield listeners[0].socket.getsockname()[1]
        nursery.cancel_scope.cancel()


@asynccontextmanager
async def open_scene(home, monkeypatch, way, phones=1, **condition):
    """`way` to the phone: "direct" and "server", "old", or "none": a server is wanted, and there is
    no adb program to start one."""
    adb_wire.load_or_make_key(home / ".android" / "adbkey")
    environ = {"HOME": str(home), "PATH": "/nowhere", "ANDROID_ADB_SERVER_PORT": "9"}
    async with AsyncExitStack() as stack:
        if way == "server":
            adb = await stack.enter_async_context(open_adb(home))
            names = ("ANDROID_ADB_SERVER_PORT", "ADB_USB")
            environ |= {name: adb.environ[name] for name in names}
        elif way == "old":
            port = await stack.enter_async_context(open_old_server())
            environ["ANDROID_ADB_SERVER_PORT"] = str(port)
        fast = {"bearer": BEARER, "time_scale": 0.05} | condition
        devices = [await stack.enter_async_context(open_device(**fast)) for _ in range(phones)]
        settings = {"adb_driver": "direct" if way == "direct" else "server"}
        if phones == 1:
            settings["adb_address"] = devices[0].address
        else:
            for device in devices:
                await adb.connect(device.address)
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        faked = await stack.enter_async_context(open_faked_gateway(home / "data", **settings))
        told = {f"GATEWAY_{key.upper()}": value for key, value in settings.items()}
        yield Scene(faked, devices, Rig(home, {**environ, **told, "CLAWCTL_URL": faked.url}))


@dataclass
class Trouble:
    """What is said of it when somebody dials."""

    says: str
    way: str = "direct"
    phones: int = 1
    condition: dict = field(default_factory=dict)
    # What is said once it has been looked at; "" where the phone seems to be well.
    shows: str = ""


ALLOW = "unlock the phone and accept 'Allow USB debugging?' on its screen"
LOOK = "look at the cable and at the phone's screen, then: clawctl doctor"
TROUBLES = {
    "no adb": Trouble("clawctl config set adb_driver direct", way="none", shows="install it"),
    "an old adb server": Trouble(
        "end the old one: adb kill-server", way="old", shows="is too old, 40 and not 41"
    ),
    "two phones": Trouble(
        "choose one: clawctl config set adb_serial 127.0.0.1:",
        way="server",
        phones=2,
        shows="2 phones are ready",
    ),
    "unauthorised": Trouble(ALLOW, condition={"auth": "never"}, shows="'unauthorized'"),
    "unauthorised, by a server": Trouble(
        ALLOW, way="server", condition={"auth": "never"}, shows="'unauthorized'"
    ),
    "offline": Trouble(LOOK, condition={"offline": True}, shows="did not answer our greeting"),
    "no app": Trouble(
        "install it: adb install <its APK>", condition={"installed": False}, shows="not installed"
    ),
    "the app crashes": Trouble("start it: clawctl doctor --fix", condition={"crashes": True}),
    "never answers": Trouble(
        LOOK, condition={"hangs": ("date", "getprop")}, shows="being looked at"
    ),
}


@pytest.mark.parametrize("name", TROUBLES)
async def test_a_dial_says_what_is_the_matter_and_what_to_do(tmp_path, monkeypatch, name):
    for module, patience_s in PATIENCE_S.items():
        for constant, value in patience_s.items():
            monkeypatch.setattr(module, constant, value)
    trouble = TROUBLES[name]
    scene = open_scene(tmp_path, monkeypatch, trouble.way, trouble.phones, **trouble.condition)
    async with scene as at:
        await at.until(lambda: trouble.shows in at.reason if trouble.shows else at.state == "ready")
        dialled = await at.rig.run("dial", NUMBER, "--yes", "--json")
        status = await at.rig.run("phone", "status")

    (told,) = dialled.told
    assert (dialled.code, told["ok"], told["outcome"]) == (14, False, "line_down")
    assert trouble.says in told["detail"]
    assert dialled.complaint == f"clawctl: {told['detail']}\n"
    assert trouble.shows in status.told[0]["reason"]
    assert max(dialled.took_s, status.took_s) < MOST_S


async def test_a_phone_whose_app_is_not_the_dialer_calls_and_it_is_said(tmp_path, monkeypatch):
    async with open_scene(tmp_path, monkeypatch, "direct", role=STOCK_DIALER) as at:
        await at.until(lambda: at.state == "degraded")
        dialled = await at.rig.run("dial", NUMBER, "--yes", "--json")

    assert (dialled.code, dialled.told[0]["outcome"]) == (0, "dialling")
    assert "'clawctl doctor --fix' gives it back" in dialled.told[0]["detail"]


async def test_a_slow_phone_dials_all_the_same(tmp_path, monkeypatch):
    async with open_scene(tmp_path, monkeypatch, "direct", slow_ms=50) as at:
        await at.until(lambda: at.state == "ready")
        dialled = await at.rig.run("dial", NUMBER, "--yes", "--json")

    assert (dialled.code, dialled.told[0]["outcome"]) == (0, "dialling")
    assert dialled.took_s < MOST_S


COMMANDS = {
    ("dial", NUMBER, "--yes"): 14,
    ("answer",): 14,
    ("reject",): 14,
    ("mute",): 14,
    # That no call of ours is live is the better reason.
    ("hangup",): 5,
}


async def test_a_phone_that_is_unplugged_in_the_middle_is_missed_at_once(tmp_path, monkeypatch):
    async with open_scene(tmp_path, monkeypatch, "direct") as at:
        (device,) = at.devices
        # As soon as the app has got its command.
        device.app.receive = lambda _: device.unplug()
        for words, code in COMMANDS.items():
            await at.until(lambda: at.state == "ready")
            ended = await at.rig.run(*words)
            await at.until(lambda: at.state != "ready")
            device.plug()

            assert (words, ended.code) == (words, code)
            assert LOOK in ended.complaint
            assert ended.took_s < MOST_S


NUMBERS = {
    "": 2,
    "+": 2,
    "+49 30;reboot": 2,
    "$(reboot)": 2,
    "`id`": 2,
    "030|id": 2,
    "030\nid": 2,
    "0800-FLOWERS": 2,
    "\u0661\u0662\u0663\u0664": 2,
    "1" * 40: 2,
    "*21*0301234#": 2,
    "*#06#": 2,
    "112": 4,
    "1-1-2": 4,
    "911": 4,
}


async def test_no_number_that_must_not_be_dialled_reaches_the_phone(tmp_path, monkeypatch):
    ended = {}
    async with open_scene(tmp_path, monkeypatch, "direct") as at:
        await at.until(lambda: at.state == "ready")
        turns = trio.CapacityLimiter(2)

        async def dial(number):
            async with turns:
                ended[number] = await at.rig.run("dial", "--yes", "--", number)

        async with trio.open_nursery() as nursery:
            for number in NUMBERS:
                nursery.start_soon(dial, number)

    assert {number: one.code for number, one in ended.items()} == NUMBERS
    assert all(one.complaint.startswith("clawctl: ") for one in ended.values())
    assert all(one.complaint.count("\n") == 1 for one in ended.values())
    assert at.broadcasts == []
