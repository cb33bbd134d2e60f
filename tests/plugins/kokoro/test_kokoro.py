from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import trio

from clawctl.audio.wav import Sound
from clawctl.engines.api import Voice, Worker
from clawctl.errors import Declined, EngineFailed
from clawctl.pip import pip_install
from clawctl.testing.engines import NoHost
from clawctl_plugins.kokoro import Kokoro, Settings, lack, plugin

OFFER = plugin.tts["kokoro"]


class Noted:
    """A worker that says `pcm` and notes what it was asked."""

    def __init__(self, pcm: bytes = b"\0\1") -> None:
        self.pcm = pcm
        self.calls: list[tuple[Any, ...]] = []

    async def call(self, method: str, *args: Any) -> Any:
        await trio.lowlevel.checkpoint()
        self.calls.append((method, *args))
        return self.pcm


class Set(NoHost):
    """Lends a worker and notes with which options it was made."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.options: Mapping[str, Any] = {}

    def settings(self) -> Settings:
        return self._settings

    @asynccontextmanager
    async def worker(
        self, spec: str, options: Mapping[str, Any], *, size: int = 1, grace_s: float = 0.3
    ) -> AsyncIterator[Worker]:
        self.options = options
        yield Noted()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "kokoro-v1_0.pth").write_bytes(b"weights")
    return tmp_path


async def test_a_sentence_is_spoken_in_the_voice_and_at_the_speed_asked_for() -> None:
    worker = Noted()

    sound = await Kokoro(worker).speak("Hello.", Voice("en-GB", "bf_lily", 1.5))

    assert sound == Sound(b"\0\1", 24_000)
    assert worker.calls == [("speak", "Hello.", "bf_lily", 1.5)]


@pytest.mark.parametrize("name", ["", "no_such_voice", "thorsten-high", "../bf_lily", "af_heart"])
async def test_the_voice_of_another_engine_gives_way_to_the_first(name: str) -> None:
    worker = Noted()

    await Kokoro(worker).speak("Hello.", Voice("en", name))

    assert worker.calls == [("speak", "Hello.", "af_heart", 1.0)]


@pytest.mark.parametrize(
    ("text", "lang", "pcm", "why"),
    [
        ("Guten Tag.", "de", b"\0\1", "English only"),
        ("x" * 10_001, "en", b"\0\1", "at most 10000 characters"),
        ("…", "en", b"", "nothing in it that can be spoken"),
    ],
)
async def test_what_it_cannot_speak_is_declined(text: str, lang: str, pcm: bytes, why: str) -> None:
    with pytest.raises(Declined, match=why):
        await Kokoro(Noted(pcm)).speak(text, Voice(lang))


@pytest.mark.parametrize(
    ("installed", "python", "expected"),
    [
        (True, (3, 11), ""),
        (True, (3, 13), ""),
        (False, (3, 12), f"kokoro is not installed; try: {pip_install('clawctl[kokoro]')}"),
        (
            False,
            (3, 13),
            (
                "kokoro has no build for Python 3.13; a server that has it, such as mlx-audio at"
                " mlx_audio_base, does the same, try: clawctl config set tts_engine openai"
            ),
        ),
    ],
)
def test_what_is_lacking_is_told_with_the_way_out(
    installed: bool, python: tuple[int, int], expected: str
) -> None:
    assert lack(installed, python) == expected


async def test_it_can_work_as_soon_as_its_model_is_there(folder: Path) -> None:
    host = Set(Settings(model=str(folder), threads=3))

    assert OFFER.unset(host) == ""
    async with OFFER.open(host):
        assert host.options == {"model": str(folder), "folder": str(folder), "threads": 3}


async def test_half_the_cores_are_left_to_others(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = []
    for cores in (1, 2, 9, None):
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        async with OFFER.open(host := Set(Settings(model=str(folder)))):
            threads.append(host.options["threads"])

    assert threads == [1, 1, 4, 1]


async def test_a_model_that_is_not_there_is_told_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    told = "hexgrad/Kokoro-82M (360 MB) is not here; try: clawctl models pull hexgrad/Kokoro-82M"

    assert OFFER.unset(Set(Settings())) == f"the model {told}"
    with pytest.raises(EngineFailed, match="is not here"):
        async with OFFER.open(Set(Settings())):
            pass


async def test_a_folder_without_weights_is_told(folder: Path) -> None:
    (folder / "kokoro-v1_0.pth").unlink()

    assert OFFER.unset(Set(Settings(model=str(folder)))) == (
        f"the folder {folder} holds no whole model: it has no weights (*.safetensors and the like)"
    )
