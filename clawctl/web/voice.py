"""Listening to a voice before it is chosen, and warming the engines up."""

import math
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Annotated, Any, Self

import msgspec
import trio
from msgspec import Meta
from quart import Blueprint, Response, request
from quart.wrappers.response import ResponseBody

from clawctl.audio import wav
from clawctl.call.warming import Warm
from clawctl.config.live import Live
from clawctl.config.table import by_key
from clawctl.config.values import check
from clawctl.door.app import JSON, answer, json_object, texts
from clawctl.engines.api import Voice
from clawctl.engines.chain import TtsChain, Warmed
from clawctl.engines.round_trip import RoundTrip
from clawctl.engines.speakable import speakable
from clawctl.errors import BadInput
from clawctl.wire.text import safe_text, some

TICK_S = 1.0
NDJSON = "application/x-ndjson"
WAV = "audio/wav"
SAMPLES = {
    "en": "Hello, this is a voice preview.",
    "de": "Hallo, das ist eine Sprachvorschau.",
}
Text = Annotated[str, Meta(max_length=1000)]


def routes(live: Live, tts: TtsChain, warm: Warm) -> Blueprint:
    web = Blueprint("voice", __name__)

    @web.post("/api/tts/preview")
    async def preview() -> Response:
        """Say {"text", "voice", "speed"}, all optional: JSON with a WAV in it, or with Accept:
        audio/wav the WAV."""
        text, voice = _asked(await json_object(), live)
        began = time.perf_counter()
        spoken = await tts.speak(text, voice)
        tts_ms = round((time.perf_counter() - began) * 1000, 1)
        sound = wav.write(spoken.sound)
        if request.accept_mimetypes.best_match([JSON, WAV]) == WAV:
            return Response(sound, content_type=WAV)
        return answer(
            {
                "ok": True,
                "audio_base64": sound,
                "tts_ms": tts_ms,
                "engine": spoken.engine,
                "voice": voice.name,
                "lang": voice.lang,
            }
        )

    @web.post("/api/warm")
    async def warm_up() -> Response:
        """Open and prove every chosen engine; NDJSON, a line as each is done."""
        await texts()
        response = Response(b"", content_type=NDJSON)
        response.response = Warmings(warm)
        response.headers.pop("Content-Length", None)
        response.timeout = None
        return response

    return web


def _asked(body: dict[str, Any], live: Live) -> tuple[str, Voice]:
    """What to say and how; raises BadInput naming every fault at once.

    What is left out is as it is set now; an empty text is the sample's.
    """
    now, rows = live.now.tts, by_key(live.loaded.table)
    wanted = {"text": "", "voice": now.tts_voice, "speed": now.tts_speed, **body}
    types = {"text": Text, "voice": rows["tts_voice"].type, "speed": rows["tts_speed"].type}
    faults = []
    for field, of in types.items():
        try:
            wanted[field] = check(of, wanted[field])
        except BadInput as error:
            faults.append(f"{field}: {error}")
    if unknown := [field for field in wanted if field not in types]:
        faults.append(f"{some(unknown)}: a preview takes text, voice and speed")
    if faults:
        raise BadInput("; ".join(faults))
    text = safe_text(wanted["text"]) or SAMPLES[now.tts_lang]
    if not (said := speakable(text, now.tts_lang)):
        raise BadInput("text: there is nothing in it that can be spoken")
    return said, Voice(now.tts_lang, wanted["voice"], wanted["speed"])


class Warmings(ResponseBody, AsyncIterator[bytes]):
    """A line for each engine as soon as it is warm, and one a second meanwhile; leaving it early
    cancels only the waiting."""

    def __init__(self, warm: Warm) -> None:
        self._warm = warm
        self._stack = AsyncExitStack()
        self._failed = False
        self._lines_in, self._lines = trio.open_memory_channel[bytes](math.inf)

    async def __aenter__(self) -> Self:
        nursery = await self._stack.enter_async_context(trio.open_nursery())
        self._stack.callback(nursery.cancel_scope.cancel)
        nursery.start_soon(self._run)
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        await self._stack.__aexit__(exc_type, exc_value, tb)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        try:
            return await self._lines.receive()
        except trio.EndOfChannel:
            raise StopAsyncIteration from None

    async def _run(self) -> None:
        with self._lines_in:
            async with trio.open_nursery() as ticking:
                ticking.start_soon(self._tick)
                await self._warm(self._tell)
                ticking.cancel_scope.cancel()
            self._put({"event": "done", "ok": not self._failed})

    async def _tick(self) -> None:
        """So that whoever watches sees that it goes on."""
        began = trio.current_time()
        while True:
            await trio.sleep(TICK_S)
            self._put({"event": "warming", "seconds": round(trio.current_time() - began)})

    def _tell(self, stage: str, came: Warmed | RoundTrip) -> None:
        trip = isinstance(came, RoundTrip)
        self._failed |= bool(came.failure) and not trip
        kind = "round_trip" if trip else "warmed"
        self._put({"event": kind, "stage": stage, **msgspec.to_builtins(came)})

    def _put(self, line: dict[str, Any]) -> None:
        self._lines_in.send_nowait(msgspec.json.encode(line) + b"\n")
