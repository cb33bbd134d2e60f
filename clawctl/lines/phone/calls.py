"""Follows the calls on a phone: its log, and a look at its telephony state every few seconds."""

from collections.abc import AsyncIterator
from contextlib import suppress

import trio

from clawctl.call.on_line import CallOnPhone
from clawctl.errors import TooSlow
from clawctl.lines.phone import app_log
from clawctl.lines.phone.call_states import Calls
from clawctl.lines.phone.driver import Driver
from clawctl.lines.phone.telephony import LOOK, Telephony, seen

__all__ = ["CallOnPhone", "Calls", "follow_calls"]

# How often the telephony state is looked at: always, and while it disagrees with the log.
LOOK_S, CLOSER_LOOK_S = 3.0, 0.3
# A phone that does not answer a look in time is looked at again later; its log goes on meanwhile.
LOOK_PATIENCE_S = 3.0
# A stream of the log that ends is begun again after this time.
AGAIN_S = 1.0
NOTHING_SEEN = Telephony(None, None)


async def follow_calls(driver: Driver, calls: Calls) -> None:
    """Follows the phone's calls until it is gone: raises NoHandset. `calls` may be used again."""
    try:
        await _catch_up(driver, calls)
        while True:
            await _follow_log(driver, calls)
            await trio.sleep(AGAIN_S)
            await _look(driver, calls)
    finally:
        calls.lost()


async def _catch_up(driver: Driver, calls: Calls) -> None:
    """What happened while nobody followed, or how the call that is up began."""
    since_s = calls.read_s
    look, at = await _sight(driver, calls)
    if since_s is not None:
        for raw in await _logged(driver, since_s):
            calls.logged(raw)
    elif look.calls:
        calls.found(await _history(driver, calls), look, at)
    calls.looked(look, at)
    if since_s is not None:
        calls.tell_again()


async def _history(driver: Driver, calls: Calls) -> CallOnPhone | None:
    """The call that is up, if the log goes back to its beginning."""
    former = calls.silent()
    for raw in await _logged(driver):
        former.logged(raw)
        former.looked(NOTHING_SEEN, calls.clock())
    return former.now


async def _logged(driver: Driver, since_s: float | None = None) -> list[bytes]:
    """A log that cannot be read in time is as good as none."""
    with suppress(TooSlow):
        ran = await driver.run(app_log.logcat(app_log.CALLS, since_s=since_s))
        return ran.out.splitlines()
    return []


async def _follow_log(driver: Driver, calls: Calls) -> None:
    """Until the stream of the log ends, with a look now and then."""
    command = app_log.logcat(app_log.CALLS, since_s=calls.read_s, follow=True)
    with suppress(TooSlow):
        async with driver.follow(command) as lines:
            await _hear(lines, driver, calls)


async def _hear(lines: AsyncIterator[bytes], driver: Driver, calls: Calls) -> None:
    look_at = trio.current_time()
    while True:
        with trio.move_on_at(look_at):
            raw = await anext(lines, None)
            if raw is None:
                return
            if calls.logged(raw):
                look_at = trio.current_time()
        if trio.current_time() >= look_at:
            await _look(driver, calls)
            look_at = trio.current_time() + (CLOSER_LOOK_S if calls.unsettled else LOOK_S)


async def _look(driver: Driver, calls: Calls) -> None:
    calls.looked(*await _sight(driver, calls))


async def _sight(driver: Driver, calls: Calls) -> tuple[Telephony, float]:
    """The telephony state, and when it was like that; sets the clocks side by side."""
    before, look = calls.clock(), NOTHING_SEEN
    with suppress(TooSlow):
        look = seen((await driver.run(LOOK, timeout_s=LOOK_PATIENCE_S)).text)
    at = (before + calls.clock()) / 2
    if look.phone_s is not None:
        calls.set_clock(look.phone_s, at)
    return look, at
