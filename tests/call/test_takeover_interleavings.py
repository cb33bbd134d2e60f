"""Whatever callers, agents and operators do, in whatever order: one answer a turn, and in time."""

from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import partial

import msgspec
import trio
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from trio.testing import MockClock

from clawctl.agents.agents import Agents, Connected
from clawctl.agents.commands import Desk, obey
from clawctl.call.dialling import NoPhone
from clawctl.call.greetings import Greetings
from clawctl.call.ports import TurnRecord
from clawctl.call.steering import Steering
from clawctl.call.takeover import Takeovers
from clawctl.call.utterance import Result
from clawctl.errors import NoSuch
from clawctl.testing.calls import EPOCH, CallRoom, Heard, open_call_room
from clawctl.wire import agent as wire
from clawctl.wire.events import Stamped

CALLS, AGENTS = ("one", "two"), ("ann", "bob")
TURN_S, FILLER_S = 40, 15
# A stream is kept alive: an agent has its whole time, then the model and the voice have theirs.
STREAM_S = TURN_S + 60 + 6
# By then every turn that was begun is over, but not its call.
QUIET_S = STREAM_S + 1
FOREIGN = {"request_id": "foreign", "session_id": "nobody's", "begun": 0, "of": None}


@dataclass
class Exchange:
    """One turn as its caller lives it; `unwanted` once the phone or the call went away from it."""

    call: str
    streamed: bool
    phone: trio.CancelScope = field(default_factory=trio.CancelScope)
    heard: Heard = field(default_factory=Heard)
    began: float = field(default_factory=trio.current_time)
    took_s: float | None = None
    cut: bool = False
    unwanted: bool = False
    results: list[Result] = field(default_factory=list)


@dataclass
class Seat:
    """Where one agent sits, connection after connection."""

    agent: Connected
    leaving: ExitStack
    # When a call began afresh, or ended, by its id.
    afresh: dict[str, list[float]]
    asked: list[dict] = field(default_factory=list)

    def read(self) -> list[dict]:
        """What came since the last look that is no event; requests are remembered."""
        frames = [msgspec.json.decode(frame) for frame in self.agent.outbox.take_nowait()]
        for one in frames:
            if one["type"] == "turn.request":
                begun = len(self.afresh[one["session_id"]])
                at = trio.current_time()
                self.asked.append(one | {"of": self.agent, "begun": begun, "at": at})
        return [frame for frame in frames if frame["type"].endswith(".ack")]


class House:
    """Two calls, two agents and an operator, with every move they have.

    `pieces` are the acks of replies by their words; `disturbed` are calls in which somebody went
    away, began afresh or ended, so that an answer may have come to nobody.
    """

    def __init__(self, room: CallRoom, nursery: trio.Nursery) -> None:
        self.room, self.nursery = room, nursery
        self.takeovers: Takeovers = room.turns.answering.delegating.takeovers
        self.agents = Agents(room.bus, self.takeovers)
        instructions = room.turns.answering.instructions
        self.desk = Desk(
            room.live, room.bus, room.store,
            Steering(room.registry, room.store, room.bus, room.live, instructions),
            self.takeovers, room.turns.speaking, NoPhone(), Greetings(), lambda _: {},
        )  # fmt: skip
        self.ids = {call: call for call in CALLS}
        self.exchanges: list[Exchange] = []
        self.pieces: dict[str, dict] = {}
        self.answered: set[str] = set()
        self.disturbed: set[str] = set()
        self.afresh: dict[str, list[float]] = defaultdict(list)
        self.seats = {name: self._sit_down() for name in AGENTS}
        room.bus.watch(self._begun_afresh)

    def _sit_down(self) -> Seat:
        leaving = ExitStack()
        return Seat(leaving.enter_context(self.agents.among()), leaving, self.afresh)

    # what callers do

    async def speaks(self, call: str, *, streamed: bool = False, reset: bool = False) -> None:
        if reset:
            self._unwanted(call)
        exchange = Exchange(call, streamed)
        self.exchanges.append(exchange)
        self.nursery.start_soon(self._exchange, exchange, reset)

    async def waits(self, call: str) -> None:
        """Long enough for a filler to put the answer off."""
        await self.speaks(call)
        await trio.sleep(FILLER_S + 1)

    async def _exchange(self, one: Exchange, reset: bool) -> None:
        said = self.room.utterance(
            "hm", session_id=self.ids[one.call], streamed=one.streamed, reset=reset
        )
        with one.phone:
            one.results.append(await self.room.turns.run(said, one.heard))
            self.ids[one.call] = one.results[0].session_id
        one.took_s = trio.current_time() - one.began

    async def goes_away(self, call: str) -> None:
        for one in self._waiting(call):
            one.cut = True
            one.phone.cancel()
            self.disturbed.add(self.ids[call])

    # what agents do

    async def takes(self, name: str, call: str, mode: wire.Mode) -> None:
        await self._obeyed(name, wire.Takeover(session_id=self.ids[call], mode=mode))

    async def releases(self, name: str, call: str) -> None:
        await self._obeyed(name, wire.Release(session_id=self.ids[call]))

    async def holds(self, name: str) -> None:
        for asked in self.seats[name].asked[-1:]:
            await self._obeyed(name, wire.Hold(request_id=asked["request_id"]))

    async def replies(self, name: str, to: str, nth: int, *, partial: bool, empty: bool) -> None:
        """To the nth last request that was made to `to`: itself, or somebody else."""
        asked = [FOREIGN, *self.seats[to].asked][-nth:][0]
        words = "" if empty else f"Word {len(self.pieces) + 1}."
        reply = wire.Reply(reply=words, request_id=asked["request_id"], partial=partial)
        ack = await self._obeyed(name, reply)
        if ack["ok"]:
            assert asked["of"] is self.seats[name].agent
            assert asked["request_id"] not in self.answered
            self.answered |= set() if partial else {asked["request_id"]}
        if ack.get("queued"):
            assert asked["begun"] == len(self.afresh[asked["session_id"]])
        if words:
            told = {"to": asked["session_id"], "begun": asked["begun"], "partial": partial}
            self.pieces[words] = ack | told

    async def answers(self, *, partial: bool) -> None:
        """Whoever was asked last does as it should."""
        self.look()
        asked = [(seat.asked[-1]["at"], name) for name, seat in self.seats.items() if seat.asked]
        for _, name in sorted(asked)[-1:]:
            await self.replies(name, name, 1, partial=partial, empty=False)

    async def leaves(self, name: str) -> None:
        self.look()
        self.seats[name].leaving.close()
        self.seats[name] = self._sit_down()

    async def _obeyed(self, name: str, command: wire.AnyCommand) -> dict:
        """The one ack there is."""
        self.look()
        await obey(self.desk, self.seats[name].agent, command)
        (ack,) = self.seats[name].read()
        return ack

    # what operators do

    async def overrides(self, call: str) -> None:
        with suppress(NoSuch):
            self.takeovers.override(self.ids[call], "operator")

    async def resets(self, call: str) -> None:
        self._unwanted(call)
        with suppress(NoSuch):
            self.room.registry.reset(self.room.registry.find(self.ids[call]))

    async def ends(self, call: str) -> None:
        self._unwanted(call)
        with suppress(NoSuch):
            self.room.registry.end(self.room.registry.find(self.ids[call]), "ended")

    def _waiting(self, call: str) -> list[Exchange]:
        return [one for one in self.exchanges if one.call == call and one.took_s is None]

    def _unwanted(self, call: str) -> None:
        self.disturbed.add(self.ids[call])
        for one in self._waiting(call):
            one.unwanted = True

    async def begin(self) -> None:
        """Each call has had a turn, and an agent has it."""
        for call, name in zip(CALLS, AGENTS, strict=True):
            await self.speaks(call)
            await trio.sleep(TURN_S)
            await self.takes(name, call, "drive")

    async def close(self) -> None:
        """Everybody leaves; what was put off is said at the next turn; then the calls end."""
        for name in AGENTS:
            await self.leaves(name)
        for _ in range(2):
            await trio.sleep(QUIET_S)
            for call in CALLS:
                await self.speaks(call)
        await trio.sleep(QUIET_S)
        assert not self.nursery.child_tasks
        for call in CALLS:
            await self.ends(call)
        self.clear()
        left = (self.takeovers._holdings, self.takeovers._open, self.takeovers._pending)
        assert left == ({}, {}, {})
        self.check_answers()
        await self.check_record()

    def clear(self) -> None:
        for seat in self.seats.values():
            seat.leaving.close()

    def _begun_afresh(self, stamped: Stamped) -> None:
        if stamped.event.type in {"session.reset", "session.ended"}:
            self.afresh[stamped.event.session_id].append(trio.current_time())

    # what must hold

    def look(self) -> None:
        """Whoever holds a call is connected, and the call lives; only holders are waited for."""
        assert [seat.read() for seat in self.seats.values()] == [[], []]
        held = [sid for one in self.agents.listed() for sid in one["sessions"]]
        assert sorted(self.takeovers._holdings) == sorted(held)
        assert set(held) <= set(self.room.registry.sessions)
        for question in self.takeovers._open.values():
            holding = self.takeovers.of(question.session_id)
            assert question.answered or (holding and holding.agent is question.agent)

    def check_answers(self) -> None:
        for one in self.exchanges:
            assert one.took_s is not None
            assert one.took_s <= (STREAM_S if one.streamed else TURN_S)
            assert len(one.results) == 1 or one.cut
            for result in one.results:
                assert result.record or one.unwanted
                assert one.heard.sounds or not result.record

    async def check_record(self) -> None:
        """Whoever was answered is in the record, once, and with what was said."""
        told = [one for exchange in self.exchanges for one in exchange.results if one.record]
        turns = [
            turn
            for sid in {one.session_id for one in told}
            for turn in await self.room.store.turns(sid)
        ]
        numbers = Counter((turn.session_id, turn.number) for turn in turns)
        assert Counter((one.session_id, one.record.number) for one in told) <= numbers
        self._check_words(turns)

    def _check_words(self, turns: list[TurnRecord]) -> None:
        """An answer that was accepted is said once and in its call, and no other ever is."""
        for words, piece in self.pieces.items():
            said_in = [turn for turn in turns if words in turn.reply]
            where = [turn.session_id for turn in said_in]
            assert len(where) <= 1
            assert set(where) <= {piece["to"]}
            for turn in said_in:
                begun = [at for at in self.afresh[piece["to"]] if at <= turn.started_at - EPOCH]
                # What is queued waits for the next turn, whatever conversation that begins.
                assert piece["late"] or len(begun) <= piece["begun"]
            if not (piece["ok"] or piece.get("queued")):
                assert where == []
            elif not (piece["partial"] or self.disturbed & {piece["to"]}):
                assert where == [piece["to"]]


CALL, NAME, FLAG = st.sampled_from(["one", "one", "two"]), st.sampled_from(AGENTS), st.booleans()
MODE = st.sampled_from(["drive", "drive", "draft", "approve"])
NTH = st.sampled_from([1, 1, 1, 2, 3])


def move(does: Callable[..., Awaitable[None]], **how: SearchStrategy) -> SearchStrategy:
    return st.builds(partial, st.just(does), **how)


# What leads far is drawn more often.
MOVES = [
    move(House.speaks, call=CALL),
    move(House.speaks, call=CALL, streamed=FLAG, reset=FLAG),
    move(House.waits, call=CALL),
    move(House.waits, call=CALL),
    move(House.takes, name=NAME, call=CALL, mode=MODE),
    move(House.answers, partial=st.just(False)),
    move(House.answers, partial=FLAG),
    move(House.replies, name=NAME, to=NAME, nth=NTH, partial=FLAG, empty=FLAG),
    move(House.holds, name=NAME),
    move(House.releases, name=NAME, call=CALL),
    move(House.leaves, name=NAME),
    move(House.overrides, call=CALL),
    move(House.resets, call=CALL),
    move(House.ends, call=CALL),
    move(House.goes_away, call=CALL),
]
PAUSE_S = st.sampled_from([0, 0, 0.1, 0.1, 1, 5, 15, 31, 61])


async def play(
    steps: list[tuple[float, Callable[[House], Awaitable[None]]]], **changes: object
) -> None:
    async with open_call_room(changes) as room:
        room.stt.delay_s, room.llm.delay_s, room.tts.delay_s = 0.1, 1, 0.1
        # Engines stay open from their first use on.
        await room.say("warm up")
        at_rest = trio.lowlevel.current_statistics().tasks_living
        async with trio.open_nursery() as nursery:
            house = House(room, nursery)
            try:
                await house.begin()
                for pause_s, step in steps:
                    await trio.sleep(pause_s)
                    house.look()
                    await step(house)
                    house.look()
                await house.close()
            finally:
                house.clear()
        assert trio.lowlevel.current_statistics().tasks_living == at_rest


@settings(derandomize=True, max_examples=60, deadline=None)
@given(
    steps=st.lists(st.tuples(PAUSE_S, st.one_of(MOVES)), min_size=8, max_size=24),
    filler_s=st.sampled_from([FILLER_S, FILLER_S, 0]),
    late=st.sampled_from(["drop", "inject"]),
)
@example(
    # Answered when it was too late, and the call had begun afresh.
    steps=[
        (0, partial(House.speaks, call="one")),
        (61, partial(House.resets, call="one")),
        (0, partial(House.answers, partial=False)),
    ],
    filler_s=0,
    late="inject",
)
def test_every_turn_has_one_answer_whatever_happens_meanwhile(steps, filler_s, late):
    changes = {"takeover_filler_after_sec": filler_s, "late_reply": late}

    trio.run(partial(play, steps, **changes), clock=MockClock(autojump_threshold=0))
