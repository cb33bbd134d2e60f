"""One call while it lives: what is known of it, who has the floor, and what cuts a turn short."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import msgspec
import trio

from clawctl.call.ports import CallerHistory, CallState, Entry, TurnRecord
from clawctl.engines.api import Message

# Replies that are no part of the conversation a reply model should go on with.
ASIDE = frozenset({"reprompt", "apology", "gate", "rejected"})


class Stale(Exception):
    """The turn no longer matters: its session was reset or has ended."""


@dataclass(frozen=True, slots=True)
class Streamed:
    """The last turn whose answer left in parts: the app posts its audio again if that failed.

    `planned` is the whole reply, or "" if it was never written to its end; `forced_reply` what the
    phone asked for, for its greeting and its goodbye come with the same silence.
    """

    record: TurnRecord
    forced_reply: str
    planned: str
    hangup: bool
    began: float


@dataclass(eq=False)
class Conversation:
    """What a call is about until a reset or its end; whoever remembers it can ask if it is over."""

    over: bool = False


class Session:
    """A call and its history. Every change is a plain `def`; waiting is done by whoever calls.

    `floor` is held by the turn being answered, in arrival order; a forced reply needs none.
    """

    def __init__(self, state: CallState, turns: list[TurnRecord] | None = None) -> None:
        self.state = state
        self.turns = turns or []
        self.floor = trio.StrictFIFOLock()
        self.in_flight = 0
        self.idle_since = 0.0
        self.compacting: trio.CancelScope | None = None
        self.streamed: Streamed | None = None
        self.conversation = Conversation()
        self._running: set[trio.CancelScope] = set()

    @property
    def id(self) -> str:
        return self.state.session_id

    @property
    def ended(self) -> bool:
        return bool(self.state.end_reason)

    def history(self, without: TurnRecord | None = None) -> tuple[Message, ...]:
        """What was said, less what is summed up in `state.summary` and less one turn."""
        turns = (turn for turn in self.turns if turn is not without)
        return (*self.state.earlier, *(m for turn in turns for m in _messages(turn)))

    @contextmanager
    def turn(self, scope: trio.CancelScope) -> Iterator[None]:
        """A turn in flight: a reset or an end meanwhile cancels `scope` and raises Stale."""
        if self.ended:
            scope.cancel()
            raise Stale
        self._running.add(scope)
        self.in_flight += 1
        try:
            with scope:
                yield
        finally:
            self._running.discard(scope)
            self.in_flight -= 1
        if scope.cancelled_caught:
            raise Stale

    def introduce(self, number: str, direction: str, earlier: CallerHistory | None) -> None:
        """Who calls, and what is remembered of them; None if nothing is to be."""
        state = self.state
        state.caller_number, state.direction = number, direction
        if earlier:
            state.summary, state.earlier = earlier.summary, list(earlier.messages)
            state.caller_calls = earlier.total_calls + 1

    def commit(self, turn: TurnRecord, *, now: float) -> Entry:
        """The turn joins the history; returns what has to be made durable."""
        self.state.turn_count += 1
        turn.number = self.state.turn_count
        self.turns.append(turn)
        return self.entry(turn, now=now)

    def retake(self, turn: TurnRecord, former: TurnRecord, *, now: float) -> Entry:
        """The turn replaces a former one: the phone asked for the same answer again."""
        turn.number = former.number
        self.turns = [turn if one is former else one for one in self.turns]
        return self.entry(turn, now=now)

    def entry(self, turn: TurnRecord | None = None, *, now: float) -> Entry:
        """What has to be made durable, with what is remembered of the number if `turn` adds to it.

        Only then: the same number may be in a newer call by now, or forgotten.
        """
        self.state.updated_at = now
        state = msgspec.structs.replace(self.state)
        return Entry(call=state, turn=turn, caller=self._remember(now) if turn else None)

    def reset(self, *, now: float) -> Entry:
        """Begin the conversation afresh; turns in flight become stale, the record stays."""
        self._cut_short()
        self.conversation.over, self.conversation = True, Conversation()
        state = self.state
        state.summary, state.summary_upto = "", state.turn_count
        state.knowledge = state.turn_instructions = ""
        state.authenticated, state.auth_attempts = False, 0
        state.earlier, state.message = [], None
        self.turns = []
        return self._rewritten(now)

    def end(
        self,
        reason: str,
        turn: TurnRecord | None = None,
        *,
        now: float,
        but: trio.CancelScope | None = None,
    ) -> Entry:
        """The call is over; turns in flight become stale, `but` the one that ends it."""
        self.state.end_reason, self.state.ended_at = reason, now
        self.conversation.over = True
        self._cut_short(but)
        return self.entry(turn, now=now)

    def condense(self, summary: str, upto: int, *, now: float) -> Entry:
        """Put `summary` in place of all turns up to number `upto` and of what came before them."""
        self.turns = [turn for turn in self.turns if turn.number > upto]
        self.state.summary, self.state.summary_upto = summary, upto
        self.state.earlier = []
        return self._rewritten(now)

    def _rewritten(self, now: float) -> Entry:
        """The history is another one now, without a turn that says so."""
        entry = self.entry(now=now)
        entry.caller = self._remember(now)
        return entry

    def _cut_short(self, but: trio.CancelScope | None = None) -> None:
        for scope in (*self._running, self.compacting):
            if scope and scope is not but:
                scope.cancel()

    def _remember(self, now: float) -> CallerHistory | None:
        if not self.state.caller_calls:
            return None
        return CallerHistory(
            number=self.state.caller_number,
            total_calls=self.state.caller_calls,
            last_call_at=now,
            summary=self.state.summary,
            messages=list(self.history()),
        )


def _messages(turn: TurnRecord) -> Iterator[Message]:
    if turn.model in ASIDE:
        return
    if turn.transcript:
        yield Message("user", turn.transcript)
    # What a caller asked before a filler is answered in the next turn.
    if turn.reply and turn.model != "filler":
        yield Message("assistant", turn.reply)
