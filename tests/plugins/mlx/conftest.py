import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
import trio

from clawctl.config.schema import Settings
from clawctl.engines.api import Worker
from clawctl_plugins import mlx


class Scripted:
    """A process that notes what it is called for and answers as it is told."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.answers: dict[str, list[Any]] = {}

    async def call(self, method: str, *args: Any) -> Any:
        await trio.lowlevel.checkpoint()
        self.calls.append((method, *args))
        return self.answers[method].pop(0)


class Lent:
    """A host whose processes are all the same one, with models that are empty folders."""

    def __init__(self, place: Path) -> None:
        self.cache_dir = place
        self.lm = self._model("lm", model_type="qwen2", max_position_embeddings=4096)
        self.whisper = self._model("whisper", n_mels=80)
        self.worker_there = Scripted()
        self.opened: list[tuple[str, Mapping[str, Any]]] = []
        self._settings = Settings()

    def settings(self) -> mlx.Settings:
        return mlx.Settings(whisper_model=self.whisper, calls_remembered=3)

    def common(self) -> Settings:
        llm = msgspec.structs.replace(self._settings.llm, llm_model=self.lm)
        return msgspec.structs.replace(self._settings, llm=llm)

    @asynccontextmanager
    async def worker(
        self, spec: str, options: Mapping[str, Any], *, size: int = 1, grace_s: float = 0.3
    ) -> AsyncIterator[Worker]:
        assert size == 1
        assert grace_s >= 3
        self.opened.append((spec, options))
        yield self.worker_there

    def _model(self, name: str, **said: object) -> str:
        place = self.cache_dir / name
        place.mkdir()
        (place / "config.json").write_text(json.dumps(said))
        (place / "model.safetensors").write_bytes(b"weights")
        return str(place)


@pytest.fixture
def host(tmp_path: Path) -> Lent:
    return Lent(tmp_path)
