"""What an utterance does to a call: a correction, a piece, the answer to what was asked, a wish."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import msgspec

from clawctl_plugins.receptionist import digits, names
from clawctl_plugins.receptionist.hearing import QUESTIONS, Heard, clean
from clawctl_plugins.receptionist.language import Act, Ask, Language, Slot
from clawctl_plugins.receptionist.state import (
    ASK_FOR,
    Caller,
    State,
    another,
    likeness,
    set_name,
    set_number,
    set_piece,
    write,
)

# So often a question is put in other words before it is given up.
REASKS = 2
# Fewer words than this, unexplained and unasked for, are no message.
MESSAGE_WORDS = 3
# While a name is asked for, a longer answer that names nobody is taken for the message.
NO_NAME_WORDS = 5
# A number shorter than this was cut off by a pause; digits that follow belong to it.
CUT_OFF_DIGITS = 5
# When something was said to be wrong, a message so like the first is meant to take its place.
LIKE_MESSAGE = 0.5

REDO = {
    Act.REDO_NAME: frozenset({Slot.NAME}),
    Act.REDO_TEXT: frozenset({Slot.TEXT}),
    Act.REDO_NUMBER: frozenset({Slot.NUMBER}),
    Act.REDO_ALL: frozenset(Slot),
}
# With these nothing more is to come.
LEAVING = frozenset({Act.NO, Act.DECLINE, Act.ENOUGH, Act.THANKS, Act.BYE})
READ_BACK = frozenset({Ask.CONFIRM, Ask.WRONG})
# What brings the call no further, and is no failure to understand either.
_ASIDE = QUESTIONS | {Act.QUESTION, Act.EMERGENCY, Act.WAIT, Act.HELLO, Act.LEAVE}
# Where politeness is all the answer there is to give.
_AT_EASE = frozenset({Ask.NOTHING, Ask.OPEN, Ask.STRANGE, Ask.ELSE, Ask.CLOSED})


@dataclass(frozen=True, slots=True)
class _Said:
    """One utterance: who says it, what it says, what was known before it."""

    heard: Heard
    caller: Caller
    before: State

    def does(self, *acts: Act) -> bool:
        return not self.heard.acts.isdisjoint(acts)

    @property
    def free(self) -> str:
        return clean(self.heard.free, self.caller.language)


def heard_by(state: State, heard: Heard, caller: Caller) -> State:
    """What is known after an utterance was understood."""
    question = heard.free if Act.QUESTION in heard.acts else ""
    after = replace(state, question=question)
    for step in (_corrected, _filled, _answered, _told):
        after = step(after, _Said(heard, caller, state))
    return _counted(state, after, heard)


def _corrected(state: State, said: _Said) -> State:
    """ "The last digit is five", "Tuesday, not Monday"."""
    if said.heard.fix and state.draft.number:
        return set_number(state, digits.mend(state.draft.number, said.heard.fix))
    if said.heard.swap is None:
        return state
    swapped = _swapped(state, *said.heard.swap, said.caller.language)
    return replace(state, wrong=True) if swapped == state else swapped


def _swapped(state: State, new: str, old: str, language: Language) -> State:
    draft = state.draft
    new_digits, old_digits = (digits.parse(words, language.numbers) for words in (new, old))
    if new_digits and old_digits and old_digits in draft.number:
        return set_number(state, digits.swap(draft.number, new_digits, old_digits))
    found = re.compile(rf"(?<!\w){re.escape(old)}(?!\w)", re.IGNORECASE)
    if found.search(draft.name):
        name = names.read(new, language.names)[0]
        return set_name(state, found.sub(lambda _: name, draft.name)) if name else state
    text = clean(found.sub(lambda _: new, draft.text), language)
    return set_piece(state, Slot.TEXT, text=text) if found.search(draft.text) else state


def _filled(state: State, said: _Said) -> State:
    """Pieces said in so many words."""
    heard, checking = said.heard, state.asked in READ_BACK
    if heard.text:
        doubted = said.does(Act.NO, Act.WRONG) or state.asked is Ask.WRONG
        state = write(state, heard.text, instead=checking and doubted and not said.does(Act.ADD))
    if heard.name:
        state = set_name(state, names.merge(state.draft.name, heard.name, heard.part))
    if heard.number:
        cut_off = checking and 0 < len(state.draft.number) < CUT_OFF_DIGITS
        state = set_number(state, state.draft.number + heard.number if cut_off else heard.number)
    elif said.does(Act.CALLING) and said.caller.can_be_called:
        state = set_number(state, digits.normal(said.caller.number))
    return state


def _answered(state: State, said: _Said) -> State:
    """The rest, as the answer to what was asked."""
    answer = ANSWERS.get(state.asked)
    return state if answer is None else answer(state, said)


def _message(state: State, said: _Said) -> State:
    """Words without an opening phrase, long enough to mean something."""
    heard = said.heard
    if heard.text or said.does(Act.QUESTION) or len(heard.free.split()) < MESSAGE_WORDS:
        return state
    return write(state, said.free, instead=False)


def _refused(state: State, said: _Said, slot: Slot) -> State:
    if not said.does(Act.NO, Act.DECLINE):
        return state
    return replace(state, given_up=state.given_up | {slot}, due=state.due - {slot})


def _to_take(state: State, said: _Said) -> State:
    if said.does(Act.YES):
        state = replace(state, taking=True)
    elif said.does(Act.NO, Act.DECLINE) and not state.taking:
        return replace(state, closed=True)
    return _message(state, said)


def _to_name(state: State, said: _Said) -> State:
    heard = said.heard
    if heard.name:
        return _message(state, said)
    if name := names.whole(heard.free, said.caller.language.names):
        return set_name(state, names.merge(state.draft.name, name, heard.part))
    if len(heard.free.split()) >= NO_NAME_WORDS and not state.draft.text:
        return _message(state, said)
    return _refused(state, said, Slot.NAME)


def _to_text(state: State, said: _Said) -> State:
    return state if said.heard.text else _refused(state, said, Slot.TEXT)


def _to_number(state: State, said: _Said) -> State:
    return state if said.heard.number else _refused(state, said, Slot.NUMBER)


def _to_calling(state: State, said: _Said) -> State:
    if said.heard.number or said.does(Act.CALLING):
        return state
    if said.does(Act.YES):
        return set_number(state, digits.normal(said.caller.number))
    if said.does(Act.DECLINE):
        return _refused(state, said, Slot.NUMBER)
    return replace(state, other_number=state.other_number or said.does(Act.NO))


def _to_read_back(state: State, said: _Said) -> State:
    if said.does(*REDO) or said.heard.swap or state.draft != said.before.draft:
        return state
    doubt = said.does(Act.WRONG) or (said.does(Act.NO) and not said.does(Act.YES))
    if said.does(Act.YES, Act.THANKS) and not doubt:
        draft = msgspec.structs.replace(state.draft, confirmed=True)
        return replace(state, draft=draft, closed=True, wrong=False, due=frozenset())
    if said.does(Act.ADD) and said.heard.free:
        return write(state, said.free, instead=False)
    return _guessed(state, said) if doubt else state


def _to_wrong(state: State, said: _Said) -> State:
    after = _to_read_back(state, said)
    return _guessed(state, said) if after == state and said.heard.free else after


def _guessed(state: State, said: _Said) -> State:
    """Something is wrong, and no phrase says what: a name like ours, or another message."""
    name = names.whole(said.heard.free, said.caller.language.names)
    if name and names.alike(state.draft.name, name):
        return set_name(state, names.merge(state.draft.name, name, said.heard.part))
    asked_for = state.asked is Ask.WRONG and len(said.free.split()) >= MESSAGE_WORDS
    if asked_for or likeness(state.draft.text, said.free) >= LIKE_MESSAGE:
        return write(state, said.free, instead=True)
    return replace(state, wrong=True)


def _to_else(state: State, said: _Said) -> State:
    if state.draft != said.before.draft:
        return state
    if said.does(Act.YES) and not said.does(*LEAVING):
        state = replace(another(state), taking=True)
    return _message(state, said)


ANSWERS: Mapping[Ask, Callable[[State, _Said], State]] = {
    Ask.NOTHING: _message,
    Ask.OPEN: _message,
    Ask.TAKE: _to_take,
    Ask.NAME: _to_name,
    Ask.TEXT: _to_text,
    Ask.NUMBER: _to_number,
    Ask.CALLING: _to_calling,
    Ask.CONFIRM: _to_read_back,
    Ask.WRONG: _to_wrong,
    Ask.ELSE: _to_else,
}


def _told(state: State, said: _Said) -> State:
    """What a caller may say at any time."""
    in_pieces = state.asked in (Ask.NAME, Ask.TEXT, Ask.NUMBER, Ask.CALLING)
    if said.does(Act.LEAVE):
        state = replace(another(state) if state.closed else state, taking=True)
    for act in said.heard.acts & REDO.keys():
        state = replace(state, due=state.due | REDO[act], wrong=False, closed=False, taking=True)
    if said.does(Act.CANCEL) and not state.draft.confirmed:
        draft = msgspec.structs.replace(state.draft, text="")
        state = replace(state, draft=draft, closed=True, due=frozenset())
    if said.does(Act.ENOUGH) and in_pieces:
        state = replace(state, given_up=frozenset(Slot), due=frozenset())
    return replace(state, closed=True, due=frozenset()) if said.does(Act.BYE) else state


def _counted(before: State, after: State, heard: Heard) -> State:
    """Count what brought nothing; after a few the question is given up."""
    if replace(after, question="") != replace(before, question=""):
        return replace(after, misses=0)
    repeated = heard.name or heard.number or heard.text
    polite = before.asked in _AT_EASE and heard.acts - {Act.FILLER, Act.RUDE}
    if heard.acts & _ASIDE or repeated or polite:
        return after
    misses = before.misses + 1
    if misses <= REASKS:
        return replace(after, misses=misses)
    return _moved_on(after, misses)


def _moved_on(state: State, misses: int) -> State:
    if state.asked is Ask.CALLING:
        return replace(state, other_number=True, misses=0)
    if state.asked in READ_BACK:
        return replace(state, closed=True, wrong=False, misses=0)
    for slot, ask in ASK_FOR.items():
        if ask is state.asked:
            given_up = state.given_up | {slot}
            return replace(state, given_up=given_up, due=state.due - {slot}, misses=0)
    return replace(state, misses=misses)
