"""What is known at one moment of a call, and how a piece of the message comes into it."""

from dataclasses import dataclass, replace
from difflib import SequenceMatcher

import msgspec

from clawctl.engines.api import TakenMessage
from clawctl_plugins.receptionist import digits
from clawctl_plugins.receptionist.hearing import Understand, clean, join, understand
from clawctl_plugins.receptionist.language import Ask, Language, Slot

# From here on one message is the other, said again.
SAME_MESSAGE = 0.8

_EMPTY = TakenMessage()
ASK_FOR = {Slot.NAME: Ask.NAME, Slot.TEXT: Ask.TEXT, Slot.NUMBER: Ask.NUMBER}


@dataclass(frozen=True, slots=True)
class State:
    """All that is known at one moment of a call.

    `given_up`: pieces the caller will not give or could not make clear. `due`: pieces to be asked
    for again, though there is one. `other_number`: not the one the call comes from. `wrong`:
    something is, and we do not know what. `closed`: the draft needs nothing more. `misses`: answers
    in a row that brought nothing. `question`: the last one the caller asked.
    """

    draft: TakenMessage = _EMPTY
    taking: bool = False
    given_up: frozenset[Slot] = frozenset()
    due: frozenset[Slot] = frozenset()
    other_number: bool = False
    wrong: bool = False
    closed: bool = False
    misses: int = 0
    question: str = ""
    asked: Ask = Ask.NOTHING


@dataclass(frozen=True, slots=True)
class Caller:
    """What the dialogue has to know besides the words; `understand` may be one that remembers."""

    language: Language
    number: str = ""
    understand: Understand = understand

    @property
    def can_be_called(self) -> bool:
        return len(digits.normal(self.number).lstrip("+")) >= digits.LEAST


def pending(state: State) -> Slot | None:
    """The next piece to ask for: one without a value, or one whose value is doubted."""
    draft = state.draft
    have = {Slot.NAME: draft.name, Slot.TEXT: draft.text, Slot.NUMBER: draft.number}
    for slot in Slot:
        if slot in state.due or not (have[slot] or slot in state.given_up):
            return slot
    return None


def has_any(draft: TakenMessage) -> bool:
    return bool(draft.name or draft.text or draft.number)


def worth_keeping(draft: TakenMessage) -> bool:
    """A name alone says who called, but only once."""
    return bool(draft.text) or (has_any(draft) and draft.index == 0)


def another(state: State) -> State:
    """A fresh message of the same caller, who need not say again who they are."""
    draft = state.draft
    if worth_keeping(draft):
        draft = TakenMessage(index=draft.index + 1, name=draft.name, number=draft.number)
    return State(draft, given_up=state.given_up - {Slot.TEXT}, asked=state.asked)


def pass_on_question(state: State, language: Language) -> State:
    """What could not be answered becomes (part of) the message."""
    if not state.question:
        return state
    return write(state, clean(state.question, language) + "?", instead=False)


def set_piece(state: State, slot: Slot, **piece: str) -> State:
    """Fill in a piece; a draft that changed has to be read back (again)."""
    draft = msgspec.structs.replace(state.draft, **piece)
    state = replace(state, taking=True, wrong=False, due=state.due - {slot})
    if draft == state.draft:
        return state
    draft = msgspec.structs.replace(draft, confirmed=False)
    return replace(state, draft=draft, closed=False)


def set_name(state: State, name: str) -> State:
    return set_piece(state, Slot.NAME, name=name)


def set_number(state: State, number: str) -> State:
    return set_piece(state, Slot.NUMBER, number=number)


def write(state: State, text: str, *, instead: bool) -> State:
    """Take a message, in the place of the one before or added to it."""
    if state.draft.confirmed and Slot.TEXT not in state.due:
        state = another(state)
    old = state.draft.text
    again = likeness(old, text) >= SAME_MESSAGE
    if not (instead or again or Slot.TEXT in state.due):
        text = join(old, text)
    return set_piece(state, Slot.TEXT, text=text)


def likeness(one: str, other: str) -> float:
    """The share of words two messages have in common, in order."""
    return SequenceMatcher(None, one.lower().split(), other.lower().split()).ratio()
