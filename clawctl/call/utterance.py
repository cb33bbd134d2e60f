"""One utterance on its way through the stages, and what a line and a turn say to each other."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import structlog
import trio

from clawctl.audio.wav import Sound
from clawctl.bus import Bus
from clawctl.call import gate
from clawctl.call.greetings import Greeting
from clawctl.call.ports import Mark, NoWords, TurnRecord
from clawctl.call.session import Session
from clawctl.engines.api import TakenMessage
from clawctl.errors import StageFailed
from clawctl.wire.events import Event, Stamped, TurnError

log = structlog.get_logger()

METRICS = {"stt": "asr_ms", "llm": "llm_ms", "tts": "tts_ms"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """What a line brought: a recording, and what the phone says about it.

    `audio_digest` is equal for the same recording; `streamed` if the answer leaves in parts.
    """

    sound: Sound
    audio_digest: str
    session_id: str = ""
    reset: bool = False
    transcript_hint: str = ""
    skip_asr: bool = False
    forced_reply: str = ""
    caller_number: str = ""
    direction: str = "incoming"
    streamed: bool = False


class Out(Protocol):
    """Where the answer goes while it is made; each returns when the next part may come."""

    async def session(self, session_id: str) -> None: ...

    async def heard(self, transcript: str, asr_ms: float) -> None: ...

    async def reply(self, text: str, *, final: bool) -> None:
        """All of the reply as far as it is written."""
        ...

    async def sound(self, sound: Sound, *, whole: bool) -> None:
        """The next piece of sound; `whole` if it is the first and the last."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A turn that was answered (`record` tells how), or why it was not."""

    session_id: str
    ok: bool = True
    record: TurnRecord | None = None
    hangup: bool = False
    rejected: bool = False
    ended: bool = False
    stale: bool = False
    reason: str = ""


@dataclass
class Turn:
    """The turn being answered. Nothing of the call changes before its commit.

    `spoken` are the sentences the caller was given so far, `planned` the whole reply once it is
    written. `failed` names the last stage that failed. `greeting` is what whoever placed the call
    wants said first. `scope` is cancelled when the call was reset or has ended: then nobody wants
    the turn any more.
    """

    said: Utterance
    session: Session
    bus: Bus
    record: TurnRecord
    passphrase: str
    began: float
    events: list[Stamped] = field(default_factory=list)
    spoken: list[str] = field(default_factory=list)
    planned: str = ""
    failed: str = ""
    rejected: str = ""
    hangup: bool = False
    retakes: TurnRecord | None = None
    inject: str = ""
    greeting: Greeting | None = None
    authenticated: bool | None = None
    instructed: str = ""
    message: TakenMessage | None = None
    committed: bool = False
    scope: trio.CancelScope = field(default_factory=trio.CancelScope)
    limit: trio.CancelScope = field(default_factory=trio.CancelScope)

    def left_s(self) -> float:
        """Seconds until the turn has to have its answer."""
        return self.limit.deadline - trio.current_time()

    def extend(self, seconds: float) -> None:
        """It may take that long from now: a stream is kept alive, so nobody gives up."""
        self.limit.deadline = max(self.limit.deadline, trio.current_time() + seconds)

    def mark(self, place: Mark, *, after_s: float = math.inf, again: bool = False) -> None:
        """The turn came by here, now or `after_s` its arrival; only the first time counts, or with
        `again` the last. What comes once it is recorded kept nobody waiting."""
        if "recorded" in self.record.waterfall:
            return
        ms = round(min(trio.current_time() - self.began, after_s) * 1000, 1)
        if again or place not in self.record.waterfall:
            self.record.waterfall[place] = ms

    def announce(self, event: Event) -> None:
        """Told at once, stored together with the turn."""
        self.events.append(self.bus.announce(event))

    def public(self, text: str) -> str:
        """`text` as it may be stored, announced and logged."""
        return gate.withhold(self.passphrase, text) if self.passphrase else text

    def hear(self, engine: str, no_words: NoWords, degraded: bool) -> None:
        self.record.no_words = no_words
        self.did("stt", engine, degraded)

    def did(self, stage: str, engine: str, degraded: bool) -> None:
        """Who did the work of a stage, and whether that was the first choice."""
        if engine:
            self.record.engines.setdefault(stage, engine)
        if degraded:
            self.degrade(stage)

    def degrade(self, stage: str) -> None:
        self.record.degraded = self.record.degraded or stage

    def fail(self, stage: str, why: str) -> None:
        """A stage did not do its work; the caller must not notice more of it than a sentence."""
        self.failed = stage
        self.degrade(stage)
        self.announce(TurnError(session_id=self.session.id, stage=stage, detail=why))
        log.warning("turn.stage_failed", stage=stage, why=why)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Names what runs in it, measures it, and turns its failure into `failed`."""
        began = trio.current_time()
        try:
            yield
        except StageFailed as error:
            self.fail(name, str(error))
        finally:
            self.spend(METRICS[name], trio.current_time() - began)

    def spend(self, metric: str, seconds: float) -> None:
        spent = float(self.record.metrics.get(metric, 0.0))
        self.record.metrics[metric] = round(spent + seconds * 1000, 1)
