"""A call in our hands: its turns as they come, and the answers to them."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import trio

from clawctl.client.events import Event
from clawctl.errors import ClawError, NoSuch
from clawctl.wire import agent as wire

if TYPE_CHECKING:
    from clawctl.client.agent import Client

# After these nobody waits for an answer any more.
OVER = {"turn.complete", "turn.stale", "session.reset"}
# But for turns beside ours: a filler keeps the caller waiting, a forced reply waits for nobody.
BESIDE = {"filler", "forced"}
LOST = "the connection was lost since, and the reply model answered"


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of an answer: `ok` if it is spoken; `late` if the turn was answered without it,
    `queued` if it is said at the next turn all the same; `error` says why not."""

    ok: bool
    late: bool = False
    queued: bool = False
    error: str = ""


@dataclass(eq=False)
class Turn:
    """The caller spoke and waits. `draft` is what the reply model would say, if it was asked;
    `approve_after_s` after how long that is said without an answer, 0 for never."""

    session_id: str
    transcript: str
    request_id: str
    answer_within_s: float
    caller_number: str
    draft: str
    approve_after_s: float
    asked_at: float
    # As it came.
    request: Event = field(repr=False)
    # Set when nobody waits any more: answered, too late, or the call is no longer ours.
    over: trio.Event = field(repr=False)
    _client: "Client" = field(repr=False)
    # Whom the gateway asked: nobody else may answer, nor we on another connection.
    _agent_id: str = field(repr=False)

    def left_s(self) -> float:
        """Seconds in which an answer is still of use; recognition and synthesis are paid for."""
        return max(0.0, self.asked_at + self.answer_within_s - trio.current_time())

    async def reply(self, text: str) -> Reply:
        """The answer, or the end of one whose pieces went before; raises nothing: what became of it
        is in the Reply."""
        return await self._send(text, partial=False)

    async def say(self, piece: str) -> Reply:
        """A piece of the answer, spoken as soon as it ends a sentence; `reply` ends it."""
        return await self._send(piece, partial=True)

    async def hold(self) -> None:
        """Do not let the draft be said by itself; raises NoSuch when it is too late for that."""
        if self._lost():
            raise NoSuch(LOST)
        await self._client.command(wire.Hold(request_id=self.request_id))

    async def _send(self, text: str, *, partial: bool) -> Reply:
        if self._lost():
            return Reply(ok=False, error=LOST)
        want = wire.Reply(reply=text, request_id=self.request_id, partial=partial)
        try:
            ack = await self._client.ask(want)
        except ClawError as error:
            return Reply(ok=False, error=str(error))
        late, queued = ack.get("late", False), ack.get("queued", False)
        return Reply(ack["ok"], late, queued, ack.get("error", ""))

    def _lost(self) -> bool:
        return self._agent_id != self._client.agent_id


class Takeover:
    """Made by `Client.takeover`; iterated, its turns. The iteration ends with the takeover, and
    `ended` says how: "released", "revoked" (`by` another agent or an operator), "ended" (the call),
    "lost" (the gateway refused us when we came back)."""

    def __init__(
        self, client: "Client", session_id: str, mode: wire.Mode, approve_after_s: float
    ) -> None:
        self.session_id = session_id
        self.mode: wire.Mode = mode
        self.approve_after_s = approve_after_s
        self.ended = self.by = ""
        # While the gateway does not know that the call is ours.
        self.away = True
        self._client = client
        self._current: Turn | None = None
        # One turn at a time asks; those that nobody took are over.
        self._send, self._turns = trio.open_memory_channel[Turn](float("inf"))

    def __aiter__(self) -> "Takeover":
        return self

    async def __anext__(self) -> Turn:
        async for turn in self._turns:
            if not turn.over.is_set():
                return turn
        raise StopAsyncIteration

    async def hold(self, mode: wire.Mode, *, approve_after_s: float | None = None) -> None:
        """Go on in another mode; raises NoSuch when the call is over."""
        self.mode = mode
        if approve_after_s is not None:
            self.approve_after_s = approve_after_s
        await self._client.take(self)

    async def release(self) -> None:
        """Hand the call back now; raises NoSuch or Conflict when it is no longer ours."""
        await self._client.release(self.session_id)

    # for the client

    def wanted(self) -> wire.Takeover:
        return wire.Takeover(
            session_id=self.session_id, mode=self.mode, approve_after_s=self.approve_after_s
        )

    def taken(self, ack: Event) -> bool:
        """Whether the gateway says so; `_active` has a name from now on."""
        if ack["ok"]:
            self.session_id, self.away = ack["session_id"], False
        return bool(ack["ok"])

    def asked(self, request: Event) -> None:
        self._settle()
        turn = Turn(
            self.session_id,
            request["transcript"],
            request["request_id"],
            request["answer_within_s"],
            request.get("caller_number", ""),
            request.get("draft", ""),
            request.get("approve_after_s", 0.0),
            trio.current_time(),
            request,
            trio.Event(),
            self._client,
            self._client.agent_id,
        )
        self._current = turn
        self._send.send_nowait(turn)

    def hear(self, event: Event, our_id: str) -> None:
        """Our own release is told by its ack: the event may be one of an earlier takeover."""
        kind = event["type"]
        if kind in OVER and event.get("model") not in BESIDE:
            self._settle()
        if kind == "session.ended":
            self.end("ended")
        elif kind == "takeover.revoked" and event.get("agent_id") == our_id:
            self.end("revoked", event.get("by", ""))

    def lose(self) -> None:
        """The connection is gone, and with it the turn that waited: the reply model has it."""
        self.away = True
        self._settle()

    def end(self, why: str, by: str = "") -> None:
        if not self.ended:
            self.ended, self.by = why, by
        self._settle()
        self._send.close()

    def _settle(self) -> None:
        if self._current:
            self._current.over.set()
            self._current = None
