"""clawctl dial, as cron and as people run it: it tells what became of a call, as it was."""

import json
import os
import signal
import subprocess
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import trio

from clawctl.errors import NoHandset, TooSlow, Unconfirmed
from clawctl.testing.device.device import open_device
from clawctl.testing.gateway import BEARER, FakedGateway, open_faked_gateway
from clawctl.testing.relay import open_relay
from clawctl.testing.telephone import Telephone
from clawctl.testing.terminal import open_terminal
from clawctl.wire.events import CallActive, CallEnded, CallRinging, SessionStarted

pytestmark = pytest.mark.journey

CLAWCTL = str(Path(sys.executable).with_name("clawctl"))
DIAL = (CLAWCTL, "dial")
NUMBER = "+49301234567"
OUT = {"number": NUMBER, "direction": "outgoing"}
SID = "0123abcd"
PATIENCE_S = 30


@dataclass
class Line(Telephone):
    """A phone that may refuse, and tells when it dials or hangs up."""

    refusal: Exception | None = None
    dialled: trio.Event = field(default_factory=trio.Event)
    hung_up: trio.Event = field(default_factory=trio.Event)

    async def dial(self, number):
        said = await super().dial(number)
        self.dialled.set()
        if self.refusal:
            raise self.refusal
        return said

    async def hang_up(self):
        self.hung_up.set()
        return await super().hang_up()


@dataclass
class Rig:
    """A gateway, its phone, and who runs `clawctl dial` beside them."""

    faked: FakedGateway
    line: Line
    home: Path

    def tell(self, event):
        self.faked.gateway.bus.publish(event)

    async def pick_up(self):
        """Somebody answers, and the app asks for the greeting; the answer to that."""
        self.tell(CallActive(**OUT))
        return await self.faked.turn(
            SID, 1, forced_reply="Hello.", caller_number=NUMBER, call_direction="outgoing",
            reset_session="true",
        )  # fmt: skip

    @asynccontextmanager
    async def cron(self, *args, url=""):
        """From nothing but a home and a path, and with standard input closed. The process is in the
        list; behind it its exit code, the objects on stdout and stderr's text once it has ended."""
        process = await trio.lowlevel.open_process(
            [*DIAL, *args, "--json", "--url", url or self.faked.url],
            env={"HOME": str(self.home), "PATH": "/usr/bin:/bin"}, cwd=self.home,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=lambda: os.close(0),
        )  # fmt: skip
        run = [process]
        with trio.fail_after(PATIENCE_S):
            async with process.stdout, process.stderr:
                yield run
                told = [json.loads(line) async for line in Lines(process.stdout)]
                complaint = b"".join([piece async for piece in process.stderr]).decode()
                run += [await process.wait(), told, complaint]

    async def ended(self, *args):
        async with self.cron(*args) as run:
            pass
        return run[1:]

    @asynccontextmanager
    async def person(self, *args, url=""):
        """At a terminal."""
        known = {
            "HOME": str(self.home),
            "PATH": os.environ["PATH"],
            "TERM": "xterm",
            "LANG": "C.UTF-8",
        }
        command = [*DIAL, *args, "--url", url or self.faked.url]
        async with open_terminal(command, self.home, known) as terminal:
            yield terminal


class Lines:
    """A stream, line by line."""

    def __init__(self, stream):
        self._stream = stream

    async def __aiter__(self):
        for line in b"".join([piece async for piece in self._stream]).splitlines():
            yield line


@pytest.fixture
async def rig(tmp_path):
    line = Line()
    async with open_faked_gateway(tmp_path / "data", handset=line) as faked:
        yield Rig(faked, line, tmp_path)


async def test_a_script_calls_has_something_said_and_hangs_up(rig):
    args = (NUMBER, "--yes", "--wait", "--say", "Good day.", "--hangup-after", "0.5")
    async with rig.cron(*args) as run:
        await rig.line.dialled.wait()
        rig.tell(CallRinging(**OUT))
        greeted = await rig.pick_up()
        await rig.line.hung_up.wait()
        rig.tell(CallEnded(**OUT, connected_s=0.7, why="disconnected"))

    _, code, (told,), complaint = run
    rang_s, connected_s = told.pop("rang_s"), told.pop("connected_s")
    assert (code, complaint, greeted["reply"]) == (0, "", "Good day.")
    assert told == {
        "ok": True, "outcome": "answered", "number": NUMBER, "session_id": SID,
        "detail": f"call {SID}: answered after {rang_s:.0f} s; hung up: the phone hangs up",
    }  # fmt: skip
    assert 0.5 <= connected_s < 10
    assert rig.line.told == [f"dial {NUMBER}", "hang up"]


async def test_without_waiting_it_returns_when_the_phone_dials(rig):
    code, told, complaint = await rig.ended("+49 30-1234567", "--yes")

    assert (code, complaint) == (0, "")
    assert told == [{
        "ok": True, "outcome": "dialling", "number": NUMBER, "session_id": "", "rang_s": 0.0,
        "connected_s": 0.0, "detail": f"{NUMBER}: the phone is dialling",
    }]  # fmt: skip


async def test_waiting_returns_at_the_answer_and_the_call_goes_on(rig):
    async with rig.cron(NUMBER, "--yes", "--wait") as run:
        await rig.line.dialled.wait()
        # Calls of others in between.
        rig.tell(CallRinging(number="+15550199", direction="incoming"))
        rig.tell(CallActive(number="+15550199", direction="incoming"))
        rig.tell(SessionStarted(session_id="b7", caller_number="+15550199", direction="incoming"))
        await rig.pick_up()

    assert (run[1], run[2][0]["session_id"]) == (0, SID)
    assert rig.line.told == [f"dial {NUMBER}"]
    assert SID in rig.faked.gateway.registry.sessions


async def test_the_far_end_hangs_up_first(rig):
    async with rig.cron(NUMBER, "--yes", "--hangup-after", "60") as run:
        await rig.line.dialled.wait()
        await rig.pick_up()
        rig.tell(CallEnded(**OUT, connected_s=0.5, why="disconnected"))

    assert (run[1], run[2][0]["connected_s"]) == (0, 0.5)
    assert run[2][0]["detail"].endswith("; the other side hung up")
    assert rig.line.told == [f"dial {NUMBER}"]


async def test_a_call_that_ends_before_it_is_answered_is_exit_10(rig):
    async with rig.cron(NUMBER, "--yes", "--wait") as run:
        await rig.line.dialled.wait()
        rig.tell(CallRinging(**OUT))
        rig.tell(CallEnded(**OUT, why="disconnected"))

    _, code, (told,), complaint = run
    assert (code, told["ok"], told["outcome"], told["session_id"]) == (
        10,
        False,
        "not_answered",
        "",
    )
    assert "clawctl: not answered: the call ended after" in complaint
    assert rig.line.told == [f"dial {NUMBER}"]


async def test_what_rings_too_long_is_hung_up(rig):
    code, (told,), complaint = await rig.ended(NUMBER, "--yes", "--wait", "--timeout", "0.3")

    assert (code, told["outcome"]) == (10, "not_answered")
    assert (
        "nobody answered within 0.3 s; hung up: no session is live; the phone hangs up" in complaint
    )
    assert rig.line.told == [f"dial {NUMBER}", "hang up"]


async def test_a_phone_that_does_not_dial_is_a_line_that_is_down(rig):
    rig.line.refusal = NoHandset("the phone said: CALL_PHONE permission missing")
    for how in (["--wait"], []):
        code, (told,), complaint = await rig.ended(NUMBER, "--yes", *how)
        assert (code, told["ok"], told["outcome"]) == (14, False, "line_down")
        assert told["detail"] == "the phone said: CALL_PHONE permission missing"
        assert complaint == "clawctl: the phone said: CALL_PHONE permission missing\n"

    assert rig.line.told == [f"dial {NUMBER}"] * 2


@pytest.mark.parametrize("trouble", [TooSlow, Unconfirmed])
async def test_a_phone_of_which_nothing_was_seen_may_be_calling_so_it_is_hung_up(rig, trouble):
    rig.line.refusal = trouble("the phone does not answer")
    code, (told,), _ = await rig.ended(NUMBER, "--yes", "--wait")

    assert (code, told["outcome"]) == (14, "line_down")
    assert rig.line.told == [f"dial {NUMBER}", "hang up"]


async def test_a_lost_connection_misses_nothing(rig):
    async with (
        open_relay(rig.faked.url) as relay,
        rig.person(NUMBER, "--yes", "--wait", url=relay.url) as desk,
    ):
        await desk.shows(f"Calling {NUMBER}")
        relay.cut()
        await desk.shows("connection lost, trying again")
        await rig.pick_up()
        relay.mend()
        await desk.shows(f"Call {SID}: answered after")
        assert await desk.ends() == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_who_gives_up_while_it_rings_hangs_up(rig, number):
    async with rig.cron(NUMBER, "--yes", "--wait") as run:
        await rig.line.dialled.wait()
        run[0].send_signal(number)

    _, code, (told,), complaint = run
    assert (code, told["ok"], told["outcome"]) == (130, False, "interrupted")
    assert complaint == "Hung up: no session is live; the phone hangs up.\n"
    assert rig.line.told == [f"dial {NUMBER}", "hang up"]


async def test_nobody_is_called_unasked_off_a_terminal(rig):
    code, told, complaint = await rig.ended(NUMBER, "--wait")

    assert (code, told, rig.line.told) == (2, [], [])
    assert "Nobody was called: off a terminal this needs --yes" in complaint


async def test_a_number_of_the_allowlist_needs_no_question(tmp_path):
    line = Line()
    allowed = {"dial_allowlist": ["+49 30 1234567"]}
    async with open_faked_gateway(tmp_path / "data", handset=line, **allowed) as faked:
        rig = Rig(faked, line, tmp_path)
        dialled = await rig.ended(NUMBER)
        other = await rig.ended("+15550142")

    assert (dialled[0], other[0], line.told) == (0, 4, [f"dial {NUMBER}"])


@pytest.mark.parametrize(
    ("number", "code"), [("", 2), ("+49 30;reboot", 2), ("*21*123#", 2), ("9-1-1", 4)]
)
async def test_what_is_no_number_or_must_not_be_dialled_reaches_no_phone(rig, number, code):
    for how in (["--yes", "--wait"], []):
        ended = await rig.ended(number, *how)
        assert (ended[0], ended[1]) == (code, [])
        assert ended[2].startswith("clawctl: ")
    assert rig.line.told == []


@pytest.mark.parametrize(
    "args",
    [
        ["--timeout", "5"],
        ["--wait", "--timeout", "nan"],
        ["--wait", "--timeout", "-1"],
        ["--hangup-after", "soon"],
        ["--takeover"],
        ["--takeover", "--hangup-after", "5"],
        ["--say", ""],
        ["--say", "-"],
    ],
)
async def test_a_line_that_makes_no_sense_calls_nobody(rig, args):
    assert (await rig.ended(NUMBER, "--yes", *args))[:2] == [2, []]
    assert rig.line.told == []


async def test_no_gateway_is_exit_3(rig):
    async with rig.cron(NUMBER, "--yes", "--wait", url="http://127.0.0.1:9") as run:
        pass

    assert (run[1], run[2]) == (3, [])


async def test_a_person_is_asked_and_answers_the_call_by_hand(rig):
    async with rig.person(NUMBER, "--takeover") as desk:
        await desk.shows(f"Call {NUMBER}? [y/N]")
        assert rig.line.told == []
        desk.type("y\r")
        await desk.shows(f"Calling {NUMBER}; Ctrl-C hangs up.")
        rig.tell(CallRinging(**OUT))
        await desk.shows("It rings.")
        await rig.pick_up()
        await desk.shows(f"Call {SID}: answered after")
        await desk.shows("You answer: what you type is said.")
        async with rig.faked.turning(SID, 2) as answers:
            await desk.shows("answer>")
            desk.type("Good day to you.\r")
        assert answers[0]["reply"] == "Good day to you."
        desk.type("/hangup\r")
        assert await desk.ends() == 0

    assert rig.line.told == [f"dial {NUMBER}", "hang up"]


@pytest.mark.parametrize("answer", ["\r", "n\r", "\x04"])
async def test_a_person_who_does_not_say_yes_calls_nobody(rig, answer):
    async with rig.person(NUMBER) as desk:
        await desk.shows("[y/N]")
        desk.type(answer)
        assert await desk.ends() == 130

    assert rig.line.told == []


async def test_a_person_who_would_rather_not_calls_nobody(rig):
    async with rig.person(NUMBER) as desk:
        await desk.shows("[y/N]")
        assert await desk.interrupted() == 130

    assert rig.line.told == []


async def test_a_person_gives_up_while_it_rings(rig):
    async with rig.person(NUMBER, "--wait", "--yes") as desk:
        await desk.shows("Ctrl-C hangs up.")
        desk.type("\x03")
        await desk.shows("Hung up: no session is live; the phone hangs up.")
        assert await desk.ends() == 130

    assert rig.line.told == [f"dial {NUMBER}", "hang up"]


async def test_a_window_that_is_closed_while_it_rings_hangs_up(rig):
    async with rig.person(NUMBER, "--wait", "--yes") as desk:
        await desk.shows("Ctrl-C hangs up.")
        desk.hang_up()
        with trio.fail_after(PATIENCE_S):
            await rig.line.hung_up.wait()

    assert rig.line.told == [f"dial {NUMBER}", "hang up"]


async def test_the_other_commands_to_the_phone_do_what_they_say(rig):
    for words in (["answer"], ["mute"], ["mute", "off"], ["reject"], ["hangup"]):
        with trio.fail_after(PATIENCE_S):
            await trio.run_process([CLAWCTL, *words, "--url", rig.faked.url], capture_stdout=True)

    assert rig.line.told == ["answer", "mute True", "mute False", "reject", "hang up"]


async def test_from_the_shell_to_the_far_end_and_back_with_nothing_in_between_left_out(tmp_path):
    async with open_device(bearer=BEARER, time_scale=0.5) as device:
        known = {
            "HOME": str(tmp_path), "PATH": "/nowhere", "GATEWAY_PORT": "0",
            "GATEWAY_PHONE_PORT": "0", "GATEWAY_BEARER_TOKEN": BEARER,
            "GATEWAY_ADB_DRIVER": "direct", "GATEWAY_ADB_ADDRESS": device.address,
        }  # fmt: skip

        async def run(*words):
            with trio.fail_after(PATIENCE_S):
                done = await trio.run_process(
                    [CLAWCTL, *words], env=known, cwd=tmp_path,
                    capture_stdout=True, capture_stderr=True, check=False,
                )  # fmt: skip
            return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]

        assert (await run("serve", "--detach", "--no-warm"))[0] == 0
        try:
            with trio.fail_after(PATIENCE_S):
                while (await run("phone", "status"))[0] != 0:
                    pass
            said = ("--say", "The cellar is wet.", "--hangup-after", "4")
            code, (told,) = await run("dial", NUMBER, "--yes", "--wait", *said, "--json")
            _, (call,) = await run("calls", "show", told["session_id"])
            _, (phone,) = await run("phone", "status")
        finally:
            await run("stop", "--now")

    assert (code, told["outcome"]) == (0, "answered")
    assert 4 <= told["connected_s"] < 10
    assert (call["turns"][0]["reply"], call["end_reason"]) == ("The cellar is wet.", "hangup")
    assert (phone["state"], phone["call"]) == ("ready", None)
