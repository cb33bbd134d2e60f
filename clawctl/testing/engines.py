"""Engines that do what a test tells them: answer at once, late, never, or with an error."""

import os
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Literal, Self, TypeVar

import trio

from clawctl.audio.wav import Sound
from clawctl.config.schema import Settings
from clawctl.engines.api import (
    Answered,
    Host,
    Llm,
    Offer,
    Prompt,
    Say,
    Stt,
    TakenMessage,
    Tts,
    Voice,
    Worker,
)
from clawctl.plugins import Plugin

HANG: Literal["hang"] = "hang"

# What an engine does in place of its work: raise this, or never come back.
Trouble = Exception | Literal["hang"] | None

TONE_RATE = 16_000
# One second of a 400 Hz square wave: loud, and joined to itself without a step.
_TONE = (b"\x00\x10" * 20 + b"\x00\xf0" * 20) * (TONE_RATE // 40)

CallT = TypeVar("CallT")


@dataclass
class Fake(Generic[CallT]):
    """What the three fakes share; every attribute may be changed while the engine is open.

    `calls` lists what was asked, in order; `opened` and `closed` count. `delay_s` passes before
    `trouble` strikes or the answer comes; `opening_s` and `opening_trouble` do the same to opening,
    which also waits for `held`.
    """

    delay_s: float = 0.0
    trouble: Trouble = None
    opening_s: float = 0.0
    opening_trouble: Trouble = None
    held: trio.Event | None = None
    calls: list[CallT] = field(default_factory=list)
    opened: int = 0
    closed: int = 0

    @asynccontextmanager
    async def open(self, host: Host) -> AsyncIterator[Self]:  # noqa: ARG002 - as an Offer has it
        await _suffer(self.opening_s, self.opening_trouble)
        if self.held is not None:
            await self.held.wait()
        self.opened += 1
        try:
            yield self
        finally:
            self.closed += 1

    async def work(self, asked: CallT) -> None:
        self.calls.append(asked)
        await _suffer(self.delay_s, self.trouble)


@dataclass
class FixedStt(Fake[tuple[Sound, str]]):
    """Understands the same words whatever was said."""

    text: str = "hello"

    async def hear(self, sound: Sound, lang: str) -> str:
        await self.work((sound, lang))
        return self.text


def echo(prompt: Prompt) -> Iterable[str]:
    return ("You said: ", prompt.transcript, ".")


@dataclass
class EchoLlm(Fake[Prompt]):
    """Writes the pieces that `answer` gives, one every `piece_s` after the first.

    With `pieces_before_trouble` that many are written before `trouble` strikes. `window` is that of
    its model, in tokens.
    """

    answer: Callable[[Prompt], Iterable[str]] = echo
    piece_s: float = 0.0
    pieces_before_trouble: int = 0
    model: str = "echo"
    message: TakenMessage | None = None
    window: int = 0

    async def reply(self, prompt: Prompt, say: Say) -> Answered:
        if not self.pieces_before_trouble:
            await self.work(prompt)
        else:
            self.calls.append(prompt)
            await trio.sleep(self.delay_s)
        for index, piece in enumerate(self.answer(prompt)):
            if index:
                await _suffer(self.piece_s, self.trouble_at(index))
            await say(piece)
        return Answered(model=self.model, message=self.message)

    def trouble_at(self, index: int) -> Trouble:
        return self.trouble if index == self.pieces_before_trouble else None


@dataclass
class ToneTts(Fake[tuple[str, Voice]]):
    """A loud tone, `character_s` long for each character of the text.

    `voices` are those it offers, by language; every voice sounds the same.
    """

    character_s: float = 0.05
    voices: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)

    async def speak(self, text: str, voice: Voice) -> Sound:
        await self.work((text, voice))
        samples = int(len(text) * self.character_s * TONE_RATE)
        seconds = samples // TONE_RATE + 1
        return Sound((_TONE * seconds)[: 2 * samples], TONE_RATE)


class NoHost:
    """The host of engines that borrow nothing."""

    cache_dir = Path(os.devnull)

    def settings(self) -> Any:
        return None

    def common(self) -> Settings:
        return Settings()

    def worker(
        self, spec: str, options: Mapping[str, Any], *, size: int = 1, grace_s: float = 0.3
    ) -> AbstractAsyncContextManager[Worker]:
        raise NotImplementedError


def fake_plugin(
    name: str = "fake",
    *,
    stt: FixedStt | None = None,
    llm: EchoLlm | None = None,
    tts: ToneTts | None = None,
    rank: int = 1000,
    langs: Iterable[str] = ("en", "de"),
    missing: str = "",
) -> Plugin:
    """A plugin without settings whose engines all bear its name; `auto` chooses them first.

    `missing` is why they cannot work here.
    """
    about = ("does what a test says", frozenset(langs), lambda: missing)
    return Plugin(
        name,
        stt={name: Offer[Stt](stt.open, rank, *about)} if stt else {},
        llm={name: Offer[Llm](llm.open, rank, *about, window=lambda _: llm.window)} if llm else {},
        tts={name: Offer[Tts](tts.open, rank, *about, _voices(tts))} if tts else {},
    )


def _voices(tts: ToneTts) -> Callable[[str, Host], Mapping[str, tuple[str, ...]]]:
    return lambda lang, _host: tts.voices.get(lang, {})


async def _suffer(delay_s: float, trouble: Trouble) -> None:
    await trio.sleep(delay_s)
    if trouble == HANG:
        await trio.sleep_forever()
    elif isinstance(trouble, Exception):
        raise trouble
