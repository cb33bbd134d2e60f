"""What becomes of a call that the phone was told to place, read off the events after it."""

from collections.abc import Callable

import trio

from clawctl.call.admission import normalise
from clawctl.client.events import Event

# A cable that is plugged in again brings the phone back, and the call with it, within this time.
AWAY_S = 10.0
# All that is heard of, as the gateway names families of events.
FAMILIES = ("call.*", "phone.*", "session.*")


class Placed:
    """One outgoing call. Times are seconds since the epoch, as the events have them; 0 until then.

    `told` hears of every change once, as a word for people. The phone has one call at a time, so
    what is no incoming call, and has our number or none, is ours.
    """

    def __init__(self, number: str, told: Callable[[str], None] = lambda _: None) -> None:
        self.number = normalise(number)
        self.session_id = ""
        self.rings = False
        self.answered_at = 0.0
        self.ended_at = 0.0
        self.connected_s = 0.0
        self.line_down = False
        self._away = False
        self._told = told
        self._changed = trio.Event()

    @property
    def answered(self) -> bool:
        return self.answered_at > 0

    @property
    def over(self) -> bool:
        return self.ended_at > 0

    @property
    def decided(self) -> bool:
        """Whether it is known what became of the dialling."""
        return self.answered or self.over or self.line_down

    def hear(self, event: Event) -> None:
        if react := HEARD.get(event["type"]):
            react(self, event)
            self._change()

    async def until(self, there: Callable[[], bool]) -> None:
        """Returns once that is so."""
        while not there():
            await self._changed.wait()

    async def mind_the_phone(self) -> None:
        """Tells a cable that slipped from a line that is down; until cancelled."""
        while True:
            await self.until(lambda: self._away)
            with trio.move_on_after(AWAY_S):
                await self.until(lambda: not self._away)
                continue
            self.line_down = True
            self._change()
            return

    # what is heard

    def ringing(self, event: Event) -> None:
        if self._ours(event) and not self.rings:
            self.rings = True
            self._told("it rings")

    def active(self, event: Event) -> None:
        if self._ours(event):
            self._answer(event["timestamp"])

    def ended(self, event: Event) -> None:
        if self._ours(event) and not self.over:
            self.ended_at, self.connected_s = event["timestamp"], event["connected_s"]
            if self.connected_s:
                self._answer(self.ended_at - self.connected_s)

    def began(self, event: Event) -> None:
        """Its first turn: the call was answered, whether or not the phone's log told it."""
        if event.get("line", "phone") == "phone" and self._ours(event, "caller_number"):
            self.session_id = self.session_id or event["session_id"]
            self._answer(event["timestamp"])

    def closed(self, event: Event) -> None:
        """Its session was hung up, whether or not the phone was seen to."""
        if event["session_id"] == self.session_id != "" and event.get("reason") == "hangup":
            self.ended_at = self.ended_at or event["timestamp"]
            self.connected_s = self.connected_s or self.ended_at - self.answered_at

    def lost(self, _: Event) -> None:
        self._away = True

    def ready(self, _: Event) -> None:
        self._away = False

    def _ours(self, event: Event, number: str = "number") -> bool:
        if event.get("direction") == "incoming":
            return False
        return not event.get(number) or normalise(event[number]) == self.number

    def _answer(self, at: float) -> None:
        if not self.answered:
            self.answered_at = at
            self._told("answered")

    def _change(self) -> None:
        self._changed.set()
        self._changed = trio.Event()


HEARD: dict[str, Callable[[Placed, Event], None]] = {
    "call.ringing": Placed.ringing,
    "call.active": Placed.active,
    "call.ended": Placed.ended,
    "session.started": Placed.began,
    "session.ended": Placed.closed,
    "phone.lost": Placed.lost,
    "phone.degraded": Placed.ready,
    "phone.ready": Placed.ready,
}
