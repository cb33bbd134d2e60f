"""Tiny models, and engines that have them; run by `make real-mlx` in an environment of its own."""

from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
import tiny
import trio

from clawctl.config.schema import Settings
from clawctl.engines.host import PluginHost
from clawctl_plugins import mlx

# A process that imports the libraries takes seconds, on a busy machine many.
PATIENCE_S = 60


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


@asynccontextmanager
async def engine(stage, name, host):
    offer = getattr(mlx.plugin, stage)[name]
    assert offer.missing() == ""
    assert offer.unset(host) == ""
    with trio.fail_after(PATIENCE_S):
        async with offer.open(host) as opened:
            yield opened


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

    def _made(self, name, make, how):
        return str(place if (place := self._place / name).exists() else make(place, **how))


@pytest.fixture
def lm_host(models, tmp_path):
    return Set(tmp_path, llm_model=models.lm())


@pytest.fixture
async def mind(lm_host):
    async with engine("llm", "mlx-lm", lm_host) as opened:
        yield opened


@pytest.fixture
def whisper_host(models, tmp_path):
    return Set(tmp_path, whisper=models.whisper())


@pytest.fixture
async def ear(whisper_host):
    async with engine("stt", "mlx-whisper", whisper_host) as opened:
        yield opened
