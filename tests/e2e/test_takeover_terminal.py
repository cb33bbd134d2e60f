"""clawctl takeover in a terminal: a call chosen, answered, handed back, whatever comes between."""

import os
import re
import signal
import sys
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import httpx2
import pytest
import trio

from clawctl.client.agent import connect
from clawctl.testing.gateway import open_faked_gateway
from clawctl.testing.relay import open_relay
from clawctl.testing.terminal import open_terminal
from clawctl.wire.events import AgentInject

pytestmark = pytest.mark.journey

README = Path(__file__).parents[2] / "README.md"
TAKEOVER = (sys.executable, "-m", "clawctl.cli", "takeover")
NUMBER = "+15550142"
CTRL_C, CTRL_D, CTRL_U = "\x03", "\x04", "\x15"

# What the model would say to what the caller says.
WOULD_SAY = {
    "My name is Anna Smith.": "Thank you, Anna. What is it about?",
    "I have to move my appointment.": "Shall I take a message?",
    "Would Tuesday do?": "Tuesday is fine.",
    "At ten?": "At ten, then.",
    "Thank you, goodbye.": "Goodbye, Anna.",
}


class Caller:
    """Someone on the phone, in a call of their own."""

    def __init__(self, faked):
        self._faked = faked
        self._recordings = count(1)

    async def says(self, words):
        """The answer."""
        self._faked.stt.text = words
        return await self._faked.turn("c0ffee", next(self._recordings), caller_number=NUMBER)

    @asynccontextmanager
    async def saying(self, words):
        """Waits for the answer; the list has it at the end of the block."""
        answers = []

        async def wait():
            answers.append(await self.says(words))

        with trio.fail_after(30):
            async with trio.open_nursery() as nursery:
                nursery.start_soon(wait)
                yield answers


@pytest.fixture
async def anna(faked):
    """In a live call; there is another one."""
    faked.llm.answer = lambda prompt: (WOULD_SAY.get(prompt.transcript, "Yes?"),)
    await faked.turn("b7", 200, caller_number="+15550199")
    caller = Caller(faked)
    await caller.says("My name is Anna Smith.")
    return caller


@asynccontextmanager
async def operator(url, home, *args, **environ):
    """Someone at a terminal; killed if they are still there at the end."""
    known = {"HOME": str(home), "PATH": os.environ["PATH"], "TERM": "xterm", "LANG": "C.UTF-8"}
    async with open_terminal([*TAKEOVER, "--url", url, *args], home, known | environ) as terminal:
        yield terminal


async def holder(faked, session_id="c0ffee"):
    """Who has the call; nobody: None."""
    async with httpx2.AsyncClient(base_url=faked.url, trust_env=False, verify=False) as http:
        agents = (await http.get("/api/status")).json()["agents"]
    return next((one["name"] for one in agents if session_id in one["sessions"]), None)


async def test_a_call_in_a_terminal_from_its_choice_to_its_hand_back(faked, anna, tmp_path):
    async with open_relay(faked.url) as relay, operator(relay.url, tmp_path) as desk:
        await desk.shows("Which call")
        desk.type("1\r")
        await desk.shows("You answer: what you type is said.")

        async with anna.saying("I have to move my appointment.") as first:
            await desk.shows("answer>")
            await desk.shows("s left")
            desk.type("When would suit you, Anna?\r")
        desk.type("/draft\r")
        await desk.shows("draft>")
        async with anna.saying("Would Tuesday do?") as second:
            await desk.shows("answer> Tuesday is fine.")
            desk.type("\r")
        async with anna.saying("At ten?") as third:
            await desk.shows("answer> At ten, then.")
            desk.type(CTRL_U + "At eleven.\r")
        assert [one[0]["reply"] for one in (first, second, third)] == [
            "When would suit you, Anna?", "Tuesday is fine.", "At eleven.",
        ]  # fmt: skip

        relay.cut()
        await desk.shows("Connection lost, trying again.")
        relay.mend()
        await desk.shows("The call is taken over again.")
        desk.type("/whisper Say goodbye by name.\r")
        await desk.shows("whisper    Say goodbye by name.")
        desk.type("/release\r")
        await desk.shows("Handed back: the reply model answers.")
        last = await anna.says("Thank you, goodbye.")
        assert (last["reply"], last["model"]) == ("Goodbye, Anna.", "echo")
        assert "Say goodbye by name." in faked.llm.calls[-1].system
        await desk.shows("assistant  Goodbye, Anna.")
        desk.type("/quit\r")
        assert await desk.ends() == 0

    assert plain(desk.text()) == plain(printed())


def printed():
    """What the README shows of this very call."""
    blocks = re.findall(r"^```text\n(.*?)^```$", README.read_text(), re.DOTALL | re.MULTILINE)
    return next((block for block in blocks if "c0ffee" in block), "")


def plain(text):
    """Without what is another in each run: times, and how the terminal was filled up."""
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "<when>", text)
    text = re.sub(r"\b\d+ s\b", "<time>", text)
    return [re.sub(r" {2,}", "  ", line.rstrip()) for line in text.splitlines() if line.strip()]


@pytest.fixture
async def desk(faked, anna, tmp_path):
    """An operator who has the call."""
    async with operator(faked.url, tmp_path, "c0ffee") as terminal:
        await terminal.shows("You answer: what you type is said.")
        yield terminal


async def test_ctrl_c_hangs_up_on_nobody_and_twice_hands_back(faked, anna, desk):
    async with anna.saying("Would Tuesday do?") as answers:
        await desk.shows("answer>")
        desk.type("I am not s" + CTRL_C)
        await desk.shows("Ctrl-C once more hands the call back and leaves.")
        await desk.lacks("I am not s")
        assert (answers, await holder(faked)) == ([], "operator")
        desk.type(CTRL_C)
        assert await desk.ends() == 130

    assert answers[0]["reply"] == "Tuesday is fine."
    assert "Handed back: the reply model answers." in desk.text()
    assert await holder(faked) is None


async def test_ctrl_d_hands_back_and_leaves(faked, anna, desk):
    desk.type(CTRL_D)

    assert await desk.ends() == 0
    assert desk.screen.lines()[-1] == "Handed back: the reply model answers."
    assert await holder(faked) is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_from_outside_hands_back(faked, desk, number):
    desk.process.send_signal(number)
    if number == signal.SIGINT:
        await desk.shows("Ctrl-C once more")
        desk.process.send_signal(number)

    assert await desk.ends() == 130
    assert "Handed back: the reply model answers." in desk.text()
    assert await holder(faked) is None


async def test_a_terminal_that_is_closed_hands_back(faked, anna, tmp_path):
    async with operator(faked.url, tmp_path, "c0ffee") as desk:
        await desk.shows("You answer")
        async with anna.saying("Would Tuesday do?") as answers:
            await desk.shows("answer>")
            desk.hang_up()
            await desk.ends()

    assert answers[0]["reply"] == "Tuesday is fine."
    assert await holder(faked) is None


async def test_what_is_typed_before_the_caller_speaks_is_the_next_answer(faked, anna, desk):
    desk.type("I have Tuesday or Friday.\r")
    await desk.shows("your next answer")

    assert (await anna.says("Would Tuesday do?"))["reply"] == "I have Tuesday or Friday."
    await desk.shows("you        I have Tuesday or Friday.")


async def test_a_draft_is_said_by_itself_unless_stopped(faked, anna, tmp_path):
    async with operator(
        faked.url, tmp_path, "c0ffee", "--mode", "approve", "--approve-after", "1"
    ) as desk:
        await desk.shows("unless you stop them.")
        assert (await anna.says("Would Tuesday do?"))["reply"] == "Tuesday is fine."
        await desk.lacks("approve> Tuesday is fine.")
        async with anna.saying("At ten?") as answers:
            await desk.shows("answer> At ten, then.")
            desk.type(CTRL_C)
            await desk.shows("The draft waits for you")
            await trio.sleep(1.5)
            assert answers == []
            desk.type("At eleven.\r")

    assert answers[0]["reply"] == "At eleven."


async def test_a_late_answer_is_kept_and_said_when_wanted(tmp_path):
    settings = {"agent_takeover_timeout": 0.5, "takeover_filler_after_sec": 0}
    async with open_faked_gateway(tmp_path / "data", **settings) as faked:
        anna = Caller(faked)
        await anna.says("My name is Anna Smith.")
        async with operator(faked.url, tmp_path, "c0ffee") as desk:
            await desk.shows("You answer")
            await anna.says("Would Tuesday do?")
            await desk.shows("the agent did not answer in time")
            desk.type("Not before Friday.\r")
            await desk.shows("too late, the turn was answered without you")
            desk.type("/inject\r")
            await desk.shows("queued     Not before Friday.")
            assert (await anna.says("Hello?"))["reply"] == "Not before Friday."


async def test_what_is_typed_while_lines_appear_stays(faked, desk):
    letters = "abcdefghijklmnopqrstuvwxyz"
    for letter in letters:
        faked.gateway.bus.publish(AgentInject(session_id="c0ffee", text=letter.upper(), position=1))
        desk.type(letter)
        await trio.sleep(0.01)

    await desk.shows(f"drive> {letters}")
    assert [line[-1] for line in desk.screen.lines() if line.startswith("queued")] == [
        *letters.upper()
    ]


async def test_whoever_waits_for_the_connection_can_leave(faked, anna, tmp_path):
    async with open_relay(faked.url) as relay, operator(relay.url, tmp_path, "c0ffee") as desk:
        await desk.shows("You answer")
        relay.cut()
        await desk.shows("connection lost, trying again")
        desk.type("/quit\r")

        assert await desk.ends() == 0
        assert await holder(faked) is None


async def test_a_desk_of_the_same_name_may_take_the_call(faked, anna, desk, tmp_path):
    async with operator(faked.url, tmp_path, "c0ffee") as second:
        assert await desk.ends() == 6
        await second.shows("You answer")
        assert (await holder(faked), "operator has taken" in second.text()) == ("operator", False)
        async with anna.saying("Would Tuesday do?") as answers:
            await second.shows("answer>")
            second.type("It would.\r")

    assert answers[0]["reply"] == "It would."


async def test_a_call_that_another_takes_is_left_with_a_conflict(faked, anna, desk):
    async with connect(faked.url, name="Bob") as other, other.takeover("c0ffee"):
        assert await desk.ends() == 6
        assert "Bob has taken this call from you" in desk.text()
        assert await holder(faked) == "Bob"


async def test_a_call_that_ends_is_left_with_the_reason(faked, anna, desk):
    faked.gateway.registry.end(faked.gateway.registry.sessions["c0ffee"], "hangup")

    assert await desk.ends() == 0
    assert desk.text().count("The call is over") == 1
    assert desk.screen.lines()[-1] == "The call is over: it was hung up."


async def test_a_call_is_hung_up_from_the_desk(faked, anna, desk):
    desk.type("/hangup\r")

    assert await desk.ends() == 0
    assert "The call is over: it was hung up." in desk.text()
    assert "c0ffee" not in faked.gateway.registry.sessions


async def test_whoever_only_watches_answers_nothing(faked, anna, tmp_path):
    async with operator(faked.url, tmp_path, "c0ffee", "--mode", "watch") as desk:
        await desk.shows("watch>")
        assert (await anna.says("Would Tuesday do?"))["reply"] == "Tuesday is fine."
        await desk.shows("assistant  Tuesday is fine.")
        assert await holder(faked) is None


async def test_help_completion_and_quick_replies(faked, anna, tmp_path):
    (tmp_path / "quick.txt").write_text("One moment, please.\n\nI will call you back.\n")
    async with operator(faked.url, tmp_path, "c0ffee", "--quick", "quick.txt") as desk:
        await desk.shows("You answer")
        desk.type("/help\r")
        await desk.shows("/whisper TEXT")
        desk.type("/hist\t")
        await desk.shows("drive> /history")
        desk.type("\r")
        await desk.shows("caller     My name is Anna Smith.", times=2)
        async with anna.saying("Would Tuesday do?") as answers:
            await desk.shows("answer>")
            desk.type("/quick 2\r")

    assert answers[0]["reply"] == "I will call you back."


@pytest.mark.parametrize(("environ", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
async def test_callers_steer_no_terminal_and_colours_can_be_off(
    faked, anna, tmp_path, environ, coloured
):
    async with operator(faked.url, tmp_path, "c0ffee", **environ) as desk:
        await desk.shows("You answer")
        async with anna.saying("\x9b2Jboo\u202ehoo"):
            await desk.shows("answer>")
            desk.type("Pardon?\r")
        await desk.shows("you        Pardon?")
        desk.type("/quit\r")
        await desk.ends()

    assert "You answer" in desk.text()
    assert "\u202e" not in desk.text()
    assert desk.screen.coloured is coloured


@pytest.mark.parametrize(
    ("args", "environ", "code", "why"),
    [
        (["nobody"], {}, 5, "no live call's id begins with 'nobody'"),
        (["c0ffee"], {"TERM": "dumb"}, 2, "this terminal cannot keep a prompt"),
    ],
)
async def test_what_cannot_be_is_refused_in_a_sentence(
    faked, anna, tmp_path, args, environ, code, why
):
    async with operator(faked.url, tmp_path, *args, **environ) as desk:
        assert await desk.ends() == code
        assert why in desk.text()


async def test_the_next_call_is_waited_for(faked, anna, tmp_path):
    async with operator(faked.url, tmp_path, "--next") as desk:
        await desk.shows("Waiting for the next call; Ctrl-C ends it.")
        await faked.turn("d00d", 3, caller_number="+15550100")
        await desk.shows("+15550100")
        await desk.shows("You answer")
        assert (await holder(faked), await holder(faked, "d00d")) == (None, "operator")


async def test_waiting_ends_with_ctrl_c(faked, anna, tmp_path):
    async with operator(faked.url, tmp_path, "--number", "+1 555 0999") as desk:
        await desk.shows("Waiting for a call of +1 555 0999")
        desk.type(CTRL_C)

        assert await desk.ends() == 130
