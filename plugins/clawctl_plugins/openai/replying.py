"""Replies over `chat/completions`, streamed as server-sent events."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any

import httpx2
import msgspec
from msgspec import Meta

from clawctl.config.schema import LlmSettings
from clawctl.engines.api import Answered, Prompt, Say
from clawctl.engines.messages import chat
from clawctl.errors import EngineFailed
from clawctl_plugins.openai.manner import Manner
from clawctl_plugins.openai.server import Place, Refused, Server, body_of, flowing
from clawctl_plugins.openai.server_sent import Endless, Events

DONE = b"[DONE]"
# An answer that came whole, in place of a stream, is no longer than this.
MOST_BYTES = 4 * 1024 * 1024
# 100,000 tokens, with what servers write around each.
MOST_STREAMED_BYTES = 64 * 1024 * 1024


class Words(msgspec.Struct):
    content: str | None = None


class Choice(msgspec.Struct):
    """In a stream `delta` has the next piece, in a whole answer `message` everything."""

    delta: Words | None = None
    message: Words | None = None
    finish_reason: str | None = None


class Chunk(msgspec.Struct):
    choices: Annotated[list[Choice], Meta(max_length=16)] | None = None
    error: Any = None


_decode = msgspec.json.Decoder(Chunk).decode


@dataclass(frozen=True, slots=True)
class Mind:
    """`manners` has what the servers asked so far refused, by address and model."""

    server: Server
    manners: dict[tuple[str, str], Manner] = field(default_factory=dict)

    async def reply(self, prompt: Prompt, say: Say) -> Answered:
        """Pieces as they come; a server that does not stream is heard out."""
        settings, place = self.server.settings.llm, self.server.for_replies
        async with self._asked(prompt, settings, place) as response:
            kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            match kind:
                case "text/event-stream":
                    await _streamed(response, place, say)
                case "application/json":
                    await _whole(response, place, say)
                case _:
                    raise place.failure(
                        f"answers {kind or 'without a type'} in place of a reply:"
                        " is it an OpenAI-compatible one? look at llm_base_url"
                    )
        return Answered(model=settings.llm_model)

    @asynccontextmanager
    async def _asked(
        self, prompt: Prompt, settings: LlmSettings, place: Place
    ) -> AsyncIterator[httpx2.Response]:
        """Asked once more, and from then on, without what the server refuses."""
        messages, fields = chat(prompt), body(settings)
        manner = self.manners.get(about := (place.base, settings.llm_model), Manner())
        while True:
            asked = manner.asked(messages, fields)
            try:
                async with self.server.ask(place, "chat/completions", json=asked) as response:
                    self.manners[about] = manner
                    yield response
                    return
            except Refused as refused:
                otherwise = manner.after(refused)
                if otherwise is None:
                    raise
                manner = otherwise


def body(settings: LlmSettings) -> dict[str, Any]:
    """`top_k` and the penalty on repetition stay here: servers refuse what they do not know."""
    asked: dict[str, Any] = {
        "model": settings.llm_model,
        "stream": True,
        "max_tokens": settings.llm_max_tokens,
        "temperature": settings.llm_temperature,
    }
    if settings.llm_top_p_enabled and settings.llm_top_p < 1:
        asked["top_p"] = settings.llm_top_p
    if settings.llm_stop:
        asked["stop"] = list(settings.llm_stop)
    return asked


async def _streamed(response: httpx2.Response, place: Place, say: Say) -> None:
    ended, why_ended, said = False, "", False
    events = Events()
    async with flowing(response, MOST_STREAMED_BYTES, place) as pieces:
        async for piece in pieces:
            for data in _fed(events, piece, place):
                if data == DONE:
                    ended = True
                elif choice := _choice(data, place):
                    if choice.delta and choice.delta.content:
                        said = said or bool(choice.delta.content.strip())
                        await say(choice.delta.content)
                    why_ended = choice.finish_reason or why_ended
    if not (ended or why_ended):
        raise place.failure("broke off in the middle of its answer")
    if not said:
        raise _nothing(why_ended, place)


async def _whole(response: httpx2.Response, place: Place, say: Say) -> None:
    choice = _choice(await body_of(response, MOST_BYTES, place), place) or Choice()
    if not (choice.message and choice.message.content and choice.message.content.strip()):
        raise _nothing(choice.finish_reason or "", place)
    await say(choice.message.content)


def _fed(events: Events, piece: bytes, place: Place) -> Iterator[bytes]:
    try:
        yield from events.feed(piece)
    except Endless:
        raise place.failure("sends a line without end") from None


def _choice(data: bytes, place: Place) -> Choice | None:
    try:
        chunk = _decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise place.failure("sends what is no piece of a reply") from None
    if chunk.error:
        raise place.failure("reports a fault of its own; its log may say more")
    return chunk.choices[0] if chunk.choices else None


def _nothing(why_ended: str, place: Place) -> EngineFailed:
    if why_ended == "length":
        return place.failure(
            "answered nothing before llm_max_tokens were used up: does its model think first?"
        )
    return place.failure("answered nothing")
