"""Ready before it rings: engines proven, then the sentences every call needs spoken once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import trio

from clawctl.call.shared import Job
from clawctl.call.wording import every_phrase
from clawctl.config.live import Live
from clawctl.engines.api import Voice
from clawctl.engines.chain import Warmed
from clawctl.engines.phrases import Phrases
from clawctl.engines.round_trip import RoundTrip
from clawctl.engines.speakable import speakable
from clawctl.errors import StageFailed

# Hears of each engine that was warmed, and of each round trip: the stage, and what came of it.
Told = Callable[[str, Warmed | RoundTrip], None]
Warm = Callable[[Told], Awaitable[None]]


@dataclass
class Run:
    """One warming up: what came of it so far, and who is told."""

    job: Job[None] = field(default_factory=Job)
    done: list[tuple[str, Warmed | RoundTrip]] = field(default_factory=list)
    followers: list[Told] = field(default_factory=list)

    def tell(self, stage: str, came: Warmed | RoundTrip) -> None:
        self.done.append((stage, came))
        for told in self.followers:
            told(stage, came)


class Warming:
    """One at a time, in `background`; `prove` opens and proves every chosen engine."""

    def __init__(self, prove: Warm, phrases: Phrases, live: Live, background: trio.Nursery) -> None:
        self._prove = prove
        self._phrases = phrases
        self._live = live
        self._background = background
        self._run: Run | None = None

    async def __call__(self, told: Told) -> None:
        """Whoever asks meanwhile shares it, and is told what was done before.

        Cancelled, it goes on without the one who asked: an engine that is being proven would else
        be broken off.
        """
        run = self._under_way()
        for one in run.done:
            told(*one)
        run.followers.append(told)
        try:
            await run.job.result()
        finally:
            run.followers.remove(told)

    def _under_way(self) -> Run:
        if self._run is None or self._run.job.done:
            run = self._run = Run()
            self._background.start_soon(run.job.run, lambda _: self._warm(run))
        return self._run

    async def _warm(self, run: Run) -> None:
        await self._prove(run.tell)
        now = self._live.now
        voice = Voice(now.tts.tts_lang, now.tts.tts_voice, now.tts.tts_speed)
        for text in (
            now.call.greeting("incoming"),
            now.call.greeting("outgoing"),
            now.call.auth_reject_message,
            now.call.max_duration_message,
            *every_phrase(voice.lang),
        ):
            if said := speakable(text, voice.lang):
                try:
                    await self._phrases.speak_lasting(said, voice)
                except StageFailed:
                    return
