"""An agent's connection to a gateway: events heard, commands acknowledged, calls taken over.

    async with connect(url, token, name="desk") as client:
        async with client.takeover("_active") as call:
            async for turn in call:
                await turn.reply(f"You said: {turn.transcript}")

A lost connection is found again: events go on where they stopped, and calls that were held are
taken over anew unless somebody else has them by now. The protocol: clawctl-agent(7).
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Literal

import trio

from clawctl.client.events import Event, Told
from clawctl.client.link import Frame, Heed, Link
from clawctl.client.listening import Listening
from clawctl.client.rest import RestClient
from clawctl.client.takeover import Takeover
from clawctl.errors import (
    BadInput,
    ClawError,
    Conflict,
    NoHandset,
    NoSuch,
    NotStored,
    TooSlow,
)
from clawctl.wire import agent as wire

# For the hand-back of a call, whatever else is being given up.
GOODBYE_S = 2.0

# The ack of a command that went wrong has the code of the error that is raised here.
REFUSALS: dict[str, Callable[[str], ClawError]] = {
    kind.code: kind for kind in (BadInput, Conflict, NoSuch, NoHandset, NotStored)
}

Role = Literal["agent", "operator"]


def _untold(_: str) -> None:
    """For those who do not want to hear of the connection."""


@asynccontextmanager
async def connect(
    url: str, token: str = "", *, name: str = "", role: Role = "agent", told: Told = _untold
) -> AsyncIterator["Client"]:
    """A client for the time of the block; `told` hears of connections lost and found again.

    Raises Unreachable when no gateway answers at first, NotAuthorised when the token is refused.
    What the block raises comes out as it is. At its end, cancelled too, held calls are handed back.
    """
    client = Client(url, token, name, role, told)
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(client.run)
            try:
                await client.ready()
                yield client
            finally:
                client.close()
    # As a rule the link raises nothing, so there is but what the block raised, which a group hides.
    except BaseExceptionGroup as group:
        if len(group.exceptions) > 1:
            raise
        raise group.exceptions[0] from group.exceptions[0].__cause__


class Client:
    """Made by `connect`."""

    def __init__(self, url: str, token: str, name: str, role: Role, told: Told) -> None:
        # Who we are at the gateway, on this connection; "" while there is none.
        self.agent_id = ""
        self.name = name
        self._url = url
        self._token = token
        self._role: Role = role
        self._told = told
        self._open = trio.CancelScope(shield=True)
        self._link = Link(url, token, greet=self._greet, hear=self._hear, lost=self._lose)
        # Who we were since we last had everything back: what they hold is ours.
        self._ids: set[str] = set()
        self._seq: int | None = None
        # Events of a connection that has not caught up yet, by their seq.
        self._early: dict[int, Event] | None = {}
        self._takeovers: dict[str, Takeover] = {}
        self._listening: list[Listening] = []

    async def ready(self) -> None:
        """Waits for a connection; raises what made one impossible for good."""
        await self._link.ready()

    def events(self) -> Listening:
        """Everything the gateway announces from now on, over lost connections too."""
        listening = Listening()
        self._listening.append(listening)
        return listening

    async def command(self, command: wire.Command) -> Frame:
        """Send it and return its ack.

        Raises what the gateway refused it by; Unreachable when the connection was lost before the
        ack came, so that nobody knows whether the gateway obeyed; TooSlow.
        """
        return _granted(await self.ask(command))

    async def ask(self, command: wire.Command, heed: Heed | None = None) -> Frame:
        """As `command`, but a refusal is an ack like any other; `heed` gets the ack before any
        frame that follows is read."""
        ack = await self._link.ask(command, heed)
        if isinstance(command, wire.Release) and ack["ok"]:
            self._end(ack["session_id"], "released")
        return ack

    async def inject(self, session_id: str, text: str) -> Frame:
        """Queue a sentence, said at the call's next turn in place of an answer."""
        return await self.command(wire.Inject(session_id=session_id, text=text))

    async def whisper(self, session_id: str, text: str) -> Frame:
        """Instruct the reply model for the next turn only."""
        want = wire.SetInstructions(session_id=session_id, scope="turn", instructions=text)
        return await self.command(want)

    async def inform(self, session_id: str, context: str) -> Frame:
        """Give the reply model knowledge for this call; an empty text takes it away."""
        if context:
            return await self.command(wire.InjectContext(session_id=session_id, context=context))
        return await self.command(wire.ClearContext(session_id=session_id))

    async def release(self, session_id: str) -> Frame:
        """Hand a call we hold back to the reply model; raises NoSuch, Conflict."""
        return await self.command(wire.Release(session_id=session_id))

    async def hang_up(self, session_id: str = "") -> Frame:
        """End a call and its session; the active one without an id."""
        return await self.command(wire.Hangup(session_id=session_id))

    async def call_state(self, session_id: str) -> Frame:
        """History, instructions, knowledge and holder: `GET /api/agent/call/{sid}`."""
        return await self.command(wire.GetCallState(session_id=session_id))

    async def live_calls(self) -> list[dict[str, Any]]:
        """Rows of `GET /api/sessions?status=active`, newest first."""
        gateway = RestClient(self._url, self._token)
        rows: list[dict[str, Any]] = await trio.to_thread.run_sync(
            gateway.get, "/api/sessions", {"status": "active"}, abandon_on_cancel=True
        )
        return rows

    @asynccontextmanager
    async def takeover(
        self, session_id: str, mode: wire.Mode = "drive", *, approve_after_s: float = 5.0
    ) -> AsyncIterator[Takeover]:
        """Answer a call in place of the reply model; leaving the block hands it back.

        Raises NoSuch when no such call is live. Whoever held it before loses it.
        """
        call = Takeover(self, session_id, mode, approve_after_s)
        try:
            await self.take(call)
        except (trio.Cancelled, TooSlow):
            # The gateway may have obeyed all the same.
            await self._hand_back(call)
            raise
        try:
            yield call
        finally:
            if not call.ended:
                await self._hand_back(call)
            if self._takeovers.get(call.session_id) is call:
                del self._takeovers[call.session_id]

    async def _hand_back(self, call: Takeover) -> None:
        with trio.move_on_after(GOODBYE_S, shield=True), suppress(ClawError):
            await self.release(call.session_id)
        call.end("released")

    async def take(self, call: Takeover) -> None:
        """Take a call over, or change the mode in which it is held."""

        def known(ack: Frame) -> None:
            # Before the next frame is read, which may be its first turn.
            if call.taken(ack):
                if self._takeovers.get(call.session_id) is not call:
                    self._end(call.session_id, "revoked", by=self.name)
                self._takeovers[call.session_id] = call

        _granted(await self._link.ask(call.wanted(), known))

    # the connection

    def close(self) -> None:
        self._open.cancel()

    async def run(self) -> None:
        """Until closed, or refused for good; not cancelled from outside, for goodbyes need it."""
        try:
            with self._open:
                await self._link.run()
        finally:
            for call in self._takeovers.values():
                call.end("lost")
            for listening in self._listening:
                listening.end()

    async def _greet(self) -> None:
        """Who we are; then, if we were here before, what we missed and what was ours."""
        missed = self._seq
        ack = _granted(await self._link.exchange(wire.Hello(name=self.name, role=self._role)))
        self.agent_id, self.name = ack["agent"], ack["name"]
        self._ids.add(self.agent_id)
        await self._link.exchange(wire.Subscribe(after=missed), self._caught_up)
        if missed is not None:
            self._told("connected again")
        for call in list(self._takeovers.values()):
            if not call.ended:
                await self._retake(call)
        self._ids = {self.agent_id}

    async def _retake(self, call: Takeover) -> None:
        """The last one wins, so we do not, if somebody took the call while we were away."""
        state = await self._link.exchange(wire.GetCallState(session_id=call.session_id))
        holder = state.get("takeover")
        if holder and holder["agent"] not in self._ids:
            self._told(f"{holder['name']} has taken the call over meanwhile")
            call.end("revoked", by=holder["name"])
        elif state["ok"] and call.taken(await self._link.exchange(call.wanted(), call.taken)):
            self._told("the call is taken over again")
        else:
            self._told("the call ended meanwhile")
            call.end("ended")

    def _hear(self, frame: Frame) -> None:
        if "seq" in frame:
            self._happened(frame)
        elif frame["type"] == "turn.request":
            self._asked(frame)

    def _asked(self, request: Frame) -> None:
        call = self._takeovers.get(request["session_id"])
        if call and not call.ended:
            call.asked(request)
        else:
            # Nobody here answers this call: an empty answer is the reply model's turn, at once.
            self._link.send_soon(wire.Reply(reply="", request_id=request["request_id"]))

    def _happened(self, event: Event) -> None:
        if self._early is not None:
            self._early[event["seq"]] = event
            return
        self._seq = event["seq"]
        if call := self._takeovers.get(event["session_id"]):
            call.hear(event, self.agent_id)
        self._listening = [one for one in self._listening if one.hear(event)]

    def _caught_up(self, ack: Frame) -> None:
        """What we missed and what happened since overlap: each once, in order."""
        early, self._early = self._early or {}, None
        if self._seq is None:
            self._seq = ack["last_seq"]
        for seq in sorted(early):
            if seq > self._seq:
                self._happened(early[seq])

    def _end(self, session_id: str, why: str, by: str = "") -> None:
        if call := self._takeovers.get(session_id):
            call.end(why, by)

    def _lose(self) -> None:
        self._early, self.agent_id = {}, ""
        if self._seq is not None:
            self._told("connection lost, trying again")
        for call in self._takeovers.values():
            call.lose()


def _granted(ack: Frame) -> Frame:
    if ack.get("ok", True):
        return ack
    refusal = REFUSALS.get(ack.get("code", ""), ClawError)
    raise refusal(ack.get("error") or "the gateway refused, and did not say why")
