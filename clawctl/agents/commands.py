"""What an agent may ask for, and what is done about it: one row a message of the protocol."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec
import trio

from clawctl.agents.agents import Connected
from clawctl.bus import Bus
from clawctl.call.dialling import Phone, dialable
from clawctl.call.greetings import Greeting, Greetings
from clawctl.call.ports import ENDED, HANGUP
from clawctl.call.registry import ACTIVE
from clawctl.call.session import Session
from clawctl.call.speaking import Speaking
from clawctl.call.steering import Steering
from clawctl.call.takeover import Heeded, Holding, Takeovers
from clawctl.config.live import Live
from clawctl.config.table import by_key
from clawctl.door.feed import Past
from clawctl.errors import BadInput, ClawError, NoHandset, NoSuch, TooSlow, Unconfirmed
from clawctl.wire import agent as wire
from clawctl.wire.events import (
    AgentConnected,
    CallConfigUpdated,
    CallDial,
    CallHangup,
    TtsConfigUpdated,
    TurnLateReply,
)
from clawctl.wire.text import safe_text

C = TypeVar("C", bound=wire.Command)
Fields = dict[str, Any]


@dataclass(frozen=True)
class Desk:
    """What commands need of a gateway."""

    live: Live
    bus: Bus
    past: Past
    steering: Steering
    takeovers: Takeovers
    speaking: Speaking
    phone: Phone
    greetings: Greetings
    # A call as `GET /api/agent/call/{sid}` shows it, by its id.
    call_state: Callable[[str], Fields]

    def call(self, session_id: str) -> Session:
        """The live call of a command that must name one; raises NoSuch, or BadInput."""
        if not session_id:
            raise BadInput(f"session_id is empty; {ACTIVE} stands for the active call")
        return self.steering.call(session_id)


@dataclass(frozen=True)
class Row(Generic[C]):
    """A message, who obeys it, and what the answer is called; where the manual's ack has a `detail`
    a refusal has it too."""

    message: type[C]
    obey: Callable[[Desk, Connected, C], Awaitable[Fields]]
    answer: str = ""
    detailed: bool = False

    @property
    def tag(self) -> str:
        return str(self.message.__struct_config__.tag)


async def obey(desk: Desk, by: Connected, command: wire.AnyCommand) -> None:
    """Do it, and put the ack into the agent's outbox; a refusal is an ack that says why."""
    row = ROWS[type(command)]
    ack: Fields = {"type": row.answer or f"{row.tag}.ack", "ok": True}
    if command.id is not None:
        ack["id"] = command.id
    if session_id := getattr(command, "session_id", ""):
        ack["session_id"] = session_id
    try:
        ack |= await row.obey(desk, by, command)
    except ClawError as error:
        ack |= {"ok": False, **_refusal(error)}
        ack |= {"detail": str(error)} if row.detailed else {}
    by.outbox.send(msgspec.json.encode(ack))


def _refusal(error: ClawError) -> Fields:
    return {"error": str(error), "code": error.code}


# The rows share a signature; those that wait for nothing are async all the same.


async def _takeover(desk: Desk, by: Connected, want: wire.Takeover) -> Fields:
    session = desk.call(want.session_id)
    if want.mode != "watch":
        desk.takeovers.take(session.id, Holding(by, want.mode, want.approve_after_s))
    return {"session_id": session.id, "mode": want.mode}


async def _release(desk: Desk, by: Connected, want: wire.Release) -> Fields:
    session = desk.call(want.session_id)
    desk.takeovers.release(session.id, by)
    return {"session_id": session.id}


async def _reply(desk: Desk, by: Connected, want: wire.Reply) -> Fields:
    text = want.reply if want.partial else safe_text(want.reply)
    heeded = desk.takeovers.reply(by, want.request_id, text, partial=want.partial)
    told: Fields = {"ok": heeded.ok, "request_id": want.request_id, "late": heeded.late}
    if heeded.late:
        told["queued"] = _inject_late(desk, heeded, text)
    return told | (_refusal(heeded.error) if heeded.error else {})


def _inject_late(desk: Desk, heeded: Heeded, text: str) -> bool:
    """Whether a late answer is said all the same: at the next turn, if none came in between, and
    if it is still the conversation it belongs to."""
    question, queued = heeded.question, False
    session = desk.steering.registry.sessions.get(question.session_id) if question else None
    if question and session:
        gone_on = session.state.turn_count > question.turn_count + 1
        of_use = not (gone_on or question.conversation.over)
        if desk.live.now.takeover.late_reply == "inject" and of_use and text:
            # One that may be a reply may be too long for an inject, or the queue is full.
            with suppress(ClawError):
                desk.steering.inject(session, text)
                queued = True
        late = TurnLateReply(session_id=session.id, request_id=question.request_id, queued=queued)
        desk.bus.publish(late)
    return queued


async def _hold(desk: Desk, by: Connected, want: wire.Hold) -> Fields:
    desk.takeovers.hold(by, want.request_id)
    return {"request_id": want.request_id}


async def _inject(desk: Desk, _: Connected, want: wire.Inject) -> Fields:
    session = desk.steering.call(want.session_id)
    queued = desk.steering.inject(session, want.text)
    tts_ms = await desk.speaking.prepare(queued.text)
    return {"session_id": session.id, "position": queued.position, "tts_ms": tts_ms}


async def _uninject(desk: Desk, _: Connected, want: wire.Uninject) -> Fields:
    session = desk.call(want.session_id)
    return {"session_id": session.id, "cleared": desk.steering.uninject(session)}


async def _set_instructions(desk: Desk, _: Connected, want: wire.SetInstructions) -> Fields:
    scope = want.scope or ("session" if want.session_id else "global")
    if scope == "global":
        desk.steering.instruct_all(want.instructions)
        return {"scope": scope}
    if not want.session_id:
        raise BadInput(f"scope {scope} needs a session_id")
    session = desk.call(want.session_id)
    instruct = {"session": desk.steering.instruct, "turn": desk.steering.instruct_turn}[scope]
    instruct(session, want.instructions)
    return {"scope": scope, "session_id": session.id}


async def _set_call_config(desk: Desk, _: Connected, want: wire.SetCallConfig) -> Fields:
    changed = desk.live.change(want.config, by="agent")
    rows = by_key(desk.live.loaded.table)
    for group, event in (("call", CallConfigUpdated), ("tts", TtsConfigUpdated)):
        if keys := sorted(key for key in changed if rows[key].group == group):
            desk.bus.publish(event(keys=keys))
    return {"changed": sorted(changed)}


async def _dial(desk: Desk, _: Connected, want: wire.Dial) -> Fields:
    return await dial(desk, want.number, want.say)


async def dial(desk: Desk, number: str, say: str = "") -> Fields:
    """Ask the phone; what it says is an answer, a number that is none raises BadInput.

    `say`, if any, is the greeting of that call and ready when it is answered. Cancelled, the phone
    may dial, and the greeting waits for it.
    """
    bare = dialable(number, desk.live.now.phone)
    greeting = desk.steering.sentence("say", say) if say else ""
    if not greeting:
        return await _place(desk, bare)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(desk.speaking.prepare, greeting)
        return await _place(desk, bare, desk.greetings.expect(bare, greeting))


async def _place(desk: Desk, number: str, greeting: Greeting | None = None) -> Fields:
    try:
        said = await desk.phone.dial(number)
    except (NoHandset, TooSlow) as error:
        # A phone that was too slow, or has gone meanwhile, may dial all the same.
        if greeting and not isinstance(error, TooSlow | Unconfirmed):
            desk.greetings.withdraw(greeting)
        return {"ok": False, "number": number, "detail": str(error), **_refusal(error)}
    desk.greetings.placed(greeting)
    desk.bus.publish(CallDial(number=number))
    return {"ok": True, "number": number, "detail": said}


async def ask_phone(asked: Callable[[], Awaitable[str]]) -> Fields:
    """A command that needs no number; a phone that does not do it is an answer."""
    try:
        return {"ok": True, "detail": await asked()}
    except (NoHandset, TooSlow) as error:
        return {"ok": False, "detail": str(error), **_refusal(error)}


async def _hangup(desk: Desk, _: Connected, want: wire.Hangup) -> Fields:
    return await hang_up(desk, want.session_id)


async def hang_up(desk: Desk, session_id: str) -> Fields:
    """The session ends at once, whatever the phone says; without a session the phone is told though
    no call is live: it may be dialling. Raises NoSuch."""
    if not session_id and not desk.steering.registry.sessions:
        return await _hang_up_unanswered(desk)
    session = desk.steering.call(session_id)
    desk.bus.publish(CallHangup(session_id=session.id))
    desk.steering.registry.end(session, HANGUP)
    try:
        said = await desk.phone.hang_up()
    except (NoHandset, TooSlow) as error:
        ended = f"the session has ended, and its next turn tells the phone to hang up; {error}"
        return {"ok": True, "session_id": session.id, "detail": ended}
    return {"ok": True, "session_id": session.id, "detail": said}


async def _hang_up_unanswered(desk: Desk) -> Fields:
    try:
        said = await desk.phone.hang_up()
    except (NoHandset, TooSlow) as error:
        raise NoSuch(f"no call is live; {error}") from None
    desk.bus.publish(CallHangup())
    return {"ok": True, "detail": f"no session is live; {said}"}


async def _get_call_state(desk: Desk, _: Connected, want: wire.GetCallState) -> Fields:
    return desk.call_state(desk.call(want.session_id).id)


async def _inject_context(desk: Desk, _: Connected, want: wire.InjectContext) -> Fields:
    session = desk.call(want.session_id)
    desk.steering.inform(session, want.context)
    return {"session_id": session.id}


async def _clear_context(desk: Desk, _: Connected, want: wire.ClearContext) -> Fields:
    session = desk.call(want.session_id)
    desk.steering.uninform(session)
    return {"session_id": session.id}


async def _end_session(desk: Desk, _: Connected, want: wire.EndSession) -> Fields:
    session = desk.call(want.session_id)
    desk.steering.registry.end(session, ENDED)
    return {"session_id": session.id}


async def _ping(_: Desk, __: Connected, ___: wire.Ping) -> Fields:
    return {}


async def _hello(desk: Desk, by: Connected, want: wire.Hello) -> Fields:
    by.name, by.role = safe_text(want.name) or by.name, want.role
    desk.bus.publish(AgentConnected(agent=by.name, role=by.role))
    return {"agent": by.id, "name": by.name}


async def _subscribe(desk: Desk, by: Connected, want: wire.Subscribe) -> Fields:
    await by.listen_to(desk.bus, desk.past, want)
    return {"last_seq": desk.bus.told_seq}


ROWS: dict[type[wire.Command], Row[Any]] = {
    row.message: row
    for row in (
        Row(wire.Takeover, _takeover),
        Row(wire.Release, _release),
        Row(wire.Reply, _reply),
        Row(wire.Hold, _hold),
        Row(wire.Inject, _inject),
        Row(wire.Uninject, _uninject),
        Row(wire.SetInstructions, _set_instructions),
        Row(wire.SetCallConfig, _set_call_config),
        Row(wire.Dial, _dial, detailed=True),
        Row(wire.Hangup, _hangup, detailed=True),
        Row(wire.GetCallState, _get_call_state, "call_state"),
        Row(wire.InjectContext, _inject_context),
        Row(wire.ClearContext, _clear_context),
        Row(wire.EndSession, _end_session),
        Row(wire.Ping, _ping, "pong"),
        Row(wire.Hello, _hello),
        Row(wire.Subscribe, _subscribe),
    )
}
