"""Names: where one ends, how it is written, what a correction does to it."""

import re
from difflib import SequenceMatcher
from itertools import groupby

from clawctl_plugins.receptionist.language import NameWords, Part

MOST_WORDS = 4
MOST_AFFILIATION = 3
# Above this two words are spellings of the same name: Smith and Smyth, Anna and Hannah.
ALIKE = 0.6

_WORD = re.compile(r"\s*(?P<word>[^\W\d_](?:[\w'-]|\.(?=\w))*)(?P<stop>[.](?=\s|$)|[,;:!?|]|\s|$)")
_SPELLED = re.compile(r"(?<!\w)\w(?:[ .,-]+\w(?!\w))+[. ]*")


def read(text: str, words: NameWords) -> tuple[str, str]:
    """The name a text begins with, and what comes after it; no name: ("", text)."""
    letters, text = _spelled(text, words)
    name, rest = _take(text, words, MOST_WORDS)
    joint = words.joint.match(rest)
    if name and joint:
        firm, left = _take(rest[joint.end() :], words, MOST_AFFILIATION)
        if firm:
            name, rest = f"{name} {joint['joint']} {firm}", left
    return (merge(name, letters, Part.LAST)), rest


def whole(text: str, words: NameWords) -> str:
    """The name if the text is nothing but one ("Anna Smith here"), else ""."""
    text = words.speaking.sub("", text)
    name, rest = read(text, words)
    return name if not rest.strip(" .,!?|") else ""


def spelled(text: str, words: NameWords) -> str:
    """The name if the text is nothing but letters."""
    letters = _letters(text, words, loose=False)
    return letters.capitalize() if len(letters) == len(re.findall(r"\w+", text)) else ""


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


def _take(text: str, words: NameWords, most: int) -> tuple[str, str]:
    found: list[re.Match[str]] = []
    while len(found) < most and (match := _WORD.match(text, found[-1].end() if found else 0)):
        if match["word"].lower() in words.never:
            break
        found.append(match)
        if match["stop"].strip():
            break
    while found and found[-1]["word"].lower() in words.small:
        found.pop()
    # Said twice while thinking ("Anna, Anna Smith") it is one word.
    said = [word for word, _ in groupby(_written(match["word"], words) for match in found)]
    name = " ".join(said)
    return name, text[found[-1].end() :].lstrip() if found else text


def _written(word: str, words: NameWords) -> str:
    if not word.islower() or word in words.small:
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
