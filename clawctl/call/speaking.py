"""How a reply becomes sound: sentence by sentence, from the cache, or as the last resort."""

from contextlib import suppress
from dataclasses import dataclass

import trio

from clawctl.audio.wav import Sound
from clawctl.call.utterance import Out, Turn
from clawctl.call.wording import Phrase, wording
from clawctl.config.live import Live
from clawctl.engines.api import Voice
from clawctl.engines.chain import TtsChain
from clawctl.engines.phrases import Phrases, last_resort
from clawctl.engines.speakable import speakable
from clawctl.errors import StageFailed
from clawctl.wire.events import TurnReply

# How long an apology may take to be synthesised before the recorded one is played.
APOLOGY_S = 2.0
# How long somebody who queues a sentence waits for it to be synthesised ahead.
PREPARE_S = 1.0


@dataclass(frozen=True)
class Speaking:
    tts: TtsChain
    phrases: Phrases
    live: Live

    async def say(self, turn: Turn, out: Out, text: str, model: str) -> None:
        """A reply that is known at once, synthesised in one piece."""
        turn.record.model, turn.planned = model, text
        self.announce_reply(turn, text)
        await out.reply(turn.public(text), final=True)
        sound = await self._sound(turn, text, fixed=True)
        if sound is not None:
            await self._give(turn, out, text, sound, whole=True)

    async def prepare(self, text: str) -> float:
        """Synthesise what will be said soon; ms it took. It waits PREPARE_S at the most, and a
        voice that fails is none of its business."""
        began = trio.current_time()
        tts = self.live.now.tts
        voice = Voice(tts.tts_lang, tts.tts_voice, tts.tts_speed)
        if said := speakable(text, voice.lang):
            with trio.move_on_after(PREPARE_S), suppress(StageFailed):
                await self.phrases.speak(said, voice)
        return round((trio.current_time() - began) * 1000, 1)

    async def say_phrase(self, turn: Turn, out: Out, phrase: Phrase, model: str) -> None:
        await self.say(turn, out, wording(phrase, self.live.now.tts.tts_lang), model)

    async def speak(self, turn: Turn, out: Out, sentences: trio.MemoryReceiveChannel[str]) -> None:
        """Say sentences as they are written, until there are no more or no voice works. The next
        one is synthesised while one is on its way to the phone."""
        put, sounds = trio.open_memory_channel[tuple[str, Sound, bool]](0)

        async def synthesise() -> None:
            async with put:
                async for sentence in sentences:
                    sound = await self._sound(turn, sentence, fixed=False)
                    if sound is None:
                        return
                    state = sentences.statistics()
                    more = bool(state.open_send_channels or state.current_buffer_used)
                    await put.send((sentence, sound, more))

        async with sounds, trio.open_nursery() as nursery:
            nursery.start_soon(synthesise)
            async for sentence, sound, more in sounds:
                await self._give(turn, out, sentence, sound, whole=not (more or turn.spoken))

    async def apologise(self, turn: Turn, out: Out) -> None:
        """Never silence: a sentence of ours, recorded if no voice can be had in time."""
        text = wording("sorry", self.live.now.tts.tts_lang)
        sound = None
        if turn.failed != "tts":
            with trio.move_on_after(APOLOGY_S):
                sound = await self._sound(turn, text, fixed=True)
        if sound is None:
            text, sound = last_resort(self.live.now.tts.tts_lang)
        turn.record.model, turn.planned = "apology", text
        self.announce_reply(turn, text)
        await out.reply(text, final=True)
        await self._give(turn, out, text, sound, whole=True)

    def announce_reply(self, turn: Turn, text: str) -> None:
        turn.announce(
            TurnReply(session_id=turn.session.id, reply=turn.public(text), model=turn.record.model)
        )

    async def _sound(self, turn: Turn, text: str, *, fixed: bool) -> Sound | None:
        """None when no voice could speak it; a `fixed` text is looked for in the cache."""
        tts = self.live.now.tts
        voice = Voice(tts.tts_lang, tts.tts_voice, tts.tts_speed)
        with turn.stage("tts"):
            said = speakable(text, voice.lang)
            if not said:
                raise StageFailed("tts", "there is nothing in it that can be spoken")
            spoken = await (self.phrases if fixed else self.tts).speak(said, voice)
            turn.did("tts", spoken.engine, spoken.degraded)
            return spoken.sound
        return None

    async def _give(self, turn: Turn, out: Out, text: str, sound: Sound, *, whole: bool) -> None:
        turn.spoken.append(text)
        turn.mark("first_sound")
        await out.sound(sound, whole=whole)
        turn.mark("last_sound", again=True)
