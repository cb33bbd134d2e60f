"""Tiny models, and engines that have them; run by `make real-mlx` in an environment of its own."""

from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path

import msgspec
import pytest
import tiny
import trio

from clawctl.config.schema import Settings
from clawctl.engines.api import Prompt
from clawctl.engines.host import PluginHost
from clawctl_plugins import mlx

# A process that imports the libraries takes seconds, on a busy machine many.
PATIENCE_S = 60
ASKED = Prompt(system="Be kind.", transcript="Who is there?")


class Set(PluginHost):
    """Settings of a test, changed as live settings are."""

    def __init__(self, place, *, whisper="", **llm):
        self.now, self.own = Settings(), mlx.Settings(whisper_model=str(whisper))
        super().__init__("mlx", place, lambda: self.own, lambda: self.now)
        self.use(llm_max_tokens=24, llm_temperature=0.0, **llm)

    def use(self, **llm):
        replace = msgspec.structs.replace
        self.now = replace(self.now, llm=replace(self.now.llm, **llm))

    def hear_with(self, model):
        self.own = mlx.Settings(whisper_model=str(model))

    __setattr__ = object.__setattr__


class Within(Set):
    """Without processes, so that the libraries are imported once; for what no process changes."""

    @asynccontextmanager
    async def worker(self, spec, options, *, size=1, grace_s=0.3):
        module, _, name = spec.partition(":")
        yield Direct(getattr(import_module(module), name)(**options))


class Direct:
    def __init__(self, built):
        self._built = built

    async def call(self, method, *args):
        await trio.lowlevel.checkpoint()
        return getattr(self._built, method)(*args)


@asynccontextmanager
async def engine(stage, name, host):
    offer = getattr(mlx.plugin, stage)[name]
    assert offer.missing() == ""
    assert offer.unset(host) == ""
    with trio.fail_after(PATIENCE_S):
        async with offer.open(host) as opened:
            yield opened


async def said(mind, prompt=ASKED):
    pieces = []

    async def say(piece):
        pieces.append(piece)

    answered = await mind.reply(prompt, say)
    return pieces, answered.model


async def reply(mind, prompt=ASKED):
    return "".join((await said(mind, prompt))[0])


@pytest.fixture(scope="session")
def models(tmp_path_factory):
    return Models(tmp_path_factory.mktemp("models"))


class Models:
    """Each made when it is first asked for."""

    def __init__(self, place: Path):
        self._place = place

    def lm(self, name="lm", **how):
        return self._made(name, tiny.make_lm, how)

    def whisper(self, name="whisper", **how):
        return self._made(name, tiny.make_whisper, how)

    def parakeet(self):
        return self._made("parakeet", tiny.make_parakeet, {})

    def _made(self, name, make, how):
        return str(place if (place := self._place / name).exists() else make(place, **how))


@pytest.fixture
def lm_host(models, tmp_path):
    return Within(tmp_path, llm_model=models.lm())


@pytest.fixture
async def mind(lm_host):
    async with engine("llm", "mlx-lm", lm_host) as opened:
        yield opened


@pytest.fixture
def whisper_host(models, tmp_path):
    return Within(tmp_path, whisper=models.whisper())


@pytest.fixture
async def ear(whisper_host):
    async with engine("stt", "mlx-whisper", whisper_host) as opened:
        yield opened


@pytest.fixture
def figure(record_property):
    """Tell a figure: it stands behind the tests' verdict."""
    return lambda text: record_property("figure", text)


def pytest_terminal_summary(terminalreporter):
    for report in terminalreporter.getreports("passed"):
        for name, text in report.user_properties:
            if name == "figure":
                terminalreporter.write_line(text)
