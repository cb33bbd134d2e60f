"""`clawctl takeover` without a human, as a process in a shell: the caller hears what it says."""

import json
import os
import signal
import subprocess
import sys
from contextlib import asynccontextmanager
from functools import wraps
from pathlib import Path

import pytest
import trio

from clawctl.client.agent import connect
from clawctl.testing.gateway import open_faked_gateway

pytestmark = pytest.mark.journey

CLAWCTL = str(Path(sys.executable).with_name("clawctl"))
SID = "abcd1234"


def bounded(test):
    """Nothing here waits longer than this."""

    @wraps(test)
    async def within(**fixtures):
        with trio.fail_after(40):
            await test(**fixtures)

    return within


class Running:
    """`clawctl takeover` from the moment it holds the call."""

    def __init__(self, process):
        self._process = process
        self._lines = self._read()
        self.complaint = ""
        self.code = None

    async def _read(self):
        rest = b""
        async for chunk in self._process.stdout:
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                yield json.loads(line)

    async def next(self, **wanted):
        """The next line with these fields."""
        async for line in self._lines:
            if wanted.items() <= line.items():
                return line
        raise AssertionError(f"it ended without {wanted}: {await self._err()}")

    async def write(self, **message):
        await self._process.stdin.send_all(json.dumps(message).encode() + b"\n")

    async def close_stdin(self):
        await self._process.stdin.aclose()

    def send_signal(self, number):
        self._process.send_signal(number)

    async def ended(self):
        """Exit code, the lines that were left."""
        left = [line async for line in self._lines]
        self.complaint = await self._err()
        return await self._process.wait(), left

    async def _err(self):
        return b"".join([chunk async for chunk in self._process.stderr]).decode()


@asynccontextmanager
async def takeover(faked, *args, env=None):
    process = await trio.lowlevel.open_process(
        [CLAWCTL, "takeover", *args, "--url", faked.url],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=os.environ | (env or {}),
    )  # fmt: skip
    try:
        yield Running(process)
    finally:
        if process.poll() is None:
            process.kill()
            await process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            await stream.aclose()


async def said(faked, number, **fields):
    return (await faked.turn(SID, number, **fields))["reply"]


@pytest.fixture
async def live(faked):
    """The gateway, with one call that had one turn."""
    await faked.turn(SID, 1, caller_number="+491701234567")
    return faked


@bounded
async def test_a_command_answers_with_the_callers_words_and_the_facts(live):
    script = 'read words; echo "$CLAWCTL_CALLER_NUMBER in turn $CLAWCTL_TURN said $words"'
    async with takeover(live, "abcd", "--exec", script, "--turns", "2") as running:
        await running.next(event="taken")
        assert await said(live, 2) == f"+491701234567 in turn 1 said {live.stt.text}"
        assert await said(live, 3) == f"+491701234567 in turn 2 said {live.stt.text}"
        code, told = await running.ended()
    assert code == 0
    assert [one["event"] for one in told] == ["turn", "turn", "over"]
    assert (told[1]["ok"], told[-1]["reason"]) == (True, "released")
    assert (await live.turn(SID, 4))["model"] == "echo"


@bounded
@pytest.mark.parametrize(
    ("script", "complaint"),
    [
        ("exit 3", "the command ended with 3"),
        ("echo half an answer; exit 1", "the command ended with 1"),
        ("true", "the command wrote nothing"),
        ("kill -9 $$", "the command ended with -9"),
        ("/no/such/program", "the command ended with 127"),
    ],
)
async def test_a_command_that_fails_or_says_nothing_leaves_the_turn_to_the_model(
    live, script, complaint
):
    async with takeover(live, SID, "--exec", script) as running:
        await running.next(event="taken")
        turn = await live.turn(SID, 2)
        told = await running.next(event="turn")
        running.send_signal(signal.SIGINT)
        code, _ = await running.ended()
    assert turn["model"] == "echo"
    assert (told["ok"], told["reply"]) == (False, "")
    assert complaint in running.complaint
    assert code == 130


@bounded
async def test_a_command_that_goes_on_after_its_answer_holds_nobody_up(live):
    async with takeover(live, SID, "--exec", "echo Yes.; sleep 60", "--turns", "1") as running:
        await running.next(event="taken")
        assert await said(live, 2) == "Yes."
        code, _ = await running.ended()
    assert code == 0


@bounded
async def test_a_command_that_takes_too_long_is_ended_and_the_next_turn_asks_anew(tmp_path):
    mark = tmp_path / "ended"
    script = f'trap "echo x > {mark}; exit" TERM; sleep 60 & wait'
    async with open_faked_gateway(tmp_path / "data", agent_takeover_timeout=1) as faked:
        await faked.turn(SID, 1)
        async with takeover(faked, SID, "--exec", script) as running:
            await running.next(event="taken")
            turn = await faked.turn(SID, 2)
            told = await running.next(event="turn")
            assert (turn["model"], told["late"]) == ("echo", True)
            while not mark.exists():
                await trio.sleep(0.01)


@bounded
async def test_what_a_caller_says_is_no_shell_word(live, tmp_path):
    live.stt.text = f"$(touch {tmp_path}/a); touch {tmp_path}/b & touch {tmp_path}/c"
    script = f'cat > {tmp_path}/heard; echo "$CLAWCTL_TRANSCRIPT" >> {tmp_path}/heard; echo Fine.'
    async with takeover(live, SID, "--exec", script) as running:
        await running.next(event="taken")
        assert await said(live, 2) == "Fine."
    assert (tmp_path / "heard").read_text() == f"{live.stt.text}\n" * 2
    assert not [one for one in tmp_path.iterdir() if one.name in "abc"]


@bounded
async def test_lines_of_a_file_are_said_one_a_turn_then_the_call_is_handed_back(live, tmp_path):
    (tmp_path / "answers").write_text("First.\n\nSecond, Jörg.\n")
    async with takeover(live, SID, "--replies", str(tmp_path / "answers")) as running:
        await running.next(event="taken")
        assert await said(live, 2) == "First."
        assert await said(live, 3) == "Second, Jörg."
        turn = await live.turn(SID, 4)
        code, told = await running.ended()
    assert turn["model"] == "echo"
    assert (code, told[-1]["reason"]) == (0, "released")


@bounded
async def test_a_sentence_can_be_said_before_all_else(live):
    async with takeover(
        live, SID, "--say-first", "A colleague takes over.", "--exec", "echo It is me."
    ) as running:
        await running.next(event="taken")
        assert await said(live, 2) == "A colleague takes over."
        assert await said(live, 3) == "It is me."


@bounded
async def test_a_program_on_a_pipe_speaks_the_protocol_of_one_call(live):
    async with takeover(live, SID, "--pipe", "--mode", "draft") as running:
        await running.write(type="get_call_state")
        state = await running.next(type="call_state")
        assert (state["session_id"], state["turn_count"]) == (SID, 1)

        answers = []

        async def phone():
            answers.append(await said(live, 2))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(phone)
            request = await running.next(type="turn.request")
            assert (request["transcript"], request["session_id"]) == (live.stt.text, SID)
            assert request["draft"]
            await running.write(reply="Piped.", id="mine")
            ack = await running.next(type="reply.ack")
            assert (ack["ok"], ack["id"], ack["request_id"]) == (
                True,
                "mine",
                request["request_id"],
            )
        await running.next(type="turn.complete", reply="Piped.")

        await running.write(type="inject", text="By the way.")
        assert (await running.next(type="inject.ack"))["position"] == 1
        await running.close_stdin()
        code, left = await running.ended()
    assert answers == ["Piped."]
    assert code == 0
    assert left[-1] == {"event": "over", "session_id": SID, "reason": "released"}


@bounded
async def test_bad_lines_on_the_pipe_are_answered_and_end_nothing(live):
    async with takeover(live, SID, "--pipe") as running:
        await running.next(event="taken")
        for bad in (b"nonsense\n", b"[1]\n", b'{"type": "reply"}\n', b"\xff\n", b'{"type": 5}\n'):
            await running._process.stdin.send_all(bad)
            assert (await running.next(type="error"))["ok"] is False
        await running.write(reply="To nobody.")
        assert (await running.next(type="reply.ack"))["ok"] is False
        await running.write(type="ping")
        await running.next(type="pong")


@bounded
async def test_who_loses_the_call_is_told_so_by_exit_code(live):
    async with takeover(live, SID, "--exec", "echo x") as running:
        await running.next(event="taken")
        async with connect(live.url, name="other") as client, client.takeover(SID):
            code, told = await running.ended()
    assert (code, told[-1]["reason"]) == (6, "revoked")
    assert "another agent or an operator" in running.complaint


@bounded
async def test_the_end_of_the_call_is_the_end_of_the_takeover(live):
    async with takeover(live, SID, "--exec", "echo x") as running:
        await running.next(event="taken")
        async with connect(live.url) as client:
            await client.hang_up(SID)
        code, told = await running.ended()
    assert (code, told[-1]["reason"]) == (0, "ended")


@bounded
async def test_killed_politely_it_hands_the_call_back_first(live):
    async with takeover(live, SID, "--exec", "echo x") as running:
        await running.next(event="taken")
        running.send_signal(signal.SIGTERM)
        code, told = await running.ended()
        turn = await live.turn(SID, 2)
    assert (code, told[-1]["reason"]) == (130, "released")
    assert turn["model"] == "echo"


@bounded
async def test_it_waits_for_the_next_call_of_a_number(faked):
    async with (
        takeover(
            faked, "--number", "+49 170 1234567", "--exec", "echo Hello.", "--turns", "1"
        ) as running,
        trio.open_nursery() as nursery,
    ):

        async def strangers():
            for number in range(10, 200):
                await faked.turn(f"stranger-{number}", number, caller_number="+49302222222")
                await trio.sleep(0.05)

        nursery.start_soon(strangers)
        while b"Waiting" not in await running._process.stderr.receive_some():
            pass
        await faked.turn(SID, 1, caller_number="+491701234567")
        taken = await running.next(event="taken")
        assert taken["session_id"] == SID
        assert await said(faked, 2) == "Hello."
        nursery.cancel_scope.cancel()


@bounded
@pytest.mark.parametrize(
    ("args", "code", "complaint"),
    [
        (("nobody", "--exec", "echo x"), 5, "no live call"),
        ((), 2, "no terminal"),
        (("--exec", "x", "--pipe"), 2, "give one"),
        (("--mode", "watch", "--exec", "x"), 2, "watch answers nothing"),
        (("--turns", "0", "--exec", "x"), 2, "0"),
        (("--turns", "1"), 2, "--turns is for"),
        (("--exec", "echo x"), 5, "no call is live"),
    ],
)
async def test_what_cannot_be_done_is_refused(faked, args, code, complaint):
    async with takeover(faked, *args) as running:
        assert (await running.ended())[0] == code
    assert complaint in running.complaint.replace("\n", " ")
