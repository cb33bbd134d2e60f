"""The dialogue: what is known after a conversation. No clock, no I/O, no memory of its own.

`replay` reads a conversation from its beginning, or from what is left of it, so whoever spoke in
between (an operator, another model), the receptionist goes on with all that was said.
"""

from dataclasses import replace

from clawctl.engines.api import Prompt
from clawctl_plugins.receptionist import notes
from clawctl_plugins.receptionist.answers import heard_by
from clawctl_plugins.receptionist.asking import question_in, says
from clawctl_plugins.receptionist.hearing import Heard
from clawctl_plugins.receptionist.language import Ask, Language, Line, Slot
from clawctl_plugins.receptionist.state import (
    ASK_FOR,
    Caller,
    State,
    another,
    has_any,
    pass_on_question,
    pending,
    worth_keeping,
)


def replay(prompt: Prompt, caller: Caller) -> State:
    """The state in which the caller's latest words arrive."""
    draft = notes.read(prompt.summary)
    state = State(draft, taking=has_any(draft), closed=draft.confirmed)
    unasked = True
    for message in prompt.history:
        if message.role == "assistant":
            state = spoken_to(state, message.content, caller.language, unasked=unasked)
        else:
            state = listen(state, message.content, caller)[1]
        unasked = message.role == "assistant"
    return state


def spoken_to(state: State, said: str, language: Language, *, unasked: bool) -> State:
    """After something was said to the caller, by whomever; `unasked`: not as a reply.

    What is said unasked after a call was done with is the greeting of another, by somebody whose
    last call is remembered.
    """
    asked = question_in(said, language)
    if asked is Ask.KEEP:
        return state
    if says(said, Line.UNKNOWN, language):
        state = pass_on_question(state, language)
    fresh = state.asked in (Ask.NOTHING, Ask.CLOSED) or (unasked and state.closed)
    if asked is Ask.STRANGE and fresh:
        asked = Ask.OPEN
    if asked is Ask.OPEN:
        state = another(state) if state.closed else replace(state, given_up=frozenset(), misses=0)
    return replace(state, asked=asked)


def listen(state: State, said: str, caller: Caller) -> tuple[Heard, State]:
    """What an utterance says, and what is known after it."""
    heard = caller.understand(said, state.asked, caller.language)
    return heard, heard_by(state, heard, caller)


def next_ask(state: State, caller: Caller) -> Ask:
    """What to ask the caller now."""
    if state.closed:
        return Ask.ELSE
    if not state.taking:
        return Ask.TAKE
    if state.wrong:
        return Ask.WRONG
    slot = pending(state)
    if slot is Slot.NUMBER and caller.can_be_called and not state.other_number:
        return Ask.CALLING
    if slot is not None:
        return ASK_FOR[slot]
    return Ask.CONFIRM if worth_keeping(state.draft) else Ask.CLOSED
