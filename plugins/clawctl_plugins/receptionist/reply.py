"""What the receptionist says: how one turn of the dialogue becomes a few short sentences."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from clawctl.engines.api import Prompt, TakenMessage
from clawctl_plugins.receptionist import digits, notes, reach
from clawctl_plugins.receptionist.answers import LEAVING, READ_BACK, REASKS
from clawctl_plugins.receptionist.dialogue import listen, next_ask, replay
from clawctl_plugins.receptionist.hearing import Heard, Understand, understand
from clawctl_plugins.receptionist.language import Act, Ask, Line
from clawctl_plugins.receptionist.languages import language
from clawctl_plugins.receptionist.state import (
    Caller,
    State,
    has_any,
    pass_on_question,
    worth_keeping,
)

# A message longer than this is read back in part; all of it is kept.
GIST_WORDS = 40
UNNAMED = frozenset({"", "the owner", "der inhaber", "die inhaberin"})

# The phone does not play a reply with "hear" and one of these; a caller's message may contain them.
_SUPPRESSED = re.compile(r"(please) (try again)|(hear that) (clearly)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Turn:
    """One utterance of the caller: what was known before it, what it said, what is known now."""

    prompt: Prompt
    caller: Caller
    before: State
    heard: Heard
    after: State

    def line(self, line: Line, **words: str) -> str:
        return self._filled(self.caller.language.lines[line], **words)

    def question(self) -> str:
        wordings = self.caller.language.questions[self.ask]
        wording = wordings[min(self.after.misses, len(wordings) - 1)]
        return self._filled(wording, ending=digits.ending(self.caller.number))

    @property
    def ask(self) -> Ask:
        return next_ask(self.after, self.caller)

    @property
    def owner(self) -> str:
        return self._filled("{Owner}")

    def _filled(self, template: str, /, **words: str) -> str:
        unnamed = self.prompt.owner.strip().lower() in UNNAMED
        for word, (named, otherwise) in self.caller.language.owner.items():
            words[word] = otherwise if unnamed else named.replace("{owner}", self.prompt.owner)
        return template.format_map(words)


def answer(prompt: Prompt, understand: Understand = understand) -> tuple[str, TakenMessage | None]:
    """The reply to the caller's latest words, and the message if it changed with them."""
    caller = Caller(language(prompt.lang), prompt.caller_number, understand)
    before = replay(prompt, caller)
    heard, after = listen(before, prompt.transcript, caller)
    if not heard.words and not _has_spoken(prompt):
        after = before
    turn = Turn(prompt, caller, before, heard, after)
    said = next((say(turn) for applies, say in WHOLE if applies(turn)), [])
    if not said:
        aside = _aside(turn)
        if turn.line(Line.UNKNOWN) in aside:
            turn = replace(turn, after=pass_on_question(after, caller.language))
        said = _going_on(turn, aside)
    text = " ".join([*_greeting(turn), *said])
    return _SUPPRESSED.sub(r"\1\3, \2\4", text), _changed(before.draft, turn.after.draft)


def summary(prompt: Prompt) -> str:
    """What is known at the end of the history, so that the history itself may be forgotten."""
    caller = Caller(language(prompt.lang), prompt.caller_number)
    return notes.write(replay(prompt, caller).draft, prompt.summary, caller.language.notes)


def _changed(before: TakenMessage, after: TakenMessage) -> TakenMessage | None:
    emptied = worth_keeping(before) and before.index == after.index
    return after if after != before and (worth_keeping(after) or emptied) else None


def _has_spoken(prompt: Prompt) -> bool:
    return any(message.role == "assistant" for message in prompt.history)


def _greeting(turn: Turn) -> list[str]:
    if _has_spoken(turn.prompt):
        return []
    outgoing = turn.prompt.direction == "outgoing"
    return [turn.line(Line.HELLO_OUTGOING if outgoing else Line.HELLO)]


def _aside(turn: Turn) -> list[str]:
    """The answer to what the caller asked, if they did."""
    answers = (say(turn) for act, say in ASIDES if act in turn.heard.acts)
    return next((said for said in answers if said), [])


def _going_on(turn: Turn, aside: list[str]) -> list[str]:
    if turn.ask is Ask.CLOSED:
        return [*aside, *_farewell(turn)]
    lead = _lead(turn) if _named(turn) or not aside else []
    return [*lead, *aside, *_read_back(turn), turn.question()]


def _lost(turn: Turn) -> bool:
    return turn.after.misses > REASKS


def _leaving(turn: Turn) -> bool:
    acts, asked = turn.heard.acts, turn.before.asked
    if Act.BYE in acts:
        return True
    if not turn.after.closed or turn.after.draft != turn.before.draft:
        return False
    return bool(acts & LEAVING) and asked in (Ask.TAKE, Ask.ELSE, Ask.CLOSED)


def _farewell(turn: Turn) -> list[str]:
    draft = turn.after.draft
    if turn.before.asked is Ask.CLOSED or not has_any(draft):
        return [turn.line(Line.BYE)]
    if not draft.confirmed:
        return [turn.line(Line.BYE_UNCONFIRMED if worth_keeping(draft) else Line.BYE)]
    number = digits.spoken(draft.number, turn.line(Line.PLUS))
    noted = ", ".join(part for part in (draft.name, number, _gist(draft.text, turn)) if part)
    return [turn.line(Line.BYE_NOTED, noted=noted)]


def _repeat(turn: Turn) -> list[str]:
    said = [each.content for each in turn.prompt.history if each.role == "assistant"]
    again = turn.line(Line.REPEAT)
    return [again, said[-1].removeprefix(again).strip()]


# What makes up the whole reply; otherwise the dialogue goes on with its next question.
WHOLE: tuple[tuple[Callable[[Turn], bool], Callable[[Turn], list[str]]], ...] = (
    (
        lambda turn: Act.EMERGENCY in turn.heard.acts,
        lambda turn: [turn.line(Line.EMERGENCY)],
    ),
    (_lost, lambda turn: _farewell(turn) if has_any(turn.after.draft) else [turn.line(Line.LOST)]),
    (_leaving, _farewell),
    (
        lambda turn: Act.REPEAT in turn.heard.acts and _has_spoken(turn.prompt),
        _repeat,
    ),
    (
        lambda turn: Act.WAIT in turn.heard.acts and turn.after == turn.before,
        lambda turn: [turn.line(Line.TAKE_YOUR_TIME)],
    ),
)


def _reachable(turn: Turn) -> list[str]:
    fact = _when(turn)
    return [fact or turn.line(Line.WHEN_UNKNOWN)]


def _not_here(turn: Turn) -> list[str]:
    fact = _when(turn)
    return [turn.line(Line.AWAY), *([fact] if fact else [])]


def _when(turn: Turn) -> str:
    prompt, words = turn.prompt, turn.caller.language.facts
    return reach.when(turn.heard.words, prompt.system, prompt.knowledge, turn.owner, words)


def _fact(turn: Turn) -> list[str]:
    prompt, words = turn.prompt, turn.caller.language.facts
    fact = reach.about(turn.heard.words, prompt.system, prompt.knowledge, turn.owner, words)
    return [fact] if fact else []


def _unknown(turn: Turn) -> list[str]:
    return [turn.line(Line.UNKNOWN)] if turn.after.question else []


ASIDES: tuple[tuple[Act, Callable[[Turn], list[str]]], ...] = (
    (Act.RUDE, lambda turn: [turn.line(Line.CALM)]),
    (Act.ROBOT, lambda turn: [turn.line(Line.ROBOT)]),
    (Act.WHO, lambda turn: [turn.line(Line.WHO)]),
    (Act.WHEN, _reachable),
    (Act.QUESTION, _fact),
    (Act.SPEAK, _not_here),
    (Act.QUESTION, _unknown),
)


def _lead(turn: Turn) -> list[str]:
    """A word or two on what was just understood, before the next question."""
    found = next((line for applies, line in LEADS if applies(turn)), None)
    return [] if found is None else [turn.line(found, name=turn.after.draft.name)]


def _finished(turn: Turn) -> bool:
    return turn.after.closed and not turn.before.closed


def _named(turn: Turn) -> bool:
    return turn.after.draft.name != turn.before.draft.name


def _noted(turn: Turn) -> bool:
    before, after = turn.before.draft, turn.after.draft
    return after.number != before.number or (after.text != before.text and bool(after.text))


def _passed_over(turn: Turn) -> bool:
    before, after = turn.before, turn.after
    return after.given_up != before.given_up or after.other_number != before.other_number


# The first row that applies is said; none before a read-back, which says it all.
LEADS: tuple[tuple[Callable[[Turn], bool], Line | None], ...] = (
    (lambda turn: not turn.heard.words and _has_spoken(turn.prompt), Line.STILL_THERE),
    (lambda turn: turn.after.misses > turn.before.misses, Line.SORRY),
    (lambda turn: _finished(turn) and Act.CANCEL in turn.heard.acts, Line.CANCELLED),
    (lambda turn: _finished(turn) and not turn.after.draft.confirmed, Line.AS_NOTED),
    (lambda turn: _finished(turn) and bool(turn.after.draft.name), Line.PASS_ON_NAME),
    (_finished, Line.PASS_ON),
    (lambda turn: turn.ask is Ask.CONFIRM, None),
    (_named, Line.THANKS_NAME),
    (_noted, Line.NOTED),
    (lambda turn: turn.ask is Ask.TAKE, Line.AWAY),
    (_passed_over, Line.ALL_RIGHT),
    (lambda turn: turn.ask in (Ask.NAME, Ask.TEXT, Ask.NUMBER), Line.GLADLY),
)


def _read_back(turn: Turn) -> list[str]:
    checked = turn.before.asked in READ_BACK
    if turn.ask is not Ask.CONFIRM or (checked and turn.after.draft == turn.before.draft):
        return []
    parts = _parts(turn)
    if checked and len(changed := [part for part in parts if part not in _old_parts(turn)]) == 1:
        return [turn.line(Line.CHANGED, parts=_ended(changed[0]))]
    last = turn.line(Line.AND).join(["", parts[-1]]) if len(parts) > 1 else parts[-1]
    return [turn.line(Line.READ_BACK, parts=_ended(", ".join(parts[:-1]) + last))]


def _old_parts(turn: Turn) -> list[str]:
    return _parts(replace(turn, after=turn.before))


def _parts(turn: Turn) -> list[str]:
    draft = turn.after.draft
    number = digits.spoken(draft.number, turn.line(Line.PLUS))
    parts = (
        (draft.name, turn.line(Line.YOUR_NAME, name=draft.name)),
        (draft.number, turn.line(Line.YOUR_NUMBER, number=number)),
        (draft.text, turn.line(Line.YOUR_TEXT, text=_gist(draft.text, turn))),
    )
    return [part for said, part in parts if said]


def _gist(text: str, turn: Turn) -> str:
    words = text.split()
    if len(words) <= GIST_WORDS:
        return text
    return " ".join(words[:GIST_WORDS]) + turn.line(Line.AND_SO_ON)


def _ended(text: str) -> str:
    return text if text[-1:] in ".!?" else f"{text}."
