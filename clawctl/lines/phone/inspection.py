"""What a gateway needs of a connected phone: looked at again and again, and its way to us restored.

Nothing here starts or stops anything on the phone.
"""

import math
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

import structlog
import trio

from clawctl.config.live import Live
from clawctl.errors import NoHandset, NoSuch, TooSlow
from clawctl.lines.phone.driver import Driver, quoted, words
from clawctl.lines.phone.profile import PORT_ON_PHONE, port_of
from clawctl.lines.phone.profile_check import faults, usable
from clawctl.lines.phone.profile_install import PACKAGE, Found, found

log = structlog.get_logger()

DIALER = "android.app.role.DIALER"
# A profile takes half a dozen commands to look at: one that was well is left alone for a while.
PROFILE_WELL_S, PROFILE_ILL_S = 60.0, 6.0
# A phone that answers nothing for so long is opened anew.
MUTE_S = 60.0

STARTING = "the phone is starting; it is ready when Android is, in a minute or two"
NO_ROLE = (
    "the app is not the phone's dialer, so calls go to the stock one; Android takes that from it at"
    " every restart: 'clawctl doctor --fix' gives it back"
)
PUSH = "'clawctl profile push' installs it"


@dataclass
class Inspection:
    """One phone, for as long as it is connected. `host_port` is that of the phone's own door."""

    driver: Driver
    live: Live
    host_port: int
    # Where the app looks for us on its own loopback; what the last profile said, until it is read.
    phone_port: int = PORT_ON_PHONE
    model: str = ""
    # Set once Android is up.
    started: trio.Event = field(default_factory=trio.Event)
    _profile: str = ""
    _profile_due: float = 0.0
    _bearer: str = ""
    _refused: bool = False
    # One that never answered is given up sooner, and is not told of again and again.
    _heard_at: float = -math.inf

    async def look(self, *, busy: bool) -> str:
        """Why calls will not work as they should, with the way out, or "". Raises NoHandset when
        the phone is gone.

        During a call (`busy`) only the way to us is looked at: the phone has other things to do.
        """
        self._refused = False
        said = await self._told(self._forward)
        if busy and self.started.is_set():
            said = said or self._profile
        else:
            for check in (self._boot, self._role, self._own_profile):
                said = said or await self._told(check)
        if self._refused:
            await self._still_there(busy)
        return said

    async def _told(self, check: Callable[[], Awaitable[str]]) -> str:
        """A check that the phone does not let us make is a fault."""
        try:
            said = await check()
        except (NoHandset, TooSlow) as error:
            self._refused = True
            return str(error)
        self._heard_at = trio.current_time()
        return said

    async def _still_there(self, busy: bool) -> None:
        """A phone that refuses one thing answers another; one that is gone raises NoHandset. One
        that is mute is not given up during a call, for that would cut off what still works."""
        try:
            await self.driver.run("true")
        except TooSlow:
            if trio.current_time() - self._heard_at > MUTE_S and not busy:
                who = f"the phone {self.driver.serial}"
                raise NoHandset(f"{who} does not answer: restart it") from None
        else:
            self._heard_at = trio.current_time()

    async def _forward(self) -> str:
        wanted = (self.phone_port, self.host_port)
        if wanted not in await self.driver.reverses():
            await self.driver.reverse(*wanted)
            log.info("phone.forwarded", phone_port=self.phone_port, host_port=self.host_port)
        return ""

    async def _boot(self) -> str:
        if not self.started.is_set():
            ran = await self.driver.run("getprop ro.product.model; getprop sys.boot_completed")
            model, _, completed = ran.out.partition(b"\n")
            self.model = words(model)
            if completed.strip() == b"1":
                self.started.set()
        return "" if self.started.is_set() else STARTING

    async def _role(self) -> str:
        ran = await self.driver.run(quoted("cmd", "role", "get-role-holders", DIALER))
        if ran.code:
            ran = await self.driver.run(quoted("telecom", "get-default-dialer"))
        return "" if PACKAGE in ran.text.split() else NO_ROLE

    async def _own_profile(self) -> str:
        bearer, now = self.live.now.gateway.bearer_token, trio.current_time()
        if now >= self._profile_due or bearer != self._bearer:
            seen = await found(self.driver)
            self._profile = _amiss(seen, bearer)
            self._bearer = bearer
            self._profile_due = now + (PROFILE_ILL_S if self._profile else PROFILE_WELL_S)
            await self._follow_port(seen)
        return self._profile

    async def _follow_port(self, seen: Found) -> None:
        """Internal first: whoever answers calls reads that one alone."""
        profiles = [usable(one) for one in (seen.internal, seen.external)]
        ports = [port for one in profiles if one is not None and (port := port_of(one))]
        former, self.phone_port = self.phone_port, ports[0] if ports else self.phone_port
        if former != self.phone_port:
            await self._forward()
            with suppress(NoSuch):
                await self.driver.unreverse(former)


def _amiss(seen: Found, bearer: str) -> str:
    said = faults(seen, bearer)
    # What is out of reach has a way out of its own.
    mends = [PUSH] if set(said) - {one.why for one in seen.copies} else []
    return "; ".join([*said, *mends])
