"""What was said in a recording: found out once, however often the phone posts it."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

import msgspec
import structlog
import trio
from msgspec.structs import replace

from clawctl.audio.wav import Sound
from clawctl.call.phantoms import is_phantom, mere
from clawctl.call.ports import NoWords
from clawctl.call.shared import Job, Shared
from clawctl.config.live import Live
from clawctl.engines.chain import SttChain
from clawctl.errors import StageFailed
from clawctl.wire.text import safe_text

log = structlog.get_logger()

# Below this there is no word, and some recognisers fail over it.
SHORTEST_S = 0.1


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """`text` is "" when nobody spoke, and `reason` tells how that is known; `degraded` if the first
    recogniser did not do the work. Speech was found `speech_ms` after recognition had begun."""

    text: str = ""
    reason: NoWords = ""
    engine: str = ""
    degraded: bool = False
    ms: float = 0.0
    speech_ms: float = 0.0


# Is anybody speaking in this sound?
Speech = Callable[[Sound], Awaitable[bool]]


class Detector(Protocol):
    """Looks that are short enough for the event loop (`clawctl.audio.speech`)."""

    def looks(self, sound: Sound) -> Iterator[bool]: ...


def look_by_look(detector: Detector) -> Speech:
    """Detection that lets everybody else go on between two looks."""

    async def speech(sound: Sound) -> bool:
        await trio.lowlevel.checkpoint()
        for found in detector.looks(sound):
            if found:
                return True
            await trio.lowlevel.checkpoint()
        return False

    return speech


@dataclass
class Spoken:
    """When somebody was found to speak, if they were."""

    began: float
    found: trio.Event = field(default_factory=trio.Event)
    after_ms: float = 0.0

    def tell(self) -> None:
        self.after_ms = (trio.current_time() - self.began) * 1000
        self.found.set()


@dataclass(frozen=True)
class Hearing:
    """Speech detection runs beside recognition, so it never adds to the caller's silence.

    `shared` remembers what was heard by the digest of the audio (phone.md 6.2: the app posts the
    same recording to /api/asr and to /api/turn).
    """

    stt: SttChain
    speech: Speech
    live: Live
    shared: Shared[Heard]

    async def hear(self, sound: Sound, digest: str) -> Heard:
        """Raises StageFailed when somebody spoke and no recogniser could say what."""
        if not sound.pcm or sound.seconds < SHORTEST_S:
            return Heard(reason="too_short")

        async def work(_: Job[Heard]) -> Heard:
            return await self._recognise(sound)

        return await self.shared.get(digest, work)

    async def _recognise(self, sound: Sound) -> Heard:
        spoken = Spoken(trio.current_time())
        heard, failed = Heard(reason=mere(sound)), None
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._detect, sound, spoken, nursery.cancel_scope)
            try:
                heard = await self._transcribe(sound, spoken)
            except StageFailed as error:
                failed = error
            nursery.cancel_scope.cancel()
        if failed:
            raise failed
        ms = (trio.current_time() - spoken.began) * 1000
        return replace(heard, ms=ms, speech_ms=spoken.after_ms)

    async def _transcribe(self, sound: Sound, spoken: "Spoken") -> Heard:
        """Recognisers hallucinate on silence: their words count only if somebody spoke."""
        try:
            heard = await self.stt.hear(sound, self._lang())
        except StageFailed:
            await spoken.found.wait()
            raise
        text = safe_text(heard.text)
        told = Heard(text=text, engine=heard.engine, degraded=heard.degraded)
        if not any(map(str.isalnum, text)):
            return replace(told, text="", reason="no_speech")
        await spoken.found.wait()
        if is_phantom(text, sound):
            log.info("speech.phantom", engine=heard.engine)
            return replace(told, text="", reason="hallucination")
        return told

    async def _detect(self, sound: Sound, spoken: "Spoken", both: trio.CancelScope) -> None:
        """Tells `spoken`, or puts an end to `both` detection and recognition of mere silence."""
        try:
            found = await self.speech(sound)
        except Exception as error:  # noqa: BLE001 - the plugin door: a broken detector mutes nobody
            log.warning("speech.detector_failed", why=type(error).__name__)
            found = True
        if found:
            spoken.tell()
        else:
            both.cancel()

    def _lang(self) -> str:
        now = self.live.now
        return now.stt.stt_language or now.tts.tts_lang
