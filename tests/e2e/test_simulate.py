"""clawctl simulate as a program, against a scripted gateway."""

import base64
import io
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import trio

from clawctl.audio import wav
from clawctl.audio.wav import Sound
from clawctl.cli.output import Output
from clawctl.cli.simulate import Wanted, simulate
from clawctl.testing.handset_form import canonical_wav
from clawctl.testing.scripted_gateway import ScriptedGateway, answer, serving

pytestmark = pytest.mark.journey

REPLY = canonical_wav(b"\x05\x00" * 4_000, 16_000)
SPOKEN = {
    "ok": True,
    "session_id": "s1",
    "reply": "Good day. What is your name?",
    "audio_base64": base64.b64encode(REPLY).decode(),
}
PROGRAM = "from clawctl.cli.main import main; main()"
NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def gateway() -> ScriptedGateway:
    clean = ScriptedGateway()
    clean.say("/health", answer({"ok": True}))
    clean.say("/api/config/call", answer({"auto_answer": True, "greeting_incoming": "Hello."}))
    clean.say("/api/asr", answer({"transcript": "hello"}))
    clean.say("/api/turn", answer(SPOKEN))
    return clean


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "hello.wav"
    path.write_bytes(wav.write(Sound(b"\x10\x20" * 8_000, 16_000)))
    return path


async def run(
    place: Path, *arguments: str, **environment: str
) -> "subprocess.CompletedProcess[bytes]":
    """The program, away from whatever this machine is configured for."""
    with trio.fail_after(60):
        return await trio.run_process(
            [sys.executable, "-c", PROGRAM, "simulate", *arguments],
            check=False,
            capture_stdout=True,
            capture_stderr=True,
            env={**os.environ, "XDG_CONFIG_HOME": str(place), "HOME": str(place), **environment},
            cwd=place,
        )


async def simulated(
    gateway: ScriptedGateway, place: Path, *arguments: str
) -> tuple[int, list[dict[str, Any]], str]:
    async with serving(gateway) as url:
        done = await run(place, "--fast", "--url", url, "--token", "secret", *arguments)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return done.returncode, lines, done.stderr.decode()


async def test_a_call_that_goes_through(
    gateway: ScriptedGateway, recording: Path, tmp_path: Path
) -> None:
    code, lines, errors = await simulated(gateway, tmp_path, "--wav", str(recording))

    assert (code, errors) == (0, "")
    assert [line["event"] for line in lines] == ["call", "call", "turn", "turn", "call", "summary"]
    assert lines[-1]["clean"]
    assert {request.headers["Authorization"] for request in gateway.seen} == {"Bearer secret"}


async def test_a_broken_rule_fails_the_call(
    gateway: ScriptedGateway, recording: Path, tmp_path: Path
) -> None:
    gateway.say("/api/turn", answer({**SPOKEN, "reason": None}))

    code, lines, _ = await simulated(gateway, tmp_path, "--wav", str(recording))

    assert code == 1
    assert lines[-1]["violations"] == [{"rule": "null", "detail": "$.reason"}] * 2


async def test_an_unanswered_utterance_fails_the_call(
    gateway: ScriptedGateway, recording: Path, tmp_path: Path
) -> None:
    gateway.say("/api/turn", answer(SPOKEN), answer({**SPOKEN, "reply": "", "audio_base64": ""}))

    code, lines, _ = await simulated(gateway, tmp_path, "--wav", str(recording))

    assert (code, lines[-1]["violations"]) == (1, [])


async def test_a_script_decides_what_is_said_and_expected(
    gateway: ScriptedGateway, recording: Path, tmp_path: Path
) -> None:
    script = tmp_path / "call.txt"
    script.write_text(f"wav: {recording.name}\nexpect: name\nwav: hello.wav\nexpect: number\n")

    code, lines, _ = await simulated(gateway, tmp_path, "--script", str(script))

    assert code == 1
    assert [line["missed"] for line in lines if line["event"] == "turn"] == ["", "", "number"]


async def test_number_and_direction_are_those_of_the_options(
    gateway: ScriptedGateway, recording: Path, tmp_path: Path
) -> None:
    await simulated(
        gateway, tmp_path, "--wav", str(recording), "--caller", "", "--direction", "outgoing"
    )

    body = gateway.seen[-1].body
    assert b'name="caller_number"\r\n\r\n\r\n' in body
    assert b'name="call_direction"\r\n\r\noutgoing\r\n' in body


async def test_both_sides_are_saved_under_our_own_names(
    gateway: ScriptedGateway, recording: Path, tmp_path: Path
) -> None:
    place = tmp_path / "kept" / "here"

    await simulated(gateway, tmp_path, "--wav", str(recording), "--save", str(place))

    assert sorted(path.name for path in place.iterdir()) == [
        "00-phone.wav",
        "01-caller.wav",
        "01-phone.wav",
    ]
    assert (place / "01-phone.wav").read_bytes() == REPLY


async def test_the_demo_comes_with_the_package(gateway: ScriptedGateway, tmp_path: Path) -> None:
    code, lines, _ = await simulated(gateway, tmp_path, "--demo")

    said = [line["said"] for line in lines if line["event"] == "turn"]
    assert said[2] == "My name is David Miller."
    # This gateway reads nothing back.
    assert code == 1
    assert lines[-1]["violations"] == []


async def test_no_gateway_at_the_url_is_exit_3(recording: Path, tmp_path: Path) -> None:
    done = await run(tmp_path, "--wav", str(recording), "--url", NOBODY, "--token", "x")

    assert (done.returncode, done.stdout) == (3, b"")
    assert b"no gateway answers at http://127.0.0.1:9" in done.stderr


async def test_a_wrong_token_is_exit_4(
    gateway: ScriptedGateway, recording: Path, tmp_path: Path
) -> None:
    gateway.say("/health", answer({"ok": False, "detail": "wrong bearer token"}, 401))

    code, lines, errors = await simulated(gateway, tmp_path, "--wav", str(recording))

    assert (code, lines) == (4, [])
    assert "wrong bearer token; give its bearer_token with --token" in errors


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--script", "none.txt"], "the script none.txt cannot be read"),
        (["--script", "bad.txt"], "bad.txt:1: 'sing: x' is no step"),
        (["--wav", "none.wav"], "the recording none.wav cannot be read: No such file"),
        (["--wav", "bad.txt"], "bad.txt: "),
    ],
)
async def test_what_cannot_be_said_is_exit_2(
    arguments: list[str], sentence: str, gateway: ScriptedGateway, tmp_path: Path
) -> None:
    (tmp_path / "bad.txt").write_text("sing: x\n")

    code, lines, errors = await simulated(gateway, tmp_path, *arguments)

    assert (code, lines) == (2, [])
    assert sentence in errors


async def test_a_gateway_elsewhere_is_not_called(recording: Path, tmp_path: Path) -> None:
    done = await run(
        tmp_path, "--wav", str(recording), "--url", "http://192.0.2.1:1", "--token", "x"
    )

    assert done.returncode == 2
    assert b"the phone talks http to 127.0.0.1 only" in done.stderr


async def test_words_are_spoken_by_flite_where_it_is_installed(
    gateway: ScriptedGateway, tmp_path: Path, recording: Path
) -> None:
    flite = tmp_path / "bin" / "flite"
    flite.parent.mkdir()
    # Keeps what it was asked for, and "speaks" with the recording.
    flite.write_text(
        f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\ncat "$4" >> {tmp_path}/said\n'
        f'cp {recording} "$6"\n'
    )
    flite.chmod(0o755)
    path = f"{flite.parent}{os.pathsep}{os.environ['PATH']}"
    async with serving(gateway) as url:
        done = await run(
            tmp_path,
            "--fast",
            "--url",
            url,
            "--token",
            "x",
            "--say=-o $(id)",
            "--say",
            "B",
            PATH=path,
        )

    assert (done.returncode, done.stderr) == (0, b"")
    assert (tmp_path / "said").read_text() == "-o $(id)\nB\n"
    assert "-o $(id)" not in (tmp_path / "asked").read_text()


async def test_without_flite_espeak_speaks_and_says_so(
    gateway: ScriptedGateway, tmp_path: Path
) -> None:
    async with serving(gateway) as url:
        done = await run(
            tmp_path, "--fast", "--url", url, "--token", "x", "--say", "Hello.", PATH=str(tmp_path)
        )

    assert done.returncode == 0
    assert done.stderr.decode() == (
        "A poor caller: flite is not installed: espeak speaks, and recognition mishears it often.\n"
    )
    # About a second of words between the lead and the tail.
    assert len(gateway.seen[-1].body) > 44 + 2 * 24_000


async def test_without_a_gateway_a_private_one_takes_the_call(
    gateway: ScriptedGateway, recording: Path
) -> None:
    asked_for: list[Path | None] = []

    @asynccontextmanager
    async def private(config: Path | None) -> AsyncIterator[tuple[str, str]]:
        asked_for.append(config)
        async with serving(gateway) as url:
            yield url, "ours"

    wanted = Wanted(
        say=(), wav=(recording,), script=None, demo=False, number="+15550199",
        direction="incoming", stream=False, play=False, save=None, fast=True, url=None,
        token=None, config=Path("mine.yaml"),
    )  # fmt: skip

    report = await simulate(wanted, None, Output(out=io.StringIO()), private)

    assert report.clean
    assert asked_for == [Path("mine.yaml")]
    assert {request.headers["Authorization"] for request in gateway.seen} == {"Bearer ours"}
