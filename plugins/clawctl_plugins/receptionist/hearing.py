"""What an utterance says: which pieces of a message, and what else the caller does with it.

An utterance comes without punctuation from most recognisers and with it from people who type. It
is read in four passes: digits out, politeness peeled off both ends, the rest cut where a phrase
opens a piece, and what lies between looked up among the acts. What no phrase explains is `free`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from clawctl_plugins.receptionist import digits, names
from clawctl_plugins.receptionist.language import Act, Ask, Language, Opener, Part, Slot

YES_OR_NO = frozenset({Ask.TAKE, Ask.CALLING, Ask.CONFIRM, Ask.ELSE})
CHECKING = frozenset({Ask.CONFIRM, Ask.WRONG, Ask.ELSE})

# Acts that ask something of us; they are answered even where a message was asked for.
QUESTIONS = frozenset({Act.SPEAK, Act.WHEN, Act.WHO, Act.ROBOT, Act.REPEAT})
# Acts that take all of an utterance, or most of it.
_BRIEF = frozenset({Act.DECLINE, Act.WAIT, Act.CANCEL, Act.RUDE, Act.HELLO})

# Stands where something was cut out; ends every piece.
_CUT = " | "
_EDGE = " \t,.;:!?|-"
_PLAIN = str.maketrans({"\N{RIGHT SINGLE QUOTATION MARK}": "'", "|": " "})


@dataclass(frozen=True, slots=True)
class Heard:
    """One utterance, understood as far as the question before it allows.

    `swap` is "… not …": the new words and the old. `fix` changes some digits of a number.
    """

    words: str = ""
    acts: frozenset[Act] = frozenset()
    name: str = ""
    part: Part = Part.WHOLE
    number: str = ""
    text: str = ""
    free: str = ""
    fix: digits.Fix | None = None
    swap: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class _Piece:
    opener: Opener | None
    words: str
    said: str  # with the opening words


Understand = Callable[[str, Ask, Language], Heard]


def understand(utterance: str, asked: Ask, language: Language) -> Heard:
    """Read an utterance as the answer to what was asked."""
    words = _fold(utterance)
    acts: set[Act] = set()
    if asked in YES_OR_NO and (misheard := _first(language.misheard, words)):
        acts.add(misheard[0])
        words = words[misheard[1].end() :].strip(_EDGE)
    if dict(language.acts)[Act.EMERGENCY].search(words):
        acts.add(Act.EMERGENCY)
    if correction := _correction(words, acts, asked, language):
        return correction
    if spelled := names.spelled(words, language.names):
        return Heard(words, name=spelled, part=Part.LAST)
    number, core = _number(words, asked, language)
    return replace(_sort(core, acts, asked, language), words=words, number=number)


def _fold(text: str) -> str:
    return " ".join(text.translate(_PLAIN).split())


def _peel(text: str, language: Language, acts: set[Act]) -> str:
    """Take yes, no, greetings, thanks and fillers off both ends and note them."""
    text = text.strip(_EDGE)
    while match := _first(language.head, text):
        acts.add(match[0])
        text = text[match[1].end() :].strip(_EDGE)
    while match := _first(language.tail, text):
        kept = text[: match[1].start()].strip(_EDGE)
        if _opens_at_end(kept, language):
            break
        acts.add(match[0])
        text = kept
    return text


def _opens_at_end(text: str, language: Language) -> bool:
    """ "Tell him thank you": these thanks are the message, not meant for us."""
    return any(
        match.end() == len(text)
        for opener in language.openers
        if opener.slot is Slot.TEXT
        for match in opener.pattern.finditer(text)
    )


def _first(
    rows: tuple[tuple[Act, re.Pattern[str]], ...], text: str
) -> tuple[Act, re.Match[str]] | None:
    for act, pattern in rows:
        if match := pattern.search(text):
            return act, match
    return None


def _correction(words: str, acts: set[Act], asked: Ask, language: Language) -> Heard | None:
    """A change to what was read back, said in a few words."""
    if asked not in CHECKING and asked is not Ask.NUMBER:
        return None
    acts = set(acts)
    core = _peel(words, language, acts)
    if fix := digits.find_fix(core, language.numbers):
        return Heard(words, frozenset(acts), fix=fix)
    if asked is Ask.NUMBER:
        return None
    if language.numbers.fix.search(core):
        return Heard(words, frozenset({*acts, Act.REDO_NUMBER}))
    swap = _swap(core, language)
    return Heard(words, frozenset(acts), swap=swap) if swap else None


def _swap(core: str, language: Language) -> tuple[str, str] | None:
    for pattern in language.swaps:
        if match := pattern.search(core):
            return match["new"].strip(_EDGE), match["old"].strip(_EDGE)
    return None


def _number(text: str, asked: Ask, language: Language) -> tuple[str, str]:
    """The telephone number in a text and the text without it; ("", text) if there is none.

    A number said twice in one breath ("no, sorry, …") was corrected: the last one counts.
    """
    number, words = "", language.numbers
    for run in reversed(list(digits.runs(text, words))):
        before = text[: run.start]
        if words.other.search(before):
            continue
        asked_for = asked is Ask.NUMBER or words.lead.search(before)
        alone = asked in CHECKING and not _peel(before + text[run.end :], language, set())
        sure = len(run.digits) >= digits.LEAST and (asked_for or alone)
        if sure or run.sure >= digits.LEAST_UNASKED:
            joint = words.joint.search(before)
            start = joint.start() if joint else run.start
            number = number or run.digits
            text = text[:start] + _CUT + text[run.end :]
    return number, text.strip(_EDGE)


def _sort(core: str, acts: set[Act], asked: Ask, language: Language) -> Heard:
    """Name, message and acts of what is left when the number is cut out."""
    name, part = "", Part.WHOLE
    texts: list[str] = []
    free: list[str] = []
    for piece in _pieces(_peel(core, language, acts), language):
        rest = piece.words
        if piece.opener is None or piece.opener.slot is Slot.NUMBER:
            rest = piece.said
        elif piece.opener.slot is Slot.TEXT:
            texts.append(clean(piece.opener.lead + rest, language))
            continue
        else:
            found, rest = names.read(rest, language.names)
            name, part = (found, piece.opener.part) if found else (name, part)
            rest = rest if found else piece.said
        free += _free(rest, language, acts)
    if asked is Ask.TEXT and free and not (acts & QUESTIONS):
        texts, free = [*(clean(words, language) for words in free), *texts], []
    longest = max(free, key=len, default="")
    return Heard("", frozenset(acts), name, part, text=join(*texts), free=longest)


def _free(text: str, language: Language, acts: set[Act]) -> Iterator[str]:
    for part in text.split("|"):
        words = _peel(part, language, acts)
        explained = {act for act, pattern in language.acts if _does(act, pattern, words)}
        acts |= explained
        if words and explained <= {Act.QUESTION, Act.ADD}:
            yield words


def _does(act: Act, pattern: re.Pattern[str], words: str) -> bool:
    """In a long sentence "wait" or "I don't need" are only words of a message."""
    found = pattern.search(words)
    return found is not None and (act not in _BRIEF or 2 * len(found.group()) >= len(words))


def _pieces(core: str, language: Language) -> Iterator[_Piece]:
    """Cut where an opener stands; within a message only those that surely open something else."""
    at, opener, said = 0, None, 0
    for match, found in _openings(core, language):
        if match.start() < at or (opener and not _cuts(opener, found, core, at, match)):
            continue
        if found.weak and not names.read(core[match.end() :], language.names)[0]:
            continue
        yield _Piece(opener, core[at : match.start()], core[said : match.start()])
        at, opener, said = match.end(), found, match.start()
    yield _Piece(opener, core[at:], core[said:])


def _openings(core: str, language: Language) -> list[tuple[re.Match[str], Opener]]:
    every = [
        (match, opener) for opener in language.openers for match in opener.pattern.finditer(core)
    ]
    return sorted(every, key=lambda each: (each[0].start(), -each[0].end()))


def _cuts(opener: Opener, found: Opener, core: str, at: int, match: re.Match[str]) -> bool:
    if opener.slot is not Slot.TEXT:
        return True
    said = core[at : match.start()]
    if found.slot is Slot.TEXT:
        return "|" in said
    return not found.weak or len(said.split()) > 1


def clean(text: str, language: Language) -> str:
    """A message as it is written down: without fillers, and with a capital where one belongs."""
    text = " ".join(text.replace("|", " ").split())
    for pattern, instead in language.tidy:
        text = pattern.sub(instead, text)
    text = text.strip(" ,.;:-|")
    return text[:1].upper() + text[1:]


def join(*texts: str) -> str:
    """Several sentences as one text."""
    ended = [text if text[-1] in ".!?" else f"{text}." for text in texts if text]
    return " ".join(ended).removesuffix(".")
