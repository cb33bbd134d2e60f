import msgspec
import pytest

from clawctl.config.schema import Settings
from clawctl.testing.engines import NoHost
from clawctl_plugins.kokoro.voices import ENGLISH
from clawctl_plugins.openai import plugin


class Set(NoHost):
    def __init__(self, tts_model: str) -> None:
        now = Settings()
        self._now = msgspec.structs.replace(
            now, tts=msgspec.structs.replace(now.tts, tts_model=tts_model)
        )

    def common(self) -> Settings:
        return self._now


@pytest.mark.parametrize(
    ("model", "lang", "expected"),
    [
        ("mlx-community/Kokoro-82M-bf16", "en", ENGLISH),
        ("kokoro", "en", ENGLISH),
        ("mlx-community/Kokoro-82M-bf16", "de", {}),
        ("tts-1", "en", {}),
    ],
)
def test_a_server_that_runs_kokoro_offers_its_voices(
    model: str, lang: str, expected: object
) -> None:
    assert plugin.tts["openai"].voices(lang, Set(model)) == expected
