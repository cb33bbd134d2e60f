"""The summary of a call: facts in a fixed form that people read, and `read` understands."""

import re

from clawctl.engines.api import TakenMessage
from clawctl_plugins.receptionist import digits
from clawctl_plugins.receptionist.english.sentences import NOTES as ENGLISH
from clawctl_plugins.receptionist.german.sentences import NOTES as GERMAN
from clawctl_plugins.receptionist.language import NoteWords

# What another model wrote before is kept in front of our facts, as far as this.
MOST_FOREIGN = 1500


def write(draft: TakenMessage, summary: str, words: NoteWords) -> str:
    """A draft's facts, behind what others had written about the call before."""
    return f"{_without_facts(summary)[:MOST_FOREIGN]} {_facts(draft, words)}".strip()


def read(summary: str) -> TakenMessage:
    """The message a summary tells of, in whatever language; an empty one if it is not ours."""
    for words in (ENGLISH, GERMAN):
        if match := _form(words).search(summary):
            return TakenMessage(
                index=int(match["before"] or 0),
                name=_value(match["name"], words),
                number=digits.normal(_value(match["number"], words)),
                text=_value(match["text"], words),
                confirmed=match["confirmed"] == words.yes,
            )
    return TakenMessage()


def _facts(draft: TakenMessage, words: NoteWords) -> str:
    facts = [
        f"{words.name}: {draft.name or words.none}.",
        f"{words.number}: {draft.number or words.none}.",
        f"{words.text}: {draft.text or words.none}.",
        f"{words.confirmed}: {words.yes if draft.confirmed else words.no}.",
    ]
    if draft.index:
        facts.append(f"{words.before}: {draft.index}.")
    return " ".join(facts)


def _form(words: NoteWords) -> re.Pattern[str]:
    return re.compile(
        rf"{words.name}: (?P<name>[^:]*)\. {words.number}: (?P<number>[^:]*)\. "
        rf"{words.text}: (?P<text>.*)\. "
        rf"{words.confirmed}: (?P<confirmed>{words.yes}|{words.no})\."
        rf"(?: {words.before}: (?P<before>\d+)\.)?",
        re.DOTALL,
    )


def _value(text: str, words: NoteWords) -> str:
    return "" if text == words.none else text


def _without_facts(summary: str) -> str:
    for words in (ENGLISH, GERMAN):
        summary = _form(words).sub("", summary)
    return " ".join(summary.split())
