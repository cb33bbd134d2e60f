"""Commands to the app on the phone, and what was seen of them."""

from dataclasses import dataclass
from typing import Literal

from clawctl.lines.phone.driver import Driver


@dataclass(frozen=True, slots=True)
class App:
    """The app on one phone. A command returns a sentence of what was seen of it, or raises
    NoHandset with what the app said and the way out, or TooSlow. Cancelled, it may have been
    obeyed.
    """

    driver: Driver

    async def dial(self, number: str) -> str:
        """`number` as `call.dialling.dialable` returns it."""
        raise NotImplementedError

    async def hang_up(self) -> str:
        raise NotImplementedError

    async def answer(self) -> str:
        raise NotImplementedError

    async def reject(self) -> str:
        raise NotImplementedError

    async def mute(self, muted: bool) -> str:
        raise NotImplementedError

    async def speaker(self, enabled: bool) -> str:
        raise NotImplementedError

    async def bt_route(self, enabled: bool) -> str:
        raise NotImplementedError

    async def state(self) -> Literal["idle", "ringing", "active"]:
        """Whether there is a call, on whichever of its SIMs."""
        raise NotImplementedError
