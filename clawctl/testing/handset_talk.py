"""What the phone app asks its gateway during a call, and what it makes of the answers."""

import time
from typing import Protocol

from clawctl.testing import handset_requests as requests
from clawctl.testing.handset_answer import FAILED, CallConfig, config_of, transcript_of, turn_of
from clawctl.testing.handset_clock import CallClock
from clawctl.testing.handset_contract import Violation
from clawctl.testing.handset_form import TurnFields
from clawctl.testing.handset_stream import Stream
from clawctl.testing.handset_turn import Playback, Turn
from clawctl.testing.handset_wire import SMOOTH, Mishap, Request, RequestFailed, Response, Sink


def unheard(piece: bytes) -> None:
    """For an answer that is read as a whole."""


class Gateway(Protocol):
    async def ask(self, request: Request, sink: Sink = unheard) -> Response:
        """Raises RequestFailed."""
        ...


class Talk:
    """A session with a gateway; `session_id` is empty until the gateway brings one."""

    def __init__(
        self,
        gateway: Gateway,
        clock: CallClock,
        playback: Playback,
        *,
        bearer: str,
        streaming: bool,
    ) -> None:
        self._gateway = gateway
        self._clock = clock
        self._playback = playback
        self._bearer = bearer
        self._streaming = streaming
        self._last_ms = 0
        self.session_id = ""

    async def config(self, found: list[Violation]) -> CallConfig | None:
        try:
            response = await self._ask(requests.call_config(self._bearer))
        except RequestFailed as failed:
            found.extend(failed.breaches)
            return None
        return config_of(response, found)

    async def transcript(self, turn: Turn, wav: bytes) -> str:
        """What recognition heard; a failure counts as nothing."""
        request = requests.recognition(self._bearer, wav, self._epoch_ms())
        asked_at = self._clock.now()
        try:
            response = await self._ask(request)
        except RequestFailed as failed:
            turn.found.extend(failed.breaches)
            return ""
        finally:
            turn.asr_s = self._clock.now() - asked_at
        return transcript_of(response, turn.found)

    async def answer(
        self, turn: Turn, fields: TurnFields, wav: bytes, mishap: Mishap = SMOOTH
    ) -> None:
        """Ask for a reply; what fails on the stream is asked once more as a whole."""
        if not self._streaming:
            await self._whole(turn, fields, wav, mishap)
        else:
            await self._streamed(turn, fields, wav, mishap)
            if turn.answer is FAILED:
                failed = turn.why
                await self._whole(turn, fields, wav, SMOOTH)
                turn.why = turn.why or f"asked again, for the stream failed: {failed}"
        self._adopt(turn, fields.session_id)

    async def _whole(self, turn: Turn, fields: TurnFields, wav: bytes, mishap: Mishap) -> None:
        request = requests.turn(self._bearer, fields, wav, self._epoch_ms(), mishap)
        response = await self._asked(turn, request, unheard)
        if response is not None:
            turn.answer = turn_of(response, turn.found)

    async def _streamed(self, turn: Turn, fields: TurnFields, wav: bytes, mishap: Mishap) -> None:
        stream = Stream(turn.found)

        def play(piece: bytes) -> None:
            if seconds := stream.feed(piece):
                self._playback.sound(turn, seconds)

        request = requests.streamed_turn(self._bearer, fields, wav, self._epoch_ms(), mishap)
        response = await self._asked(turn, request, play)
        if response is None:
            return
        turn.answer = stream.answer(response)
        turn.why = stream.failed or turn.why
        turn.live = turn.heard_s is not None and turn.answer.outcome != "failed"

    async def _asked(self, turn: Turn, request: Request, sink: Sink) -> Response | None:
        asked_s = self._clock.now() - turn.said_at
        try:
            response = await self._ask(request, sink)
        except RequestFailed as failed:
            turn.found.extend(failed.breaches)
            turn.why = str(failed)
            return None
        turn.why = "" if 200 <= response.status < 300 else f"status {response.status}"
        turn.first_byte_s = asked_s + response.first_byte_s
        turn.answered_s = asked_s + response.total_s
        return response

    async def _ask(self, request: Request, sink: Sink = unheard) -> Response:
        with self._clock.work():
            return await self._gateway.ask(request, sink)

    def _adopt(self, turn: Turn, sent: str) -> None:
        answer = turn.answer
        if answer is FAILED:
            return
        if sent and answer.session_id not in {"", sent} and not answer.ended:
            change = f"from {sent!r} to {answer.session_id!r}"
            turn.found.append(Violation("session_changed", change))
        self.session_id = answer.session_id or self.session_id
        if not self.session_id and answer.outcome != "hangup":
            turn.found.append(Violation("no_session", "the next turn will carry none either"))

    def _epoch_ms(self) -> int:
        """Growing: the same utterance said again is another request."""
        self._last_ms = max(self._last_ms + 1, time.time_ns() // 1_000_000)
        return self._last_ms
