"""The phone app as a program: it takes calls the way a handset does and judges the gateway.

What of the app is not here needs a phone: commands over ADB (see `device`), voice activity (an
utterance is captured whole), the "noise-like" transcripts that skip the echo check, redirects
(reported, not followed), and the scatter of the silence hang-up (it comes at its earliest moment).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import trio

from clawctl.testing.caller import Caller
from clawctl.testing.handset_call import Call, Tell
from clawctl.testing.handset_clock import CallClock
from clawctl.testing.handset_phone import Phone, Slot
from clawctl.testing.handset_report import CallReport, Heard, Moment, TurnReport
from clawctl.testing.handset_talk import unheard
from clawctl.testing.handset_wire import Carrier, Request, RequestFailed, Response, Sink


class Handset:
    """One phone, one call at a time; see `open_handset`."""

    def __init__(
        self, carrier: Carrier, nursery: trio.Nursery, phone: Phone, time_scale: float, tell: Tell
    ) -> None:
        self._carrier = carrier
        self._nursery = nursery
        self._phone = phone
        self._time_scale = time_scale
        self._tell = tell
        self._slot = Slot()
        self._call: Call | None = None
        self._under_way = 0
        self._all_read = trio.Event()

    async def call(self, caller: Caller) -> CallReport:
        """From ring to end. While a call runs, another is turned away without a request."""
        if self._call is not None:
            return CallReport(ended="busy", duration_s=0.0, unsaid=len(caller.utterances))
        clock = CallClock(self._time_scale)
        self._call = Call(caller, self._phone, self._slot, self, clock=clock, tell=self._tell)
        try:
            return await self._call.run()
        finally:
            self._call = None

    def answer(self) -> None:
        """Take a call that the phone only lets ring."""
        if self._call is not None:
            self._call.picked_up = True

    def hang_up(self) -> None:
        """End the call, ringing or not, from outside; its `call` returns."""
        if self._call is not None:
            self._call.end("operator")

    async def drained(self) -> None:
        """Until the answers that nobody waits for any more were read to their end."""
        while self._under_way:
            await self._all_read.wait()

    async def ask(self, request: Request, sink: Sink = unheard) -> Response:
        """Raises RequestFailed. Cancelled, the request goes on: the app leaves it open."""
        answers: list[Response | RequestFailed] = []
        answered = trio.Event()
        self._under_way += 1
        self._nursery.start_soon(self._carry, request, sink, answers, answered)
        await answered.wait()
        if isinstance(answers[0], RequestFailed):
            raise answers[0]
        return answers[0]

    async def _carry(
        self,
        request: Request,
        sink: Sink,
        answers: list[Response | RequestFailed],
        answered: trio.Event,
    ) -> None:
        try:
            answers.append(await self._carrier.carry(request, sink))
        except RequestFailed as error:
            answers.append(error)
        finally:
            self._under_way -= 1
            answered.set()
            self._all_read.set()
            self._all_read = trio.Event()


def ignore(told: Moment | Heard | TurnReport) -> None:
    """For those who only want the report."""


SHIPPED = Phone()


@asynccontextmanager
async def open_handset(
    carrier: Carrier,
    phone: Phone = SHIPPED,
    *,
    time_scale: float = 1.0,
    tell: Tell = ignore,
) -> AsyncIterator[Handset]:
    """A handset at `carrier`. Leaving drops requests that are still open (see `drained`).

    `time_scale` is what a second of playing, speaking and waiting costs: 0 for none at all.
    """
    async with trio.open_nursery() as nursery:
        yield Handset(carrier, nursery, phone, time_scale, tell)
        nursery.cancel_scope.cancel()
