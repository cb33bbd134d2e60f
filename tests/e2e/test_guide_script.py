"""The takeover guide's own test script, as it is printed there, against a gateway and a phone."""

import os
import re
import sys
from pathlib import Path

import httpx2
import pytest
import trio

from clawctl.testing.gateway import BEARER, open_faked_gateway
from clawctl.testing.telephone import Telephone

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


class AppsTelephone(Telephone):
    """Dials, and when it is answered holds the call as the phone app does."""

    def __init__(self):
        super().__init__()
        self.number = ""
        self.session_id = ""
        self.replies = []
        self._dialled = trio.Event()

    async def dial(self, number):
        self.number = number
        self._dialled.set()
        return "the phone is dialling"

    async def hang_up(self):
        raise AssertionError("nobody hangs up here")

    async def hold_call(self, faked):
        with faked.gateway.bus.listen() as heard:
            await self._dialled.wait()
            greeting = await faked.turn(
                "", 1, forced_reply="Hello.", call_direction="outgoing", caller_number=self.number
            )
            self.session_id = greeting["session_id"]
            await told(heard, "agent.takeover")
            await self._say(faked, "(not heard)")
            for text in SAID[:3]:
                await self._say(faked, text)
            await told(heard, "agent.release")
            await self._say(faked, SAID[3])
        await self._end(faked)

    async def _say(self, faked, text):
        faked.stt.text = text
        answer = await faked.turn(self.session_id, 2 + len(self.replies))
        self.replies.append(answer["reply"])

    async def _end(self, faked):
        async with httpx2.AsyncClient(base_url=faked.phone_url, trust_env=False) as phone:
            await phone.post(
                "/api/session/end",
                json={"session_id": self.session_id},
                headers={"Authorization": f"Bearer {BEARER}"},
            )


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
async def telephone():
    return AppsTelephone()


async def test_the_guides_script_takes_a_call_over_for_three_turns(tmp_path, telephone):
    async with (
        open_faked_gateway(tmp_path, handset=telephone) as faked,
        trio.open_nursery() as nursery,
    ):
        nursery.start_soon(telephone.hold_call, faked)
        printed = await run_script(faked)

    replies, session_id = in_script("REPLIES"), telephone.session_id
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
    assert telephone.number == "+49123456789"
    assert telephone.replies == [in_script("GREETING"), *replies, f"You said: {SAID[3]}."]


async def test_without_a_phone_the_guides_script_is_told_so(faked):
    printed = await run_script(faked)

    assert printed[-1] == "    FAIL: no phone is connected that could dial"
