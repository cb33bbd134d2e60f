"""The dialogue: what is known after each utterance. No clock, no I/O, no memory of its own.

`replay` reads a conversation from its beginning, or from what is left of it, so whoever spoke in
between (an operator, another model), the receptionist goes on with all that was said.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

import msgspec

from clawctl.engines.api import Prompt, TakenMessage
from clawctl_plugins.receptionist import digits, names, notes
from clawctl_plugins.receptionist.asking import question_in, says
from clawctl_plugins.receptionist.hearing import (
    QUESTIONS,
    Heard,
    Understand,
    clean,
    join,
    understand,
)
from clawctl_plugins.receptionist.language import Act, Ask, Language, Line, Slot

# So often a question is put in other words before it is given up.
REASKS = 2
# Fewer words than this, unexplained and unasked for, are no message.
MESSAGE_WORDS = 3
# While a name is asked for, a longer answer that names nobody is taken for the message.
NO_NAME_WORDS = 5
# A number shorter than this was cut off by a pause; digits that follow belong to it.
CUT_OFF_DIGITS = 5
# From here on two messages are one, said again in other words.
SAME_MESSAGE = 0.6

ASK_FOR = {Slot.NAME: Ask.NAME, Slot.TEXT: Ask.TEXT, Slot.NUMBER: Ask.NUMBER}
REDO = {
    Act.REDO_NAME: frozenset({Slot.NAME}),
    Act.REDO_TEXT: frozenset({Slot.TEXT}),
    Act.REDO_NUMBER: frozenset({Slot.NUMBER}),
    Act.REDO_ALL: frozenset(Slot),
}
# What brings the call no further, and is no failure to understand either.
_ASIDE = QUESTIONS | {Act.QUESTION, Act.EMERGENCY, Act.WAIT, Act.HELLO, Act.LEAVE}
# Where politeness is all the answer there is to give.
_AT_EASE = frozenset({Ask.NOTHING, Ask.OPEN, Ask.STRANGE, Ask.ELSE, Ask.CLOSED})
LEAVING = frozenset({Act.NO, Act.DECLINE, Act.ENOUGH, Act.THANKS, Act.BYE})
_REFUSING = frozenset({Act.NO, Act.DECLINE})


_EMPTY = TakenMessage()


@dataclass(frozen=True, slots=True)
class State:
    """All that is known at one moment of a call.

    `given_up`: pieces the caller will not give or could not make clear. `due`: pieces to be asked
    for again, though there is one. `wrong`: something is, and we do not know what. `closed`: the
    draft needs nothing more. `misses`: answers in a row that brought nothing. `question`: the last
    one the caller asked.
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


def replay(prompt: Prompt, caller: Caller) -> State:
    """The state in which the caller's latest words arrive."""
    draft = notes.read(prompt.summary)
    state = State(draft, taking=has_any(draft), closed=draft.confirmed)
    for message in prompt.history:
        if message.role == "assistant":
            state = spoken_to(state, message.content, caller.language)
        else:
            state = listen(state, message.content, caller)[1]
    return state


def spoken_to(state: State, said: str, language: Language) -> State:
    """After something was said to the caller, by whomever."""
    asked = question_in(said, language)
    if asked is Ask.KEEP:
        return state
    if says(said, Line.UNKNOWN, language):
        state = pass_on_question(state, language)
    if asked is Ask.STRANGE and state.asked in (Ask.NOTHING, Ask.CLOSED):
        asked = Ask.OPEN
    if asked is Ask.OPEN:
        # A greeting: another call of somebody whose last one is remembered.
        state = another(state) if state.closed else replace(state, given_up=frozenset(), misses=0)
    return replace(state, asked=asked)


def listen(state: State, said: str, caller: Caller) -> tuple[Heard, State]:
    """What an utterance says, and what is known after it."""
    heard = caller.understand(said, state.asked, caller.language)
    after = replace(state, question=heard.free if Act.QUESTION in heard.acts else "")
    for step in (_corrected, _filled, _answered, _told):
        after = step(after, heard, caller)
    return heard, _counted(state, after, heard)


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
    return _write(state, clean(state.question, language) + "?", instead=False)


def _set(state: State, slot: Slot, **piece: str) -> State:
    """Fill in a piece; a draft that changed has to be read back (again)."""
    draft = msgspec.structs.replace(state.draft, **piece)
    state = replace(state, taking=True, wrong=False, due=state.due - {slot})
    if draft == state.draft:
        return state
    draft = msgspec.structs.replace(draft, confirmed=False)
    return replace(state, draft=draft, closed=False)


def _name(state: State, name: str) -> State:
    return _set(state, Slot.NAME, name=name)


def _number(state: State, number: str) -> State:
    return _set(state, Slot.NUMBER, number=number)


def _write(state: State, text: str, *, instead: bool) -> State:
    """Take a message, in the place of the one before or added to it."""
    if state.draft.confirmed and Slot.TEXT not in state.due:
        state = another(state)
    old = state.draft.text
    again = SequenceMatcher(None, old.lower(), text.lower()).ratio() >= SAME_MESSAGE
    if not (instead or again or Slot.TEXT in state.due):
        text = join(old, text)
    return _set(state, Slot.TEXT, text=text)


def _corrected(state: State, heard: Heard, caller: Caller) -> State:
    """ "The last digit is five", "Tuesday, not Monday"."""
    draft = state.draft
    if heard.fix:
        return _number(state, digits.mend(draft.number, heard.fix)) if draft.number else state
    if heard.swap is None:
        return state
    new, old = heard.swap
    words = caller.language.numbers
    new_digits, old_digits = digits.parse(new, words), digits.parse(old, words)
    if new_digits and old_digits and old_digits in draft.number:
        return _number(state, digits.swap(draft.number, new_digits, old_digits))
    found = re.compile(rf"(?<!\w){re.escape(old)}(?!\w)", re.IGNORECASE)
    if found.search(draft.name):
        name = names.read(new, caller.language.names)[0]
        return _name(state, found.sub(lambda _: name, draft.name)) if name else state
    if found.search(draft.text):
        text = clean(found.sub(lambda _: new, draft.text), caller.language)
        return _set(state, Slot.TEXT, text=text)
    return replace(state, wrong=True)


def _filled(state: State, heard: Heard, caller: Caller) -> State:
    """Pieces said in so many words."""
    if heard.text:
        doubted = Act.NO in heard.acts or Act.WRONG in heard.acts or state.asked is Ask.WRONG
        instead = doubted and state.asked in _READ_BACK and Act.ADD not in heard.acts
        state = _write(state, heard.text, instead=instead)
    if heard.name:
        state = _name(state, names.merge(state.draft.name, heard.name, heard.part))
    if heard.number:
        whole = state.draft.number
        went_on = state.asked in _READ_BACK and 0 < len(whole) < CUT_OFF_DIGITS
        state = _number(state, whole + heard.number if went_on else heard.number)
    elif Act.CALLING in heard.acts and caller.can_be_called:
        state = _number(state, digits.normal(caller.number))
    return state


_READ_BACK = frozenset({Ask.CONFIRM, Ask.WRONG})


def _answered(state: State, heard: Heard, caller: Caller) -> State:
    """The rest, as the answer to what was asked."""
    answer = ANSWERS.get(state.asked)
    return state if answer is None else answer(state, heard, caller)


def _to_greeting(state: State, heard: Heard, caller: Caller) -> State:
    return _free_message(state, heard, caller)


def _to_take(state: State, heard: Heard, caller: Caller) -> State:
    if Act.YES in heard.acts:
        state = replace(state, taking=True)
    elif heard.acts & _REFUSING and not state.taking:
        return replace(state, closed=True)
    return _free_message(state, heard, caller)


def _to_name(state: State, heard: Heard, caller: Caller) -> State:
    if heard.name:
        return _free_message(state, heard, caller)
    if name := names.whole(heard.free, caller.language.names):
        return _name(state, names.merge(state.draft.name, name, heard.part))
    if len(heard.free.split()) >= NO_NAME_WORDS and not state.draft.text:
        return _free_message(state, heard, caller)
    return _refused(state, heard, Slot.NAME)


def _to_text(state: State, heard: Heard, _caller: Caller) -> State:
    return state if heard.text else _refused(state, heard, Slot.TEXT)


def _to_number(state: State, heard: Heard, _caller: Caller) -> State:
    return state if heard.number else _refused(state, heard, Slot.NUMBER)


def _to_calling(state: State, heard: Heard, caller: Caller) -> State:
    if heard.number or Act.CALLING in heard.acts:
        return state
    if Act.YES in heard.acts:
        return _number(state, digits.normal(caller.number))
    if Act.DECLINE in heard.acts:
        return _refused(state, heard, Slot.NUMBER)
    return replace(state, other_number=state.other_number or Act.NO in heard.acts)


def _to_read_back(state: State, heard: Heard, caller: Caller) -> State:
    redo = heard.acts & REDO.keys()
    if redo or heard.fix or heard.swap or heard.name or heard.number or heard.text:
        return state
    doubt = Act.WRONG in heard.acts or (Act.NO in heard.acts and Act.YES not in heard.acts)
    if not doubt and heard.acts & {Act.YES, Act.THANKS}:
        draft = msgspec.structs.replace(state.draft, confirmed=True)
        return replace(state, draft=draft, closed=True, wrong=False, due=frozenset())
    if Act.ADD in heard.acts and heard.free:
        return _write(state, clean(heard.free, caller.language), instead=False)
    return _guessed(state, heard, caller) if doubt else state


def _to_wrong(state: State, heard: Heard, caller: Caller) -> State:
    after = _to_read_back(state, heard, caller)
    return _guessed(state, heard, caller) if after == state and heard.free else after


def _guessed(state: State, heard: Heard, caller: Caller) -> State:
    """Something is wrong, and no phrase says what: a name like ours, or another message."""
    name = names.whole(heard.free, caller.language.names)
    if name and names.alike(state.draft.name, name):
        return _name(state, names.merge(state.draft.name, name, heard.part))
    if len(heard.free.split()) >= MESSAGE_WORDS:
        return _write(state, clean(heard.free, caller.language), instead=True)
    return replace(state, wrong=True)


def _to_else(state: State, heard: Heard, caller: Caller) -> State:
    if heard.text or heard.name or heard.number or heard.fix or heard.swap:
        return state
    if Act.YES in heard.acts and not heard.acts & LEAVING:
        state = replace(another(state), taking=True)
    return _free_message(state, heard, caller)


ANSWERS: Mapping[Ask, Callable[[State, Heard, Caller], State]] = {
    Ask.NOTHING: _to_greeting,
    Ask.OPEN: _to_greeting,
    Ask.TAKE: _to_take,
    Ask.NAME: _to_name,
    Ask.TEXT: _to_text,
    Ask.NUMBER: _to_number,
    Ask.CALLING: _to_calling,
    Ask.CONFIRM: _to_read_back,
    Ask.WRONG: _to_wrong,
    Ask.ELSE: _to_else,
}


def _free_message(state: State, heard: Heard, caller: Caller) -> State:
    """Words without an opening phrase, long enough to mean something."""
    if heard.text or Act.QUESTION in heard.acts or len(heard.free.split()) < MESSAGE_WORDS:
        return state
    return _write(state, clean(heard.free, caller.language), instead=False)


def _refused(state: State, heard: Heard, slot: Slot) -> State:
    if not heard.acts & _REFUSING:
        return state
    return replace(state, given_up=state.given_up | {slot}, due=state.due - {slot})


def _told(state: State, heard: Heard, _caller: Caller) -> State:
    """What a caller may say at any time."""
    acts = heard.acts
    if Act.LEAVE in acts:
        state = replace(another(state) if state.closed else state, taking=True)
    for act in acts & REDO.keys():
        state = replace(state, due=state.due | REDO[act], wrong=False, closed=False, taking=True)
    if Act.CANCEL in acts and not state.draft.confirmed:
        draft = msgspec.structs.replace(state.draft, text="")
        state = replace(state, draft=draft, closed=True, due=frozenset())
    if Act.ENOUGH in acts and state.asked in (Ask.NAME, Ask.TEXT, Ask.NUMBER, Ask.CALLING):
        state = replace(state, given_up=frozenset(Slot), due=frozenset())
    if Act.BYE in acts:
        state = replace(state, closed=True, due=frozenset())
    return state


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
    if state.asked in _READ_BACK:
        return replace(state, closed=True, wrong=False, misses=0)
    for slot, ask in ASK_FOR.items():
        if ask is state.asked:
            given_up = state.given_up | {slot}
            return replace(state, given_up=given_up, due=state.due - {slot}, misses=0)
    return replace(state, misses=misses)
