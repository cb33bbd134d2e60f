"""How a turn's answer leaves: as one JSON body, or as lines while it is made (gateway page, 4)."""

import base64
from typing import Any

import msgspec

from clawctl.audio import wav
from clawctl.audio.convert import join, resample
from clawctl.audio.wav import Sound
from clawctl.call.shared import Job
from clawctl.call.utterance import Result
from clawctl.wire.rest import TurnAnswer


class Body:
    """Collects the pieces of sound for `/api/turn`."""

    def __init__(self) -> None:
        self._sounds: list[Sound] = []

    async def session(self, session_id: str) -> None:
        """The whole answer carries it."""

    async def heard(self, transcript: str, asr_ms: float) -> None:
        """The whole answer carries it."""

    async def reply(self, text: str, *, final: bool) -> None:
        """The whole answer carries it."""

    async def sound(self, sound: Sound, *, whole: bool) -> None:  # noqa: ARG002
        self._sounds.append(sound)

    def finish(self, result: Result) -> bytes:
        audio = wav.write(join(self._sounds)) if self._sounds and result.record else b""
        return msgspec.json.encode(turn_answer(result, audio))


class Lines:
    """Writes `/api/turn/stream`: a WAV header, samples as they are made, and what is said.

    The header tells the exact size if the whole reply is there before the first chunk leaves;
    otherwise chunk 0 is sent once more, exact, before the end (the app keeps the last one).
    """

    def __init__(self, job: Job[bytes]) -> None:
        self._job = job
        self._rate = 0
        self._sent = 0
        self._chunks = 0
        self._exact = False

    async def session(self, session_id: str) -> None:
        await self._line(event="session", session_id=session_id)

    async def heard(self, transcript: str, asr_ms: float) -> None:
        await self._line(event="asr", transcript=transcript, asr_ms=asr_ms)

    async def reply(self, text: str, *, final: bool) -> None:
        await self._line(event="reply", reply=text, final=final)

    async def sound(self, sound: Sound, *, whole: bool) -> None:
        if not self._chunks:
            self._rate, self._exact = sound.rate, whole
            await self._chunk(wav.header(self._rate, len(sound.pcm) if whole else None))
        pcm = resample(sound, self._rate).pcm
        self._sent += len(pcm)
        await self._chunk(pcm)

    def finish(self, result: Result) -> None:
        """The last lines; never waits, for the turn is already recorded."""
        if self._chunks and not self._exact:
            exact = wav.header(self._rate, self._sent)
            self._put(event="audio", index=0, chunk_base64=_base64(exact))
        done = msgspec.structs.asdict(turn_answer(result, b""))
        del done["audio_base64"]
        self._put(event="done", **{k: v for k, v in done.items() if v or k in KEPT})

    def fail(self, detail: str) -> None:
        self._put(event="error", detail=detail)

    async def _chunk(self, data: bytes) -> None:
        await self._line(event="audio", index=self._chunks, chunk_base64=_base64(data))
        self._chunks += 1

    async def _line(self, **fields: Any) -> None:
        """Waits until the line was taken: what counts as sent is what the phone could get."""
        self._put(**fields)
        await self._job.taken()

    def _put(self, **fields: Any) -> None:
        self._job.put(msgspec.json.encode(fields) + b"\n")


# Fields of the answer that are there even when they are empty or false.
KEPT = frozenset({"ok", "session_id", "transcript", "reply", "hangup", "rejected", "metrics"})


def turn_answer(result: Result, audio: bytes) -> TurnAnswer:
    record = result.record
    return TurnAnswer(
        ok=result.ok,
        session_id=result.session_id,
        transcript=record.transcript if record else "",
        reply=record.reply if record else "",
        audio_base64=audio,
        hangup=result.hangup,
        rejected=result.rejected,
        metrics=record.metrics if record else {},
        model=record.model if record else "",
        turn=record.number if record else 0,
        degraded=record.degraded if record else "",
        reason=result.reason or (record.no_words if record else ""),
        ended=result.ended,
        stale=result.stale,
    )


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
