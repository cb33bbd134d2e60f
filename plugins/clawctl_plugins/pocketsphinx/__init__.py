"""The embedded recogniser: English, with its model in the package, good for trying out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec

from clawctl.audio.wav import Sound
from clawctl.engines.api import Host, Offer, Stt, Worker
from clawctl.errors import Declined
from clawctl.plugins import Plugin

# A caller must not wait for the decoding of another one's utterance.
PROCESSES = 2


class Pocketsphinx:
    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    async def hear(self, sound: Sound, lang: str) -> str:
        """Raises Declined for a language it has no model of."""
        if lang != "en":
            raise Declined(f"pocketsphinx understands English only, not {lang!r}")
        heard: str = await self._worker.call("hear", sound.pcm, sound.rate)
        return heard


@asynccontextmanager
async def open_pocketsphinx(host: Host) -> AsyncIterator[Stt]:
    spec = "clawctl_plugins.pocketsphinx.recogniser:Recogniser"
    async with host.worker(spec, {}, size=PROCESSES) as worker:
        yield Pocketsphinx(worker)


def _missing() -> str:
    return "" if find_spec("pocketsphinx") else "not installed: pip install pocketsphinx"


plugin = Plugin(
    "pocketsphinx",
    stt={
        "pocketsphinx": Offer(
            open_pocketsphinx,
            rank=10,
            about="English, no download; good for trying out, not for a busy line",
            missing=_missing,
        )
    },
)
