"""Keeps the phone connected: found, opened, its way to us restored, its calls followed.

One task for as long as the gateway runs. It never touches the adb server, nor starts or stops
anything on the phone, and nothing else waits for it but the commands to the phone themselves.
"""

import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

import structlog
import trio

from clawctl.bus import Bus
from clawctl.call.dialling import CallView, PhoneState, PhoneView
from clawctl.config.live import Live
from clawctl.errors import ClawError, NoHandset, TooSlow, Unconfirmed
from clawctl.lines.phone.app import App
from clawctl.lines.phone.calls import CallOnPhone, Calls, follow_calls
from clawctl.lines.phone.driver import Device, Driver, Phones
from clawctl.lines.phone.inspection import Inspection
from clawctl.lines.phone.profile import PORT_ON_PHONE
from clawctl.lines.phone.waking import Waking
from clawctl.wire.events import Event, PhoneDegraded, PhoneLost, PhoneReady

log = structlog.get_logger()

# How often a connected phone is looked at, and how soon one that could not be opened is tried
# again: less and less often, unless something changed.
LOOK_S = 2.0
AGAIN_S, SELDOM_S = 2.0, 30.0
# A list of phones that changes all the time does not keep us busy.
BREATH_S, BRIEF_S = 0.2, 5.0

LOOKED_FOR = "it is being looked for; try again in some seconds"
LOOKED_AT = "it is connected and being looked at; wait until clawctl phone status says ready"

EVENTS: dict[PhoneState, Callable[..., Event]] = {
    "ready": PhoneReady,
    "degraded": PhoneDegraded,
    "lost": PhoneLost,
    # Attached, but none that can be used.
    "absent": PhoneLost,
}


@dataclass
class Guardian:
    """The phone of `call.dialling`. `calls` is told of its calls, `waits` tells of a session
    whether a sentence waits in it to be said on the phone."""

    phones: Phones
    live: Live
    bus: Bus
    calls: Calls
    waits: Callable[[str], bool] = lambda _: False
    _state: PhoneState = "absent"
    _reason: str = LOOKED_FOR
    _serial: str = ""
    _model: str = ""
    _app: App | None = None
    # Where the app of this phone looks for us, from its profile; kept while it is unplugged.
    _phone_ports: dict[str, int] = field(default_factory=dict)
    # The phones there are, and those there were when none could be opened; None: none was tried.
    _there: list[Device] = field(default_factory=list)
    _in_vain: list[Device] | None = None
    _news: trio.Event = field(default_factory=trio.Event)
    _pause_s: float = AGAIN_S
    _told: tuple[str, str] = ("", "")
    _dialling: bool = False

    # What is asked of the phone

    async def dial(self, number: str) -> str:
        """Two at once would each be taken for the other: the second is refused."""
        app = self._connected("dial")
        if self._dialling:
            raise NoHandset("the phone is just being told to dial for somebody else; try again")
        self._dialling = True
        self.calls.dialled(number)
        try:
            return self._with_doubts(await app.dial(number))
        except NoHandset as error:
            if not isinstance(error, Unconfirmed):
                self.calls.not_dialled()
            raise
        finally:
            self._dialling = False

    async def hang_up(self) -> str:
        return await self._connected("hang up").hang_up()

    async def answer(self) -> str:
        return self._with_doubts(await self._connected("answer").answer())

    async def reject(self) -> str:
        return await self._connected("reject a call").reject()

    async def mute(self, muted: bool) -> str:
        return await self._connected("be muted").mute(muted)

    def view(self) -> PhoneView:
        return PhoneView(
            state=self._state,
            serial=self._serial,
            model=self._model,
            reason=self._reason,
            call=_view(self.calls.now) if self._app else None,
        )

    def _connected(self, does: str) -> App:
        if self._app is None:
            raise NoHandset(f"no phone is connected that could {does}: {self._reason}")
        return self._app

    def _with_doubts(self, said: str) -> str:
        return f"{said}; but {self._reason}" if self._state == "degraded" else said

    # The task

    async def run(self, host_port: int) -> None:
        """Until cancelled; `host_port` is that of the phone's own door."""
        while True:
            try:
                async with self.phones.watch() as lists:
                    await self._attend(lists, host_port)
                self._calm()
            except ClawError as error:
                self._not_opened(str(error))
                await trio.sleep(self._pause_s)

    async def _attend(self, lists: AsyncIterator[list[Device]], host_port: int) -> None:
        """Until nothing was there for a while: then it is chosen anew how phones are looked for."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._note, lists)
            news = self._news
            while await self._worth_trying(news):
                news = self._news
                if await self._try(host_port) < BRIEF_S:
                    # One that goes at once, again and again, is no reason to hurry.
                    news = self._news
                await trio.sleep(BREATH_S)
            nursery.cancel_scope.cancel()

    async def _note(self, lists: AsyncIterator[list[Device]]) -> None:
        async for self._there in lists:
            self._news.set()
            self._news = trio.Event()

    async def _worth_trying(self, news: trio.Event) -> bool:
        with trio.move_on_after(self._pause_s):
            await news.wait()
        return news.is_set() or bool(self._there)

    async def _try(self, host_port: int) -> float:
        """Open the phone and hold it while it is there; for how many seconds that was."""
        began = math.nan
        try:
            async with self.phones.open() as driver:
                began = trio.current_time()
                why = await self._hold(driver, host_port)
        except ClawError as error:
            self._not_opened(str(error))
        else:
            self._in_vain, self._pause_s = None, AGAIN_S
            self._change("lost", why)
        return trio.current_time() - began

    def _not_opened(self, why: str) -> None:
        """One that is attached but of no use is told of when that stays so: a phone that was just
        plugged in is of no use for a moment."""
        again = (why, self._there) == (self._reason, self._in_vain)
        if again:
            self._calm()
        else:
            self._pause_s, self._in_vain = AGAIN_S, self._there
        if again and self._there:
            self._change(self._state, why)
        elif why != self._reason:
            log.info("phone.absent", why=why)
        self._reason = why

    def _calm(self) -> None:
        self._pause_s = min(self._pause_s * 2, SELDOM_S)

    async def _hold(self, driver: Driver, host_port: int) -> str:
        """As long as the phone is connected; why it no longer is."""
        self._serial, self._app, self._reason = driver.serial, App(driver), LOOKED_AT
        self._model = next((one.model for one in self._there if one.serial == driver.serial), "")
        phone_port = self._phone_ports.get(driver.serial, PORT_ON_PHONE)
        inspection = Inspection(driver, self.live, host_port, phone_port)
        ended = list[str]()
        try:
            async with trio.open_nursery() as nursery:

                async def until_gone(work: Callable[[Inspection], Awaitable[None]]) -> None:
                    try:
                        await work(inspection)
                    except ClawError as error:
                        ended.append(str(error))
                        nursery.cancel_scope.cancel()

                nursery.start_soon(until_gone, self._follow_calls)
                nursery.start_soon(until_gone, self._look_after)
                nursery.start_soon(Waking(driver, self.bus, self.live, self.waits).run)
        finally:
            self._app = None
            self._phone_ports[driver.serial] = inspection.phone_port
        return ended[0]

    async def _follow_calls(self, inspection: Inspection) -> None:
        await inspection.started.wait()
        while True:
            with suppress(TooSlow):
                await follow_calls(inspection.driver, self.calls)
            await trio.sleep(LOOK_S)

    async def _look_after(self, inspection: Inspection) -> None:
        while True:
            amiss = await inspection.look(busy=self.calls.now is not None)
            self._model = inspection.model or self._model
            self._change("degraded" if amiss else "ready", amiss)
            await trio.sleep(LOOK_S)

    def _change(self, state: PhoneState, reason: str) -> None:
        """Announced once; a phone that goes on as it was is none to tell of."""
        self._state, self._reason = state, reason
        if (state, reason) != self._told:
            self._told = (state, reason)
            log.info("phone.changed", state=state, serial=self._serial, why=reason)
            self.bus.publish(EVENTS[state](serial=self._serial, reason=reason))


def _view(call: CallOnPhone | None) -> CallView | None:
    if call is None:
        return None
    return CallView(
        state=call.state, number=call.number, direction=call.direction, since=call.began
    )
