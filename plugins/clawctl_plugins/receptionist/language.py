"""What a language has to bring: phrases that are understood, and sentences that are said.

The machine knows no word of any language; `language_en` and `language_de` are tables of these.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto


class Slot(Enum):
    """A piece of a message."""

    NAME = auto()
    TEXT = auto()
    NUMBER = auto()


class Part(Enum):
    """How much of a name was said."""

    WHOLE = auto()
    FIRST = auto()
    LAST = auto()


class Ask(Enum):
    """What the last thing said to the caller asks for."""

    NOTHING = auto()  # not a word was said yet
    OPEN = auto()  # a greeting: the caller may say anything
    STRANGE = auto()  # words that are not ours, asking nothing we know: somebody took over
    TAKE = auto()  # may I take a message?
    NAME = auto()
    TEXT = auto()
    NUMBER = auto()
    CALLING = auto()  # is it the number you are calling from?
    CONFIRM = auto()  # is what I read back right?
    WRONG = auto()  # what shall I change?
    ELSE = auto()  # is there anything else?
    CLOSED = auto()  # goodbye
    KEEP = auto()  # no question of its own: the one before still stands


class Act(Enum):
    """What an utterance does besides giving a piece of the message."""

    HELLO = auto()
    YES = auto()
    NO = auto()
    WRONG = auto()
    THANKS = auto()
    BYE = auto()
    ENOUGH = auto()
    FILLER = auto()
    ADD = auto()
    LEAVE = auto()
    SPEAK = auto()
    WHEN = auto()
    WHO = auto()
    ROBOT = auto()
    REPEAT = auto()
    DECLINE = auto()
    CALLING = auto()
    CANCEL = auto()
    WAIT = auto()
    EMERGENCY = auto()
    RUDE = auto()
    QUESTION = auto()
    REDO_NAME = auto()
    REDO_TEXT = auto()
    REDO_NUMBER = auto()
    REDO_ALL = auto()


class Line(Enum):
    """A sentence that asks nothing."""

    HELLO = auto()
    HELLO_OUTGOING = auto()
    AWAY = auto()
    WHO = auto()
    ROBOT = auto()
    WHEN_UNKNOWN = auto()
    UNKNOWN = auto()
    THANKS_NAME = auto()
    NOTED = auto()
    GLADLY = auto()
    ALL_RIGHT = auto()
    SORRY = auto()
    CALM = auto()
    EMERGENCY = auto()
    TAKE_YOUR_TIME = auto()
    STILL_THERE = auto()
    REPEAT = auto()
    READ_BACK = auto()
    CHANGED = auto()
    YOUR_NAME = auto()
    YOUR_NUMBER = auto()
    YOUR_TEXT = auto()
    AND = auto()
    PASS_ON = auto()
    PASS_ON_NAME = auto()
    AS_NOTED = auto()
    CANCELLED = auto()
    BYE_NOTED = auto()
    BYE_UNCONFIRMED = auto()
    BYE = auto()
    LOST = auto()
    PLUS = auto()
    AND_SO_ON = auto()


def _ways(lines: str) -> str:
    """One way of saying it a line (a backslash at its end continues it); a plain bracket groups."""
    joined = re.sub(r"\\\n\s*", "", lines)
    ways = [line.strip() for line in joined.splitlines() if line.strip()]
    return re.sub(r"(?<!\\)\((?!\?)", "(?:", "|".join(ways))


def phrase(lines: str) -> re.Pattern[str]:
    """Said anywhere, between word boundaries."""
    return re.compile(rf"(?<!\w)(?:{_ways(lines)})(?!\w)", re.IGNORECASE)


def opening(lines: str) -> re.Pattern[str]:
    """Said anywhere; where it ends, the lines say themselves, mostly by looking ahead."""
    return re.compile(rf"(?<!\w)(?:{_ways(lines)})", re.IGNORECASE)


def starts(lines: str) -> re.Pattern[str]:
    """Said first."""
    return re.compile(rf"^(?:{_ways(lines)})(?!\w)", re.IGNORECASE)


def ends(lines: str) -> re.Pattern[str]:
    """Said last."""
    return re.compile(rf"(?<!\w)(?:{_ways(lines)})$", re.IGNORECASE)


def anywhere(lines: str) -> re.Pattern[str]:
    """Said anywhere, parts of words too."""
    return re.compile(_ways(lines), re.IGNORECASE)


def words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


def pairs(listed: str) -> dict[str, str]:
    """ "zero=0 one=1" as a mapping."""
    return dict(pair.split("=") for pair in listed.split())


# What to put in the place of what.
Tidy = tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...]


@dataclass(frozen=True)
class Opener:
    """Words after which a piece of the message comes.

    `lead` takes the place of the words in a message. A `weak` opener ("this is …") counts only if
    what follows reads like a name.
    """

    slot: Slot
    pattern: re.Pattern[str]
    lead: str = ""
    weak: bool = False
    part: Part = Part.WHOLE


@dataclass(frozen=True, kw_only=True)
class NumberWords:
    """How digits are spoken.

    `digits` always mean a digit; `loose` words ("for", "to") only among others, `edge` words ("oh",
    loose too) also in front of the first. `sums` are tens that swallow a following unit ("twenty
    five"), `before` words after which a number may begin with a loose one.
    """

    digits: Mapping[str, str]
    loose: Mapping[str, str]
    edge: frozenset[str]
    numbers: Mapping[str, str]
    sums: frozenset[str]
    zeros: Mapping[str, str]
    times: Mapping[str, int]
    plus: frozenset[str]
    between: frozenset[str]
    before: frozenset[str]
    # Right before digits: says that they are a telephone number, and is no part of a message.
    lead: re.Pattern[str]
    joint: re.Pattern[str]
    # Right before digits: says that they are something else.
    other: re.Pattern[str]
    # Right before new digits for a part of the number, by the group `last`, `nth` or none: first.
    fix: re.Pattern[str]
    # Between new digits and the old: "five, not four".
    instead: re.Pattern[str]
    ordinals: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class NameWords:
    """What cannot be (part of) a name, and how letters are spelled out.

    `joint` comes between a name and whom one calls for ("from"); `speaking` behind a name.
    """

    never: frozenset[str]
    small: frozenset[str]
    joint: re.Pattern[str]
    letters: Mapping[str, str]
    spelling: re.Pattern[str]
    speaking: re.Pattern[str]


@dataclass(frozen=True, kw_only=True)
class FactWords:
    """How facts are told from instructions, and which of them say when somebody can be reached.

    A sentence with `reach` and `moment` says when. `secret` is never told, `order` is none of the
    caller's business, `hush` forbids the sentence before it, `below` points to those after it.
    `wrapping` is cut off a fact that is to be told, `about_me` is the owner speaking. `empty` words
    do not count in a question, `kin` are words for one thing, `endings` do not matter.
    """

    reach: re.Pattern[str]
    moment: re.Pattern[str]
    secret: re.Pattern[str]
    order: re.Pattern[str]
    hush: re.Pattern[str]
    below: re.Pattern[str]
    wrapping: Tidy
    about_me: tuple[tuple[re.Pattern[str], str], ...]
    empty: frozenset[str]
    kin: tuple[frozenset[str], ...]
    endings: re.Pattern[str]


@dataclass(frozen=True, kw_only=True)
class NoteWords:
    """The labels of a summary, in this order: name, number, text, confirmed, messages before."""

    name: str
    number: str
    text: str
    confirmed: str
    before: str
    none: str
    yes: str
    no: str


# Compared and hashed as the one object it is.
@dataclass(frozen=True, kw_only=True, eq=False)
class Language:
    head: tuple[tuple[Act, re.Pattern[str]], ...]
    tail: tuple[tuple[Act, re.Pattern[str]], ...]
    acts: tuple[tuple[Act, re.Pattern[str]], ...]
    openers: tuple[Opener, ...]
    swaps: tuple[re.Pattern[str], ...]
    # What a recogniser makes of a short yes or no; believed only where that was asked for.
    misheard: tuple[tuple[Act, re.Pattern[str]], ...]
    # Questions of other people and models, so that the answer to them is understood as well.
    strange: tuple[tuple[Ask, re.Pattern[str]], ...]
    numbers: NumberWords
    names: NameWords
    facts: FactWords
    notes: NoteWords
    tidy: Tidy
    questions: Mapping[Ask, tuple[str, ...]]
    lines: Mapping[Line, str]
    # Words for the owner: as named, and when nobody gave a name.
    owner: Mapping[str, tuple[str, str]] = field(default_factory=dict)
