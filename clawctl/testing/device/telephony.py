"""The phone's one line: who rings, who is rung, and what Android tells of it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import trio

from clawctl.testing.caller import Caller
from clawctl.testing.handset_form import Direction

if TYPE_CHECKING:
    from clawctl.testing.device.system import System

State = Literal["ringing", "dialing", "active", "disconnected"]
IDLE, RINGING, OFF_HOOK = 0, 1, 2
# What Android calls the states of what is in front: active, dialing; ringing has a line of its own.
_FOREGROUND: dict[State, int] = {"active": 1, "dialing": 3}
_INCOMING = 5


@dataclass(slots=True, eq=False)
class PhoneCall:
    """`caller` is who is at the other end. `seen` is told every state the call comes to."""

    caller: Caller
    state: State
    seen: "Callable[[PhoneCall], None]"
    taken: trio.Event = field(default_factory=trio.Event)
    # Who ended it: the phone's own side, or the other.
    by_us: bool = False
    scope: trio.CancelScope = field(default_factory=trio.CancelScope)

    @property
    def number(self) -> str:
        return self.caller.number

    @property
    def direction(self) -> Direction:
        return self.caller.direction

    def become(self, state: State) -> None:
        if self.state != state:
            self.state = state
            self.seen(self)


class Telephony:
    """One call at a time: another that comes meanwhile is turned away."""

    def __init__(self, system: "System") -> None:
        self._system = system
        self._idle = trio.Event()
        self._idle.set()
        self.call: PhoneCall | None = None
        self.turned_away: list[str] = []

    @property
    def state(self) -> int:
        if self.call is None:
            return OFF_HOOK if self._system.condition.foreign_call else IDLE
        return RINGING if self.call.state == "ringing" else OFF_HOOK

    @property
    def busy(self) -> bool:
        return self.state != IDLE

    def ring(self, caller: Caller) -> None:
        """Somebody calls; returns at once."""
        if self.busy:
            self.turned_away.append(caller.number)
            return
        self._begin(replace(caller, direction="incoming"), "ringing")

    def dial(self, number: str) -> None:
        """Call somebody: the far end of the condition; returns at once."""
        condition = self._system.condition
        callee = replace(condition.far_end, number=number, direction="outgoing")
        if not condition.picks_up:
            callee = replace(callee, picks_up_after_s=None)
        self._begin(callee, "dialing")

    def end(self, *, by_us: bool) -> None:
        """Whatever it is doing, the call is over as soon as its task notices."""
        if self.call is not None:
            self.call.by_us = by_us
            if not self._system.app.leave_call():
                self.call.scope.cancel()

    def lose(self) -> None:
        """The phone goes down: nobody is told."""
        if self.call is not None:
            self.call.seen = _untold
            self.end(by_us=True)
            self.call = None
            self._idle.set()

    async def over(self) -> None:
        """Until there is no call."""
        await self._idle.wait()

    def _begin(self, caller: Caller, state: State) -> None:
        self._idle = trio.Event()
        self.call = PhoneCall(caller, state, self._system.app.see)
        self._system.nursery.start_soon(self._run, self.call)

    async def _run(self, call: PhoneCall) -> None:
        try:
            with call.scope:
                call.seen(call)
                if not await self._system.app.take_part(call):
                    await self._alone(call)
        finally:
            if self.call is call:
                self.call = None
                self._idle.set()
            call.become("disconnected")

    async def _alone(self, call: PhoneCall) -> None:
        """A call that the app has no part in: nothing is said on our side."""
        caller = call.caller
        if call.state == "dialing":
            answers_s = caller.picks_up_after_s
            await self._pause(caller.patience_s if answers_s is None else answers_s)
            if answers_s is not None:
                call.taken.set()
        elif call.state == "ringing":
            with trio.move_on_after(caller.patience_s * self._system.condition.time_scale):
                await call.taken.wait()
        if call.state == "active" or call.taken.is_set():
            call.become("active")
            await self._pause(caller.lingers_s)

    async def _pause(self, seconds: float) -> None:
        await trio.sleep(seconds * self._system.condition.time_scale)

    # What is told of it

    def registry(self) -> str:
        """`dumpsys telephony.registry`, with two slots, as these phones have."""
        condition = self._system.condition
        number = self.call.number if self.call and self.call.direction == "incoming" else ""
        first = self._slot(self.state, number, in_service=condition.in_service)
        second = self._slot(IDLE, "", in_service=False)
        return (
            f"last known state:\n  Phone Id=0\n{first}  Phone Id=1\n{second}local logs:\n"
            f"listen logs:\n"
        )

    def _slot(self, state: int, number: str, *, in_service: bool) -> str:
        call = self.call if state != IDLE else None
        regular = "0(IN_SERVICE)" if in_service else "1(OUT_OF_SERVICE)"
        service = "3(POWER_OFF)" if self._system.condition.airplane else regular
        rows = {
            "mCallState": state,
            "mRingingCallState": _INCOMING if state == RINGING else 0,
            "mForegroundCallState": _FOREGROUND.get(call.state, 0) if call else 0,
            "mBackgroundCallState": 0,
            "mCallIncomingNumber": number,
            "mServiceState": f"{{mVoiceRegState={service}, mDataRegState={service},"
            " mIsManualNetworkSelection=false}",
        }
        return "".join(f"    {name}={value}\n" for name, value in rows.items())

    def telecom(self) -> str:
        """`dumpsys telecom`, whose wording no two releases share."""
        lines = ["CallsManager: "]
        if self.call is not None:
            state = self.call.state.upper()
            lines.append(f"  mCalls: \n    [TC@1, {state}, com.android.phone, tel:***]")
        lines += ["TelecomSystem:", f"  Default dialer: {self._system.condition.role}"]
        return "\n".join(lines) + "\n"


def _untold(call: PhoneCall) -> None:
    """For a call of a phone that is off."""
