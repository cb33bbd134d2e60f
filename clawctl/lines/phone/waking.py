"""Wakes a quiet call, so that a sentence that waits is said within seconds.

The app fetches a sentence with the caller's next words only. But in place of what it hears it sends
what lies among its test audio (phone page, 8.6), again and again until that is gone: so it is taken
away as soon as a turn begins, and whatever happens.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
import trio

from clawctl.audio import wav
from clawctl.audio.wav import Sound
from clawctl.bus import Bus, Listener
from clawctl.config.live import Live
from clawctl.errors import NoHandset, TooSlow
from clawctl.lines.phone.driver import Driver, words
from clawctl.lines.phone.profile_install import NO_WAY_IN, OWN, Way, way_in
from clawctl.wire.events import (
    AgentInject,
    AgentInjectSpoken,
    Event,
    SessionEnded,
    Stamped,
    TurnError,
    TurnStale,
    TurnStarted,
)

log = structlog.get_logger()

PLACE = "files/test-inject"
NAME = "clawctl-wake.wav"
# What the app sends of its own accord when it wants to be spoken to.
SILENCE = wav.write(Sound(bytes(2 * 4800), 16_000))
# It looks there when it listens anew, every seven seconds; a reply may still be playing.
LISTENS_S = 20.0
# The longest reply that the app plays.
SAID_S = 90.0
TAKE_AWAY_S = 10.0


@dataclass
class Waking:
    """For one connected phone. `waits` tells whether a sentence waits in that call, and the phone
    has it."""

    driver: Driver
    bus: Bus
    live: Live
    waits: Callable[[str], bool]
    _way: Way | None = None
    _heard: deque[Stamped] = field(default_factory=deque)

    async def run(self) -> None:
        """Until cancelled; then nothing of ours is left on the phone."""
        with self.bus.listen() as listener:
            if self.live.now.phone.wake_quiet_calls:
                await self._take_away()
            while True:
                queued = await self._next(listener, "", AgentInject)
                while self.live.now.phone.wake_quiet_calls and self.waits(queued.session_id):
                    if not await self._wake(queued.session_id, listener):
                        break

    async def _wake(self, session_id: str, listener: Listener) -> bool:
        """Whether a turn came of it, which is over by then."""
        with trio.move_on_after(LISTENS_S) as patience:
            try:
                await self._put()
                await self._next(listener, session_id, TurnStarted)
            except (NoHandset, TooSlow) as error:
                log.warning("phone.not_woken", why=str(error))
                return False
            finally:
                with trio.CancelScope(shield=True):
                    await self._take_away()
        if patience.cancelled_caught:
            return False
        with trio.move_on_after(SAID_S):
            await self._next(
                listener, session_id, AgentInjectSpoken, TurnError, TurnStale, SessionEnded
            )
        return True

    async def _next(self, listener: Listener, session_id: str, *kinds: type[Event]) -> Event:
        while True:
            while self._heard:
                event = self._heard.popleft().event
                if isinstance(event, kinds) and session_id in {"", event.session_id}:
                    return event
            self._heard.extend(await listener.take())

    async def _put(self) -> None:
        way = self._way = self._way or await way_in(self.driver)
        if way is None:
            raise NoHandset(NO_WAY_IN)
        place = _place(way)
        await self._done(way.command("mkdir", "-p", place))
        await self._done(way.command("sh", "-c", f"cat > {place}/{NAME}"), SILENCE)
        if way.su:
            # What root made belongs to the app, with the app's label, or it could not be read.
            owner = (await self.driver.run(way.command("stat", "-c", "%u:%g", OWN))).text
            await self._done(way.command("chown", owner, place, f"{place}/{NAME}"))
            await self._done(way.command("restorecon", "-R", place))

    async def _done(self, command: str, stdin: bytes = b"") -> None:
        ran = await self.driver.run(command, stdin=stdin)
        if ran.code:
            why = words(ran.err or ran.out)
            raise NoHandset(f"the app's test audio cannot be written: {why}")

    async def _take_away(self) -> None:
        """What was left there would be sent in every later call."""
        with trio.move_on_after(TAKE_AWAY_S):
            try:
                if way := self._way or await way_in(self.driver):
                    await self.driver.run(way.command("rm", "-f", f"{_place(way)}/{NAME}"))
            except (NoHandset, TooSlow) as error:
                log.warning("phone.not_cleaned", why=str(error))


def _place(way: Way) -> str:
    return f"{OWN}/{PLACE}" if way.su else PLACE
