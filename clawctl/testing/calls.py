"""The room where calls happen, put together from fakes: for tests on a virtual clock."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import trio

from clawctl.audio.wav import Sound
from clawctl.bus import Bus, Listener
from clawctl.call.registry import Registry
from clawctl.call.turn import Turns
from clawctl.call.utterance import Result, Utterance
from clawctl.config.live import Live
from clawctl.config.load import given
from clawctl.gateway import make_turns, open_engines
from clawctl.plugins import Found
from clawctl.testing.engines import EchoLlm, FixedStt, ToneTts, fake_plugin
from clawctl.testing.memory_store import MemoryStore
from clawctl.wire.events import Event

# A second of sound that is not silence.
SPEECH = Sound(b"\x00\x10\x00\xf0" * 8000, 16_000)
EPOCH = 1_800_000_000.0


@dataclass
class Heard:
    """What a caller and a line get of one turn, in order."""

    session_ids: list[str] = field(default_factory=list)
    transcripts: list[str] = field(default_factory=list)
    replies: list[tuple[str, bool]] = field(default_factory=list)
    sounds: list[Sound] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)

    async def session(self, session_id: str) -> None:
        self.session_ids.append(session_id)

    async def heard(self, transcript: str, asr_ms: float) -> None:  # noqa: ARG002 - as Out has it
        self.transcripts.append(transcript)

    async def reply(self, text: str, *, final: bool) -> None:
        self.replies.append((text, final))

    async def sound(self, sound: Sound, *, whole: bool) -> None:
        self.sounds.append(sound)
        self.whole.append(whole)


@dataclass
class CallRoom:
    """Everything a turn needs; the fakes may be told to fail at any time."""

    turns: Turns
    registry: Registry
    store: MemoryStore
    bus: Bus
    live: Live
    stt: FixedStt
    llm: EchoLlm
    tts: ToneTts
    second_llm: EchoLlm
    listener: Listener
    speaking: list[bool]
    _count: int = 0

    async def say(self, text: str = "hello", session_id: str = "", **said: Any) -> Result:
        """One utterance, different from every other; what is heard of it is forgotten."""
        return await self.turns.run(self.utterance(text, session_id=session_id, **said), Heard())

    def utterance(self, text: str = "hello", *, digest: str = "", **said: Any) -> Utterance:
        self.stt.text = text
        self._count += 1
        return Utterance(sound=SPEECH, audio_digest=digest or f"audio {self._count}", **said)

    def set(self, **changes: Any) -> None:
        self.live.change(changes, by="owner")

    def events(self) -> list[Event]:
        """All that was told since the last look."""
        return [stamped.event for stamped in self.listener.take_nowait()]

    def types(self) -> list[str]:
        return [event.type for event in self.events()]


@asynccontextmanager
async def open_call_room(
    settings: Mapping[str, Any] | None = None, store: MemoryStore | None = None
) -> AsyncIterator[CallRoom]:
    """`settings` are flat keys; `store` what an earlier gateway left."""
    live = Live(given({"llm_engine": ["first", "second"], **(settings or {})}))
    kept, speaking = store or MemoryStore(), [True]
    bus = Bus(lambda: EPOCH + trio.current_time(), kept.last_seq())
    bus.keep = kept.keep
    stt, llm, tts, second = FixedStt(), EchoLlm(), ToneTts(), EchoLlm(model="second")
    found = Found(
        (fake_plugin("first", stt=stt, llm=llm, tts=tts), fake_plugin("second", llm=second)), {}
    )

    async def speech(_: Sound) -> bool:
        return speaking[0]

    def clock() -> float:
        return EPOCH + trio.current_time()

    async with open_engines(live, found) as engines, trio.open_nursery() as background:
        turns = make_turns(kept, bus, live, engines, speech, background, clock)
        await turns.registry.restore()
        background.start_soon(turns.registry.sweep)
        with bus.listen() as listener:
            yield CallRoom(
                turns, turns.registry, kept, bus, live, stt, llm, tts, second, listener, speaking
            )
        background.cancel_scope.cancel()
