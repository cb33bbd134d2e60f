"""The engine piper with the real library in its worker process, and with Piper's own server."""

import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

import msgspec
import pytest
import trio

from clawctl.audio.wav import Sound
from clawctl.config.schema import PiperSettings, Settings
from clawctl.engines.api import Tts, Voice
from clawctl.engines.host import PluginHost
from clawctl.errors import Declined, EngineFailed
from clawctl.testing.engine_checks import (
    speaks,
    speaks_after_a_cancel,
    speaks_any_text,
    speaks_in_an_unknown_voice,
    speaks_two_at_once,
)
from clawctl_plugins.piper import plugin

PATIENCE_S = 60
OFFER = plugin.tts["piper"]
# How fast Piper speaks is said by its own setting.
CHECKS = (
    speaks,
    speaks_any_text,
    speaks_in_an_unknown_voice,
    speaks_two_at_once,
    speaks_after_a_cancel,
)
GERMAN = Voice("de")


class Set(PluginHost):
    """Settings of a test, changed as a live setting is."""

    __setattr__ = object.__setattr__

    def __init__(self, cache: Path, **piper: Any) -> None:
        self.now = Settings()
        super().__init__("piper", cache, lambda: None, lambda: self.now)
        self.use(**{"piper_base": "", **piper})

    def use(self, **piper: Any) -> None:
        replace = msgspec.structs.replace
        own: PiperSettings = replace(self.now.piper, **piper)
        self.now = replace(self.now, piper=own)


@pytest.fixture
def host(voices: Path) -> Set:
    return Set(voices)


@asynccontextmanager
async def opened(host: Set) -> AsyncIterator[Tts]:
    with trio.fail_after(PATIENCE_S):
        async with OFFER.open(host) as piper:
            yield piper


@asynccontextmanager
async def serving(voices: Path, *options: str) -> AsyncIterator[str]:
    """Piper's server from the package, on a port of its own."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    command = [
        *(sys.executable, "-m", "piper.http_server", "--host", "127.0.0.1", "--port", str(port)),
        *("--model", "de_DE-thorsten-high", "--data-dir", str(voices), *options),
    ]
    async with trio.open_nursery() as nursery:
        quietly = partial(trio.run_process, command, stdout=DEVNULL, stderr=DEVNULL)
        await nursery.start(quietly)
        try:
            await _until_up(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            nursery.cancel_scope.cancel()


async def _until_up(port: int) -> None:
    with trio.fail_after(PATIENCE_S):
        while True:
            try:
                await (await trio.open_tcp_stream("127.0.0.1", port)).aclose()
            except OSError:
                await trio.sleep(0.05)
            else:
                return


def crossings(sound: Sound) -> float:
    """How often a second the wave goes through zero: twice its pitch."""
    samples = memoryview(sound.pcm).cast("h")
    signs = [sample > 0 for sample in samples if sample]
    return sum(a != b for a, b in pairwise(signs)) * sound.rate / len(signs)


async def test_the_library_is_a_fit_voice(host: Set) -> None:
    assert OFFER.missing() == ""
    assert OFFER.unset(host) == ""
    async with opened(host) as piper:
        for check in CHECKS:
            await check(piper)


async def test_german_is_spoken_as_the_settings_are_now(host: Set) -> None:
    async with opened(host) as piper:
        host.use(piper_sentence_silence=0.0)
        plain = await piper.speak("Grüße aus Köln.", GERMAN)
        host.use(piper_length_scale=2.0)
        slow = await piper.speak("Grüße aus Köln.", GERMAN)
        host.use(piper_sentence_silence=0.5)
        paused = await piper.speak("Grüße aus Köln.", GERMAN)
        twice = await piper.speak("Grüße aus Köln. Grüße aus Köln.", GERMAN)

    assert plain.rate == 16_000
    assert slow.seconds == pytest.approx(2 * plain.seconds, rel=0.01)
    assert paused.seconds == pytest.approx(slow.seconds + 0.5, abs=0.001)
    assert twice.seconds == pytest.approx(2 * paused.seconds, rel=0.05)


async def test_emotions_go_by_number_and_by_name(host: Set) -> None:
    async with opened(host) as piper:
        host.use(piper_voice="thorsten_emotional-medium", piper_speaker=7)
        by_number = await piper.speak("Guten Tag.", GERMAN)
        host.use(piper_speaker=0)
        amused = await piper.speak("Guten Tag.", GERMAN)
        by_name = await piper.speak("Guten Tag.", Voice("de", "thorsten_emotional-medium:whisper"))

    assert by_number == by_name
    assert crossings(by_name) > 1.5 * crossings(amused)


@pytest.mark.parametrize(
    ("piper", "told"),
    [
        ({"piper_voice": "karlsson-low"}, "model de_DE-karlsson-low is not here; try: clawctl mod"),
        ({"piper_voice": "nonsense"}, "'nonsense' is no voice of Piper's; try: clawctl config set"),
        (
            {"piper_voice": "thorsten_emotional-medium", "piper_speaker": 8},
            "medium has no speaker 8; set piper_speaker to one of: amused 0, angry 1",
        ),
        (
            {"piper_voice": "thorsten_emotional-medium:happy"},
            "has no speaker happy; set piper_speaker to one of: amused 0",
        ),
    ],
)
async def test_a_voice_or_speaker_that_is_not_there_is_told_with_a_way_out(
    host: Set, piper: dict[str, Any], told: str
) -> None:
    host.use(**piper)
    async with opened(host) as engine:
        with pytest.raises(EngineFailed) as caught:
            await engine.speak("Guten Tag.", GERMAN)
        assert told in str(caught.value)

        host.use(piper_voice="thorsten-high")
        assert (await engine.speak("Guten Tag.", GERMAN)).pcm


@pytest.mark.parametrize(
    ("ending", "content"),
    [(".onnx", b"<html>"), (".onnx.json", b"<html>"), (".onnx.json", b"{}"), (".onnx.json", b"[]")],
)
async def test_damaged_files_of_a_voice_are_told_with_a_way_out(
    host: Set, voices: Path, ending: str, content: bytes
) -> None:
    (voices / f"de_DE-thorsten-high{ending}").write_bytes(content)

    async with opened(host) as piper:
        with pytest.raises(EngineFailed) as caught:
            await piper.speak("Guten Tag.", GERMAN)

    assert str(caught.value).startswith("the voice de_DE-thorsten-high cannot be loaded (")
    assert str(caught.value).endswith("); try: clawctl models pull de_DE-thorsten-high")


async def test_half_of_a_voice_is_as_good_as_none(host: Set, voices: Path) -> None:
    (voices / "de_DE-thorsten-high.onnx.json").unlink()

    assert OFFER.unset(host) == (
        "piper_base names no server, and the model de_DE-thorsten-high (110 MB) is here in part; no"
        " de_DE-thorsten-high.onnx.json yet; try: clawctl models pull de_DE-thorsten-high"
    )


async def test_what_has_no_sounds_is_declined(host: Set) -> None:
    async with opened(host) as piper:
        with pytest.raises(Declined, match="nothing in it that can be spoken"):
            await piper.speak(" \n… ", GERMAN)


async def test_pipers_own_server_is_a_fit_voice_and_comes_first(host: Set, voices: Path) -> None:
    async with serving(voices, "--sentence-silence", "0.25") as base, opened(host) as piper:
        host.use(piper_base=base)
        for check in CHECKS:
            await check(piper)
        one = await piper.speak("Grüße aus Köln.", GERMAN)
        two = await piper.speak("Grüße aus Köln. Grüße aus Köln.", GERMAN)
    here = await _by_library(host)

    # Between two sentences the server pauses for 0.25 s, after the last one we do for 0.2 s.
    assert two.seconds == pytest.approx(2 * one.seconds + 0.05, rel=0.05)
    assert one == here


async def test_pipers_own_server_is_asked_for_voices_and_emotions_by_our_settings(
    host: Set, voices: Path
) -> None:
    async with serving(voices) as base, opened(host) as piper:
        host.use(piper_base=base, piper_voice="thorsten_emotional-medium", piper_speaker=7)
        whisper = await piper.speak("Guten Tag.", GERMAN)
        host.use(piper_length_scale=2.0)
        slow = await piper.speak("Guten Tag.", GERMAN)
        amused = await piper.speak("Guten Tag.", Voice("de", "thorsten_emotional-medium:amused"))
        host.use(piper_voice="karlsson-low")
        with pytest.raises(EngineFailed) as caught:
            await piper.speak("Guten Tag.", GERMAN)

    assert crossings(whisper) > 1.5 * crossings(amused)
    assert slow.seconds > 1.7 * whisper.seconds
    assert "has no voice de_DE-karlsson-low; set piper_voice to one it has: de_DE-thor" in str(
        caught.value
    )


async def test_when_the_server_goes_the_library_speaks_on(host: Set, voices: Path) -> None:
    async with opened(host) as piper:
        async with serving(voices) as base:
            host.use(piper_base=base)
            before = await piper.speak("Guten Tag.", GERMAN)
        after = await piper.speak("Guten Tag.", GERMAN)

    assert after == before


async def _by_library(host: Set) -> Sound:
    host.use(piper_base="")
    async with opened(host) as piper:
        return await piper.speak("Grüße aus Köln.", GERMAN)
