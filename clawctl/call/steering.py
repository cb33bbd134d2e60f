"""What somebody outside changes in a call: instructions, knowledge, injects, its end.

Every change is a plain `def`: in force at once, stored soon, then announced. A turn that has asked
the reply model goes on with what it was asked with.
"""

from dataclasses import dataclass

from clawctl.bus import Bus
from clawctl.call import gate
from clawctl.call.ports import Store
from clawctl.call.prompt import Instructions
from clawctl.call.registry import ACTIVE, Registry
from clawctl.call.session import Session
from clawctl.config.live import Live
from clawctl.engines.speakable import speakable
from clawctl.errors import BadInput, Conflict, NoSuch
from clawctl.wire.events import (
    AgentContextCleared,
    AgentContextInjected,
    AgentInject,
    AgentInjectsCleared,
    InstructionsUpdated,
)
from clawctl.wire.text import safe_text

# Said one after the other, a turn each: more would take a call over without taking it over.
MOST_INJECTS = 20
# A minute of speech; the phone plays an answer to its end before it listens again.
MOST_INJECT_CHARS = 1000
# As long as the setting `llm_system_prompt` may be.
MOST_INSTRUCTION_CHARS = 20_000


@dataclass(frozen=True, slots=True)
class Queued:
    """A sentence that waits to be said: its place from 1, and the `seq` of the event that told so.

    Of the events after that one, the `position`th `agent.inject_spoken` of the call is its own.
    """

    text: str
    position: int
    seq: int


@dataclass(frozen=True)
class Steering:
    registry: Registry
    store: Store
    bus: Bus
    live: Live
    instructions: Instructions

    def call(self, session_id: str) -> Session:
        """A live call by its id; "" or `_active` is the one in which something happened last.

        Raises NoSuch, or BadInput for what is no id.
        """
        if session_id not in {"", ACTIVE}:
            return self.registry.find(session_id)
        if not self.registry.sessions:
            raise NoSuch("no call is live")
        return next(reversed(self.registry.sessions.values()))

    # injects

    def inject(self, session: Session, text: str) -> Queued:
        """Queue a sentence, to be said at a turn. The call's silence counts from now."""
        said = self.sentence("text", text)
        if len(session.state.injects) >= MOST_INJECTS:
            raise Conflict(
                f"{MOST_INJECTS} sentences wait to be said in this call already; wait until some"
                " are said, or clear them"
            )
        session.state.injects = [*session.state.injects, said]
        position = len(session.state.injects)
        self.registry.touch(session)
        self._keep(session)
        event = AgentInject(session_id=session.id, text=said, position=position)
        return Queued(said, position, self.bus.publish(event).seq)

    def sentence(self, field: str, text: str) -> str:
        """Fit to be said as it is; raises BadInput that names `field`."""
        said = self._text(field, text, MOST_INJECT_CHARS)
        if not speakable(said, self.live.now.tts.tts_lang):
            raise BadInput(f"there is nothing in {field} that can be spoken")
        return said

    def uninject(self, session: Session) -> int:
        """Forget what was not said yet; how many sentences that were."""
        cleared, session.state.injects = len(session.state.injects), []
        self._keep(session)
        if cleared:
            self.bus.publish(AgentInjectsCleared(session_id=session.id, count=cleared))
        return cleared

    # knowledge

    def inform(self, session: Session, context: str) -> None:
        """Knowledge in place of what the call was given before."""
        limit = self.live.now.session.context_max_chars
        known = self._text("context", context, limit, "context_max_chars")
        session.state.knowledge = known
        self._keep(session)
        self.bus.publish(AgentContextInjected(session_id=session.id, context=known))

    def uninform(self, session: Session) -> None:
        session.state.knowledge = ""
        self._keep(session)
        self.bus.publish(AgentContextCleared(session_id=session.id))

    # instructions

    def base(self) -> str:
        """What holds for calls without instructions of their own."""
        return self.instructions.base or self.live.now.llm.llm_system_prompt

    def instruct_all(self, text: str) -> None:
        """Until the gateway stops; an empty text falls back to the setting."""
        self.instructions.base = self._text("text", text, MOST_INSTRUCTION_CHARS, empty=True)
        self._announce_instructions("", "global", self.instructions.base)

    def instruct(self, session: Session, text: str) -> None:
        """In place of the base, for this call; an empty text takes it back."""
        session.state.instructions = self._text("text", text, MOST_INSTRUCTION_CHARS, empty=True)
        self._keep(session)
        self._announce_instructions(session.id, "session", session.state.instructions)

    def instruct_turn(self, session: Session, text: str) -> None:
        """Beside the others, for the next turn only; an empty text takes it back."""
        said = self._text("text", text, MOST_INSTRUCTION_CHARS, empty=True)
        session.state.turn_instructions = said
        self._keep(session)
        self._announce_instructions(session.id, "turn", said)

    # inside

    def _text(
        self, field: str, text: str, most: int, limit: str = "", *, empty: bool = False
    ) -> str:
        """Fit to be kept and told: cleaned, and without the passphrase callers have to say."""
        clean = safe_text(text)
        if len(clean) > most:
            where = f" ({limit})" if limit else ""
            raise BadInput(f"{field} has {len(clean)} characters, {most} are allowed{where}")
        if not clean and not empty:
            raise BadInput(f"{field} must be a text that is not empty")
        secret = self.live.now.call.auth_passphrase
        return gate.withhold(secret, clean) if secret else clean

    def _keep(self, session: Session) -> None:
        self.store.record_soon(session.entry(now=self.registry.clock()))

    def _announce_instructions(self, session_id: str, scope: str, text: str) -> None:
        self.bus.publish(InstructionsUpdated(session_id=session_id, scope=scope, text=text))
