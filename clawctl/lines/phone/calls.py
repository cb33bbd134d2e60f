"""Calls on the phone as its log and its telephony state tell them: begun, answered, over."""

from collections.abc import Callable

from clawctl.call.on_line import CallOnPhone
from clawctl.lines.phone.driver import Driver

__all__ = ["CallOnPhone", "Calls", "follow_calls"]


class Calls:
    """What is known of the phone's call. One for as long as the gateway runs: a call goes on, or
    has ended, while the phone is unplugged.

    `told` hears of every change, `lost` when nobody follows any more; neither may wait.
    """

    def __init__(
        self, told: Callable[[CallOnPhone], None], lost: Callable[[], None] = lambda: None
    ) -> None:
        self.now: CallOnPhone | None = None

    def dialled(self, number: str) -> None:
        """We had the phone dial: a call that begins now is to that number."""


async def follow_calls(driver: Driver, calls: Calls) -> None:
    """Follows the phone's calls until it is gone: raises NoHandset. `calls` may be used again."""
    raise NotImplementedError
