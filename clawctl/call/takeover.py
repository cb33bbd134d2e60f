"""Who answers a call in place of the reply model, and the questions they were asked.

Every change is a plain `def`; only `Question.piece` waits. Whoever holds a call lets go of it by
`release`, by another one's `take`, by an operator's override, or by going away; whichever it is, a
turn that waits is told at once.
"""

import secrets
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Protocol

import structlog
import trio

from clawctl.bus import Bus
from clawctl.call.session import Conversation, Session
from clawctl.errors import BadInput, ClawError, Conflict, NoSuch, TooSlow
from clawctl.wire.agent import Mode, TurnRequest
from clawctl.wire.events import (
    AgentRelease,
    AgentTakeover,
    SessionEnded,
    Stamped,
    TakeoverRevoked,
)

log = structlog.get_logger()

# Of requests that are over so many are remembered, to tell a late answer from a strange one.
REMEMBERED = 1000
ANSWERED = "this request has been answered already"


class Agent(Protocol):
    """A program or an operator on the agent WebSocket."""

    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...

    def tell(self, request: TurnRequest) -> None:
        """Put it into the agent's outbox, from which it is not lost; does not wait."""
        ...


@dataclass(frozen=True, slots=True)
class Holding:
    """A call in an agent's hands."""

    agent: Agent
    mode: Mode = "drive"
    approve_after_s: float = 0.0


@dataclass(eq=False)
class Question:
    """One turn that an agent was asked to answer; `asked_at` and `deadline` are on trio's clock.

    `answered` once the last piece came; `over` when nothing will come any more; `turn_count` is how
    many turns the call had.
    """

    request_id: str
    session_id: str
    agent: Agent
    asked_at: float
    deadline: float
    turn_count: int
    conversation: Conversation
    draft: str = ""
    approve_after_s: float | None = None
    answered: bool = False
    over: bool = False
    held: bool = False
    begun: bool = False
    _pieces: deque[str] = field(default_factory=deque)
    _news: trio.Event = field(default_factory=trio.Event)

    @property
    def ready(self) -> bool:
        """Whether a piece waits to be spoken."""
        return bool(self._pieces)

    def put(self, text: str, *, last: bool) -> None:
        if text:
            self._pieces.append(text)
        self.begun = True
        self.answered = self.over = last
        self._news.set()

    def end(self) -> None:
        self.over = True
        self._news.set()

    async def piece(self) -> str | None:
        """The next piece of the answer; None when there is none any more."""
        while not self._pieces:
            if self.over:
                return None
            self._news = trio.Event()
            await self._news.wait()
        return self._pieces.popleft()


@dataclass(frozen=True, slots=True)
class Heeded:
    """What became of a reply: spoken, or `error` says why not; `question` is what it answers, also
    when it is `late`."""

    error: ClawError | None = None
    question: Question | None = None

    @property
    def ok(self) -> bool:
        return self.error is None

    @property
    def late(self) -> bool:
        return isinstance(self.error, TooSlow)


class Takeovers:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._holdings: dict[str, Holding] = {}
        self._open: dict[str, Question] = {}
        self._pending: dict[str, Question] = {}
        self._over: OrderedDict[str, Question] = OrderedDict()
        bus.watch(self._forget_ended)

    # who holds what

    def of(self, session_id: str) -> Holding | None:
        return self._holdings.get(session_id)

    def held_by(self, agent: Agent) -> list[str]:
        return [sid for sid, one in self._holdings.items() if one.agent is agent]

    def take(self, session_id: str, holding: Holding) -> None:
        """The last one wins; who held it before is told, and a waiting turn asks the new one."""
        former = self._holdings.get(session_id)
        self._holdings[session_id] = holding
        name = holding.agent.name
        if former and former.agent is not holding.agent:
            self._revoked(session_id, former.agent, by=name)
            self._let_go(session_id)
        self._bus.publish(AgentTakeover(session_id=session_id, agent=name, mode=holding.mode))
        log.info("takeover.begun", session=session_id, agent=holding.agent.id, mode=holding.mode)

    def release(self, session_id: str, by: Agent) -> None:
        """Raises NoSuch when nobody holds the call, Conflict when somebody else does."""
        holding = self._holdings.get(session_id)
        if holding is None:
            raise NoSuch(f"nobody has taken over the call {session_id!r}")
        if holding.agent is not by:
            raise Conflict(f"{holding.agent.name} holds this call; only they can release it here")
        self._free(session_id, "released")

    def override(self, session_id: str, by: str) -> None:
        """End whoever's takeover there is; raises NoSuch when there is none."""
        holding = self._holdings.get(session_id)
        if holding is None:
            raise NoSuch(f"nobody has taken over the call {session_id!r}")
        self._revoked(session_id, holding.agent, by)
        self._free(session_id, "revoked")

    def drop(self, agent: Agent) -> None:
        """The agent is gone: its calls go back to the reply model, waiting turns at once."""
        for session_id in self.held_by(agent):
            self._free(session_id, "disconnected")

    # questions

    def ask(
        self,
        session: Session,
        holding: Holding,
        transcript: str,
        *,
        within_s: float,
        draft: str = "",
    ) -> Question:
        """The request is in the agent's outbox; `within_s` is how long an answer is of use."""
        now = trio.current_time()
        question = Question(
            secrets.token_hex(16),
            session.id,
            holding.agent,
            now,
            now + within_s,
            session.state.turn_count,
            session.conversation,
            draft,
            holding.approve_after_s if holding.mode == "approve" else None,
        )
        self._open[question.request_id] = question
        holding.agent.tell(
            TurnRequest(
                session_id=session.id,
                transcript=transcript,
                request_id=question.request_id,
                answer_within_s=round(within_s, 1),
                caller_number=session.state.caller_number,
                draft=draft,
                approve_after_s=question.approve_after_s or 0.0 if draft else 0.0,
            )
        )
        return question

    def postpone(self, question: Question, patience_s: float) -> None:
        """A filler answered this turn: the agent's answer is for the next one, if it comes within
        `patience_s` of the request."""
        question.deadline = question.asked_at + patience_s
        self._pending[question.session_id] = question

    def puts_off(self, session_id: str) -> bool:
        """Whether the answer to the turn before is here, or may still come."""
        question = self._pending.get(session_id)
        if question is None or question.conversation.over:
            return False
        if question.answered:
            return True
        return not question.over and trio.current_time() < question.deadline

    def postponed(self, session_id: str) -> Question | None:
        """The question the turn before left, if an answer may still come or has come."""
        if self.puts_off(session_id):
            return self._pending.pop(session_id)
        self._forget_pending(session_id)
        return None

    def settle(self, question: Question) -> None:
        """Nobody waits for it any more; an answer from now on is late."""
        question.end()
        if self._open.pop(question.request_id, None):
            self._over[question.request_id] = question
            if len(self._over) > REMEMBERED:
                self._over.popitem(last=False)

    def reply(self, agent: Agent, request_id: str, text: str, *, partial: bool) -> Heeded:
        question = self._open.get(request_id)
        if question is None:
            return self._strange(agent, request_id)
        if question.agent is not agent:
            return Heeded(Conflict("this request was made to another agent"))
        if question.over:
            return Heeded(Conflict(ANSWERED))
        if self._outlived(question):
            self._forget_pending(question.session_id)
            return self._strange(agent, request_id)
        if not partial and not text and not question.begun:
            self.settle(question)
            return Heeded(BadInput("the reply is empty; the reply model answers"))
        question.put(text, last=not partial)
        return Heeded(question=question)

    def hold(self, agent: Agent, request_id: str) -> None:
        """Do not send the draft by itself; raises NoSuch."""
        question = self._open.get(request_id)
        if question is None or question.agent is not agent or question.over:
            raise NoSuch("there is no such request that waits for you")
        question.held = True

    # inside

    def _strange(self, agent: Agent, request_id: str) -> Heeded:
        question = self._over.get(request_id)
        if question is None or question.agent is not agent:
            why = "there is no such request; echo the request_id of the turn.request"
            return Heeded(NoSuch(why))
        if question.answered:
            return Heeded(Conflict(ANSWERED))
        why = "too late: the turn was answered without you; inject it if it still matters"
        return Heeded(TooSlow(why), question)

    def _revoked(self, session_id: str, agent: Agent, by: str) -> None:
        self._bus.publish(
            TakeoverRevoked(session_id=session_id, agent=agent.name, agent_id=agent.id, by=by)
        )

    def _free(self, session_id: str, why: str) -> None:
        holding = self._holdings.pop(session_id)
        log.info("takeover.over", session=session_id, agent=holding.agent.id, why=why)
        self._let_go(session_id)
        self._bus.publish(AgentRelease(session_id=session_id, agent=holding.agent.name, reason=why))

    def _let_go(self, session_id: str) -> None:
        """Whoever waits for an answer in this call waits no longer; one that came is kept."""
        if not self.puts_off(session_id):
            self._forget_pending(session_id)
        for question in [q for q in self._open.values() if q.session_id == session_id]:
            if not question.answered:
                self.settle(question)

    def _outlived(self, question: Question) -> bool:
        """Whether it was put off for longer than anybody waits."""
        session_id = question.session_id
        return self._pending.get(session_id) is question and not self.puts_off(session_id)

    def _forget_pending(self, session_id: str) -> None:
        if question := self._pending.pop(session_id, None):
            self.settle(question)

    def _forget_ended(self, stamped: Stamped) -> None:
        if isinstance(stamped.event, SessionEnded):
            session_id = stamped.event.session_id
            self._let_go(session_id)
            self._holdings.pop(session_id, None)
