"""How the phone's call stands, from what its log and its telephony state say one after the other.

The log is quick and knows dialling from being connected, but it names no call, and an app that died
logs nothing. The telephony state is the truth, but some tenths of a second late. So a line of the
log is believed at once when it begins a call, and an end when the telephony state says so too; what
the log did not tell is believed when the telephony state stays like that.
"""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from clawctl.bus import Clock
from clawctl.call.on_line import CallOnPhone
from clawctl.lines.phone import app_log
from clawctl.lines.phone.telephony import IDLE, OFF_HOOK, RINGING, Telephony

# The log and the telephony state agree within this time, or the telephony state is right.
SETTLE_S = 2.0
# A call that is missing is missed for so long, in case the log is about to say why.
MISSING_S = 0.3
# A call that begins within this time after a dial is that dial's.
DIALLED_S = 10.0
# A stream that is begun again repeats its last lines: so many are known again.
KNOWN_LINES = 64
NOT_DIALLED = (float("-inf"), "")

_KINDS = {
    "connecting": "dialing",
    "dialing": "dialing",
    "select_phone_account": "dialing",
    "ringing": "ringing",
    "simulated_ringing": "ringing",
    "active": "active",
    "disconnected": "over",
}


@dataclass(repr=False)
class Calls:
    """What is known of the phone's call. One for as long as the gateway runs: a call goes on, or
    has ended, while the phone is unplugged.

    `told` hears of every change, `lost` when nobody follows any more; neither may wait. Lines and
    looks are told in the order in which they came. Times are those of `clock`.
    """

    told: Callable[[CallOnPhone], None]
    lost: Callable[[], None] = lambda: None
    clock: Clock = time.time
    now: CallOnPhone | None = None
    # By the phone's clock: up to here its log was read. None before the first look.
    read_s: float | None = None
    _ahead_s: float = 0.0
    _known: deque[bytes] = field(default_factory=lambda: deque(maxlen=KNOWN_LINES))
    # When a number was dialled whose call has not begun.
    _dialled: tuple[float, str] = NOT_DIALLED
    # Others that ring while a call is up; a line of the log does not say whose end it tells.
    _waiting: int = 0
    # When the log said that a call is over, while the telephony state has not agreed yet.
    _over_at: float | None = None
    # When the log last said that a call is up.
    _said_up_at: float = float("-inf")
    # A call that rings is told after the next look, which may know who it is.
    _held: bool = False
    # Since when the telephony state shows something that the log does not tell.
    _untold: tuple[int, float] | None = None

    @property
    def unsettled(self) -> bool:
        """Whether log and telephony state disagree, or may tell more, so that another look is due
        soon."""
        return self._over_at is not None or self._untold is not None or self._who_rings

    def dialled(self, number: str) -> None:
        """We have the phone dial: a call that begins now is to that number, and none that is up
        already."""
        self._dialled = (self.clock(), app_log.number(number))

    def not_dialled(self) -> None:
        """It did not."""
        self._dialled = NOT_DIALLED

    def logged(self, raw: bytes) -> bool:
        """A line of the phone's log; one that is known already is passed over. Whether a look can
        tell more at once: who rings, or whether it is really over."""
        line = app_log.parsed(raw)
        if line is None or raw in self._known:
            return False
        self._known.append(raw)
        self.read_s = max(line.phone_s, self.read_s or 0.0)
        # A clock that was set meanwhile must not make a line of tomorrow.
        at = min(line.phone_s + self._ahead_s, self.clock())
        if line.executed[0] == "dial":
            self._dialled_at(at, line.executed[1])
        elif kind := _KINDS.get(line.state):
            self._said[kind](at)
        return self._over_at is not None or self._who_rings

    def set_clock(self, phone_s: float, at: float) -> None:
        """The phone's clock and ours, at the same time."""
        self._ahead_s = at - phone_s
        # Set back, it will not come by some of the times that were read.
        self.read_s = min(phone_s, self.read_s or phone_s)

    def looked(self, look: Telephony, at: float) -> None:
        """The telephony state at a time by our clock."""
        if look.calls is None:
            self._without_a_look(at)
        elif look.calls == IDLE:
            self._found_idle(at)
        else:
            self._found_up(look, at)
        self._release()

    def silent(self) -> "Calls":
        """Another that knows the same clocks and nothing else, and tells nobody."""
        return Calls(lambda _: None, clock=self.clock, _ahead_s=self._ahead_s)

    def tell_again(self) -> None:
        """Whoever forgot the call when it was lost hears of it again."""
        if self.now:
            self.told(self.now)

    def found(self, logged: CallOnPhone | None, look: Telephony, at: float) -> None:
        """A call that was up when we came, and what the log told of it."""
        if logged:
            self._change(logged)
        elif look.calls == RINGING:
            self._begin("ringing", at, look.number)
        elif look.connected is False:
            self._begin("dialing", at)
        else:
            # Nothing says when it began or who is called.
            self._change(CallOnPhone("active"))

    @property
    def _who_rings(self) -> bool:
        """Whether the number may be told soon; a hidden caller has none."""
        call = self.now
        return (
            call is not None
            and (call.state, call.number) == ("ringing", "")
            and self.clock() - call.began < SETTLE_S
        )

    # What the log says

    @property
    def _said(self) -> dict[str, Callable[[float], None]]:
        return {
            "dialing": self._said_dialing,
            "ringing": self._said_ringing,
            "active": self._said_active,
            "over": self._said_over,
        }

    def _said_dialing(self, at: float) -> None:
        self._said_new("dialing", at)

    def _said_ringing(self, at: float) -> None:
        self._said_new("ringing", at)

    def _said_new(self, state: str, at: float) -> None:
        if self.now and self._over_at is not None and not self._waiting:
            self._end("disconnected", self._over_at)
        if self.now is None:
            self._held = state == "ringing"
            self._begin(state, at)
        elif state == "ringing" and self.now.state != "ringing":
            self._waiting += 1
        self._said_up_at = at

    def _said_active(self, at: float) -> None:
        self._said_up_at = at
        if self.now is None:
            self._change(CallOnPhone("active", began=at, connected_at=at))
        elif self.now.state != "active":
            self._change(replace(self.now, state="active", connected_at=at))

    def _said_over(self, at: float) -> None:
        if self.now and self._over_at is None:
            self._over_at = at

    # What the telephony state says

    def _without_a_look(self, at: float) -> None:
        """The log is all there is."""
        self._untold = None
        if self._over_at is None:
            return
        if self._waiting:
            self._waiting, self._over_at = self._waiting - 1, None
        else:
            self._end("disconnected", min(self._over_at, at))

    def _found_idle(self, at: float) -> None:
        if self._over_at is not None:
            self._end("disconnected", min(self._over_at, at))
        elif self.now is None:
            self._untold = None
        elif self._stays(IDLE, at, MISSING_S) and at - self._said_up_at >= SETTLE_S:
            self._end("gone", at)

    def _found_up(self, look: Telephony, at: float) -> None:
        if self._over_at is not None and at - self._over_at >= SETTLE_S:
            # It was another one's end.
            self._waiting, self._over_at = max(0, self._waiting - 1), None
        if self.now is None or _answered(self.now, look):
            if self._stays(look.calls or OFF_HOOK, at, SETTLE_S):
                self._believe(look, at)
            return
        self._untold = None
        if self.now.state == "ringing" and look.number and not self.now.number:
            self._change(replace(self.now, number=look.number))

    def _stays(self, calls: int, at: float, for_s: float) -> bool:
        """Whether the telephony state was like that for so long."""
        if self._untold is None or self._untold[0] != calls:
            self._untold = (calls, at)
        return at - self._untold[1] >= for_s

    def _believe(self, look: Telephony, at: float) -> None:
        since = self._untold[1] if self._untold else at
        if look.calls == RINGING:
            self._begin("ringing", since, look.number)
        elif self.now or look.connected or not self._may_dial(look, since):
            self._said_active(since)
        else:
            self._begin("dialing", since)
        self._untold = None

    def _may_dial(self, look: Telephony, at: float) -> bool:
        """Not every phone tells whether a call was picked up; ours to a number is not, at first."""
        return look.connected is False or bool(self._number_dialled(at))

    # What follows

    def _dialled_at(self, at: float, text: str) -> None:
        """We and the log tell of the same dial, before its call or after it began."""
        number, call = app_log.number(text), self.now
        ours = call and call.state == "dialing" and self._over_at is None
        if call and ours and call.number in {"", number}:
            self._change(replace(call, number=number))
        else:
            self._dialled = (at, number)

    def _number_dialled(self, at: float) -> str:
        dialled_at, number = self._dialled
        return number if abs(at - dialled_at) <= DIALLED_S else ""

    def _begin(self, state: str, at: float, number: str = "") -> None:
        if state == "dialing":
            call = CallOnPhone("dialing", self._number_dialled(at), "outgoing", at)
            self._dialled = NOT_DIALLED
        else:
            call = CallOnPhone("ringing", number, "incoming", at)
        self._change(call)

    def _change(self, call: CallOnPhone) -> None:
        self._untold = None
        if call == self.now:
            return
        if call.state != "ringing":
            self._release()
        self.now = call
        if call.number or not self._held:
            self._held = False
            self.told(call)

    def _release(self) -> None:
        if self._held and self.now:
            self.told(self.now)
        self._held = False

    def _end(self, why: str, at: float) -> None:
        self._release()
        call, self.now = self.now, None
        self._waiting, self._over_at, self._untold = 0, None, None
        if call:
            self.told(replace(call, state="ended", ended_at=at, why=why))


def _answered(call: CallOnPhone, look: Telephony) -> bool:
    """Whether the telephony state shows a call connected of which the log says otherwise."""
    if call.state == "ringing":
        return look.calls == OFF_HOOK
    return call.state == "dialing" and look.connected is True
