"""What the reply model is told, in the order of the gateway manual ("Prompt assembly")."""

from clawctl.call.ports import TurnRecord
from clawctl.call.session import Session
from clawctl.config.schema import Settings
from clawctl.engines.api import Prompt

HANDED_BACK = (
    "Some of your earlier answers in this call were given by a colleague in your place. Keep to"
    " what they said and promised."
)


class Instructions:
    """The base layer: set while the gateway runs, else the setting `llm_system_prompt`."""

    def __init__(self) -> None:
        self.base = ""

    def system(self, session: Session, settings: Settings) -> str:
        """The session's own instructions or the base, and behind them what holds for this turn."""
        state = session.state
        lasting = state.instructions or self.base or settings.llm.llm_system_prompt
        handed_back = HANDED_BACK if any(turn.model == "agent" for turn in session.turns) else ""
        return "\n\n".join(filter(None, (lasting, handed_back, state.turn_instructions)))


def snapshot(
    session: Session,
    instructions: Instructions,
    settings: Settings,
    transcript: str = "",
    *,
    without: TurnRecord | None = None,
) -> Prompt:
    """The prompt of this moment, less one turn; what arrives later applies to the next."""
    state = session.state
    return Prompt(
        system=instructions.system(session, settings),
        summary=state.summary,
        history=session.history(without),
        knowledge=state.knowledge,
        transcript=transcript,
        lang=settings.tts.tts_lang,
        owner=settings.call.greeting_owner,
        caller_number=state.caller_number,
        direction=state.direction,
        call=session.id,
    )
