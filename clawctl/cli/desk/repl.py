"""The operator's side of a call: what is typed and what happens, brought together."""

import math
import signal
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from shutil import get_terminal_size

import click
import trio

from clawctl.cli.desk import commands, view
from clawctl.cli.desk.screen import Closed, Edited, Interrupted, Key, Screen, Typed, open_screen
from clawctl.cli.desk.sitting import Sitting
from clawctl.cli.desk.steps import (
    Answer,
    Ask,
    HandBack,
    Hold,
    Leave,
    Look,
    Offer,
    Say,
    Step,
    Take,
    Withdraw,
)
from clawctl.cli.output import Output
from clawctl.client.agent import Client, connect
from clawctl.client.listening import Listening
from clawctl.client.takeover import Reply, Takeover, Turn
from clawctl.errors import BadInput, ClawError
from clawctl.wire.agent import GetCallState, Mode

# The time that is left is told so often.
TICK_S = 0.25
# An event that says why a takeover ended is here within this time of its end.
SOON_S = 0.5


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """How the operator wants to sit down."""

    session_id: str
    mode: Mode = "drive"
    approve_after_s: float = 5.0
    name: str = "operator"
    quick: tuple[str, ...] = ()


async def run(url: str, token: str, wanted: Wanted, output: Output) -> None:
    """One call at a terminal, until it ends or the operator leaves; what is held is handed back.

    Raises NoSuch when no such call is live, Conflict when another took it, Unreachable, Abort
    after Ctrl-C.
    """
    if output.as_json:
        raise BadInput("a prompt speaks no JSON; --pipe does")
    notices, heard = trio.open_memory_channel[str](math.inf)
    async with connect(
        url, token, name=wanted.name, role="operator", told=notices.send_nowait
    ) as client:
        events = client.events()
        state = await client.call_state(wanted.session_id)
        complete = partial(commands.complete, quick=wanted.quick)
        async with open_screen(output, complete) as screen:
            sitting = Sitting(
                state["session_id"], client.name, "watch", view.number(state), wanted.quick
            )
            repl = Repl(client, screen, events, heard, wanted, sitting)
            await repl.run(state)
    left = repl.left
    if left.interrupted:
        raise click.Abort
    if left.failure:
        raise left.failure


@dataclass(eq=False)
class Repl:
    client: Client
    screen: Screen
    events: Listening
    notices: trio.MemoryReceiveChannel[str]
    wanted: Wanted
    sitting: Sitting
    left: Leave = field(default_factory=Leave)
    _nursery: trio.Nursery = field(init=False)
    # What we hold, its turn that asked last, and what makes us let go; set while we hold nothing.
    _call: Takeover | None = None
    _turn: Turn | None = None
    _grip: trio.CancelScope = field(default_factory=trio.CancelScope)
    _let_go: trio.Event = field(default_factory=trio.Event)
    _leaving: trio.Event = field(default_factory=trio.Event)

    def __post_init__(self) -> None:
        self._let_go.set()
        self._send, self._orders = trio.open_memory_channel[Step](math.inf)

    async def run(self, state: dict[str, object]) -> None:
        """Until the operator leaves; nothing is held then."""
        self.do(view.arrival(state, time.time()))
        async with trio.open_nursery() as nursery:
            self._nursery = nursery
            for task in (self._hear, self._connection, self._heed, self._obey):
                nursery.start_soon(task)
            nursery.start_soon(self._tick)
            nursery.start_soon(self._signals)
            self.do([Take(self.wanted.mode)] if self.wanted.mode != "watch" else [])
            await self._leaving.wait()
            if self._call:
                await self._hand_back()
            nursery.cancel_scope.cancel()

    def do(self, steps: Iterable[Step]) -> None:
        """What can be done at once is; what the gateway has to obey waits for its turn, but an
        answer for nothing: the caller waits for it."""
        for step in steps:
            match step:
                case Say():
                    self.screen.show(view.line(step, get_terminal_size().columns), step.style)
                case Offer():
                    self.screen.offer(step.text)
                case Withdraw():
                    self.screen.withdraw(step.text)
                case Answer():
                    self._nursery.start_soon(self._answer, step)
                case Leave():
                    self._leave(step)
                case _:
                    self._send.send_nowait(step)
        self._show_waiting()

    def _leave(self, step: Leave) -> None:
        if not self._leaving.is_set():
            self.left = step
            self._leaving.set()

    def _show_waiting(self) -> None:
        bar = view.bar(self.sitting, trio.current_time(), away=self._away())
        self.screen.label(view.prompt(self.sitting), f" {bar} ")

    def _away(self) -> bool:
        return not self.client.agent_id

    # tasks

    async def _hear(self) -> None:
        async for event in self.events:
            self.do(self.sitting.heard(event))
        # It ends by itself only when the gateway refuses us for good.
        try:
            await self.client.ready()
        except ClawError as error:
            self._leave(Leave(error))

    async def _connection(self) -> None:
        """What the client library tells of it."""
        async for text in self.notices:
            self.do([Say("", f"{text[:1].upper()}{text[1:]}.", "bad")])

    async def _heed(self) -> None:
        async for key in self.screen.keys:
            self.do(self._meant(key))

    def _meant(self, key: Key) -> list[Step]:
        match key:
            case Typed():
                return commands.obey(self.sitting, key.text)
            case Edited():
                return self.sitting.edited(key.text)
            case Interrupted():
                return self.sitting.interrupted(trio.current_time())
            case Closed():
                return [Leave()]

    async def _tick(self) -> None:
        while True:
            self._show_waiting()
            await trio.sleep(TICK_S)

    async def _signals(self) -> None:
        """From outside: the prompt gets Ctrl-C as a key."""
        with trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM, signal.SIGHUP) as caught:
            async for number in caught:
                asks = number == signal.SIGINT
                self.do(self._meant(Interrupted()) if asks else [Leave(interrupted=True)])

    async def _obey(self) -> None:
        """One after the other; a refusal is said and changes nothing."""
        async for step in self._orders:
            if self._away():
                self.do([Say("", view.WAITS, "dim")])
            try:
                await self._order(step)
            except ClawError as error:
                self.do([Say("", str(error), "bad")])

    async def _order(self, step: Step) -> None:
        match step:
            case Ask():
                await self.client.command(step.command)
            case Look():
                want = GetCallState(session_id=self.sitting.session_id)
                self.do(view.LOOKS[step.at](await self.client.command(want)))
            case Hold() if self._turn and self._turn.request_id == step.request_id:
                await self._turn.hold()
            case Take():
                await self._take(step.mode)
            case HandBack():
                await self._hand_back()

    # the call

    async def _take(self, mode: Mode) -> None:
        if self._call:
            await self._call.hold(mode)
        else:
            await self._nursery.start(self._hold, mode)
        self.do(self.sitting.took(mode))

    async def _hand_back(self) -> None:
        self._grip.cancel()
        await self._let_go.wait()

    async def _hold(
        self, mode: Mode, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED
    ) -> None:
        """Hold the call until it is handed back, over, or somebody else's."""
        self._let_go, self._grip = trio.Event(), trio.CancelScope()
        try:
            with self._grip:
                async with self.client.takeover(
                    self.sitting.session_id, mode, approve_after_s=self.wanted.approve_after_s
                ) as call:
                    self._call = call
                    task_status.started()
                    async for turn in call:
                        self._ask(turn)
            await self._dropped(call)
        finally:
            self._call = None
            self._let_go.set()

    async def _dropped(self, call: Takeover) -> None:
        """What ended the call is heard as well, as a rule, and says more."""
        if call.ended in {"ended", "lost"}:
            with trio.move_on_after(SOON_S):
                await self._leaving.wait()
                return
        self.do(self.sitting.let_go(call.ended, call.by))

    def _ask(self, turn: Turn) -> None:
        self._turn = turn
        self._nursery.start_soon(self._until_over, turn)
        now = trio.current_time()
        self.do(
            self.sitting.asked(
                turn.request_id,
                turn.transcript,
                until=now + turn.left_s(),
                draft=turn.draft,
                said_at=turn.asked_at + turn.approve_after_s if turn.approve_after_s else math.inf,
            )
        )

    async def _until_over(self, turn: Turn) -> None:
        await turn.over.wait()
        self.do(self.sitting.over(turn.request_id))

    async def _answer(self, step: Answer) -> None:
        turn = self._turn
        if turn and turn.request_id == step.request_id:
            try:
                reply = await turn.reply(step.text)
            except ClawError as error:
                reply = Reply(ok=False, error=str(error))
            self.do(self.sitting.answered(step, reply))
