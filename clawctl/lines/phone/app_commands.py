"""What the app can be told, what proves that it obeyed, and what its failures mean."""

from dataclasses import dataclass, field
from typing import NamedTuple

from clawctl.errors import NoHandset
from clawctl.lines.phone.app_log import EXECUTOR, RECEIVER, Line, number
from clawctl.lines.phone.telephony import IDLE, OFF_HOOK, RINGING

# The first line of a failure; the exception follows it.
_FAILED = ("command failed", "failed to process call command")


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a command: `before` and `after` are the telephony states (None: untold),
    `lines` those of the log since it was sent. `number` is the one to be dialled."""

    number: str = ""
    before: int | None = None
    after: int | None = None
    lines: list[Line] = field(default_factory=list)


class Failure(NamedTuple):
    """What the app says when it cannot do a command of some type, any if it is "", and what can be
    done about it."""

    words: str
    type: str
    way_out: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command of the app.

    `words` are the log's for having carried it out. That is proved by one of `states` in the log,
    or by a telephony state of `calls`; where both are empty the words are enough. Where the log is
    silent, coming from a telephony state of `calls_before` to one of `calls` is.
    """

    type: str
    words: str
    does: str
    done: str
    states: frozenset[str] = frozenset()
    calls: frozenset[int] = frozenset()
    calls_before: frozenset[int] = frozenset()
    unproved: str = ""

    def outcome(self, seen: Seen) -> str:
        """A sentence, or "" as long as too little was seen; raises NoHandset for what the app says
        it could not do."""
        if self.executed(seen):
            return self.done if self._proved(seen) else ""
        if failure := self._failure(seen):
            raise NoHandset(f"the app did not {self.does}: {failure}")
        if seen.before in self.calls_before and seen.after in self.calls:
            return f"{self.done}, by its telephony state; the app's log is silent"
        return ""

    def executed(self, seen: Seen) -> bool:
        """By the log; not when it was another number that was dialled."""
        return any(
            words == self.words and number(given) in {"", seen.number}
            for words, given in (line.executed for line in seen.lines)
        )

    def _proved(self, seen: Seen) -> bool:
        told = self.states & {line.state for line in seen.lines}
        return not self.calls or seen.after in self.calls or bool(told)

    def _failure(self, seen: Seen) -> str:
        texts = [line.text for line in seen.lines if line.tag in {EXECUTOR, RECEIVER}]
        known = [one for one in FAILURES for text in texts if one.words in text]
        for failure in known:
            if failure.type in {"", self.type}:
                return f"it says '{failure.words}'; {failure.way_out}"
        if sum(text.startswith(_FAILED) for text in texts) > len(known):
            # Its own words may hold what it was given.
            return "it says why in its log: clawctl phone logs"
        return ""


FAILURES = (
    Failure("CALL_PHONE permission missing", "dial", "give it to the app: clawctl doctor --fix"),
    Failure("Telecom service unavailable", "dial", "restart the phone"),
    Failure("Call already in progress", "dial", "hang up first: clawctl hangup"),
    Failure("No active incoming call available to answer", "answer", "nobody is ringing"),
    Failure("No active incoming call available to reject", "reject", "nobody is ringing"),
    Failure("No active call available to hang up", "hangup", "nothing is to be done"),
    Failure("Unknown command", "", "it is another version of the app: install the current one"),
    Failure("received empty command payload", "", "the command was lost on the way: try again"),
)

DIAL = Command(
    type="dial",
    words="dial",
    does="dial",
    done="the phone is calling",
    states=frozenset({"connecting", "select_phone_account", "dialing", "active"}),
    calls=frozenset({OFF_HOOK}),
    calls_before=frozenset({IDLE}),
    unproved="the app dialled, but the phone shows no call: look at its SIM, its network and"
    " whether it is in airplane mode, by clawctl doctor",
)
HANG_UP = Command(
    type="hangup",
    words="hangup",
    does="hang up",
    done="the phone hung up",
    states=frozenset({"disconnected"}),
    calls=frozenset({IDLE}),
    calls_before=frozenset({RINGING, OFF_HOOK}),
    unproved="the app hung up, but the phone still shows a call: try again, or do it on the phone",
)
ANSWER = Command(
    type="answer",
    words="answer",
    does="answer",
    done="the phone answered",
    states=frozenset({"active"}),
    calls=frozenset({OFF_HOOK}),
    calls_before=frozenset({RINGING}),
    unproved="the app answered, but the call is not up: whoever rang may have given up",
)
REJECT = Command(
    type="reject",
    words="reject",
    does="reject the call",
    done="the phone rejected the call",
    states=frozenset({"disconnecting", "disconnected"}),
    calls=frozenset({IDLE}),
    calls_before=frozenset({RINGING}),
    unproved="the app rejected the call, but the phone still rings: try again, or do it on the"
    " phone",
)
MUTE = {
    True: Command(type="mute", words="mute", does="mute the call", done="the call is muted"),
    False: Command(
        type="mute",
        words="mute",
        does="unmute the call",
        done="the call is unmuted; while the app answers it, it mutes it again at once",
    ),
}
SPEAKER = {
    True: Command(
        type="speaker",
        words="speaker",
        does="switch to the speaker",
        done="the phone uses its speaker",
    ),
    False: Command(
        type="speaker",
        words="speaker",
        does="switch to the earpiece",
        done="the phone uses its earpiece",
    ),
}
BT_ROUTE = {
    True: Command(
        type="bt_route",
        words="bluetooth route",
        does="switch Bluetooth on",
        done="the call goes over Bluetooth",
    ),
    False: Command(
        type="bt_route",
        words="bluetooth route",
        does="switch Bluetooth off",
        done="the call no longer goes over Bluetooth",
    ),
}
