"""A rule says what is spoken for a pattern; a language is a table of them, obeyed from the top.

Patterns meet text on one line with single blanks. Each begins behind a guard and repeats a bounded
number of times, so that 100 kB of anything take a second and not an hour.
"""
# ruff: noqa: RUF001  (the dashes of ranges)

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

Match = re.Match[str]
Say = Callable[[Match], str]

DIGITS = "0123456789"
# In front of a number: not in the middle of another.
WHOLE = r"(?<!\d)(?<!\d[.,])"
# After an abbreviation: its full stop, unless that ends the sentence too.
MAYBE_LAST = r"(?:\.(?!\Z|\s+[A-ZÄÖÜ]))?"


class Rule(NamedTuple):
    """`say` is what is said for a match: a function of it, or a template as in `re.sub`.

    Where none of the characters in `needs` is, the pattern is not tried; "" is always tried.
    """

    pattern: re.Pattern[str]
    say: Say | str
    needs: str


class Group(NamedTuple):
    """Rules with a need in common: most sentences have no digit, which saves half of the table."""

    needs: str
    rules: tuple[Rule, ...]


def rule(pattern: str, say: Say | str, needs: str = "") -> Rule:
    return Rule(re.compile(pattern), say, needs)


def group(*rules: Rule, needs: str = "") -> Group:
    return Group(needs, rules)


def obey(groups: Iterable[Group], text: str) -> str:
    for common, rules in groups:
        there = frozenset(text)
        if common and there.isdisjoint(common):
            continue
        for pattern, say, needs in rules:
            if not needs or not there.isdisjoint(needs):
                text = pattern.sub(say, text)
    return text


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def one_of(texts: Iterable[str]) -> str:
    """Alternatives of a pattern, the longest first: "km/h" has to be tried before "km"."""
    return "|".join(re.escape(text) for text in sorted(texts, key=len, reverse=True))


# What has to come behind an abbreviation; these go with `abbreviations`.
FOLLOWED = r"\.(?!\s*\Z)"
WITHIN = r"\.(?=[,;:]|\s[a-zäöüß\d])"
BEFORE_NUMBER = r"\.(?=\s\d)"
PERHAPS_LAST = r"(?:\.(?!\Z|\s+[A-ZÄÖÜ])|(?=\.))"


def abbreviations(table: Mapping[str, str], tail: str) -> Rule:
    """Abbreviations without their last full stop, and what they stand for.

    Blanks in them are optional ("z. B.", "z.B."), their first letter may be a capital.
    """
    said = {short.replace(" ", ""): full for short, full in table.items()}
    said |= {_capital(short): _capital(full) for short, full in said.items()}
    forms = one_of({*table, *map(_capital, table)}).replace(r"\.\ ", r"\.\s?")

    def full(match: Match) -> str:
        glued = match.string[match.end() : match.end() + 1].isalnum()
        return said[match[1].replace(" ", "")] + " " * glued

    return rule(rf"(?<![\w.])({forms}){tail}", full, needs=".")


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def behind(match: Match, words_before: re.Pattern[str]) -> bool:
    """Whether the match stands behind such words; looking back is cheaper than looking for them."""
    window = match.string[max(0, match.start() - 40) : match.start()]
    return words_before.search(window) is not None


# Between the days of a list, and what is said there.
_BETWEEN_DAYS = r"\s?(?:[-–/&+]|,(?: and| or| und| oder)?)\s?| (?:and|or|to|und|oder|bis) "
# Behind a short name of a day: an hour or a date.
_HOUR = r"\d{1,2}(?:[:.]\d\d|\s?[-–]|\s?(?:Uhr|[AaPp]\.?[Mm]\b)|\.\s?\d|\. [A-Z])"


def weekdays(names: Mapping[str, str], month: str, to: str) -> tuple[Rule, ...]:
    """ "Mo-Fr" and "Mon, Wed & Fri"; one alone only where it can be nothing but a day."""
    day = one_of({*names, *names.values()})
    one = re.compile(rf"\b({one_of(names)})\b\.?")

    def listed(match: Match) -> str:
        said = one.sub(lambda found: names[found[1]], match[0])
        return re.sub(r"\s?[/+]\s?", ", ", re.sub(r"\s?[-–]\s?", f" {to} ", said))

    def alone(match: Match) -> str:
        return names[match[1]]

    short = one_of(names)
    return (
        rule(
            rf"\b(?:{day})\b(?:\.?(?:{_BETWEEN_DAYS})(?:{day})\b){{1,7}}{MAYBE_LAST}",
            listed,
        ),
        rule(rf"(?<!\d )\b({short})\.(?=,?\s(?:\d|[a-zäöü]|{month}))", alone, needs="."),
        rule(rf"\b({short})(?=,? (?:{_HOUR}|{month})|: (?:closed|geschlossen|\d))", alone),
        rule(rf"(?<=\b[ao][nm] )({short})(?![\w-])", alone),
    )


def full_year(written: str) -> int:
    """ "24" is 2024, "87" is 1987."""
    n = int(written)
    return n if n >= 100 else n + (2000 if n < 70 else 1900)
