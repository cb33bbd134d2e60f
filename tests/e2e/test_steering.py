"""The commands that steer a live call, as processes: their words reach the caller."""

import json
import os
import pty
import signal
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from select import select

import pytest
import trio

from clawctl.audio import wav
from clawctl.audio.wav import Sound
from clawctl.client.socket import open_socket
from clawctl.testing.gateway import open_faked_gateway
from clawctl.testing.telephone import Telephone
from clawctl.wire.events import AgentInject, AgentInjectSpoken

pytestmark = pytest.mark.journey

CLAWCTL = str(Path(sys.executable).with_name("clawctl"))
SID = "abcd1234"
PATIENCE_S = 20


async def clawctl(faked, *args, stdin=b""):
    """Exit code, what it told as JSON, what it complained about."""
    with trio.fail_after(PATIENCE_S):
        done = await trio.run_process(
            [CLAWCTL, *args, "--url", faked.url],
            stdin=stdin, capture_stdout=True, capture_stderr=True, check=False,
        )  # fmt: skip
    told = [json.loads(line) for line in done.stdout.splitlines()]
    return done.returncode, told, done.stderr.decode()


@asynccontextmanager
async def waiting(faked, *args):
    """`inject --wait`, from the moment its sentence is queued; the list has how it ended."""
    command = [CLAWCTL, "inject", *args, "--wait", "--url", faked.url]
    process = await trio.lowlevel.open_process(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    ended = []
    with trio.fail_after(PATIENCE_S):
        async with process.stdout, process.stderr:
            queued = json.loads(await process.stdout.receive_some())
            assert queued["event"] == "queued"
            yield process, ended
            told = [json.loads(line) async for line in process.stdout]
            complaint = b"".join([piece async for piece in process.stderr])
            ended += [await process.wait(), [one["event"] for one in told], complaint.decode()]


async def frame(socket, kind):
    """Reads on until one of this type came."""
    with trio.fail_after(PATIENCE_S):
        while json.loads(await socket.get_message())["type"] != kind:
            pass


@pytest.fixture
def say(phone):
    """One turn of the caller; every recording is another one."""
    said = []

    async def one(session_id=SID, **fields):
        said.append(session_id)
        sound = wav.write(Sound(bytes([len(said), 0x10]) * 4000, 16_000))
        reply = await phone.post(
            "/api/turn",
            data={"session_id": session_id, **fields},
            files={"audio": ("turn.wav", sound, "audio/wav")},
        )
        return reply.json()

    return one


async def test_injected_words_are_what_the_caller_hears_next(faked, say):
    await say()

    assert await clawctl(faked, "inject", "abcd", "Your table is booked.") == (
        0, [{"event": "queued", "session_id": SID, "position": 1}], "",
    )  # fmt: skip
    piped = "Bis gleich, Jörg!\n".encode()
    assert (await clawctl(faked, "inject", "--active", "-", stdin=piped))[1][0]["position"] == 2
    heard = [await say(), await say(), await say()]
    assert [(one["reply"], one["model"]) for one in heard[:2]] == [
        ("Your table is booked.", "inject"),
        ("Bis gleich, Jörg!", "inject"),
    ]
    assert heard[2]["model"] == "echo"
    assert all(one["audio_base64"] for one in heard)


async def test_waiting_ends_when_ones_own_words_were_said(faked, say):
    await say()
    await clawctl(faked, "inject", SID, "The first.")
    async with waiting(faked, SID, "The second.") as (process, ended):
        assert (await say())["reply"] == "The first."
        with trio.move_on_after(0.5) as still:
            await process.wait()
        assert still.cancelled_caught
        assert (await say())["reply"] == "The second."

    assert ended == [0, ["spoken"], ""]


async def test_what_is_said_before_anybody_listens_is_not_missed(faked, say):
    await say()
    with faked.gateway.bus.listen() as listener:
        async with trio.open_nursery() as nursery:

            async def say_at_once():
                while not any(isinstance(one.event, AgentInject) for one in await listener.take()):
                    pass
                faked.gateway.bus.publish(AgentInjectSpoken(session_id=SID, text="Now."))

            nursery.start_soon(say_at_once)
            code, told, complaint = await clawctl(faked, "inject", SID, "Now.", "--wait")
            nursery.cancel_scope.cancel()

    assert (code, complaint) == (0, "")
    assert told[-1] == {"event": "spoken", "session_id": SID}


async def test_waiting_ends_with_the_call(faked, say):
    await say()
    async with waiting(faked, SID, "Hello.") as (_, ended):
        assert (await clawctl(faked, "hangup"))[0] == 0

    assert ended == [5, [], "clawctl: the call ended before it was said\n"]


async def test_waiting_ends_when_the_queue_is_cleared(faked, say):
    await say()
    async with waiting(faked, SID, "Hello.") as (_, ended):
        session = faked.gateway.registry.find(SID)
        async with open_socket(faked.url, "/api/agent/ws") as socket:
            await socket.send_message(json.dumps({"type": "uninject", "session_id": SID}))
            await frame(socket, "uninject.ack")

    assert ended == [6, [], "clawctl: what was queued was cleared before it was said\n"]
    assert session.state.injects == []


async def test_waiting_too_long_leaves_the_words_queued(faked, say):
    await say()
    code, told, complaint = await clawctl(
        faked, "inject", SID, "Hello.", "--wait", "--timeout", "0.2"
    )

    assert (code, [one["event"] for one in told]) == (7, ["queued"])
    assert complaint == "clawctl: it was not said within 0.2 s; it stays queued\n"
    assert (await say())["reply"] == "Hello."


async def test_ctrl_c_ends_waiting_quietly(faked, say):
    await say()
    async with waiting(faked, SID, "Hello.") as (process, ended):
        await trio.sleep(0.5)
        process.send_signal(signal.SIGINT)

    assert ended == [130, [], ""]


async def test_what_is_typed_into_a_terminal_ends_with_ctrl_d(faked, say):
    await say()
    ours, theirs = pty.openpty()
    try:
        process = await trio.lowlevel.open_process(
            [CLAWCTL, "inject", SID, "-", "--url", faked.url],
            stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        async with process.stdout, process.stderr:
            with trio.fail_after(PATIENCE_S):
                hint = await process.stderr.receive_some()
                os.write(ours, b"I am\ncoming.\n\x04")
                assert await process.wait() == 0
    finally:
        os.close(ours)
        os.close(theirs)

    assert hint == b"Type the text; Ctrl-D on a line of its own ends it.\n"
    assert (await say())["reply"] == "I am coming."


async def shown(faked, *args):
    """What a person reads on a terminal."""
    ours, theirs = pty.openpty()
    try:
        with trio.fail_after(PATIENCE_S):
            done = await trio.run_process(
                [CLAWCTL, *args, "--url", faked.url], stdin=theirs, stdout=theirs,
                env={**os.environ, "COLUMNS": "60", "NO_COLOR": "1"},
            )  # fmt: skip
        assert done.returncode == 0
        return os.read(ours, 65536).decode().splitlines() if select([ours], [], [], 0)[0] else []
    finally:
        os.close(ours)
        os.close(theirs)


async def test_on_a_terminal_people_read_sentences(faked, say):
    await say()
    heads = "AGENT  ROLE      HOLDS"
    async with open_socket(faked.url, "/api/agent/ws") as socket:
        for message in (
            {"type": "hello", "name": "Ann", "role": "operator"},
            {"type": "takeover", "session_id": SID},
        ):
            await socket.send_message(json.dumps(message))
        await frame(socket, "takeover.ack")
        assert await shown(faked, "agents") == [heads, f"Ann    operator  {SID}"]
        assert await shown(faked, "release", SID) == ["Released: the reply model answers."]
    faked.gateway.registry.find(SID).state.knowledge = "Balance:\x1b[2J 5."
    for args, lines in (
        (["inject", SID, "One."], ["Queued, to be said at the next turn."]),
        (["inject", SID, "Two."], ["Queued as number 2."]),
        (["context", "get", SID], ["Balance:\\x1b[2J 5."]),
        (["instructions", "get", "--session", SID, "--turn"], [f"turn    {SID}      (none)"]),
    ):
        assert (args, await shown(faked, *args)) == (args, lines)


async def test_context_is_known_to_the_model_until_it_is_cleared(faked, say):
    await say()

    set_ = await clawctl(faked, "context", "set", "--active", "-", stdin=b"Balance: 5.\n")
    known = await clawctl(faked, "context", "get", "_active")
    await say()
    cleared = await clawctl(faked, "context", "clear", SID)
    await say()

    assert set_ == (0, [{"event": "set", "session_id": SID}], "")
    assert known[1] == [{"session_id": SID, "knowledge": "Balance: 5.", "has_knowledge": True}]
    assert cleared == (0, [{"event": "cleared", "session_id": SID}], "")
    assert [prompt.knowledge for prompt in faked.llm.calls] == ["", "Balance: 5.", ""]
    assert (await clawctl(faked, "context", "get", SID))[1][0]["has_knowledge"] is False


async def test_instructions_hold_for_all_for_a_call_and_for_a_turn(faked, say):
    await say()
    base = faked.llm.calls[0].system

    for args in (["Be brief."], ["Speak of ships.", "--session", "abcd"]):
        assert (await clawctl(faked, "instructions", "set", *args))[0] == 0
    once = ["instructions", "set", "-", "--session", "_active", "--turn"]
    assert await clawctl(faked, *once, stdin=b"Name one.") == (
        0, [{"event": "set", "scope": "turn", "session_id": SID}], "",
    )  # fmt: skip
    shown = await clawctl(faked, "instructions", "get", "--session", SID)
    await say()
    await clawctl(faked, "instructions", "clear", "--session", SID)
    await say()
    assert (await clawctl(faked, "instructions", "clear"))[1] == [
        {"event": "cleared", "scope": "global", "session_id": ""}
    ]

    assert [(row["scope"], row["text"]) for row in shown[1]] == [
        ("global", "Be brief."), ("session", "Speak of ships."), ("turn", "Name one."),
    ]  # fmt: skip
    systems = [prompt.system for prompt in faked.llm.calls[1:]]
    assert systems == ["Speak of ships.\n\nName one.", "Be brief."]
    assert (await clawctl(faked, "instructions", "get"))[1] == [
        {"scope": "global", "session_id": "", "text": base}
    ]


async def test_a_release_takes_the_call_from_whoever_holds_it(faked, say):
    await say()
    async with open_socket(faked.url, "/api/agent/ws") as socket:
        for message in (
            {"type": "hello", "name": "Ann\x1b[2J", "role": "operator"},
            {"type": "takeover", "session_id": SID},
        ):
            await socket.send_message(json.dumps(message))
        await frame(socket, "takeover.ack")
        code, (ann,), _ = await clawctl(faked, "agents")
        assert (code, ann["name"], ann["role"], ann["sessions"]) == (
            0, "Ann[2J", "operator", [SID],
        )  # fmt: skip

        assert await clawctl(faked, "release", "_active") == (
            0, [{"event": "released", "session_id": SID}], "",
        )  # fmt: skip
        await frame(socket, "takeover.revoked")
    assert (await say())["model"] == "echo"
    code, told, complaint = await clawctl(faked, "release", "--active")
    assert (code, told) == (5, [])
    assert complaint == f"clawctl: nobody has taken over the call '{SID}'\n"


async def test_a_hangup_ends_the_call_and_says_what_the_phone_does(tmp_path):
    handset = Telephone()
    async with open_faked_gateway(tmp_path, handset=handset) as faked:
        for session_id in ("quiet", "busy"):
            await faked.gateway.registry.open(session_id)
        assert (await clawctl(faked, "hangup", "quiet"))[1] == [
            {"event": "hung_up", "session_id": "quiet", "detail": "the phone hangs up"}
        ]
        assert (await clawctl(faked, "hangup"))[1][0]["session_id"] == "busy"
        # Nobody has answered yet what the phone may be dialling.
        assert (await clawctl(faked, "hangup"))[1] == [{
            "event": "hung_up", "session_id": "",
            "detail": "no session is live; the phone hangs up",
        }]  # fmt: skip
        code, told, complaint = await clawctl(faked, "hangup", "_active")

    assert handset.told == ["hang up"] * 3
    assert (code, told, complaint) == (5, [], "clawctl: no call is live\n")


async def test_without_a_phone_the_session_ends_and_the_caller_is_told_at_the_next_turn(faked, say):
    await say()
    _, (told,), _ = await clawctl(faked, "hangup", SID)

    assert "no phone is connected" in told["detail"]
    answered = await say()
    assert (answered["hangup"], answered["ended"]) == (True, True)


async def test_an_unknown_or_an_empty_id_is_not_taken_for_the_active_call(faked, say):
    await say()
    wrong = []

    async def refused(command, sid, expected):
        code, told, complaint = await clawctl(faked, *(one.format(sid) for one in command))
        if (code, told, complaint.count("\n")) != (expected, [], 1):
            wrong.append((command, sid, code, told, complaint))

    for sid, expected in (("nobody", 5), ("", 2)):
        async with trio.open_nursery() as nursery:
            for command in (["inject", "{}", "Hi."], ["hangup", "{}"]):
                nursery.start_soon(refused, command, sid, expected)

    assert wrong == []
    assert faked.gateway.registry.find(SID).state.injects == []


EACH = [
    ["inject", "{}", "Hi."],
    ["context", "get", "{}"],
    ["context", "set", "{}", "Hi."],
    ["context", "clear", "{}"],
    ["instructions", "get", "--session", "{}"],
    ["instructions", "set", "Hi.", "--session", "{}"],
    ["instructions", "clear", "--session", "{}", "--turn"],
    ["release", "{}"],
    ["hangup", "{}"],
]


async def test_without_a_gateway_each_says_how_to_start_one():
    said = []

    async def ask(command):
        done = await trio.run_process(
            [CLAWCTL, *(one.format("_active") for one in command), "--url", "http://127.0.0.1:1"],
            capture_stdout=True, capture_stderr=True, check=False,
        )  # fmt: skip
        said.append((done.returncode, done.stdout, done.stderr.decode()))

    with trio.fail_after(PATIENCE_S):
        async with trio.open_nursery() as nursery:
            for command in (["agents"], *EACH):
                nursery.start_soon(ask, command)

    why = "no gateway answers at http://127.0.0.1:1; start one with 'clawctl serve'"
    assert set(said) == {(3, b"", f"clawctl: {why}\n")}
    assert len(said) == len(EACH) + 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("x" * 1001, "text has 1001 characters, 1000 are allowed"),
        (b"caf\xe9", "TEXT is not UTF-8"),
        ("***", "there is nothing in text that can be spoken"),
    ],
)
async def test_words_that_cannot_be_said_are_refused(faked, say, text, why):
    await say()

    assert await clawctl(faked, "inject", SID, text) == (2, [], f"clawctl: {why}\n")


async def test_what_is_piped_without_end_is_refused(faked, say):
    await say()
    endless = os.open("/dev/zero", os.O_RDONLY)
    try:
        code, told, complaint = await clawctl(faked, "inject", SID, "-", stdin=endless)
    finally:
        os.close(endless)

    assert (code, told) == (2, [])
    assert complaint == "clawctl: standard input holds more than 200000 bytes\n"


async def test_context_over_its_limit_is_refused(faked, say):
    await say()

    code, told, complaint = await clawctl(faked, "context", "set", SID, "-", stdin=b"x" * 8001)

    assert (code, told) == (2, [])
    assert "8000 are allowed (context_max_chars)" in complaint


async def test_a_gateway_with_a_token_wants_it(tmp_path):
    async with open_faked_gateway(tmp_path, agent_token="secret") as faked:
        await faked.gateway.registry.open(SID)
        refused = await clawctl(faked, "inject", SID, "Hi.", "--token", "wrong")
        code, told, _ = await clawctl(
            faked, "inject", SID, "Hi.", "--token", "secret", "--wait", "--timeout", "0"
        )

    assert refused[:2] == (4, [])
    assert (code, [one["event"] for one in told]) == (7, ["queued"])


async def test_what_waits_to_be_said_can_be_cleared_from_the_shell(faked, say):
    await say()
    await clawctl(faked, "inject", SID, "Never said.")

    assert await clawctl(faked, "inject", SID, "--clear") == (
        0, [{"event": "cleared", "session_id": SID, "cleared": 1}], "",
    )  # fmt: skip
    assert (await clawctl(faked, "inject", "--active", "--clear"))[1][0]["cleared"] == 0
    assert (await say())["reply"] != "Never said."
    code, _, complaint = await clawctl(faked, "inject", SID, "Both?", "--clear")
    assert (code, "nothing else" in complaint) == (2, True)
