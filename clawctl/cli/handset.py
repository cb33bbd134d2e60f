"""What the commands share that have something to do with the phone, through the gateway or not."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

from clawctl.cli.asking import Asking

if TYPE_CHECKING:
    from clawctl.lines.phone.driver import Driver

# The gateway tells the phone, and looks whether it obeyed.
PHONE_S = 30.0
# A phone that has to be accepted on its screen is waited for longer than this; that is said.
SILENT_S = 1.5

R = TypeVar("R")


def tell(ask: Asking, path: str, body: Any) -> dict[str, Any]:
    """What the gateway says to it; `ok` tells whether the phone obeyed."""
    told: dict[str, Any] = ask.gateway.post(path, body, patience_s=PHONE_S)
    return told


def obeyed(told: dict[str, Any]) -> dict[str, Any]:
    """The same; raises NoHandset, with what the phone said, when it did not obey."""
    from clawctl.errors import NoHandset

    if not told["ok"]:
        raise NoHandset(told["detail"])
    return told


def with_phone(
    ask: Asking,
    work: "Callable[[Driver], Awaitable[R]]",
    *,
    serial: str = "",
    address: str = "",
) -> R:
    """What `work` finds on the phone over ADB: the one of that serial, or at that address, or the
    one of the settings. Raises NoHandset, TooSlow, or Abort."""
    import msgspec
    import trio

    from clawctl.cli.config import settings
    from clawctl.cli.interrupts import until_interrupted
    from clawctl.lines.phone.adb_stream import beside
    from clawctl.lines.phone.driver import phones_of

    phone = settings(ask).settings.phone
    if address:
        phone = msgspec.structs.replace(phone, adb_address=address, adb_serial="")
    phones, found = phones_of(phone), list[R]()
    waiting = trio.CancelScope()

    async def connected() -> None:
        async with beside(waits), phones.open(serial) as driver:
            waiting.cancel()
            ask.output.progress("")
            found.append(await work(driver))

    async def waits() -> None:
        with waiting:
            await trio.sleep(SILENT_S)
            ask.output.progress("Waiting for the phone; it may ask something on its screen …")

    try:
        trio.run(until_interrupted, connected)
    finally:
        ask.output.progress("")
    return found[0]
