"""Who answers what the caller said: the passphrase gate, an agent, or the reply model."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import trio

from clawctl.call import gate
from clawctl.call.compaction import Compaction
from clawctl.call.delegating import NO_DRAFT, Delegating, Draft
from clawctl.call.prompt import Instructions, snapshot
from clawctl.call.speaking import Speaking
from clawctl.call.utterance import Out, Turn
from clawctl.config.live import Live
from clawctl.engines.api import Prompt
from clawctl.engines.chain import LlmChain, Replied
from clawctl.engines.sentences import Sentences, Thinking
from clawctl.engines.speakable import speakable
from clawctl.engines.spoken.markup import without_code
from clawctl.errors import StageFailed
from clawctl.wire.text import safe_text

# Sentences the model may be ahead of the voice.
AHEAD = 32


@dataclass(frozen=True)
class Answering:
    llm: LlmChain
    speaking: Speaking
    live: Live
    instructions: Instructions
    compaction: Compaction
    delegating: Delegating

    def gated(self, turn: Turn) -> bool:
        """Whether this caller still owes the passphrase."""
        return bool(turn.passphrase) and not turn.session.state.authenticated

    async def answer(self, turn: Turn, out: Out, transcript: str) -> None:
        if not transcript or (turn.said.reset and self.gated(turn)):
            # The first turn of a call is the app's own: no word of it is a guess at the passphrase.
            await self._nothing_said(turn, out)
        elif self.gated(turn):
            await self._pass_gate(turn, out, transcript)
        else:
            await self._think(turn, out, transcript)

    async def _nothing_said(self, turn: Turn, out: Out) -> None:
        if turn.failed:
            await self.speaking.say_phrase(turn, out, "misheard", "apology")
        elif self.gated(turn):
            await self.speaking.say_phrase(turn, out, "gate_ask", "gate")
        else:
            await self.speaking.say_phrase(turn, out, "reprompt", "reprompt")

    async def _pass_gate(self, turn: Turn, out: Out, transcript: str) -> None:
        call, attempt = self.live.now.call, turn.session.state.auth_attempts + 1
        turn.authenticated = gate.opens(turn.passphrase, transcript)
        if turn.authenticated:
            await self.speaking.say_phrase(turn, out, "gate_open", "gate")
        elif 0 < call.auth_max_attempts <= attempt:
            turn.hangup = True
            await self.speaking.say(turn, out, call.auth_reject_message, "gate")
        else:
            await self.speaking.say_phrase(turn, out, "gate_wrong", "gate")

    async def _think(self, turn: Turn, out: Out, transcript: str) -> None:
        """An agent that has the call, else the model."""
        self.compaction.yield_to_turn(turn.session)
        turn.instructed = turn.session.state.turn_instructions
        heard = turn.public(transcript)
        prompt = snapshot(
            turn.session, self.instructions, self.live.now, heard, without=turn.retakes
        )
        if self.delegating.concerned(turn):
            drafting = self.delegating.drafting(turn)
            draft = await self._draft(turn, prompt) if drafting else NO_DRAFT

            async def delegate(writing: Writing) -> bool:
                return await self.delegating.write(turn, writing, heard, draft)

            if await self._speak(turn, out, prompt.lang, delegate) or turn.failed == "tts":
                return
        await self._speak(turn, out, prompt.lang, partial(self._write, turn, prompt))

    async def _speak(
        self, turn: Turn, out: Out, lang: str, write: Callable[["Writing"], Awaitable[bool]]
    ) -> bool:
        """Sentences are written into a channel while the voice speaks them; whether that was an
        answer."""
        send, receive = trio.open_memory_channel[str](AHEAD)
        writing, written = Writing(out, send, lang, turn), list[bool]()

        async def at_work() -> None:
            async with send:
                with turn.stage("llm"):
                    written.append(await write(writing))
                    await writing.finish()
            if writing.text:
                turn.planned = writing.text
                self.speaking.announce_reply(turn, writing.text)
                await out.reply(turn.public(writing.text), final=True)

        async with receive, trio.open_nursery() as nursery:
            nursery.start_soon(at_work)
            await self.speaking.speak(turn, out, receive)
            if turn.failed == "tts":
                nursery.cancel_scope.cancel()
        return any(written) and bool(turn.spoken)

    async def _write(self, turn: Turn, prompt: Prompt, writing: "Writing") -> bool:
        replied = await self.llm.reply(prompt, writing.say)
        turn.record.model = replied.answered.model
        turn.message = replied.answered.message
        turn.did("llm", replied.engine, replied.degraded)
        await writing.finish()
        if not writing.text:
            raise StageFailed("llm", f"{replied.engine} wrote nothing that can be said")
        return True

    async def _draft(self, turn: Turn, prompt: Prompt) -> Draft:
        """What the model would say; it has failed when there is none, and the agent is alone."""
        pieces, replied = list[str](), list[Replied]()

        async def keep(piece: str) -> None:
            pieces.append(piece)

        with turn.stage("llm"):
            replied.append(await self.llm.reply(prompt, keep))

        def use() -> None:
            turn.record.model = replied[0].answered.model
            turn.message = replied[0].answered.message

        text = safe_text("".join(pieces))
        return Draft(text, use) if replied and text else NO_DRAFT


class Writing:
    """Pieces of a reply become sentences, each announced with all before it and sent on."""

    def __init__(self, out: Out, send: trio.MemorySendChannel[str], lang: str, turn: Turn) -> None:
        self.text = ""
        self._out = out
        self._send = send
        self._lang = lang
        self._turn = turn
        self._thinking = Thinking()
        self._sentences = Sentences(lang)

    async def say(self, piece: str) -> None:
        self._turn.mark("first_token")
        for sentence in self._sentences.feed(self._thinking.feed(piece)):
            await self._pass_on(sentence)

    async def finish(self) -> None:
        for sentence in self._sentences.feed(self._thinking.rest()):
            await self._pass_on(sentence)
        await self._pass_on(self._sentences.rest())

    async def _pass_on(self, sentence: str) -> None:
        sentence = safe_text(without_code(sentence))
        if not speakable(sentence, self._lang):
            return
        self.text = f"{self.text} {sentence}".strip()
        self._turn.mark("first_sentence")
        await self._out.reply(self._turn.public(self.text), final=False)
        await self._send.send(sentence)
