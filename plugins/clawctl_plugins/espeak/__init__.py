"""espeak-ng: English and German at once and anywhere; plain to the ear.

It is GPL-3 and lives in processes of its own; the gateway itself never loads it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Annotated

import msgspec
from msgspec import Meta

from clawctl.audio.wav import Sound
from clawctl.engines.api import Host, Offer, Tts, Voice, Worker
from clawctl.errors import Declined
from clawctl.pip import pip_install
from clawctl.plugins import Plugin
from clawctl_plugins.espeak.voices import speaks, voices

# A quarter of an hour of speech; what is longer is a mistake.
LONGEST = 10_000

VoiceName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]{1,20}(\+[A-Za-z0-9]{1,20})?$")]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The voice of espeak-ng"""

    voice_en: Annotated[
        VoiceName,
        Meta(
            description="English voice, with a variant if wanted: en-gb, en-us+f3.",
            extra={"live": True},
        ),
    ] = "en-us"
    voice_de: Annotated[
        VoiceName, Meta(description="German voice, as voice_en.", extra={"live": True})
    ] = "de"
    words_per_minute: Annotated[
        int, Meta(ge=80, le=450, description="Pace at speed 1.", extra={"live": True})
    ] = 165
    pitch: Annotated[
        int, Meta(ge=0, le=100, description="How high the voice is.", extra={"live": True})
    ] = 50

    def voice(self, lang: str) -> str:
        return {"en": self.voice_en, "de": self.voice_de}.get(lang, lang)


@dataclass(frozen=True, slots=True)
class Espeak:
    worker: Worker
    host: Host

    async def speak(self, text: str, voice: Voice) -> Sound:
        """A voice that espeak does not know, or that speaks another language, is passed over."""
        if len(text) > LONGEST:
            raise Declined(f"espeak speaks at most {LONGEST} characters at once")
        own: Settings = self.host.settings()
        wanted = [voice.name] if speaks(voice.name, voice.lang) else []
        names = [*wanted, own.voice(voice.lang), own.voice_en]
        pace = round(own.words_per_minute * voice.speed)
        pcm, rate = await self.worker.call("speak", text, names, pace, own.pitch)
        return Sound(pcm, rate)


@asynccontextmanager
async def _open(host: Host) -> AsyncIterator[Tts]:
    synthesiser = "clawctl_plugins.espeak.synthesiser:Synthesiser"
    async with host.worker(synthesiser, {}, size=2) as worker:
        yield Espeak(worker, host)


def _missing() -> str:
    if find_spec("espeakng_loader"):
        return ""
    return f"espeak-ng is not installed; try: {pip_install('espeakng-loader')}"


plugin = Plugin(
    "espeak",
    tts={
        "espeak": Offer(
            open=_open,
            rank=10,
            about="espeak-ng: at once and anywhere, plain to the ear",
            langs=frozenset({"en", "de"}),
            missing=_missing,
            voices=lambda lang, _host: voices(lang),
        )
    },
    settings=Settings,
)
