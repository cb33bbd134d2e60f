"""A takeover without a human: a command, a file or a program on a pipe answers the caller."""

import sys
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec
import trio

from clawctl.cli.output import Output
from clawctl.cli.terminal import harmless
from clawctl.client.agent import Client, connect
from clawctl.client.takeover import Reply, Takeover, Turn
from clawctl.errors import BadInput, ClawError, Conflict, Unreachable
from clawctl.wire import agent as wire

# Of a line that is read; no message is longer.
MOST_BYTES = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which call, how, and for how many answered turns (0: until it ends)."""

    session_id: str
    mode: wire.Mode = "drive"
    approve_after_s: float = 5.0
    name: str = ""
    turns: int = 0


class Answering(Protocol):
    """Who answers. Cancelled when nobody waits for the answer any more."""

    async def answer(self, turn: Turn, number: int) -> str | None:
        """The words; "" lets the reply model answer; None: there are no more."""
        ...


class Lines:
    """Answers that were written down before: the first to the first turn, and so on."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._left = list(lines)

    async def answer(self, _: Turn, __: int) -> str | None:
        return self._left.pop(0) if self._left else None


@dataclass
class Unattended:
    """One takeover from its beginning to its end, told on `output`."""

    url: str
    token: str
    wanted: Wanted
    output: Output

    async def run(self, answering: Answering) -> None:
        """Until the call ends, enough turns are answered, or there are no more answers.

        Raises NoSuch when no such call is live, Conflict when another took it, Unreachable.
        """
        async with self._held() as (_, call):
            answered = 0
            async for turn in call:
                text = await _while_waited_for(turn, answering, answered + 1)
                if text is None and not turn.over.is_set():
                    break
                answered += await self._reply(turn, text)
                if answered == self.wanted.turns:
                    break
        _check_end(call)

    async def pipe(self) -> None:
        """The protocol of one call on stdin and stdout, until stdin or the call ends.

        What comes in without a `session_id` is about this call, and without a `request_id` it
        answers the turn that waits.
        """
        async with self._held() as (client, call), trio.open_nursery() as nursery:
            piping = Piping(client, call, self.wanted.turns, self.output)
            nursery.start_soon(piping.tell_turns, nursery.cancel_scope)
            nursery.start_soon(piping.tell_events)
            await piping.obey()
            nursery.cancel_scope.cancel()
        _check_end(call)

    @asynccontextmanager
    async def _held(self) -> AsyncIterator[tuple[Client, Takeover]]:
        wanted, told = self.wanted, self.output.note
        async with connect(self.url, self.token, name=wanted.name, told=told) as client:
            taking = client.takeover(
                wanted.session_id, wanted.mode, approve_after_s=wanted.approve_after_s
            )
            call: Takeover | None = None
            try:
                async with taking as call:
                    self._event("taken", "The call is yours.", call, mode=call.mode)
                    yield client, call
            finally:
                if call is not None:
                    self._event("over", ENDINGS[call.ended], call, reason=call.ended)

    async def _reply(self, turn: Turn, text: str | None) -> bool:
        """Whether it is spoken; what nobody waits for any more is not sent."""
        reply = Reply(ok=False, late=True) if text is None else await turn.reply(text)
        words = text or "" if reply.ok or reply.queued else ""
        who = "answer" if words else "(the reply model answers)"
        shown = f"caller   {harmless(turn.transcript)}\n{who:8} {harmless(words)}".rstrip()
        self.output.event(
            "turn", shown, session_id=turn.session_id, request_id=turn.request_id,
            transcript=turn.transcript, reply=words, ok=reply.ok, late=reply.late,
            queued=reply.queued, error=reply.error,
        )  # fmt: skip
        return reply.ok

    def _event(self, name: str, text: str, call: Takeover, **fields: Any) -> None:
        self.output.event(name, text, session_id=call.session_id, **fields)


class Piping:
    """Frames of one call out, its commands in."""

    def __init__(self, client: Client, call: Takeover, turns: int, output: Output) -> None:
        self._client = client
        self._call = call
        self._turns = turns
        self._answered = 0
        self._output = output
        self._events = client.events()
        self._waits: Turn | None = None

    async def tell_turns(self, piped: trio.CancelScope) -> None:
        """Ends it all with the takeover."""
        async for turn in self._call:
            self._waits = turn
            self._output.data(turn.request)
        piped.cancel()

    async def tell_events(self) -> None:
        async for event in self._events:
            if event["session_id"] == self._call.session_id:
                self._output.data(event)

    async def obey(self) -> None:
        """Line after line, until enough turns are answered; a bad one is answered, not fatal."""
        async with aclosing(_input_lines()) as lines:
            async for line in lines:
                try:
                    said_id, command = self._meant(line)
                    ack = await self._client.ask(command)
                except ClawError as error:
                    refusal = {"type": "error", "ok": False, "error": str(error)}
                    self._output.data(refusal | {"code": error.code})
                    continue
                ack.pop("id", None)
                self._output.data(ack if said_id is None else ack | {"id": said_id})
                if isinstance(command, wire.Reply) and ack["ok"] and not command.partial:
                    self._answered += 1
                if self._turns and self._answered == self._turns:
                    return

    def _meant(self, line: bytes) -> tuple[wire.Id | None, wire.Command]:
        """Raises BadInput."""
        try:
            message = msgspec.json.decode(line)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise BadInput(f"not a line of JSON: {error}") from None
        if not isinstance(message, dict):
            raise BadInput("not a JSON object")
        waits = self._waits.request_id if self._waits else ""
        known = {"session_id": self._call.session_id, "request_id": waits}
        command = wire.decode(msgspec.json.encode(known | message))
        return command.id, command


ENDINGS = {
    "released": "Handed back; the reply model answers.",
    "revoked": "Another agent or an operator has the call now.",
    "ended": "The call is over.",
    "lost": "The connection to the gateway is lost.",
}


def _check_end(call: Takeover) -> None:
    """Raises what is a failure for whoever wanted the call."""
    if call.ended == "revoked":
        raise Conflict("another agent or an operator has taken the call")
    if call.ended == "lost":
        raise Unreachable("the gateway refused us when the connection was found again")


async def _while_waited_for(turn: Turn, answering: Answering, number: int) -> str | None:
    text = None
    async with trio.open_nursery() as nursery:

        async def give_up() -> None:
            await turn.over.wait()
            nursery.cancel_scope.cancel()

        nursery.start_soon(give_up)
        text = await answering.answer(turn, number)
        nursery.cancel_scope.cancel()
    return text


async def _input_lines() -> AsyncGenerator[bytes, None]:
    """Read by a thread: a terminal or file made non-blocking would be so for others too."""
    while line := await trio.to_thread.run_sync(
        sys.stdin.buffer.readline, MOST_BYTES, abandon_on_cancel=True
    ):
        if line.strip():
            yield line
