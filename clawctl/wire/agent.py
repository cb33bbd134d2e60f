"""The agent protocol: one class a message, its docstring the manual's line.

What a client may send is `COMMANDS`, what it gets beside events is `FRAMES` (gateway manual, "Agent
WebSocket protocol", and the takeover guide). A command may carry an `id`; its ack repeats it.
Fields we do not know are passed over, so that newer clients work with older gateways.
"""

from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from clawctl.errors import BadInput

# Of a refusal, in characters.
MOST_WHY = 300

Id = str | int
Mode = Literal["drive", "draft", "approve", "watch"]
Scope = Literal["global", "session", "turn"]
SessionId = Annotated[str, Meta(max_length=128)]
Text = Annotated[str, Meta(max_length=100_000)]


class Command(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """What an agent wants."""

    id: Id | None = None


class Takeover(Command, frozen=True, kw_only=True, tag="takeover"):
    """Answer this call in place of the reply model: `drive` by yourself, `draft` with a proposal of
    the model in each request, `approve` where the proposal is said after `approve_after_s` seconds
    unless you answer or `hold`. `watch` takes nothing over and only checks that the call lives."""

    session_id: SessionId
    mode: Mode = "drive"
    approve_after_s: Annotated[float, Meta(ge=0, le=60)] = 5.0


class Release(Command, frozen=True, kw_only=True, tag="release"):
    """Hand the call back to the reply model."""

    session_id: SessionId


class Reply(Command, frozen=True, kw_only=True, tag="reply"):
    """The answer to a `turn.request`; needs no `type`. With `partial` more pieces follow, and each
    is spoken as soon as it ends a sentence; the last piece may be empty."""

    reply: Text
    request_id: Annotated[str, Meta(max_length=200)] = ""
    partial: bool = False


class Hold(Command, frozen=True, kw_only=True, tag="hold"):
    """Do not send the proposal of this request by itself; an answer of yours follows."""

    request_id: Annotated[str, Meta(max_length=200)]


class Inject(Command, frozen=True, kw_only=True, tag="inject"):
    """Say this at the next turn in place of an answer; without a session: in the active call."""

    text: Text
    session_id: SessionId = ""


class Uninject(Command, frozen=True, kw_only=True, tag="uninject"):
    """Forget what is queued to be said and was not said yet."""

    session_id: SessionId


class SetInstructions(Command, frozen=True, kw_only=True, tag="set_instructions"):
    """Tell the reply model how to be: for all calls (`global`), for one (`session`), for its next
    turn (`turn`). An empty text takes the layer back."""

    instructions: Text
    session_id: SessionId = ""
    scope: Scope | None = None


class SetCallConfig(Command, frozen=True, kw_only=True, tag="set_call_config"):
    """Change settings of the call policy, those that agents may set."""

    config: dict[str, Any]


class Dial(Command, frozen=True, kw_only=True, tag="dial"):
    """Call a number; `say` is spoken in place of the greeting when it is answered."""

    number: Annotated[str, Meta(max_length=100)]
    say: Text = ""


class Hangup(Command, frozen=True, kw_only=True, tag="hangup"):
    """End a call and its session; without a session: the active call, or one being dialled."""

    session_id: SessionId = ""


class GetCallState(Command, frozen=True, kw_only=True, tag="get_call_state"):
    """History, instructions and takeover of a call."""

    session_id: SessionId


class InjectContext(Command, frozen=True, kw_only=True, tag="inject_context"):
    """Give the reply model knowledge for this call, in place of what it was given before."""

    session_id: SessionId
    context: Text


class ClearContext(Command, frozen=True, kw_only=True, tag="clear_context"):
    """Take that knowledge away."""

    session_id: SessionId


class EndSession(Command, frozen=True, kw_only=True, tag="end_session"):
    """The session is over, without a hang-up: the phone's next turn opens a fresh one."""

    session_id: SessionId


class Ping(Command, frozen=True, kw_only=True, tag="ping"):
    """Is anybody there?"""


class Hello(Command, frozen=True, kw_only=True, tag="hello"):
    """Who this is, as others see it."""

    name: Annotated[str, Meta(max_length=100)] = ""
    role: Literal["agent", "operator"] = "agent"


class Subscribe(Command, frozen=True, kw_only=True, tag="subscribe"):
    """Narrow the events of this socket: to sessions, to types (`turn.*` is a family); an empty list
    is all. `after` replays what was missed since that `seq`."""

    sessions: Annotated[tuple[SessionId, ...], Meta(max_length=1000)] = ()
    types: Annotated[tuple[str, ...], Meta(max_length=100)] = ()
    after: Annotated[int, Meta(ge=0)] | None = None


AnyCommand = (
    Takeover | Release | Reply | Hold | Inject | Uninject | SetInstructions | SetCallConfig | Dial
    | Hangup | GetCallState | InjectContext | ClearContext | EndSession | Ping | Hello | Subscribe
)  # fmt: skip

_decode_command: Callable[[str | bytes], AnyCommand] = msgspec.json.Decoder(AnyCommand).decode
_decode_reply: Callable[[str | bytes], Reply] = msgspec.json.Decoder(Reply).decode


class _Shape(msgspec.Struct):
    """As much of a message as tells what it is meant to be."""

    type: Any = None
    request_id: Any = None
    reply: Any = None
    id: Id | None = None


_decode_shape = msgspec.json.Decoder(_Shape).decode


class Misunderstood(BadInput):
    """A message that is none of ours; `id` is the one its sender gave it, if it can be read."""

    def __init__(self, why: str, id: Id | None = None) -> None:  # noqa: A002 - the protocol's word
        self.id = id
        # What was sent may be quoted in it, and be long.
        super().__init__(why if len(why) <= MOST_WHY else f"{why[:MOST_WHY]}…")


def decode(frame: str | bytes) -> AnyCommand:
    """Raises Misunderstood, naming the path of what is wrong."""
    try:
        shape = _decode_shape(frame)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise Misunderstood(f"not a message: {error}") from None
    try:
        if shape.type is None and (shape.reply is not None or shape.request_id is not None):
            return _decode_reply(frame)
        return _decode_command(frame)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise Misunderstood(str(error), shape.id) from None


class Frame(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """What the gateway sends that is no event."""


class Ack(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of a command: `type` is the command's with `.ack` behind."""

    type: str
    ok: bool
    id: Id | None = None
    error: str = ""
    code: str = ""


class TurnRequest(Frame, frozen=True, kw_only=True, tag="turn.request", omit_defaults=True):
    """The caller spoke, and it is you who answers. `answer_within_s` is what is really left;
    `draft` is what the reply model would say."""

    session_id: str
    transcript: str
    request_id: str
    answer_within_s: float
    caller_number: str = ""
    draft: str = ""
    approve_after_s: float = 0.0
