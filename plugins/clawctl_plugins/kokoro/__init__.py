"""Kokoro: natural English voices on this machine, by its authors' own library and PyTorch.

The library takes seconds to import and 1.5 GB of memory, and lives in a process of its own. Where
Python has no build of it, a server of the kind of plugin `openai` does the same, such as mlx-audio.
"""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Annotated

import msgspec
from msgspec import Meta

from clawctl.audio.wav import Sound
from clawctl.engines.api import Host, Offer, Tts, Voice, Worker, bare
from clawctl.engines.models import where, why_not
from clawctl.errors import Declined, EngineFailed
from clawctl.pip import pip_install
from clawctl.plugins import Plugin
from clawctl_plugins.kokoro.voices import own, voices

SPEAKER = "clawctl_plugins.kokoro.speaker:Speaker"
# The model knows no other.
RATE = 24_000
# A quarter of an hour of speech; what is longer is a mistake.
LONGEST = 10_000
# A sentence takes about a second, and loading the model anew ten.
GRACE_S = 3.0
# The library (0.9.4) is built for older ones only.
FIRST_PYTHON_WITHOUT = (3, 13)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """English voices by Kokoro"""

    model: Annotated[
        str,
        Meta(
            max_length=200,
            description="Model of the engine kokoro: its name at the hub, or a folder.",
        ),
    ] = "hexgrad/Kokoro-82M"
    # Threads that wait for one another spin: with more of them than cores are free, a sentence was
    # measured to take six times as long as with one.
    threads: Annotated[
        int,
        Meta(
            ge=0,
            le=256,
            description="Cores Kokoro may use at a time; 0 is half of them. More than are free make"
            " it slower.",
        ),
    ] = 0


@dataclass(frozen=True, slots=True)
class Kokoro:
    worker: Worker

    async def speak(self, text: str, voice: Voice) -> Sound:
        """A voice that Kokoro does not have gives way to its first."""
        if bare(voice.lang) != "en":
            raise Declined("kokoro speaks English only")
        if len(text) > LONGEST:
            raise Declined(f"kokoro speaks at most {LONGEST} characters at once")
        pcm: bytes = await self.worker.call("speak", text, own(voice.name), voice.speed)
        if not pcm:
            raise Declined("there is nothing in it that can be spoken")
        return Sound(pcm, RATE)


@asynccontextmanager
async def _open(host: Host) -> AsyncIterator[Tts]:
    own_settings: Settings = host.settings()
    model = own_settings.model
    if (folder := where(model)) is None:
        raise EngineFailed(why_not(model))
    threads = own_settings.threads or max(1, (os.cpu_count() or 1) // 2)
    options = {"model": model, "folder": str(folder), "threads": threads}
    async with host.worker(SPEAKER, options, grace_s=GRACE_S) as worker:
        yield Kokoro(worker)


def lack(installed: bool, python: tuple[int, int]) -> str:
    """Why the library cannot work here and what to try instead, or ""."""
    if installed:
        return ""
    if python >= FIRST_PYTHON_WITHOUT:
        return (
            f"kokoro has no build for Python {python[0]}.{python[1]}; a server that has it,"
            " such as mlx-audio at mlx_audio_base, does the same,"
            " try: clawctl config set tts_engine openai"
        )
    return f"kokoro is not installed; try: {pip_install('clawctl[kokoro]')}"


plugin = Plugin(
    "kokoro",
    tts={
        "kokoro": Offer(
            open=_open,
            rank=60,
            about="kokoro: natural English, on this machine",
            missing=lambda: lack(find_spec("kokoro") is not None, sys.version_info[:2]),
            voices=lambda lang, _host: voices(lang),
            unset=lambda host: why_not(host.settings().model),
            models=lambda host: (host.settings().model,),
        )
    },
    settings=Settings,
)
