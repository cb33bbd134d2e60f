"""pocketsphinx: English without a download; for trying out and for tests, not for a busy line."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Annotated

import msgspec
from msgspec import Meta

from clawctl.audio.wav import Sound
from clawctl.engines.api import Host, Offer, Stt, Worker, bare
from clawctl.errors import Declined
from clawctl.pip import pip_install
from clawctl.plugins import Plugin


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The recogniser pocketsphinx"""

    processes: Annotated[
        int,
        Meta(ge=1, le=16, description="Utterances recognised at the same time; 130 MB for each."),
    ] = 2


@dataclass(frozen=True, slots=True)
class Pocketsphinx:
    worker: Worker

    async def hear(self, sound: Sound, lang: str) -> str:
        if bare(lang) != "en":
            raise Declined(f"pocketsphinx understands English only, not {lang!r}")
        heard: str = await self.worker.call("hear", sound.pcm, sound.rate)
        return heard


@asynccontextmanager
async def _open(host: Host) -> AsyncIterator[Stt]:
    settings: Settings = host.settings()
    decoder = "clawctl_plugins.pocketsphinx.decoder:Decoder"
    async with host.worker(decoder, {}, size=settings.processes) as worker:
        yield Pocketsphinx(worker)


def _missing() -> str:
    if find_spec("pocketsphinx"):
        return ""
    return f"pocketsphinx is not installed; try: {pip_install('pocketsphinx')}"


plugin = Plugin(
    "pocketsphinx",
    stt={
        "pocketsphinx": Offer(
            open=_open,
            rank=10,
            about="pocketsphinx: English without a download; for trying out",
            langs=frozenset({"en"}),
            missing=_missing,
        )
    },
    settings=Settings,
)
