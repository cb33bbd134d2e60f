"""Giving a simulated caller a voice: flite where it is installed, else espeak's klatt voice."""

import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import trio

from clawctl.audio import wav
from clawctl.audio.wav import Sound
from clawctl.engines.api import Worker
from clawctl.engines.worker import open_workers
from clawctl.errors import EngineFailed

# One that comes with flite and that pocketsphinx understands well.
FLITE_VOICE = "rms"
ESPEAK = "clawctl_plugins.espeak.synthesiser:Synthesiser"
# The clearest of espeak's: every fifth word is misheard, of its other voices every second.
KLATT = ["en-us+klatt4"]
WORDS_PER_MINUTE, PITCH = 140, 50


class CallerVoice(Protocol):
    """`poor` says why recognition will suffer, "" if it will not."""

    @property
    def poor(self) -> str: ...

    async def speak(self, text: str) -> Sound:
        """Raises EngineFailed."""
        ...


@dataclass(frozen=True, slots=True)
class Flite:
    """The program `flite`; text and sound go through files, so no text is an option."""

    program: str
    voice: str = FLITE_VOICE
    poor: str = ""

    async def speak(self, text: str) -> Sound:
        with TemporaryDirectory(prefix="clawctl-") as place:
            words, sound = Path(place, "words.txt"), Path(place, "words.wav")
            # Without an end of line flite leaves out the last sentence.
            await trio.Path(words).write_text(" ".join(text.split()) + "\n", "utf-8")
            command = [self.program, "-voice", self.voice, "-f", str(words), "-o", str(sound)]
            await _run(command)
            return wav.read(await trio.Path(sound).read_bytes())


async def _run(command: list[str]) -> None:
    try:
        await trio.run_process(command, stdin=b"", capture_stdout=True, capture_stderr=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise EngineFailed(f"flite could not speak: {error}") from None


@dataclass(frozen=True, slots=True)
class Espeak:
    """espeak-ng, in a process of its own."""

    worker: Worker
    poor: str = "flite is not installed: espeak speaks, and recognition mishears it often"

    async def speak(self, text: str) -> Sound:
        pcm, rate = await self.worker.call("speak", text, KLATT, WORDS_PER_MINUTE, PITCH)
        return Sound(pcm, rate)


@asynccontextmanager
async def open_voice() -> AsyncIterator[CallerVoice]:
    """The best voice there is here."""
    if program := shutil.which("flite"):
        yield Flite(program)
        return
    async with open_workers(ESPEAK, {}) as worker:
        yield Espeak(worker)
