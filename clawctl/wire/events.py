"""Everything the gateway announces: one class an event, its docstring the manual's line.

On the wire an event is `{"type", "seq", "timestamp", "session_id", "data": {…}}` with the keys of
`data` repeated at the top level (gateway manual and guide disagree; both readings work). Empty
fields are left out, save those of a turn that the manuals name: clients read them unasked. There is
never a null.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Any, ClassVar

import msgspec
from msgspec import UNSET, UnsetType


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something happened. `session_id` is empty for what concerns no call."""

    type: ClassVar[str]
    session_id: str = ""


class SessionStarted(Event, frozen=True, kw_only=True):
    """A call began."""

    type = "session.started"
    line: str = "phone"
    caller_number: str = ""
    direction: str = ""


class SessionResumed(Event, frozen=True, kw_only=True):
    """A call that ended only by silence goes on, its history intact."""

    type = "session.resumed"


class SessionReset(Event, frozen=True, kw_only=True):
    """A conversation was started afresh within its session."""

    type = "session.reset"


class SessionEnded(Event, frozen=True, kw_only=True):
    """A call is over: `reason` is hangup, rejected, ended or ttl."""

    type = "session.ended"
    reason: str = ""


class TurnStarted(Event, frozen=True, kw_only=True):
    """The caller spoke (or the phone asks for a greeting) and the answer is being made."""

    type = "turn.started"
    caller_number: str = ""
    direction: str = ""


class TurnTranscript(Event, frozen=True, kw_only=True, omit_defaults=False):
    """What the caller said. Where that is nothing, no_words tells why: no_speech (no peak above 26
    of 32,768, or no word was recognised), noise (less than 192 ms of speech in it), too_short (less
    than 100 ms), hallucination (credits of a film; or no peak above 512, and a phrase such as
    "Thanks for watching")."""

    type = "turn.transcript"
    transcript: str = ""
    asr_ms: float = 0.0
    no_words: str | UnsetType = UNSET


class TurnReply(Event, frozen=True, kw_only=True, omit_defaults=False):
    """What is being said to the caller; `model` is who wrote it."""

    type = "turn.reply"
    reply: str = ""
    model: str = ""


class TurnComplete(Event, frozen=True, kw_only=True, omit_defaults=False):
    """The turn is stored and its answer is leaving; a `turn.error` of stage "record" that follows
    says that the store was too slow or failed."""

    type = "turn.complete"
    transcript: str = ""
    reply: str = ""
    model: str = ""
    degraded: str = ""
    turn: int = 0
    metrics: dict[str, float | str] = {}


class TurnError(Event, frozen=True, kw_only=True):
    """A stage of a turn failed; the call goes on."""

    type = "turn.error"
    stage: str = ""
    detail: str = ""


class TurnStale(Event, frozen=True, kw_only=True):
    """A turn was dropped because its session was reset or ended meanwhile."""

    type = "turn.stale"


class TurnCallerRejected(Event, frozen=True, kw_only=True):
    """The caller policy turned a call away."""

    type = "turn.caller_rejected"
    reason: str = ""
    caller_number: str = ""


class TurnAuthenticated(Event, frozen=True, kw_only=True):
    """The caller said the passphrase."""

    type = "turn.authenticated"


class TurnAuthFailed(Event, frozen=True, kw_only=True):
    """The caller said something else than the passphrase."""

    type = "turn.auth_failed"
    attempts: int = 0


class CallMessage(Event, frozen=True, kw_only=True):
    """A caller left a message for the owner; unconfirmed if the call ended before they agreed."""

    type = "call.message"
    message_id: str = ""
    name: str = ""
    number: str = ""
    text: str = ""
    confirmed: bool = True


class CallDial(Event, frozen=True, kw_only=True):
    """The phone was asked to call a number."""

    type = "call.dial"
    number: str = ""


class CallHangup(Event, frozen=True, kw_only=True):
    """Somebody other than the caller ended a call."""

    type = "call.hangup"


class CallRinging(Event, frozen=True, kw_only=True):
    """The phone rings; `number` is left out while the phone does not tell it."""

    type = "call.ringing"
    number: str = ""
    direction: str = ""


class CallActive(Event, frozen=True, kw_only=True):
    """The phone's call is connected, or was found so."""

    type = "call.active"
    number: str = ""
    direction: str = ""


class CallEnded(Event, frozen=True, kw_only=True, omit_defaults=False):
    """The phone's call is over; `connected_s` is 0 if it never was. `why` is disconnected where the
    phone said so, gone where only its call was missing."""

    type = "call.ended"
    number: str = ""
    direction: str = ""
    connected_s: float = 0.0
    why: str = ""


class PhoneReady(Event, frozen=True, kw_only=True):
    """The phone is connected, and calls can come and go."""

    type = "phone.ready"
    serial: str = ""
    reason: str = ""


class PhoneLost(Event, frozen=True, kw_only=True):
    """The phone is gone, or cannot be used; `reason` has the way out."""

    type = "phone.lost"
    serial: str = ""
    reason: str = ""


class PhoneDegraded(Event, frozen=True, kw_only=True):
    """The phone is connected, but calls will not work as they should; `reason` has the way out."""

    type = "phone.degraded"
    serial: str = ""
    reason: str = ""


class CallConfigUpdated(Event, frozen=True, kw_only=True):
    """The call policy was changed."""

    type = "config.call_updated"
    keys: list[str] = []


class LlmConfigUpdated(Event, frozen=True, kw_only=True):
    """Settings of the reply model were changed."""

    type = "config.llm_updated"
    keys: list[str] = []


class TtsConfigUpdated(Event, frozen=True, kw_only=True):
    """Settings of the voice were changed."""

    type = "config.tts_updated"
    keys: list[str] = []


class StatusUpdate(Event, frozen=True, kw_only=True):
    """The settings file was read again; `keys` are the settings that changed."""

    type = "status.update"
    keys: list[str] = []


class InstructionsUpdated(Event, frozen=True, kw_only=True, omit_defaults=False):
    """Instructions were set or cleared (then `text` is empty): `scope` is global, session, turn."""

    type = "instructions.updated"
    scope: str = "global"
    text: str = ""


class AgentInject(Event, frozen=True, kw_only=True):
    """A sentence was queued, to be said at the next turn; `position` counts from 1."""

    type = "agent.inject"
    text: str = ""
    position: int = 0


class AgentInjectSpoken(Event, frozen=True, kw_only=True):
    """The sentence at the head of the queue was said; `cut_short` if the phone went away in it."""

    type = "agent.inject_spoken"
    text: str = ""
    cut_short: bool = False


class AgentInjectsCleared(Event, frozen=True, kw_only=True):
    """All sentences that waited to be said were forgotten; `count` is how many."""

    type = "agent.injects_cleared"
    count: int = 0


class AgentContextInjected(Event, frozen=True, kw_only=True):
    """A call was given knowledge in place of what it had."""

    type = "agent.context_injected"
    context: str = ""


class AgentContextCleared(Event, frozen=True, kw_only=True):
    """A call's knowledge was taken away."""

    type = "agent.context_cleared"


class AgentConnected(Event, frozen=True, kw_only=True):
    """An agent's socket opened, or told its name."""

    type = "agent.connected"
    agent: str = ""
    role: str = "agent"


class AgentDisconnected(Event, frozen=True, kw_only=True):
    """An agent's socket closed."""

    type = "agent.disconnected"
    agent: str = ""


class AgentTakeover(Event, frozen=True, kw_only=True):
    """An agent answers this call from now on."""

    type = "agent.takeover"
    agent: str = ""
    mode: str = "drive"


class AgentRelease(Event, frozen=True, kw_only=True):
    """The reply model answers again; `reason` is released, revoked or disconnected."""

    type = "agent.release"
    agent: str = ""
    reason: str = ""


class TakeoverRevoked(Event, frozen=True, kw_only=True):
    """`agent` lost the call to `by`; names may be shared, so `agent_id` is who is meant."""

    type = "takeover.revoked"
    agent: str = ""
    agent_id: str = ""
    by: str = ""


class TurnLateReply(Event, frozen=True, kw_only=True):
    """An agent's answer came when its turn had been answered without it."""

    type = "turn.late_reply"
    request_id: str = ""
    queued: bool = False


class EventsDropped(Event, frozen=True, kw_only=True):
    """You did not read fast enough; `count` events before this one are lost to you."""

    type = "events.dropped"
    count: int = 0


class Stamped(msgspec.Struct, frozen=True, dict=True):
    """An event with its place in the gateway's history: `seq` grows by one, `timestamp` is seconds
    since the epoch."""

    seq: int
    timestamp: float
    event: Event

    @cached_property
    def text(self) -> str:
        """The JSON text that listeners receive; made once, however many there are."""
        return to_wire(self).decode()


def kinds(of: type[Event] = Event) -> Iterator[type[Event]]:
    """Every class of event there is."""
    for kind in of.__subclasses__():
        if "type" in vars(kind):
            yield kind
        yield from kinds(kind)


def data_of(event: Event) -> dict[str, Any]:
    """The event's own fields, without `session_id`."""
    data: dict[str, Any] = msgspec.to_builtins(event)
    data.pop("session_id", None)
    return data


def to_wire(stamped: Stamped) -> bytes:
    """The JSON text that listeners receive."""
    event, data = stamped.event, data_of(stamped.event)
    frame = {
        **data,
        "type": event.type,
        "seq": stamped.seq,
        "timestamp": stamped.timestamp,
        "session_id": event.session_id,
        "data": data,
    }
    return msgspec.json.encode(frame)
