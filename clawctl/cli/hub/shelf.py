"""The models that are here, and those that the engines would load."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from clawctl.config.schema import Settings
from clawctl.engines.api import Offer
from clawctl.engines.host import PluginHost
from clawctl.engines.models import PIPER_VOICES, caches, folder_of, voice_of, where
from clawctl.plugins import Found, Plugin


@dataclass(frozen=True)
class Shelved:
    """A model; `place` is where it lies, None until it is whole, `size` its bytes here.

    `wanted_by` are the engines that would load it, as "stt mlx-whisper".
    """

    model: str
    place: Path | None
    size: int
    wanted_by: tuple[str, ...]

    @property
    def state(self) -> str:
        if self.place:
            return "here"
        return "in part" if self.size else "not here"


def shelved(found: Found, settings: Settings) -> list[Shelved]:
    """What the engines want first, then what else is in the caches."""
    wanted: dict[str, list[str]] = {}
    for model, engine in _wanted(found, settings):
        wanted.setdefault(voice_of(model) or model, []).append(engine)
    kept = _kept()
    return [
        Shelved(model, where(model), kept.get(model, _size_of(model)), tuple(wanted.get(model, ())))
        for model in dict.fromkeys((*wanted, *sorted(kept)))
    ]


def _wanted(found: Found, settings: Settings) -> Iterator[tuple[str, str]]:
    """Of those engines that could load one."""
    for plugin, stage, name, offer in _offers(found):
        section = partial(settings.plugins.get, plugin.name)
        host = PluginHost(plugin.name, Path(), section, lambda: settings)
        for model in () if offer.missing() else offer.models(host):
            yield model, f"{stage} {name}"


def _offers(found: Found) -> Iterator[tuple[Plugin, str, str, Offer[Any]]]:
    for plugin in found.plugins:
        for stage, offers in (("stt", plugin.stt), ("llm", plugin.llm), ("tts", plugin.tts)):
            for name, offer in offers.items():
                yield plugin, stage, name, offer


def _kept() -> dict[str, int]:
    """What is in the caches, with its bytes; of PIPER_VOICES each voice."""
    found: dict[str, int] = {}
    for cache in caches():
        for kept in sorted(cache.glob("models--*--*")):
            model = kept.name.removeprefix("models--").replace("--", "/")
            if model == PIPER_VOICES:
                for voice in kept.glob("snapshots/*/*/*/*/*/*.onnx"):
                    found.setdefault(voice.stem, voice.stat().st_size)
            elif size := _bytes_in(kept / "blobs"):
                found.setdefault(model, size)
    return found


def _size_of(model: str) -> int:
    folder = folder_of(model)
    return _bytes_in(folder) if folder else 0


def _bytes_in(folder: Path) -> int:
    return sum(one.stat().st_size for one in folder.glob("**/*") if one.is_file())
