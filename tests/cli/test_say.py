"""clawctl say, warm and engines."""

import base64
import io
import json
import wave

import httpx2
import pytest
from click.testing import CliRunner

from clawctl.audio import wav
from clawctl.audio.wav import Sound
from clawctl.cli import engines, say, warm
from clawctl.client import rest
from clawctl.errors import ClawError

SOUND = wav.write(Sound(b"\x00\x10" * 100, 16_000))
PREVIEW = {
    "audio_base64": base64.b64encode(SOUND).decode(),
    "tts_ms": 5.0,
    "engine": "e",
    "voice": "v",
    "lang": "en",
}
REPLY = "Dr. Smith pays $5. 😀 <think>Hm.</think>Bye!"


WARMED = {"event": "warmed", "engine": "e", "ms": 5.0, "opening_ms": 2.0}
TRIP = {
    "event": "round_trip", "voice": "e", "recogniser": "r", "ms": 7.0, "words_back": 0.4,
    "failure": "",
}  # fmt: skip


class FakeGateway:
    """Speaks, and warms as it is told."""

    def __init__(self):
        self.said = []
        self.failure = ""

    def handle(self, request):
        if request.url.path == "/api/config/tts":
            return httpx2.Response(200, json={"lang": "en"})
        if request.url.path == "/api/tts/preview":
            self.said.append(json.loads(request.content))
            if self.failure:
                return httpx2.Response(500, json={"detail": self.failure})
            if request.headers["Accept"] != "audio/wav":
                return httpx2.Response(200, json=PREVIEW)
            return httpx2.Response(200, content=SOUND, headers={"Content-Type": "audio/wav"})
        lines = [
            {"event": "warming", "seconds": 1},
            WARMED | {"stage": "tts", "failure": self.failure},
            TRIP | {"stage": "stt"},
            {"event": "done", "ok": not self.failure},
        ]
        return httpx2.Response(200, content="".join(json.dumps(one) + "\n" for one in lines))


@pytest.fixture
def gateway(monkeypatch):
    fake = FakeGateway()
    real = httpx2.Client
    monkeypatch.setattr(
        rest.httpx2,
        "Client",
        lambda **options: real(**options, transport=httpx2.MockTransport(fake.handle)),
    )
    return fake


def run(command, *args, **options):
    return CliRunner().invoke(
        command, [*args, "--url", "http://127.0.0.1:1"], standalone_mode=False, **options
    )


def test_what_is_said_is_saved(gateway, tmp_path):
    target = tmp_path / "x.wav"

    result = run(say.command, "Hello.", "--voice", "v", "--speed", "1.5", "--save", str(target))

    assert result.exit_code == 0
    assert target.read_bytes() == SOUND
    assert gateway.said == [{"text": "Hello.", "voice": "v", "speed": 1.5}]


def test_a_long_text_is_said_in_parts_and_saved_as_one(gateway, tmp_path):
    target = tmp_path / "x.wav"

    run(say.command, "-", "--save", str(target), input="This is a sentence. " * 120)

    assert len(gateway.said) == 3
    assert all(len(one["text"]) <= say.MOST_CHARS for one in gateway.said)
    with wave.open(str(target)) as file:
        assert file.getnframes() == 300


def test_to_a_pipe_goes_nothing_but_sound(gateway):
    assert run(say.command, "Hello.", "--save", "-").stdout_bytes == SOUND


def test_without_a_player_it_is_said_how_to_get_one(gateway, monkeypatch):
    monkeypatch.setenv("PATH", "")

    result = run(say.command, "Hello.")

    assert "--save FILE.wav" in str(result.exception)
    assert gateway.said == []


def test_a_player_gets_the_sound(gateway, monkeypatch, tmp_path):
    player = tmp_path / "aplay"
    player.write_text(f'#!/bin/sh\nexec /bin/cat > "{tmp_path}/played"\n')
    player.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert run(say.command, "Hello.").exit_code == 0
    assert (tmp_path / "played").read_bytes() == SOUND


def test_a_player_that_fails_is_named(gateway, monkeypatch, tmp_path):
    player = tmp_path / "aplay"
    player.write_text("#!/bin/sh\nexit 3\n")
    player.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    result = run(say.command, "Hello.")

    assert isinstance(result.exception, ClawError)
    assert "aplay could not play it (exit code 3)" in str(result.exception)


def test_explained_it_is_cut_as_a_reply_is_and_told_with_what_is_spoken(gateway, tmp_path):
    target = tmp_path / "x.wav"

    result = run(say.command, "--explain", REPLY, "--voice", "v", "--save", str(target))

    spoken_by = {"lang": "en", "engine": "e", "voice": "v", "ms": 5.0}
    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        {
            "event": "sentence",
            "sentence": "Dr. Smith pays $5.",
            "spoken": "Doctor Smith pays five dollars.",
            **spoken_by,
        },
        {"event": "sentence", "sentence": "😀 Bye!", "spoken": "Bye!", **spoken_by},
        {"event": "saved", "path": str(target), "bytes": len(SOUND) + 200},
    ]
    assert gateway.said == [
        {"text": "Dr. Smith pays $5.", "voice": "v"},
        {"text": "😀 Bye!", "voice": "v"},
    ]


def test_explained_without_a_player_it_is_only_shown(gateway, monkeypatch):
    monkeypatch.setenv("PATH", "")

    result = run(say.command, "--explain", "😀. Hello.")

    assert result.exit_code == 0
    assert [json.loads(line)["spoken"] for line in result.stdout.splitlines()] == ["", "Hello."]
    assert "only shown, not played: no program that plays sound" in result.stderr


def test_explained_it_is_played_too(gateway, monkeypatch, tmp_path):
    player = tmp_path / "aplay"
    player.write_text(f'#!/bin/sh\nexec /bin/cat > "{tmp_path}/played"\n')
    player.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert run(say.command, "--explain", "Hello.").exit_code == 0
    assert (tmp_path / "played").read_bytes() == SOUND


def test_a_voice_that_fails_does_not_hide_what_would_be_said(gateway):
    gateway.failure = "no voice can speak"

    result = run(say.command, "--explain", "It is 5. It is 6.")

    assert [json.loads(line)["spoken"] for line in result.stdout.splitlines()] == [
        "It is five.",
        "It is six.",
    ]
    assert "no voice can speak" in str(result.exception)
    assert len(gateway.said) == 1


@pytest.mark.parametrize("text", ["😀 🎉", "```\nprint(1)\n```", "<think>Hm."])
def test_of_nothing_that_can_be_said_it_is_told_so(gateway, text):
    result = run(say.command, "--explain", text)

    assert result.exit_code == 0
    assert {json.loads(line)["spoken"] for line in result.stdout.splitlines()} <= {""}
    assert gateway.said == []


def test_a_pipe_holds_sound_or_the_explanation(gateway):
    result = run(say.command, "--explain", "Hello.", "--save", "-")

    assert result.exception.exit_code == 2
    assert gateway.said == []


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_nothing_is_not_said(gateway, text, tmp_path):
    assert run(say.command, text, "--save", str(tmp_path / "x")).exception.exit_code == 2


@pytest.mark.parametrize(("failure", "code"), [("", 0), ("it broke", 1)])
def test_warming_tells_each_engine_and_whether_all_are_well(gateway, failure, code):
    gateway.failure = failure

    result = run(warm.command)

    assert result.return_value == code
    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        WARMED | {"stage": "tts", "failure": failure},
        TRIP,
        {"event": "done", "ok": not failure},
    ]


def test_engines_are_told_without_a_gateway(tmp_path, monkeypatch):
    monkeypatch.setenv("GATEWAY_DATA_DIR", str(tmp_path / "none"))
    monkeypatch.chdir(tmp_path)

    result = CliRunner().invoke(
        engines.command, ["--url", "http://127.0.0.1:1"], standalone_mode=False
    )

    told = list(map(json.loads, io.StringIO(result.stdout)))
    found = {one["stage"]: one for one in told if one["chosen"]}
    assert {stage: one["name"] for stage, one in found.items()} == {
        "stt": "pocketsphinx",
        "llm": "receptionist",
        "tts": "espeak",
    }
    assert found["tts"]["about"].startswith("espeak-ng")
    assert "No gateway runs" in result.stderr
    assert not (tmp_path / "none").exists()
