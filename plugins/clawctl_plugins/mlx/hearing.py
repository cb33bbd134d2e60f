"""Recognition by Whisper in a process of its own."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from clawctl.audio.wav import Sound
from clawctl.engines.api import DETECTED, Host, Stt, Worker, bare
from clawctl.errors import Declined
from clawctl_plugins.mlx.models import folder, why_no_whisper
from clawctl_plugins.mlx.swap import Swap, open_swap

LISTENER = "clawctl_plugins.mlx.listening:Listener"
# Whoever went away may have gone just before the end, and loading the model anew takes seconds.
GRACE_S = 3.0


@dataclass(frozen=True, slots=True)
class Ear:
    host: Host
    swap: Swap

    async def hear(self, sound: Sound, lang: str) -> str:
        """By the model that is set now, in the language given or else the one it detects."""
        given = "" if lang in DETECTED else bare(lang)
        async with self.swap.using(self.host.settings().whisper_model) as worker:
            heard: str | None = await worker.call("hear", sound.pcm, sound.rate, given)
        if heard is None:
            raise Declined(f"the Whisper model that is set does not know the language {lang!r}")
        return heard


@asynccontextmanager
async def open_ear(host: Host) -> AsyncIterator[Stt]:
    def open_model(model: str) -> AbstractAsyncContextManager[Worker]:
        place = folder(model, why_no_whisper)
        return host.worker(LISTENER, {"path": str(place)}, grace_s=GRACE_S)

    async with open_swap(open_model, host.settings().whisper_model) as swap:
        yield Ear(host, swap)
