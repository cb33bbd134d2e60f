import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trio

from clawctl.audio.convert import join
from clawctl.engines.api import Host
from clawctl.engines.apology import last_resort
from clawctl.engines.chain import SttChain, TtsChain
from clawctl.engines.host import PluginHost
from clawctl.errors import StageFailed
from clawctl.plugins import Plugin
from clawctl.testing.engine_checks import LLM_CHECKS, STT_CHECKS, TTS_CHECKS
from clawctl_plugins import espeak, pocketsphinx, receptionist

_, SPEECH = last_resort("en")
# Some seconds of work for the recogniser.
LONG_SPEECH = join([SPEECH] * 3)


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
    async with pocketsphinx_chain(tmp_path) as chain:
        yield chain


@asynccontextmanager
async def pocketsphinx_chain(place: Path) -> AsyncIterator[SttChain]:
    plugin = pocketsphinx.plugin
    offers = {"pocketsphinx": (plugin.stt["pocketsphinx"], host(plugin, place))}
    async with SttChain.open(offers, lambda: ("auto",), lambda: 20.0) as chain:
        yield chain


def workers() -> set[int]:
    tasks = Path("/proc/self/task").iterdir()
    return {int(pid) for task in tasks for pid in (task / "children").read_text().split()}


async def test_both_prove_themselves_when_warmed(stt: SttChain, tmp_path: Path) -> None:
    offers = {"espeak": (espeak.plugin.tts["espeak"], host(espeak.plugin, tmp_path))}

    async with TtsChain.open(offers, lambda: ("auto",), lambda: 20.0) as tts:
        assert [(one.engine, one.failure) for one in await stt.warm()] == [("pocketsphinx", "")]
        assert [(one.engine, one.failure) for one in await tts.warm()] == [("espeak", "")]


async def test_german_is_declined_and_english_goes_on(stt: SttChain) -> None:
    with pytest.raises(StageFailed, match="pocketsphinx understands English only"):
        await stt.hear(SPEECH, "de")

    assert "please call back" in (await stt.hear(SPEECH, "en")).text
    assert [one.state for one in stt.states()] == ["ready"]


async def test_a_recogniser_killed_at_work_costs_that_turn_only(stt: SttChain) -> None:
    await stt.warm()
    failed: list[str] = []

    async def unlucky() -> None:
        with pytest.raises(StageFailed) as caught:
            await stt.hear(LONG_SPEECH, "en")
        failed.append(str(caught.value))

    with trio.fail_after(60):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(unlucky)
            nursery.start_soon(unlucky)
            await trio.sleep(0.2)
            for pid in workers():
                os.kill(pid, signal.SIGKILL)
        heard = await stt.hear(SPEECH, "en")

    assert failed == ["stt: pocketsphinx: its process was ended by SIGKILL"] * 2
    assert "please call back" in heard.text


async def test_a_caller_who_hangs_up_holds_nobody(stt: SttChain) -> None:
    await stt.warm()

    for _ in range(3):
        with trio.move_on_after(0.1):
            await stt.hear(LONG_SPEECH, "en")
    with trio.fail_after(20):
        assert "please call back" in (await stt.hear(SPEECH, "en")).text
