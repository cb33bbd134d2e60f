from typing import Any

import pytest
import trio

from clawctl.audio.wav import Sound
from clawctl.engines.api import Voice
from clawctl.errors import Declined
from clawctl.testing.engines import NoHost
from clawctl_plugins.espeak import Espeak, Settings, plugin


class Noted:
    """A worker that speaks nothing and notes what it was asked."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    async def call(self, method: str, *args: Any) -> Any:
        await trio.lowlevel.checkpoint()
        self.calls.append((method, *args))
        return [b"\0\1", 22_050]


class Set(NoHost):
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def settings(self) -> Settings:
        return self._settings


@pytest.mark.parametrize(
    ("voice", "names", "pace"),
    [
        (Voice("en"), ["en-gb", "en-gb"], 200),
        (Voice("en", "en-us+f3"), ["en-us+f3", "en-gb", "en-gb"], 200),
        (Voice("en", "af_heart"), ["en-gb", "en-gb"], 200),
        (Voice("de", "en-us+f3"), ["de", "en-gb"], 200),
        (Voice("de", "de+m2"), ["de+m2", "de", "en-gb"], 200),
        (Voice("fr", speed=0.5), ["fr", "en-gb"], 100),
    ],
)
async def test_the_voice_follows_language_and_settings(
    voice: Voice, names: list[str], pace: int
) -> None:
    worker = Noted()
    own = Settings(voice_en="en-gb", words_per_minute=200, pitch=40)

    sound = await Espeak(worker, Set(own)).speak("Hello.", voice)

    assert sound == Sound(b"\0\1", 22_050)
    assert worker.calls == [("speak", "Hello.", names, pace, 40)]


async def test_a_text_that_takes_a_quarter_of_an_hour_is_declined() -> None:
    with pytest.raises(Declined, match="at most 10000 characters"):
        await Espeak(Noted(), Set(Settings())).speak("x" * 10_001, Voice())


def test_it_speaks_english_and_german_and_can_work_here() -> None:
    offer = plugin.tts["espeak"]

    assert offer.langs == {"en", "de"}
    assert offer.missing() == ""
