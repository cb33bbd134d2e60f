"""The engine kokoro with the real library, in its worker process."""

from pathlib import Path

import pytest
import trio

from clawctl.engines.host import PluginHost
from clawctl.errors import EngineFailed
from clawctl.testing.engine_checks import TTS_CHECKS
from clawctl_plugins.kokoro import Settings, plugin

PATIENCE_S = 150
OFFER = plugin.tts["kokoro"]


@pytest.fixture
def host(tmp_path: Path, model: Path) -> PluginHost:
    return PluginHost("kokoro", tmp_path, lambda: Settings(model=str(model)))


async def test_it_is_a_fit_voice(host: PluginHost) -> None:
    assert OFFER.missing() == ""
    assert OFFER.unset(host) == ""
    with trio.fail_after(PATIENCE_S):
        async with OFFER.open(host) as kokoro:
            for check in TTS_CHECKS:
                await check(kokoro)


async def test_a_damaged_model_says_so_when_it_is_opened(host: PluginHost, model: Path) -> None:
    (model / "kokoro-v1_0.pth").write_bytes(b"<html>")

    with trio.fail_after(PATIENCE_S), pytest.raises(EngineFailed) as caught:
        async with OFFER.open(host):
            pass

    assert str(caught.value) == (
        f"the model {model} cannot be loaded (UnpicklingError);"
        " try: clawctl config set kokoro_model hexgrad/Kokoro-82M"
    )
