"""A call that the app leaves ringing, though it should be answered, is taken by us.

The app asks once, when it rings, whether to answer, and waits a few seconds (phone page, 3, 4.2).
When nobody was warm by then, the gateway began only now, or the cable was out, it would ring on
until the caller gives up.
"""

from dataclasses import dataclass

import structlog
import trio

from clawctl.call.admission import refusal
from clawctl.call.cold import ColdGate
from clawctl.call.dialling import CallView, Phone
from clawctl.config.live import Live
from clawctl.errors import ClawError
from clawctl.wire.events import CallRinging, Stamped

log = structlog.get_logger()

# Five for the connection and five for the answer: by then the app has its policy or none. Taken
# sooner, a call could get the number of the one before.
APP_S = 10.0
AGAIN_S = 2.0
# Networks give up earlier; a phone that stays away for so long is not waited for.
RINGS_S = 180.0


@dataclass(frozen=True)
class LeftRinging:
    """`heard` is told every event; what follows is done in `background`."""

    phone: Phone
    live: Live
    gate: ColdGate
    background: trio.Nursery

    def heard(self, stamped: Stamped) -> None:
        call = self.phone.view().call
        if isinstance(stamped.event, CallRinging) and call:
            self.background.start_soon(self._take, call.since)

    async def _take(self, since: float) -> None:
        """`since` is which call it is."""
        with trio.move_on_after(RINGS_S):
            await trio.sleep(APP_S + self.live.now.call.call_auto_answer_delay_ms / 1000)
            while self._rings(since):
                # Asked by a caller whom nobody could hear so far, it warms up.
                if self._welcome() and await self.gate.may_answer() and await self._answered():
                    return
                await trio.sleep(AGAIN_S)

    def _rings(self, since: float) -> bool:
        """As far as is known: a phone that is away may come back ringing."""
        phone = self.phone.view()
        if phone.call is None:
            return phone.state in {"absent", "lost"}
        return phone.call.state == "ringing" and phone.call.since == since

    def _welcome(self) -> bool:
        call, policy = self.phone.view().call or CallView(state=""), self.live.now.call
        return (
            call.state == "ringing"
            and policy.call_auto_answer
            and not refusal(policy, call.number, "incoming")
        )

    async def _answered(self) -> bool:
        try:
            await self.phone.answer()
        except ClawError as error:
            log.warning("phone.not_answered", why=str(error))
            return False
        log.info("phone.answered")
        return True
