"""What an engine has to import is imported in a thread, before it is opened."""

import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from clawctl.engines.api import Voice
from clawctl.engines.chain import TtsChain
from clawctl.errors import StageFailed
from clawctl.plugins import find
from clawctl.testing.engines import NoHost, ToneTts, fake_plugin


@asynccontextmanager
async def voice_that_imports(module: str) -> AsyncIterator[TtsChain]:
    offer = replace(fake_plugin("tone", tts=ToneTts()).tts["tone"], imports=(module,))
    offers = {"tone": (offer, NoHost())}
    async with TtsChain.open(offers, lambda: ("tone",), lambda: 10.0) as chain:
        yield chain


async def test_it_holds_up_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "weighty.py").write_text("import threading\nthread = threading.current_thread()\n")
    monkeypatch.syspath_prepend(tmp_path)

    async with voice_that_imports("weighty") as voice:
        await voice.speak("Hello.", Voice())

    assert sys.modules.pop("weighty").thread is not threading.current_thread()


async def test_an_engine_that_cannot_be_imported_is_one_that_cannot_be_opened() -> None:
    async with voice_that_imports("no_such_module") as voice:
        with pytest.raises(StageFailed, match="tone: ModuleNotFoundError"):
            await voice.speak("Hello.", Voice())


def test_there_is_all_that_engines_in_the_box_want_imported() -> None:
    offers = [
        offer
        for plugin in find().plugins
        for stage in (plugin.stt, plugin.llm, plugin.tts)
        for offer in stage.values()
    ]

    assert [import_module(module) for offer in offers for module in offer.imports]
