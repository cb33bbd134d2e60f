from typing import Any

import pytest
import trio

from clawctl.audio.wav import Sound
from clawctl.errors import Declined
from clawctl_plugins.pocketsphinx import Pocketsphinx, plugin

SOUND = Sound(b"\0\1" * 800, 8_000)


class Noted:
    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    async def call(self, method: str, *args: Any) -> Any:
        await trio.lowlevel.checkpoint()
        self.calls.append((method, *args))
        return "hello"


@pytest.mark.parametrize("lang", ["en", "en-GB"])
async def test_english_is_handed_to_the_decoder(lang: str) -> None:
    worker = Noted()

    assert await Pocketsphinx(worker).hear(SOUND, lang) == "hello"
    assert worker.calls == [("hear", SOUND.pcm, 8_000)]


async def test_german_is_declined_without_work() -> None:
    worker = Noted()

    with pytest.raises(Declined, match="understands English only, not 'de'"):
        await Pocketsphinx(worker).hear(SOUND, "de")
    assert worker.calls == []


def test_it_can_work_here() -> None:
    assert plugin.stt["pocketsphinx"].missing() == ""
