"""The engines of one stage in the order they are tried: one fails, the next one does the work."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import ClassVar, Generic, Self, TypeVar

import msgspec
import structlog
import trio

from clawctl.audio.wav import Sound
from clawctl.engines.api import (
    Answered,
    E,
    Host,
    Llm,
    Offer,
    Prompt,
    Say,
    Stage,
    Stt,
    Tts,
    Voice,
    knows,
)
from clawctl.engines.apology import last_resort
from clawctl.engines.attempt import Attempt
from clawctl.engines.choice import Choice
from clawctl.engines.keeper import Keeper, State
from clawctl.engines.passage import Passage
from clawctl.engines.reason import reason
from clawctl.engines.sentences import without_thinking
from clawctl.errors import Declined, EngineFailed, StageFailed

# What warming up may take, engine by engine; one that needs longer goes on opening by itself.
WARM_UP_S = 60.0
# No sound card plays a higher rate.
HIGHEST_HZ = 192_000

T = TypeVar("T")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Heard:
    text: str
    engine: str
    degraded: bool


@dataclass(frozen=True, slots=True)
class Replied:
    """`whole` unless the engine failed in the middle of it."""

    answered: Answered
    engine: str
    degraded: bool
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Spoken:
    sound: Sound
    engine: str
    degraded: bool


@dataclass(frozen=True, slots=True)
class Warmed:
    """One engine's proof: what opening it and its first work took; `failure` is "" if it passed.

    `opening_ms` is the part of it that opening took, 0 for one that was open or could not be.
    """

    engine: str
    ms: float
    failure: str
    opening_ms: float = 0.0


class EngineState(msgspec.Struct, frozen=True, kw_only=True):
    """An engine as `/health` shows it; `why` is its failure, or else why it was chosen."""

    name: str
    chosen: bool
    state: State
    why: str
    langs: tuple[str, ...]


class BrokenOff(EngineFailed):
    """An engine failed after a part of its output had been passed on."""

    def __init__(self, engine: str) -> None:
        self.engine = engine
        super().__init__(f"{engine} broke off")


# What is asked of an engine that a keeper holds; the attempt is for those that pass on their output
# in pieces.
Work = Callable[[E, Keeper[E], Attempt[T]], Awaitable[T]]


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    result: T
    engine: str
    degraded: bool


class Chain(Generic[E]):
    """What the three stages share: who is asked, in which order, for how long.

    `choose` gives the live setting: names in order; "auto" stands for all the others that can work,
    best rank first. `patience_s` bounds the wait for an engine's first output and each one after.
    """

    stage: ClassVar[Stage]

    def __init__(
        self,
        nursery: trio.Nursery,
        offers: Mapping[str, tuple[Offer[E], Host]],
        choose: Callable[[], Sequence[str]],
        patience_s: Callable[[], float],
    ) -> None:
        self._nursery = nursery
        self._patience_s = patience_s
        ranked = sorted(offers, key=lambda name: -offers[name][0].rank)
        self._keepers: dict[str, Keeper[E]] = {name: Keeper(name, *offers[name]) for name in ranked}
        self._choice = Choice(choose, self._keepers)
        for keeper in self._keepers.values():
            nursery.start_soon(keeper.run)

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        offers: Mapping[str, tuple[Offer[E], Host]],
        choose: Callable[[], Sequence[str]],
        patience_s: Callable[[], float],
    ) -> AsyncIterator[Self]:
        """Opens no engine yet; at the end every engine is closed and what is at work cancelled."""
        async with trio.open_nursery() as nursery:
            yield cls(nursery, offers, choose, patience_s)
            nursery.cancel_scope.cancel()

    def order(self, lang: str = "") -> list[str]:
        """The names to try for a language: those who know it first; absent ones are among them."""
        return self._choice.order(lang)

    async def warm(self, told: Callable[[Warmed], None] = lambda _: None) -> list[Warmed]:
        """Open the engines an ordinary turn may need and prove each by a piece of work.

        `told` hears of each as soon as it is done.

        Of "auto" these are the first for each language; the rest is a reserve that is opened when
        it is needed, so that its memory is not: when all of those failed, one after the other until
        one works. Raises nothing for an engine that fails.
        """
        self._watch()
        warmed: dict[str, Warmed] = {}
        names = self._choice.front()

        async def one(keeper: Keeper[E]) -> None:
            result = warmed[keeper.name] = await self._warm_one(keeper)
            told(result)

        async with trio.open_nursery() as nursery:
            for name in names:
                nursery.start_soon(one, self._keepers[name])
        for name in self._choice.reserve():
            if any(not each.failure for each in warmed.values()):
                break
            await one(self._keepers[name])
            names.append(name)
        return [warmed[name] for name in names]

    @property
    def is_warm(self) -> bool:
        """Whether one of the chosen engines could begin at once."""
        keepers = (self._keepers.get(name) for name in self._choice.names())
        return any(keeper.warm for keeper in keepers if keeper)

    def at_hand(self, lang: str) -> list[str]:
        """The chosen engines that know a language and could begin at once, in order."""
        return [
            name for name in self._choice.names()
            if name in self._keepers and self._keepers[name].warm
            and knows(self._keepers[name].langs, lang)
        ]  # fmt: skip

    def states(self) -> list[EngineState]:
        """Every engine there is: the chosen ones in their order, then the others."""
        chosen = self._choice.names()
        others = [name for name in self._keepers if name not in chosen]
        return [self._state(name, name in chosen) for name in chosen + others]

    async def _prove(self, engine: E, lang: str) -> None:
        raise NotImplementedError

    async def _by(self, name: str, work: Callable[[E], Awaitable[T]]) -> T:
        """This engine alone is asked, and may take as long as warming up; raises EngineFailed."""
        return await self._ask(
            self._keepers[name], Attempt(WARM_UP_S), lambda engine, *_: work(engine)
        )

    async def _do(self, lang: str, work: Work[E, T]) -> Done[T]:
        self._watch()
        order, failures = self.order(lang), []
        for keeper in self._to_try(order):
            attempt = Attempt[T](self._patience_s())
            try:
                result = await self._ask(keeper, attempt, work)
            except EngineFailed as error:
                if attempt.passed_on:
                    raise BrokenOff(keeper.name) from error
                failures.append(f"{keeper.name}: {error}")
            else:
                return Done(result, keeper.name, keeper.name != order[0])
        absent = [f"{name}: {why}" for name in order if (why := self._choice.why_absent(name))]
        raise StageFailed(self.stage, "; ".join(failures + absent) or "no engine is chosen")

    async def _ask(self, keeper: Keeper[E], attempt: Attempt[T], work: Work[E, T]) -> T:
        """What the engine raises comes out as EngineFailed, what the caller raised as it is."""
        began = trio.current_time()

        async def at_work() -> T:
            engine = await keeper.ready()
            with keeper.in_use():
                return await work(engine, keeper, attempt)

        try:
            result = await attempt.result(self._nursery, at_work)
        except Declined as declined:
            log.warning("engine.declined", engine=keeper.name, why=str(declined))
            raise
        except Exception as error:
            if attempt.refusal is not None:
                raise attempt.refusal from None
            keeper.failed(why := reason(error), since=began)
            raise EngineFailed(why) from error
        keeper.worked()
        return result

    def _to_try(self, order: Sequence[str]) -> list[Keeper[E]]:
        """The healthy ones, and when they failed the one of the resting that is rested first."""
        keepers = [self._keepers[name] for name in order if not self._choice.why_absent(name)]
        resting = sorted((k for k in keepers if k.resting), key=lambda k: k.rested_at)
        return [k for k in keepers if not k.resting] + resting[:1]

    def _watch(self) -> None:
        """A change of the setting takes effect now."""
        names = self._choice.names()
        for name, keeper in self._keepers.items():
            keeper.want(name in names)

    def _state(self, name: str, chosen: bool) -> EngineState:
        keeper = self._keepers.get(name)
        failure = self._choice.why_absent(name) or (keeper.failure if keeper else "")
        return EngineState(
            name=name,
            chosen=chosen,
            state=keeper.state if keeper else "absent",
            why=failure or self._choice.why(name),
            langs=tuple(sorted(keeper.langs)) if keeper else (),
        )

    async def _warm_one(self, keeper: Keeper[E]) -> Warmed:
        began, opening_ms, failure = trio.current_time(), 0.0, ""
        lang = "en" if "en" in keeper.langs else min(keeper.langs, default="en")

        async def work(engine: E) -> None:
            nonlocal opening_ms
            opening_ms = _ms_since(began)
            await self._prove(engine, lang)

        try:
            await self._by(keeper.name, work)
        except EngineFailed as error:
            failure = str(error)
        return Warmed(keeper.name, _ms_since(began), failure, opening_ms)


class SttChain(Chain[Stt]):
    """The recognisers."""

    stage = "stt"

    async def hear(self, sound: Sound, lang: str) -> Heard:
        """Raises StageFailed when nobody could tell what was said; "" means: nothing was."""
        done = await self._do(lang, lambda engine, *_: _hear(engine, sound, lang))
        return Heard(done.result, done.engine, done.degraded)

    async def hear_by(self, name: str, sound: Sound, lang: str) -> str:
        """As one recogniser hears it; raises EngineFailed."""
        return await self._by(name, lambda engine: _hear(engine, sound, lang))

    async def _prove(self, engine: Stt, lang: str) -> None:
        _, sound = last_resort(lang)
        await _hear(engine, sound, lang)


class LlmChain(Chain[Llm]):
    """The reply models."""

    stage = "llm"

    async def reply(self, prompt: Prompt, say: Say) -> Replied:
        """Pieces go to `say` as they come, without what the model thinks aloud; what was said stays
        said. Of the history each engine is told what its model has room for.

        If an engine fails after its first word the reply ends there, degraded, and no other one is
        asked. Raises StageFailed when nobody said anything, and what `say` raises.
        """

        async def work(engine: Llm, keeper: Keeper[Llm], attempt: Attempt[Answered]) -> Answered:
            passage = Passage(attempt, say, keeper.longest_reply)
            answered = await engine.reply(keeper.fitted(prompt), passage.take)
            await passage.finish()
            if not isinstance(answered.model, str):
                raise EngineFailed("did not say which model answered")
            if not passage.words.any:
                raise Declined("its model wrote nothing that can be said")
            return answered

        try:
            done = await self._do(prompt.lang, work)
        except BrokenOff as broken:
            answered = Answered(model=broken.engine)
            return Replied(answered, broken.engine, degraded=True, whole=False)
        return Replied(done.result, done.engine, done.degraded)

    def window(self) -> int:
        """What the model that would answer now has before it, in tokens; 0 if nobody knows."""
        keepers = self._to_try(self.order())
        return keepers[0].window if keepers else 0

    def has_room(self, prompt: Prompt) -> bool:
        """Whether the model that would answer now is told all of it."""
        keepers = self._to_try(self.order(prompt.lang))
        return not keepers or keepers[0].fitted(prompt) == prompt

    async def _prove(self, engine: Llm, lang: str) -> None:
        pieces: list[str] = []

        async def keep(piece: str) -> None:
            pieces.append(piece)

        await engine.reply(
            Prompt(system="Answer in one word.", transcript="Hello.", lang=lang), keep
        )
        if not without_thinking("".join(pieces)).strip():
            raise EngineFailed("replied nothing")


class TtsChain(Chain[Tts]):
    """The voices."""

    stage = "tts"

    async def speak(self, text: str, voice: Voice) -> Spoken:
        """Raises StageFailed when no engine made a sound."""
        done = await self._do(voice.lang, lambda engine, *_: _speak(engine, text, voice))
        return Spoken(done.result, done.engine, done.degraded)

    async def speak_by(self, name: str, text: str, voice: Voice) -> Sound:
        """As one engine says it; raises EngineFailed."""
        return await self._by(name, lambda engine: _speak(engine, text, voice))

    def speaker(self, lang: str) -> tuple[str, bytes]:
        """Who should speak a language, and how that engine is set now."""
        name = next(iter(self.order(lang)), "")
        keeper = self._keepers.get(name)
        return name, msgspec.msgpack.encode(keeper.voice_settings()) if keeper else b""

    def voices(self, lang: str) -> dict[str, tuple[str, ...]]:
        """The voices of the engine that would speak a language now, under headings."""
        keepers = self._to_try(self.order(lang))
        return keepers[0].voices(lang) if keepers else {}

    async def _prove(self, engine: Tts, lang: str) -> None:
        text, _ = last_resort(lang)
        await _speak(engine, text, Voice(lang=lang))


def _ms_since(began: float) -> float:
    return round((trio.current_time() - began) * 1000, 1)


async def _hear(engine: Stt, sound: Sound, lang: str) -> str:
    text = await engine.hear(sound, lang)
    if not isinstance(text, str):
        raise EngineFailed("returned no text")
    return text


async def _speak(engine: Tts, text: str, voice: Voice) -> Sound:
    sound = await engine.speak(text, voice)
    if (type(sound.pcm), type(sound.rate)) != (bytes, int) or not 0 < sound.rate <= HIGHEST_HZ:
        raise EngineFailed("made a sound that cannot be played")
    if not sound.pcm.lstrip(b"\0"):
        raise EngineFailed("made no sound")
    return sound
