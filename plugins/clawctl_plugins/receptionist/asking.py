"""Which question the last words to the caller asked: ours are known by their text, others' by
their gist."""

import re
from functools import cache

from clawctl_plugins.receptionist.language import Ask, Language, Line

_CLOSING = (Line.BYE, Line.BYE_NOTED, Line.BYE_UNCONFIRMED, Line.LOST)
_KEEPING = (Line.TAKE_YOUR_TIME, Line.EMERGENCY)


def question_in(said: str, language: Language) -> Ask:
    """STRANGE when nothing is asked that we know."""
    plain = _plain(said)
    found = ((plain.rfind(mark), ask) for mark, ask in _marks(language))
    place, ask = max(found, key=lambda each: each[0])
    return ask if place >= 0 else _strange(said, language)


def says(said: str, line: Line, language: Language) -> bool:
    """Whether a line of ours is among what was said."""
    return _mark(language.lines[line]) in _plain(said)


def _strange(said: str, language: Language) -> Ask:
    """By the last sentence, or the last one that is a question."""
    sentences = re.findall(r"[^.!?]+[.!?]*", said) or [said]
    last = next((each for each in reversed(sentences) if "?" in each), sentences[-1])
    for ask, pattern in language.strange:
        if pattern.search(last.strip(" .!?")):
            return ask
    return Ask.STRANGE


@cache
def _marks(language: Language) -> tuple[tuple[str, Ask], ...]:
    """What our own words are known by, and what they ask."""
    return (
        *((_mark(each), ask) for ask, wordings in language.questions.items() for each in wordings),
        *((_mark(language.lines[line]), Ask.CLOSED) for line in _CLOSING),
        *((_mark(language.lines[line]), Ask.KEEP) for line in _KEEPING),
    )


def _mark(wording: str) -> str:
    """The longest stretch of a wording that is the same whoever is spoken to."""
    return max((_plain(part) for part in re.split(r"\{\w+\}", wording)), key=len)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
