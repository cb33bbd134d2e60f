"""A call that the app leaves ringing, though it should be answered, is taken by us.

The app asks once, when it rings, whether to answer, and waits a few seconds (phone page, 3, 4.2).
When nobody was warm by then, the gateway began only now, or the cable was out, it would ring on
until the caller gives up.
"""

import time
from dataclasses import dataclass

import structlog
import trio

from clawctl.bus import Clock
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
# How often it is looked at whether it still rings; and how soon engines that could not be warmed
# are warmed again, which costs a prompt each time.
LOOK_S, AGAIN_S = 2.0, 15.0
# Networks give up earlier; a phone that stays away for so long is not waited for.
RINGS_S = 180.0


@dataclass(frozen=True)
class LeftRinging:
    """`heard` is told every event; what follows is done in `background`."""

    phone: Phone
    live: Live
    gate: ColdGate
    background: trio.Nursery
    clock: Clock = time.time

    def heard(self, stamped: Stamped) -> None:
        call = self.phone.view().call
        if isinstance(stamped.event, CallRinging) and call:
            self.background.start_soon(self._take, call.since)

    async def _take(self, since: float) -> None:
        """`since` is which call it is."""
        of_app_s = APP_S + self.live.now.call.call_auto_answer_delay_ms / 1000
        complaints = set[str]()
        with trio.move_on_after(RINGS_S):
            await trio.sleep(of_app_s - min(max(0.0, self.clock() - since), of_app_s))
            while not self._over(since):
                pause_s = LOOK_S
                if self._welcome(since) and not await self.gate.opened():
                    pause_s = AGAIN_S
                # A caller may have given up meanwhile.
                elif self._welcome(since) and await self._answered(complaints):
                    return
                await trio.sleep(pause_s)

    def _over(self, since: float) -> bool:
        """As far as is known: a phone that is away may come back ringing."""
        call = self.phone.view().call
        return call is not None and not _rings(call, since)

    def _welcome(self, since: float) -> bool:
        """A phone that is not quite well left it ringing for a reason, and would be mute."""
        phone, policy = self.phone.view(), self.live.now.call
        return (
            phone.state == "ready"
            and phone.call is not None
            and _rings(phone.call, since)
            and policy.call_auto_answer
            and not refusal(policy, phone.call.number, "incoming")
        )

    async def _answered(self, complaints: set[str]) -> bool:
        """Each complaint of the phone is logged once a call."""
        try:
            await self.phone.answer()
        except ClawError as error:
            if str(error) not in complaints:
                complaints.add(str(error))
                log.warning("phone.not_answered", why=str(error))
            return False
        log.info("phone.answered")
        return True


def _rings(call: CallView, since: float) -> bool:
    return (call.state, call.since) == ("ringing", since)
