"""Telephone numbers: found in spoken words, mended digit by digit, grouped for the ear."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from clawctl_plugins.receptionist.language import NumberWords

# Fewer is a house number or a time; unless a number was asked for, more is needed to believe it.
LEAST = 3
LEAST_UNASKED = 5

_TOKEN = re.compile(r"\+(?=\s*\d)|\d+|[^\W\d_]+(?:'[^\W\d_]+)?")
# A run over one letter a token: P plus, D digits, N ten and more, L loose, E edge, Z hundred,
# T double, B between, I "is" or the like, X anything else. What is only maybe a digit has to
# stand in front of another or at the very end.
_MAYBE = "[LE](?=B*[DNTLEZ]|$)"
_UNIT = "(?:TB*[DEL]|D|N)"
_RUN = re.compile(rf"P?(?:E*|(?:(?<=I)|^)[LE]*){_UNIT}(?:Z|B*(?:{_UNIT}|{_MAYBE}))*")


@dataclass(frozen=True, slots=True)
class Run:
    """Digits in a text, and where; `sure` counts those that can be nothing but digits."""

    digits: str
    sure: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Fix:
    """New digits for a part of a number; `at` counts from the end when negative."""

    at: int
    digits: str


def runs(text: str, words: NumberWords) -> Iterator[Run]:
    """Every run of digits; "+" is kept in front."""
    tokens = list(_TOKEN.finditer(text))
    kinds = "".join(_kind(token.group().lower(), words) for token in tokens)
    for match in _RUN.finditer(kinds):
        said = tokens[match.start() : match.end()]
        spelt = [token.group().lower() for token in said]
        yield Run(
            _value(spelt, words), _sure(match.group(), spelt), said[0].start(), said[-1].end()
        )


def parse(text: str, words: NumberWords) -> str:
    """All digits of a text, or "" when there is none."""
    return "".join(run.digits for run in runs(text, words))


def mend(number: str, fix: Fix) -> str:
    """The number with some digits replaced; unchanged when it is too short for that."""
    plus, body = _split(number)
    at = fix.at if fix.at >= 0 else len(body) + fix.at
    if not 0 <= at <= len(body) - len(fix.digits):
        return number
    return plus + body[:at] + fix.digits + body[at + len(fix.digits) :]


def swap(number: str, new: str, old: str) -> str:
    """ "Five, not four": the last place where the old digits stand gets the new ones."""
    head, found, tail = number.rpartition(old)
    return head + new + tail if found and len(new) == len(old) else number


def find_fix(text: str, words: NumberWords) -> Fix | None:
    """ "The last digit is five": what is to be replaced, if that is said.

    So many digits that they may be a whole number are no correction.
    """
    match = words.fix.search(text)
    if match is None:
        return None
    digits = parse(words.instead.split(text[match.end() :])[0], words)
    if not 0 < len(digits) < LEAST_UNASKED:
        return None
    if match["nth"]:
        return Fix(words.ordinals[match["nth"].lower()], digits)
    return Fix(-len(digits) if match["last"] else 0, digits)


def normal(number: str) -> str:
    """Digits with an optional leading "+", whatever stood between them."""
    digits = re.sub(r"\D", "", number)
    return ("+" if number.strip().startswith("+") else "") + digits


def spoken(number: str, plus: str) -> str:
    """Digit by digit in groups of three; a lonely last one joins the group before it."""
    sign, body = _split(number)
    groups = [body[at : at + 3] for at in range(0, len(body), 3)]
    if len(groups) > 1 and len(groups[-1]) == 1:
        groups[-2:] = [groups[-2] + groups[-1]]
    return (f"{plus} " if sign else "") + ", ".join(" ".join(group) for group in groups)


def ending(number: str) -> str:
    return " ".join(normal(number)[-4:])


def _split(number: str) -> tuple[str, str]:
    return ("+", number[1:]) if number.startswith("+") else ("", number)


def _kind(token: str, words: NumberWords) -> str:
    for letter, known in (
        ("P", words.plus),
        ("D", words.digits),
        ("N", words.numbers),
        ("E", words.edge),
        ("L", words.loose),
        ("Z", words.zeros),
        ("T", words.times),
        ("B", words.between),
        ("I", words.before),
    ):
        if token in known:
            return letter
    return "D" if token.isdigit() else "X"


def _value(tokens: list[str], words: NumberWords) -> str:
    one = {**words.loose, **words.digits, **words.numbers, **words.zeros}
    digits, times, ten = "", 1, False
    for token in tokens:
        if token in words.plus:
            digits += "+"
        elif token in words.times:
            times = words.times[token]
        elif token not in words.between:
            value = one.get(token, token)
            joins = ten and len(value) == 1 and value != "0"
            digits = digits[:-1] + value if joins else digits + value * times
            times, ten = 1, token in words.sums
            continue
        ten = False
    return digits


def _sure(kinds: str, tokens: list[str]) -> int:
    return sum(
        len(token) if token.isdigit() else 1
        for kind, token in zip(kinds, tokens, strict=True)
        if kind == "D"
    )
