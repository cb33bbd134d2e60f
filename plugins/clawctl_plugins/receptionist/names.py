"""Names: where one ends, how it is written, what a correction does to it."""

import re
from difflib import SequenceMatcher

from clawctl_plugins.receptionist.language import NameWords, Part

MOST_WORDS = 4
MOST_AFFILIATION = 3
# Above this two words are taken for spellings of the same name ("Smith", "Smyth"; "Anna", "Hannah").
ALIKE = 0.6

_WORD = re.compile(r"\s*(?P<word>[^\W\d_](?:[\w'-]|\.(?=\w))*)(?P<stop>[.](?=\s|$)|[,;:!?|]|\s|$)")


def read(text: str, words: NameWords) -> tuple[str, str]:
    """The name a text begins with, and what comes after it; no name: ("", text)."""
    spelled, text = _spelled(text, words)
    found, rest = _take(text, words, MOST_WORDS)
    joint, after = _joint(rest, words)
    if found and joint:
        firm, left = _take(after, words, MOST_AFFILIATION)
        if firm:
            found, rest = [*found, joint, *firm], left
    name = " ".join(_written(word, words) for word in found)
    return (merge(name, spelled, Part.LAST) if spelled else name), rest


def whole(text: str, words: NameWords) -> str:
    """The name if the text is nothing but one ("Anna Smith here"), else ""."""
    text = words.speaking.sub("", text)
    name, rest = read(text, words)
    return name if not rest.strip(" .,!?|") else ""


def merge(old: str, new: str, part: Part) -> str:
    """What the name is after a correction: all of it, or the word that was meant.

    A single new word replaces the one that sounds like it, if there is one.
    """
    words = old.split()
    if not words or not new or " " in new:
        return new or old
    if part is Part.WHOLE:
        likest = max(words, key=lambda word: _likeness(word, new))
        if _likeness(likest, new) < ALIKE:
            return new
        return " ".join(new if word == likest else word for word in words)
    if len(words) == 1:
        alike = _likeness(words[0], new) >= ALIKE
        return new if alike else (f"{old} {new}" if part is Part.LAST else f"{new} {old}")
    return " ".join([*words[:-1], new] if part is Part.LAST else [new, *words[1:]])


def alike(old: str, new: str) -> bool:
    return any(_likeness(word, new) >= ALIKE for word in old.split())


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.lower(), other.lower()).ratio()


def _take(text: str, words: NameWords, most: int) -> tuple[list[str], str]:
    found: list[str] = []
    at = 0
    while len(found) < most and (match := _WORD.match(text, at)):
        word = match["word"].lower()
        if word in words.never or word in words.joint:
            break
        found.append(match["word"])
        at = match.end()
        if match["stop"].strip():
            break
    while found and found[-1].lower() in words.small:
        at = text.rindex(found.pop(), 0, at)
    return found, text[at:]


def _joint(text: str, words: NameWords) -> tuple[str, str]:
    head, _, rest = text.strip().partition(" ")
    return (head, rest) if head.lower() in words.joint else ("", text)


def _written(word: str, words: NameWords) -> str:
    if not word.islower():
        return word
    if word in words.small or word in words.joint:
        return word
    return re.sub(r"(?:^|(?<=['-]))[^\W\d_]", lambda first: first.group().upper(), word)


def _spelled(text: str, words: NameWords) -> tuple[str, str]:
    """A word spelled letter by letter, and the text without it; ("", text) if none is."""
    asked = words.spelling.search(text)
    best = ""
    for match in re.finditer(r"\w+(?:[ .,-]+\w+)*", text[asked.end() :] if asked else text):
        run = _letters(match.group(), words, loose=asked is not None)
        best = max(best, run, key=len)
    if not best:
        return "", text
    kept = (
        text[: asked.start()] if asked else re.sub(r"(?<!\w)\w(?:[ .,-]+\w(?!\w))+[. ]*", "", text)
    )
    return best.capitalize(), kept.rstrip(" ,")


def _letters(text: str, words: NameWords, *, loose: bool) -> str:
    """The longest run of at least three letters; letter words ("bee") count where `loose`."""
    best = run = ""
    for token in [*re.findall(r"\w+", text.lower()), ""]:
        letter = words.letters.get(token, "") if loose else ""
        letter = token if len(token) == 1 and token.isalpha() else letter
        run = run + letter if letter else ""
        best = max(best, run, key=len)
    return best if len(best) >= 3 else ""
