"""What the reply model is told, in the order of the gateway manual ("Prompt assembly")."""

from collections.abc import Sequence

import msgspec

from clawctl.call.session import Session
from clawctl.call.utterance import Turn
from clawctl.config.schema import Settings
from clawctl.engines.api import Message, Prompt

# A careful guess for English and German: real tokenizers give 3.5 to 4.5 characters a token.
CHARS_PER_TOKEN = 3.5

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


def snapshot(turn: Turn, transcript: str, instructions: Instructions, settings: Settings) -> Prompt:
    """The prompt of this moment; what arrives later applies to the next turn."""
    session, state = turn.session, turn.session.state
    prompt = Prompt(
        system=instructions.system(session, settings),
        summary=state.summary,
        history=session.history(without=turn.retakes),
        knowledge=state.knowledge,
        transcript=transcript,
        lang=settings.tts.tts_lang,
        owner=settings.call.greeting_owner,
        caller_number=state.caller_number,
        direction=state.direction,
        call=session.id,
    )
    return fit(prompt, settings)


def fit(prompt: Prompt, settings: Settings) -> Prompt:
    """The same prompt with fewer old messages, if `llm_context_tokens` asks for that."""
    window = settings.llm.llm_context_tokens
    if not window:
        return prompt
    fixed = (prompt.system, prompt.summary, prompt.knowledge, prompt.transcript)
    room = window - settings.llm.llm_max_tokens - sum(map(tokens, fixed))
    kept = newest(prompt.history, room)
    return msgspec.structs.replace(prompt, history=kept)


def newest(history: Sequence[Message], room: float) -> tuple[Message, ...]:
    """As many of the newest messages as fit into `room` tokens."""
    kept: list[Message] = []
    for message in reversed(history):
        room -= tokens(message.content)
        if room < 0:
            break
        kept.append(message)
    return tuple(reversed(kept))


def tokens(text: str) -> float:
    return len(text) / CHARS_PER_TOKEN
