from pathlib import Path
from typing import Any

import msgspec
import pytest
import trio

from clawctl.audio.wav import Sound
from clawctl.config.schema import PiperSettings, Settings
from clawctl.engines.api import Voice
from clawctl.errors import Declined, EngineFailed
from clawctl.testing.engines import NoHost
from clawctl_plugins.piper.server import NoServer
from clawctl_plugins.piper.speaking import Piper
from clawctl_plugins.piper.voices import Chosen

GERMAN = Voice("de", "af_heart", speed=1.2)
SCALES = {"length_scale": 1.0, "noise_scale": 0.667, "noise_w_scale": 0.8}


class Noted:
    """A worker that says `pcm` and notes what it was asked."""

    def __init__(self, pcm: bytes = b"\0\1") -> None:
        self.pcm = pcm
        self.calls: list[tuple[Any, ...]] = []

    async def call(self, method: str, *args: Any) -> Any:
        await trio.lowlevel.checkpoint()
        self.calls.append((method, *args))
        return [self.pcm, 22_050]


class Other:
    """A server that says one sample, or is not there."""

    def __init__(self, there: bool = True) -> None:
        self.there = there
        self.asked: list[tuple[Any, ...]] = []

    async def speak(self, text: str, voice: Chosen, scales: dict[str, float]) -> Sound:
        await trio.lowlevel.checkpoint()
        self.asked.append((text, voice, scales))
        if not self.there:
            raise NoServer("no server answers")
        return Sound(b"\5\6", 16_000)


class Set(NoHost):
    def __init__(self, **piper: Any) -> None:
        own = PiperSettings(**{"piper_base": "", **piper})
        self._now = msgspec.structs.replace(Settings(), piper=own)

    def common(self) -> Settings:
        return self._now


@pytest.fixture
def voice_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    file = tmp_path / "voices" / "de_DE-thorsten-high.onnx"
    file.parent.mkdir()
    file.write_bytes(b"graph")
    file.with_name(file.name + ".json").write_text("{}")
    return file


async def test_a_server_that_is_there_speaks_and_a_pause_follows(voice_file: Path) -> None:
    server, worker = Other(), Noted()
    piper = Piper(Set(piper_sentence_silence=0.001), server, worker)

    assert await piper.speak("Hallo.", GERMAN) == Sound(b"\5\6" + bytes(32), 16_000)
    assert server.asked == [("Hallo.", Chosen("de_DE-thorsten-high", 0), SCALES)]
    assert worker.calls == []


async def test_without_a_server_the_library_speaks(voice_file: Path) -> None:
    worker = Noted()
    host = Set(piper_length_scale=1.5, piper_speaker=2)

    assert await Piper(host, Other(there=False), worker).speak("Hallo.", GERMAN) == Sound(
        b"\0\1", 22_050
    )
    assert worker.calls == [
        ("speak", str(voice_file), "Hallo.", 2, {**SCALES, "length_scale": 1.5}, 0.2)
    ]


async def test_a_voice_of_pipers_is_taken_before_the_one_that_is_set() -> None:
    server = Other()

    await Piper(Set(), server, None).speak("Hallo.", Voice("de", "karlsson-low"))
    await Piper(Set(), server, None).speak(
        "Hallo.", Voice("de", "thorsten_emotional-medium:whisper")
    )

    assert [voice for _, voice, _ in server.asked] == [
        Chosen("de_DE-karlsson-low", 0),
        Chosen("de_DE-thorsten_emotional-medium", "whisper"),
    ]


@pytest.mark.parametrize("text", ["", " ", "…", "?!\n", "x" * 10_001])
async def test_what_it_cannot_speak_is_declined(text: str) -> None:
    with pytest.raises(Declined):
        await Piper(Set(), Other(), None).speak(text, GERMAN)


async def test_what_has_no_sounds_is_declined(voice_file: Path) -> None:
    with pytest.raises(Declined, match="nothing in it that can be spoken"):
        await Piper(Set(), Other(there=False), Noted(b"")).speak("ʘ", GERMAN)


async def test_with_neither_server_nor_voice_it_says_what_to_do(voice_file: Path) -> None:
    without_library = Piper(Set(), Other(there=False), None)
    without_voice = Piper(Set(piper_voice="karlsson-low"), Other(there=False), Noted())
    named = Piper(Set(piper_voice="thorsten"), Other(), None)

    with pytest.raises(EngineFailed, match="piper is not installed, and piper_base names no ser"):
        await without_library.speak("Hallo.", GERMAN)
    with pytest.raises(EngineFailed, match="model de_DE-karlsson-low is not here; try: clawctl mo"):
        await without_voice.speak("Hallo.", GERMAN)
    with pytest.raises(EngineFailed, match="'thorsten' is no voice of Piper's; try: clawctl conf"):
        await named.speak("Hallo.", GERMAN)
