"""A call with nothing left out: a phone, an adb server or none, a gateway, and who works at it."""

import os
import re
from contextlib import asynccontextmanager

import pytest

from clawctl.testing.adb import open_adb
from clawctl.testing.demo import table
from clawctl.testing.rig import CLAWCTL, open_phone_program, open_rig
from clawctl.testing.terminal import open_terminal

pytestmark = pytest.mark.journey

NUMBER = "+4930123456"
SAY = "Good day, this is about your cellar."
BY_HAND = ["One moment, please.", "The cellar is dry again."]
TURNS = [("forced", SAY), *(("agent", reply) for reply in BY_HAND)]
# In silence until somebody is at the desk, and until they have handed the call back; at last the
# far end hangs up.
FAR_END = {"pauses_s": [60.0, 1.0, 20.0], "lingers_s": 5.0}
STEPS = [
    "phone.ready", "call.dial", "call.active", "session.started", "agent.takeover", "agent.release",
    "session.ended", "call.ended",
]  # fmt: skip
# Where tests have no adb server.
PORT = "ANDROID_ADB_SERVER_PORT"
HARDLY_ANY = {"PATH": "/usr/bin:/bin", "TERM": "xterm", "LANG": "C.UTF-8"}


@asynccontextmanager
async def open_way(way, home):
    """The environment of somebody with an adb server, or without so much as an adb program."""
    if way == "direct":
        yield {**HARDLY_ANY, "PATH": "/nowhere", PORT: os.environ[PORT]}
        return
    async with open_adb(home) as adb:
        yield {**HARDLY_ANY, **{name: adb.environ[name] for name in (PORT, "ADB_USB")}}


def recognised(words):
    """As the recogniser writes them."""
    return re.sub(r"[^\w ]", "", words).lower()


@pytest.mark.parametrize("way", ["server", "direct"])
async def test_from_the_dialling_to_the_far_ends_goodbye(way, tmp_path):
    async with (
        open_way(way, tmp_path) as environ,
        open_phone_program(time_scale=0.1, far_end=FAR_END) as phone,
        open_rig(tmp_path, {**environ, "GATEWAY_ADB_ADDRESS": phone.address}) as rig,
    ):
        await rig.until("phone", "status")
        dialled = await rig.run("dial", NUMBER, "--yes", "--wait", "--say", SAY, "--json")
        (told,) = dialled.told
        sid = told["session_id"]
        async with open_terminal([CLAWCTL, "takeover", sid], rig.home, rig.environ) as desk:
            await desk.shows("You answer: what you type is said.")
            for number, reply in enumerate(BY_HAND, 1):
                await desk.shows("caller     ", times=number)
                desk.type(f"{reply}\r")
                await desk.shows(f"you        {reply}")
            desk.type("/release\r")
            await desk.shows("Handed back: the reply model answers.")
            await desk.shows("The call is over: it was hung up.")
            assert await desk.ends() == 0
        (call,) = (await rig.run("calls", "show", sid)).told
        events = (await rig.run("tail", "--last", "500")).told
        (status,) = (await rig.run("phone", "status")).told

    assert (dialled.code, told["outcome"], dialled.complaint) == (0, "answered", "")
    turns = call["turns"]
    assert [(turn["model"], turn["reply"]) for turn in turns[:3]] == TURNS
    assert (len(turns), turns[3]["model"]) == (4, "receptionist")
    assert [turn["transcript"] for turn in turns] == [
        "",
        *(recognised(line.say) for line in table().utterances[:3]),
    ]
    assert call["end_reason"] == "hangup"
    assert [one["type"] for one in events if one["type"] in STEPS] == STEPS
    assert (status["state"], status["call"]) == ("ready", None)
