"""Sentences that come again and again, greetings and goodbyes, are synthesised once.

Those that every call needs outlive a restart. Others are in memory only: what was said into a call
must go when the call is forgotten.
"""

from collections import OrderedDict
from dataclasses import dataclass, field

import msgspec
import trio

from clawctl.engines.api import Voice
from clawctl.engines.apology import last_resort
from clawctl.engines.chain import Spoken, TtsChain
from clawctl.engines.phrase_files import PhraseFiles
from clawctl.errors import StageFailed

__all__ = ["MOST", "MOST_BYTES", "Phrases", "last_resort"]

MOST = 64
MOST_BYTES = 16_000_000

# Who should speak it and how they are set, the voice, the text.
Key = tuple[tuple[str, bytes], Voice, str]


@dataclass
class Making:
    """A phrase that is being synthesised; one that ended with neither outcome was cancelled."""

    ended: trio.Event = field(default_factory=trio.Event)
    spoken: Spoken | None = None
    failed: StageFailed | None = None


class Phrases:
    """Remembers what the first engine of the chain said; what a fall-back said is not kept.

    `files` is where those are that last, if any are to.
    """

    def __init__(
        self,
        tts: TtsChain,
        files: PhraseFiles | None = None,
        most: int = MOST,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._tts = tts
        self._files = files
        self._most = most
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[Key, Spoken] = OrderedDict()
        self._makings: dict[Key, Making] = {}

    async def speak(self, text: str, voice: Voice) -> Spoken:
        """As `TtsChain.speak`; callers with the same phrase share one synthesis and its failure."""
        key = (self._tts.speaker(voice.lang), voice, text)
        while (spoken := self._kept.get(key)) is None:
            making = self._makings.get(key)
            if making is None:
                return await self._make(key)
            await making.ended.wait()
            if making.failed is not None:
                raise making.failed
            if making.spoken is not None:
                return making.spoken
        self._kept.move_to_end(key)
        await trio.lowlevel.checkpoint()
        return spoken

    async def speak_lasting(self, text: str, voice: Voice) -> Spoken:
        """As `speak`, for a sentence of every call: kept on disk, and found there."""
        key = (self._tts.speaker(voice.lang), voice, text)
        if self._files is None or key in self._kept:
            return await self.speak(text, voice)
        name = msgspec.msgpack.encode(key)
        if sound := await trio.to_thread.run_sync(self._files.get, name):
            spoken = Spoken(sound, key[0][0], degraded=False)
            self._keep(key, spoken)
            return spoken
        spoken = await self.speak(text, voice)
        if not spoken.degraded:
            await trio.to_thread.run_sync(self._files.put, name, spoken.sound)
        return spoken

    async def _make(self, key: Key) -> Spoken:
        _, voice, text = key
        making = self._makings[key] = Making()
        try:
            making.spoken = await self._tts.speak(text, voice)
        except StageFailed as error:
            making.failed = error
            raise
        finally:
            del self._makings[key]
            making.ended.set()
        self._keep(key, making.spoken)
        return making.spoken

    def _keep(self, key: Key, spoken: Spoken) -> None:
        if spoken.degraded or len(spoken.sound.pcm) > self._most_bytes or key in self._kept:
            return
        self._kept[key] = spoken
        self._bytes += len(spoken.sound.pcm)
        while len(self._kept) > self._most or self._bytes > self._most_bytes:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= len(oldest.sound.pcm)
