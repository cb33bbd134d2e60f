"""The engine kokoro with the real library, in its worker process."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from clawctl.audio.wav import Sound
from clawctl.engines.host import PluginHost
from clawctl.errors import EngineFailed
from clawctl.testing.calls import Heard, open_call_room
from clawctl.testing.engine_checks import TTS_CHECKS
from clawctl_plugins.kokoro import RATE, Settings, plugin
from clawctl_plugins.kokoro.speaker import Speaker

pytestmark = pytest.mark.filterwarnings("ignore:.*weight_norm:FutureWarning")

PATIENCE_S = 150
OFFER = plugin.tts["kokoro"]


class Within(PluginHost):
    """Without a process, which would import the library once more; for what it does not change."""

    @asynccontextmanager
    async def worker(
        self, spec: str, options: Mapping[str, Any], **_: Any
    ) -> AsyncIterator["Direct"]:
        yield Direct(Speaker(**options))


class Direct:
    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker

    async def call(self, method: str, *args: Any) -> Any:
        await trio.lowlevel.checkpoint()
        return getattr(self._speaker, method)(*args)


@pytest.fixture
def host(tmp_path: Path, model: Path) -> PluginHost:
    return PluginHost("kokoro", tmp_path, lambda: Settings(model=str(model)))


@pytest.fixture
def within(tmp_path: Path, model: Path) -> Within:
    return Within("kokoro", tmp_path, lambda: Settings(model=str(model)))


async def test_it_is_a_fit_voice(host: PluginHost) -> None:
    assert OFFER.missing() == ""
    assert OFFER.unset(host) == ""
    with trio.fail_after(PATIENCE_S):
        async with OFFER.open(host) as kokoro:
            for check in TTS_CHECKS:
                await check(kokoro)


async def test_the_first_sentence_is_out_before_the_second_is_written(
    within: Within, autojump_clock: MockClock
) -> None:
    out_at_s: list[float] = []

    class Phone(Heard):
        async def sound(self, sound: Sound, *, whole: bool) -> None:
            assert sound.rate == RATE
            out_at_s.append(trio.current_time())

    async with OFFER.open(within) as kokoro, open_call_room() as room:
        room.tts.speak = kokoro.speak
        room.llm.answer, room.llm.piece_s = lambda _: ("Good morning. How ", "are you?"), 7.0
        await room.turns.run(room.utterance(), Phone())

    assert out_at_s == [0.0, 7.0]


async def test_a_damaged_model_says_so_when_it_is_opened(within: Within, model: Path) -> None:
    (model / "kokoro-v1_0.pth").write_bytes(b"<html>")

    with pytest.raises(EngineFailed) as caught:
        async with OFFER.open(within):
            pass

    assert str(caught.value) == (
        f"the model {model} cannot be loaded (UnpicklingError);"
        " try: clawctl config set kokoro_model hexgrad/Kokoro-82M"
    )
