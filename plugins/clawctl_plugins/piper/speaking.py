"""Speech by whichever of the two is there: the server, or else the library."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from clawctl.audio import wav
from clawctl.audio.wav import Sound
from clawctl.config.schema import PiperSettings
from clawctl.engines.api import Host, Tts, Voice, Worker
from clawctl.engines.models import where
from clawctl.errors import Declined, EngineFailed
from clawctl_plugins.piper.ability import has_library, without_server
from clawctl_plugins.piper.server import NoServer, Server, open_server
from clawctl_plugins.piper.voices import Chosen, chosen

SPEAKER = "clawctl_plugins.piper.speaker:Speaker"
# A quarter of an hour of speech; what is longer is a mistake.
LONGEST = 10_000
# A long sentence takes less, and loading a voice anew as long.
GRACE_S = 1.0


@dataclass(frozen=True, slots=True)
class Piper:
    """`worker` is None where the library is not installed."""

    host: Host
    server: Server
    worker: Worker | None

    async def speak(self, text: str, voice: Voice) -> Sound:
        """As the settings are now; of `voice` only the name counts, if it is one of Piper's.

        A pause follows every sentence; between two of one text a server makes its own.
        """
        if len(text) > LONGEST:
            raise Declined(f"piper speaks at most {LONGEST} characters at once")
        if not any(map(str.isalnum, text)):
            raise Declined("there is nothing in it that can be spoken")
        own = self.host.common().piper
        who = _who(own, voice)
        try:
            sound = await self.server.speak(text, who, _scales(own))
        except NoServer:
            return await self._by_library(text, who, own)
        pause = wav.silence(1000 * own.piper_sentence_silence, sound.rate)
        return Sound(sound.pcm + pause.pcm, sound.rate)

    async def _by_library(self, text: str, who: Chosen, own: PiperSettings) -> Sound:
        file = where(who.name)
        if self.worker is None or file is None:
            library = self.worker is not None
            raise EngineFailed(without_server(who.name, own.piper_base, library))
        pcm, rate = await self.worker.call(
            "speak", str(file), text, who.speaker, _scales(own), own.piper_sentence_silence
        )
        if not pcm:
            raise Declined("there is nothing in it that can be spoken")
        return Sound(pcm, rate)


@asynccontextmanager
async def open_piper(host: Host) -> AsyncIterator[Tts]:
    async with AsyncExitStack() as stack:
        worker = None
        if has_library():
            worker = await stack.enter_async_context(host.worker(SPEAKER, {}, grace_s=GRACE_S))
        server = await stack.enter_async_context(open_server(host))
        yield Piper(host, server, worker)


def _who(own: PiperSettings, voice: Voice) -> Chosen:
    """Raises EngineFailed when what is set can be no voice of Piper's."""
    wanted = chosen(voice.name, own.piper_speaker) or chosen(own.piper_voice, own.piper_speaker)
    if wanted is None:
        raise EngineFailed(
            f"{own.piper_voice!r} is no voice of Piper's;"
            " try: clawctl config set piper_voice thorsten-high"
        )
    return wanted


def _scales(own: PiperSettings) -> dict[str, float]:
    """By the names that library and server have for them."""
    return {
        "length_scale": own.piper_length_scale,
        "noise_scale": own.piper_noise_scale,
        "noise_w_scale": own.piper_noise_w,
    }
