"""Commands to the app on the phone, and what was seen of them.

`am broadcast` reports success whatever happens. So the phone's clock and its telephony state are
noted in the same line of its shell that broadcasts, and afterwards the app's log and the telephony
state say what came of it.
"""

import base64
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import msgspec
import trio

from clawctl.errors import NoHandset, TooSlow, Unconfirmed
from clawctl.lines.phone import app_log
from clawctl.lines.phone.app_commands import (
    ANSWER,
    BT_ROUTE,
    DIAL,
    HANG_UP,
    MUTE,
    REJECT,
    SPEAKER,
    Command,
    Seen,
)
from clawctl.lines.phone.driver import Driver
from clawctl.lines.phone.profile_install import PACKAGE
from clawctl.lines.phone.telephony import LOOK, STATES, State, Telephony, seen

_RECEIVER = f"{PACKAGE}/.CallCommandReceiver"
BROADCAST = (
    "am broadcast --user 0 --receiver-foreground --include-stopped-packages"
    f" -a {PACKAGE}.CALL_COMMAND -n {_RECEIVER} --es payload_b64"
)
BROADCAST_S, LOG_S, POLL_S = 15.0, 3.0, 0.2
# A look that was begun is waited for: a phone that is slow has not failed.
LOOK_S = 5.0
# An app that said nothing was given its time already.
DIAGNOSIS_S = 5.0
_ROLE = "cmd role get-role-holders android.app.role.DIALER"
_DIAGNOSIS = f"pm path {PACKAGE}; echo --; pidof {PACKAGE}; echo --; {_ROLE}"
# What the phone's shell says before its system is up.
NO_SERVICE = "an't find service"
BOOTING = "the phone is still booting; wait a minute and try again"
_PACKAGE_NAME = re.compile(r"[A-Za-z]\w*(\.\w+)+")


class Refused(NoHandset):
    """The phone took no command: nothing has happened."""


@dataclass(frozen=True, slots=True)
class App:
    """The app on one phone. A command returns a sentence of what was seen of it, or raises
    NoHandset with what the app said and the way out; Unconfirmed or TooSlow where nobody can know
    whether it was obeyed. Cancelled, it may have been.
    """

    driver: Driver

    async def dial(self, number: str) -> str:
        """`number` as `call.dialling.dialable` returns it."""
        return await self._obeyed(DIAL, {"number": number})

    async def hang_up(self) -> str:
        return await self._obeyed(HANG_UP)

    async def answer(self) -> str:
        return await self._obeyed(ANSWER)

    async def reject(self) -> str:
        return await self._obeyed(REJECT)

    async def mute(self, muted: bool) -> str:
        return await self._obeyed(MUTE[muted], {"muted": muted})

    async def speaker(self, enabled: bool) -> str:
        return await self._obeyed(SPEAKER[enabled], {"enabled": enabled})

    async def bt_route(self, enabled: bool) -> str:
        return await self._obeyed(BT_ROUTE[enabled], {"enabled": enabled})

    async def state(self) -> State:
        """Whether there is a call, on whichever of its SIMs."""
        look = seen((await self.driver.run(LOOK)).text)
        if look.calls is None:
            raise NoHandset("the phone does not tell whether it has a call: " + BOOTING)
        return STATES[look.calls]

    async def _obeyed(self, command: Command, payload: dict[str, str | bool] | None = None) -> str:
        with _unless_lost(command):
            before = await self._broadcast(command, payload or {})
        now = Seen(number=str((payload or {}).get("number", "")), before=before.calls)
        until = trio.current_time() + LOG_S
        while trio.current_time() < until:
            with _unless_lost(command):
                now = await self._look(now, before.phone_s)
            if sentence := command.outcome(now):
                return sentence
            await trio.sleep(POLL_S)
        if command.executed(now):
            raise NoHandset(command.unproved)
        with _unless_lost(command):
            why = await self._why_silent()
        raise NoHandset(f"the app did not {command.does}: {why}")

    async def _broadcast(self, command: Command, payload: dict[str, str | bool]) -> Telephony:
        """Sends it; how the phone was just before."""
        body = {"id": f"clawctl-{secrets.token_hex(8)}", "type": command.type, "payload": payload}
        encoded = base64.b64encode(msgspec.json.encode(body)).decode()
        ran = await self.driver.run(f"{LOOK}; {BROADCAST} {encoded}", timeout_s=BROADCAST_S)
        text = ran.text + ran.err.decode(errors="replace")
        if "Broadcast completed" not in text:
            # Its words are not ours to repeat: they may quote what it was given.
            why = BOOTING if NO_SERVICE in text else "its 'am broadcast' failed; clawctl doctor"
            raise Refused(f"the phone did not take the command: {why}")
        return seen(text)

    async def _look(self, former: Seen, since_s: float | None) -> Seen:
        """What the log and the telephony state say of a command by now."""
        # Without a time, the lines of an earlier one could be taken for its.
        logcat = "" if since_s is None else f"; {app_log.logcat(app_log.COMMANDS, since_s=since_s)}"
        output = (await self.driver.run(f"{LOOK}{logcat}", timeout_s=LOOK_S)).out
        first_s = app_log.whole_ms(since_s or 0.0)
        return replace(
            former,
            after=seen(output.decode(errors="replace")).calls,
            lines=[line for line in app_log.lines(output) if line.phone_s >= first_s],
        )

    async def _why_silent(self) -> str:
        """The command was broadcast, and nothing says that the app got it: why, and the way out."""
        return _diagnosis((await self.driver.run(_DIAGNOSIS, timeout_s=DIAGNOSIS_S)).text)


@contextmanager
def _unless_lost(command: Command) -> Iterator[None]:
    """A phone that goes away or falls silent meanwhile leaves open what it did."""
    try:
        yield
    except Refused:
        raise
    except (NoHandset, TooSlow) as error:
        kind = TooSlow if isinstance(error, TooSlow) else Unconfirmed
        raise kind(
            f"the phone was told to {command.does}, and nobody can see whether it did: {error}"
        ) from None


def _diagnosis(text: str) -> str:
    """What is the matter with an app that is silent, and the command that mends it."""
    path, pid, role = (part.strip() for part in f"{text}\n--\n--".split("--")[:3])
    if NO_SERVICE in text:
        return BOOTING
    if "package:" not in path:
        return "it is not installed on the phone; install it: adb install <its APK>"
    if not pid:
        return "it does not run; start it: clawctl doctor --fix"
    if PACKAGE not in role.split():
        holder = role if _PACKAGE_NAME.fullmatch(role) else "another app"
        return f"it is not the phone's dialer, but {holder}; make it that: clawctl doctor --fix"
    return "it runs and says nothing; what it logs: clawctl phone logs"
