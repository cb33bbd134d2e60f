"""Replies over `chat/completions`, streamed as server-sent events."""

from dataclasses import dataclass
from typing import Annotated, Any

import httpx2
import msgspec
from msgspec import Meta

from clawctl.config.schema import LlmSettings
from clawctl.engines.api import Answered, Prompt, Say
from clawctl.engines.messages import chat
from clawctl.errors import EngineFailed
from clawctl_plugins.openai.server import Place, Server, body_of, flowing

DONE = "[DONE]"
# An answer that came whole, in place of a stream, is no longer than this.
MOST_BYTES = 4 * 1024 * 1024


class Words(msgspec.Struct):
    content: str | None = None


class Choice(msgspec.Struct):
    """In a stream `delta` has the next piece, in a whole answer `message` everything."""

    delta: Words = msgspec.field(default_factory=Words)
    message: Words = msgspec.field(default_factory=Words)
    finish_reason: str | None = None


class Chunk(msgspec.Struct):
    choices: Annotated[list[Choice], Meta(max_length=16)] = []
    error: Any = None


_decode = msgspec.json.Decoder(Chunk).decode


@dataclass(frozen=True, slots=True)
class Mind:
    server: Server

    async def reply(self, prompt: Prompt, say: Say) -> Answered:
        """Pieces as they come; a server that does not stream is heard out."""
        settings, place = self.server.settings.llm, self.server.for_replies
        asked = {"messages": chat(prompt), **body(settings)}
        async with self.server.ask(place, "chat/completions", json=asked) as response:
            kind = response.headers.get("content-type", "").partition(";")[0].strip()
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


def body(settings: LlmSettings) -> dict[str, Any]:
    """`top_k` and the penalty on repetition stay here: servers refuse what they do not know."""
    asked: dict[str, Any] = {
        "model": settings.llm_model,
        "stream": True,
        "max_tokens": settings.llm_max_tokens,
        "temperature": settings.llm_temperature,
    }
    if settings.llm_top_p_enabled:
        asked["top_p"] = settings.llm_top_p
    if settings.llm_stop:
        asked["stop"] = list(settings.llm_stop)
    return asked


async def _streamed(response: httpx2.Response, place: Place, say: Say) -> None:
    ended = False
    async with flowing(httpx2.EventSource(response)) as events:
        async for event in events:
            if event.data == DONE:
                ended = True
                continue
            for choice in _chunk(event.data, place).choices[:1]:
                if choice.delta.content:
                    await say(choice.delta.content)
                ended = ended or bool(choice.finish_reason)
    if not ended:
        raise place.failure("broke off in the middle of its answer")


async def _whole(response: httpx2.Response, place: Place, say: Say) -> None:
    data = await body_of(response, MOST_BYTES, place)
    words = [choice.message.content or "" for choice in _chunk(data, place).choices[:1]]
    if not "".join(words):
        raise place.failure("answered nothing")
    await say(words[0])


def _chunk(data: str | bytes, place: Place) -> Chunk:
    try:
        chunk = _decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise place.failure("sends what is no piece of a reply") from None
    if chunk.error:
        raise _fault(place)
    return chunk


def _fault(place: Place) -> EngineFailed:
    return place.failure("reports a fault of its own; its log may say more")
