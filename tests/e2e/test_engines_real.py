import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import trio

from clawctl.audio.convert import join
from clawctl.audio.wav import Sound
from clawctl.engines.api import Host
from clawctl.engines.apology import last_resort
from clawctl.engines.chain import SttChain, TtsChain
from clawctl.engines.host import PluginHost
from clawctl.errors import StageFailed
from clawctl.plugins import Plugin
from clawctl.testing.engine_checks import LLM_CHECKS, STT_CHECKS, TTS_CHECKS
from clawctl_plugins import espeak, pocketsphinx, receptionist

pytestmark = pytest.mark.journey

_, APOLOGY = last_resort("en")
# "Sorry, something", and enough to keep the recogniser at work for some seconds.
SPEECH = Sound(APOLOGY.pcm[: 2 * APOLOGY.rate * 3 // 2], APOLOGY.rate)
LONG_SPEECH = join([APOLOGY] * 4)


def host(plugin: Plugin, place: Path) -> Host:
    return PluginHost(plugin.name, place, lambda: plugin.settings and plugin.settings())


async def test_pocketsphinx_is_a_fit_recogniser(tmp_path: Path) -> None:
    offer = pocketsphinx.plugin.stt["pocketsphinx"]
    async with offer.open(host(pocketsphinx.plugin, tmp_path)) as engine:
        for check in STT_CHECKS:
            await check(engine)


async def test_espeak_is_a_fit_voice(tmp_path: Path) -> None:
    offer = espeak.plugin.tts["espeak"]
    async with offer.open(host(espeak.plugin, tmp_path)) as engine:
        for check in TTS_CHECKS:
            await check(engine)


async def test_the_receptionist_is_a_fit_model(tmp_path: Path) -> None:
    offer = receptionist.plugin.llm["receptionist"]
    async with offer.open(host(receptionist.plugin, tmp_path)) as engine:
        for check in LLM_CHECKS:
            await check(engine)


@pytest.fixture
async def stt(tmp_path: Path) -> AsyncIterator[SttChain]:
    """One process, so that who holds it holds all."""
    plugin = pocketsphinx.plugin
    one = PluginHost(plugin.name, tmp_path, lambda: pocketsphinx.Settings(processes=1))
    offers = {"pocketsphinx": (plugin.stt["pocketsphinx"], one)}
    async with SttChain.open(offers, lambda: ("auto",), lambda: 20.0) as chain:
        yield chain


def workers() -> set[int]:
    tasks = Path("/proc/self/task").iterdir()
    return {int(pid) for task in tasks for pid in (task / "children").read_text().split()}


async def test_they_prove_themselves_when_warmed(stt: SttChain, tmp_path: Path) -> None:
    offers = {"espeak": (espeak.plugin.tts["espeak"], host(espeak.plugin, tmp_path))}

    async with TtsChain.open(offers, lambda: ("auto",), lambda: 20.0) as tts:
        assert [(one.engine, one.failure) for one in await stt.warm()] == [("pocketsphinx", "")]
        assert [(one.engine, one.failure) for one in await tts.warm()] == [("espeak", "")]


async def test_german_is_declined_and_english_goes_on(stt: SttChain) -> None:
    with pytest.raises(StageFailed, match="pocketsphinx understands English only"):
        await stt.hear(SPEECH, "de")

    assert (await stt.hear(SPEECH, "en")).text.startswith("sorry something")
    assert [one.state for one in stt.states()] == ["ready"]


async def test_a_recogniser_killed_at_work_costs_that_turn_only(stt: SttChain) -> None:
    await stt.hear(SPEECH, "en")

    async def kill() -> None:
        await trio.sleep(0.2)
        for pid in workers():
            os.kill(pid, signal.SIGKILL)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(kill)
        with pytest.raises(StageFailed, match="its process was ended by SIGKILL"):
            await stt.hear(LONG_SPEECH, "en")

    assert (await stt.hear(SPEECH, "en")).text.startswith("sorry something")


async def test_a_caller_who_hangs_up_holds_nobody(stt: SttChain) -> None:
    await stt.hear(SPEECH, "en")

    for _ in range(2):
        with trio.move_on_after(0.1):
            await stt.hear(LONG_SPEECH, "en")
    with trio.fail_after(15):
        assert (await stt.hear(SPEECH, "en")).text.startswith("sorry something")
