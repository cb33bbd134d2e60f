"""The takeover guide's own test script, as it is printed there, against a gateway and a phone."""

import os
import re
import sys
from pathlib import Path

import pytest
import trio

from clawctl.audio import wav
from clawctl.audio.wav import Sound
from clawctl.lines.phone import adb_wire as wire
from clawctl.testing.caller import Caller, captured
from clawctl.testing.device.device import open_device
from clawctl.testing.gateway import BEARER, open_faked_gateway

pytestmark = pytest.mark.journey

SCRIPT = Path(__file__).parent / "data" / "takeover_guide_script.txt"
# The script knows one port. It is run as it is; only where that port leads to is another place.
ELSEWHERE = """
import functools, runpy, sys, websockets
websockets.connect = functools.partial(websockets.connect, port=int(sys.argv[2]))
runpy.run_path(sys.argv[1], run_name="__main__")
"""
PATIENCE_S = 30
SAID = ["Okay, I say something.", "Something else.", "And a third thing.", "Hello?"]


async def run_script(faked):
    """What the script prints itself, without its notes of events."""
    port = faked.url.rpartition(":")[2]
    with trio.fail_after(PATIENCE_S):
        run = await trio.run_process(
            [sys.executable, "-W", "ignore", "-c", ELSEWHERE, str(SCRIPT), port],
            capture_stdout=True,
            env={"PATH": os.environ["PATH"], "PYTHONIOENCODING": "utf-8"},
        )
    lines = run.stdout.decode().splitlines()
    return [line for line in lines if line.strip() and not line.startswith("    [event]")]


def callee():
    """Picks up, says each sentence in turn and hangs up; the first while the inject is waiting."""
    said = ["(not heard)", *SAID]
    utterances = [
        captured(Sound(bytes([number, 0x10]) * 8000, 16_000), text=text, pause_s=pause_s)
        for number, (text, pause_s) in enumerate(zip(said, [15.0, 1.0, 1.0, 1.0, 4.0], strict=True))
    ]
    return Caller(utterances=tuple(utterances))


def understanding(utterances):
    """A recogniser that knows these recordings."""
    texts = {wav.read(one.wav).pcm: one.text for one in utterances}

    async def hear(sound, lang):
        return texts.get(sound.pcm, "")

    return hear


async def told(heard, kind):
    while kind not in [stamped.event.type for stamped in await heard.take()]:
        pass


def in_script(name):
    """A constant of the script, as it stands there."""
    found: dict = {}
    text = SCRIPT.read_text(encoding="utf-8").partition("async def main")[0]
    exec(text.replace("import websockets", ""), found)
    return found[name]


@pytest.fixture
def home(tmp_path, monkeypatch):
    wire.load_or_make_key(tmp_path / ".android" / "adbkey")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("ADB_VENDOR_KEYS", raising=False)


async def test_the_guides_script_takes_a_call_over_for_three_turns(tmp_path, home):
    far_end = callee()
    async with (
        open_device(bearer=BEARER, far_end=far_end, time_scale=0.1) as device,
        open_faked_gateway(
            tmp_path / "data", adb_driver="direct", adb_address=device.address
        ) as faked,
    ):
        faked.stt.hear = understanding(far_end.utterances)
        with faked.gateway.bus.listen() as heard:
            await told(heard, "phone.ready")
            printed = await run_script(faked)
            events = [stamped.event for stamped in heard.take_nowait()]

    replies = in_script("REPLIES")
    (session_id,) = [one.session_id for one in events if one.type == "session.started"]
    # What the agent said last may be complete before or after the script sees its release.
    optional = rf"    [turn] model=agent reply={replies[2][:60]!r}"
    turns = [
        line
        for number, (text, reply) in enumerate(zip(SAID[:3], replies, strict=True), 1)
        for line in (
            f"    Turn {number}/3",
            f"      Caller: {text!r}",
            f"      Reply:  {reply!r}",
            "      Sent (request_id=~...)",
        )
    ]
    assert [
        re.sub("request_id=[0-9a-f]{8}", "request_id=~", line)
        for line in printed
        if line != optional
    ] == [
        "[*] Connecting to agent WS: ws://127.0.0.1:8996/api/agent/ws",
        "[+] Connected",
        "[1] Dialing +49123456789...",
        "    OK: dial succeeded",
        "[2] Waiting for call pickup (up to 60s)...",
        f"    OK: session = {session_id}",
        "[3] Injecting greeting...",
        "    OK: greeting queued (delivers on next turn poll)",
        f"[4] Taking over session {session_id[:12]}...",
        "    OK: takeover succeeded",
        "[5] Handling 3 turns...",
        *turns,
        "[6] Releasing takeover...",
        "    OK: released, local LLM resumes",
        "[7] Observing post-release (30s)...",
        f"    [turn] model=echo reply='You said: {SAID[3]}.'",
        "    [session ended]",
        "[*] Test complete!",
    ]
    assert [one.number for one in events if one.type == "call.dial"] == ["+49123456789"]
    # What the phone asks to be greeted with comes first.
    assert [one.reply for one in events if one.type == "turn.complete"][1:] == [
        in_script("GREETING"),
        *replies,
        f"You said: {SAID[3]}.",
    ]


async def test_without_a_phone_the_guides_script_is_told_so(faked):
    printed = await run_script(faked)

    assert printed[-1] == "    FAIL: no phone is connected that could dial"
