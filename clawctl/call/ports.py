"""What a call needs from outside: records that survive, and somebody who keeps them."""

from collections.abc import Callable, Iterable, Sequence
from typing import Literal, Protocol, TypeVar

import msgspec

from clawctl.engines.api import Message, TakenMessage
from clawctl.wire.events import Stamped

T = TypeVar("T")

# Why a call is over. A later turn: "hangup" and "rejected" → told to hang up; "ended" → a fresh
# session; "ttl" → the call is revived.
HANGUP, REJECTED, ENDED, TTL = "hangup", "rejected", "ended", "ttl"


class CallState(msgspec.Struct, kw_only=True):
    """A call as it is kept: everything a restarted gateway needs to go on with it.

    Times are seconds since the epoch. The history is not here: it is the turns after
    `summary_upto`, behind `earlier` (what the caller's former calls left, if kept).
    """

    session_id: str
    line: str = "phone"
    caller_number: str = ""
    direction: str = "incoming"
    created_at: float = 0.0
    updated_at: float = 0.0
    ended_at: float = 0.0
    end_reason: str = ""
    turn_count: int = 0
    authenticated: bool = False
    auth_attempts: int = 0
    instructions: str = ""
    turn_instructions: str = ""
    knowledge: str = ""
    injects: list[str] = msgspec.field(default_factory=list)
    summary: str = ""
    summary_upto: int = 0
    earlier: list[Message] = msgspec.field(default_factory=list)
    # Which call of this number it is; 0 when nothing is remembered from call to call.
    caller_calls: int = 0
    # The message being taken, until the caller agreed to it.
    message: TakenMessage | None = None

    @property
    def status(self) -> str:
        return "ended" if self.end_reason else "active"


# "hallucination": a recogniser made words of what was hardly a sound.
NoWords = Literal["", "no_speech", "noise", "too_short", "hallucination"]
# What a turn comes by, in this order; it is recorded when all that is left is to write it down.
Mark = Literal[
    "speech",
    "recognised",
    "first_token",
    "first_sentence",
    "first_sound",
    "last_sound",
    "recorded",
]


class TurnRecord(msgspec.Struct, kw_only=True):
    """One turn as it is kept. `number` counts the turns of a call from 1.

    `status` is "complete", or "interrupted" when the phone went away while the answer was sent;
    `audio_digest` recognises the same utterance posted again. `no_words` tells why a caller was
    not understood to have said anything. `waterfall` has the ms after its arrival at which the turn
    came to each MARK, `engines` who did the work of a stage.
    """

    session_id: str
    number: int
    started_at: float
    transcript: str = ""
    reply: str = ""
    model: str = ""
    degraded: str = ""
    status: str = "complete"
    audio_digest: str = ""
    no_words: NoWords = ""
    metrics: dict[str, float | str] = msgspec.field(default_factory=dict)
    waterfall: dict[Mark, float] = msgspec.field(default_factory=dict)
    engines: dict[str, str] = msgspec.field(default_factory=dict)


class CallerHistory(msgspec.Struct, kw_only=True):
    """What is remembered of a number from call to call (`keep_history`)."""

    number: str
    total_calls: int = 0
    last_call_at: float = 0.0
    summary: str = ""
    messages: list[Message] = msgspec.field(default_factory=list)


class StoredMessage(msgspec.Struct, kw_only=True):
    """A message a caller left for the owner; `id` is stable, one per call and index."""

    id: str
    session_id: str
    caller_number: str
    taken_at: float
    message: TakenMessage
    done: bool = False


class Entry(msgspec.Struct, kw_only=True):
    """All that one turn makes durable, in one transaction; a part that is None stays as it was.

    Writing the same entry twice leaves what writing it once leaves.
    """

    call: CallState
    turn: TurnRecord | None = None
    events: Sequence[Stamped] = ()
    caller: CallerHistory | None = None
    message: StoredMessage | None = None


class StoredCall(msgspec.Struct, kw_only=True):
    """A call read back: its state and the turns after its summary, in order."""

    state: CallState
    turns: list[TurnRecord]


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which calls: begun from `since` to before `until`, of a number, older than the call `before`;
    what is empty or 0 asks nothing."""

    limit: int = 50
    before: str = ""
    since: float = 0.0
    until: float = 0.0
    number: str = ""
    ended: bool = False


class KnownCaller(msgspec.Struct, frozen=True, kw_only=True):
    """A number of which something is remembered."""

    number: str
    total_calls: int
    last_call_at: float


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """What to look for in what was said; `words` as people write it (`clawctl.store.query`)."""

    words: str
    since: float = 0.0
    until: float = 0.0
    number: str = ""
    said_by: Literal["", "caller", "assistant"] = ""
    limit: int = 20
    offset: int = 0


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """Words that were found; in `snippet` they stand between \\x02 and \\x03."""

    session_id: str
    turn: int
    timestamp: float
    caller_number: str
    said_by: Literal["caller", "assistant"]
    text: str
    snippet: str


class Store(Protocol):
    """What survives a restart. A read that fails raises NotStored."""

    async def record(self, entry: Entry) -> None:
        """Returns once the entry is durable; raises NotStored when that failed.

        An entry that failed, or whose writer was cancelled, is kept and written when the store is
        back.
        """
        ...

    def record_soon(self, entry: Entry) -> None:
        """The same without waiting; for what no answer depends on."""
        ...

    async def call(self, session_id: str) -> StoredCall | None: ...

    async def live_calls(self) -> list[StoredCall]:
        """Every call without an end, oldest activity first."""
        ...

    async def caller(self, number: str) -> CallerHistory | None: ...

    async def forget_caller(self, number: str) -> bool:
        """Delete a number's history; False if there was none."""
        ...


class Records(Store, Protocol):
    """The store as lists and the owner's door see it. A read that fails raises NotStored."""

    async def calls(self, wanted: Wanted = ...) -> list[CallState]:
        """Newest first."""
        ...

    async def turns(self, session_id: str) -> list[TurnRecord]: ...

    async def newest_turns(
        self, since: float, limit: int, look: Callable[[Iterable[TurnRecord]], T]
    ) -> T:
        """What `look`, in a thread, makes of the turns of all calls, begun at `since` or later; the
        newest first."""
        ...

    async def forget_call(self, session_id: str) -> bool:
        """A call that is over, with all that belongs to it; False if there is none."""
        ...

    async def search(self, wanted: Search) -> list[Hit]:
        """Newest first; raises BadInput when the words make no query."""
        ...

    async def callers(self) -> list[KnownCaller]: ...

    async def messages(self, done: bool | None = None) -> list[StoredMessage]:
        """Oldest first; all of them, or only those done, or only those still open."""
        ...

    async def message_done(self, message_id: str) -> bool:
        """False if there is no such message."""
        ...

    async def unread(self) -> int: ...

    async def events_after(
        self, seq: int, limit: int = 1000, *, session_id: str = "", types: Sequence[str] = ()
    ) -> list[Stamped]:
        """`types` are names, or families such as "turn.*"."""
        ...

    async def last_events(
        self, limit: int, *, session_id: str = "", types: Sequence[str] = ()
    ) -> list[Stamped]: ...

    async def seq_before(self, timestamp: float) -> int:
        """Events after this seq are not older than `timestamp`."""
        ...

    async def caught_up(self) -> None:
        """Returns once all that was kept so far is durable."""
        ...
