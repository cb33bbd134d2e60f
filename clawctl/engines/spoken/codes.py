"""Codes, spelled: account, order and flight numbers, number plates; and Roman numerals."""

import re
from collections.abc import Collection

from clawctl.engines.spoken.rules import Match, Rule, rule
from clawctl.engines.spoken.signs import Signs

# Up to 89: kings, chapters and wars end before. Not "" and not "L".
ROMAN = r"(?=[IVXL])(?!L\b)(?>(?:XL|L?X{0,3})(?:IX|IV|V?I{0,3}))"
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50}
_WITH_A_YEAR = re.compile(r"[A-Z]{2,4}-?(?:19|20)\d\d")
_A_MODEL = re.compile(r"[A-Z]{3,}-\d{1,3}|\d+-\d*[A-Z]")


def arabic(roman: str) -> int:
    values = [_VALUES[letter] for letter in roman]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return sum(-value if value < after else value for value, after in pairs)


def codes(signs: Signs, names: Collection[str]) -> tuple[Rule, ...]:
    """`names` are what is counted by: "3000MAH" and "10000USD" are no codes."""

    def code(match: Match) -> str:
        return signs.spelled(match[0]) if _is_code(match[0], names) else match[0]

    def account(match: Match) -> str:
        """In fours, as it is printed."""
        signs_of_it = match[0].replace(" ", "")
        fours = (signs_of_it[at : at + 4] for at in range(0, len(signs_of_it), 4))
        return ", ".join(map(signs.spelled, fours))

    return (
        rule(r"\b0x([0-9A-Fa-f]{1,16})\b", lambda m: signs.spelled(f"0x{m[1]}"), needs="x"),
        rule(r"\b([A-Za-z]\d{1,3})-(?=\d{4})", r"\1 ", needs="-"),
        rule(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b(?![-/])", account),
        rule(r"(?<![\w.,-])\d{4}(?: \d{4}){2,4}(?![\w-])", lambda m: signs.grouped(m[0])),
        rule(r"(?<![\w./@-])[A-Z0-9]{1,24}(?:-[A-Z0-9]{1,12}){0,5}(?![\w/@-])", code),
    )


def _is_code(text: str, names: Collection[str]) -> bool:
    """Letters and digits, and too many or too mixed for a name such as "MP3" or "COVID-19"."""
    digits, letters = sum(map(str.isdecimal, text)), sum(map(str.isalpha, text))
    if not digits or not letters or _WITH_A_YEAR.fullmatch(text) or _A_MODEL.fullmatch(text):
        return False
    if text.lstrip("0123456789") in names:
        return False
    return digits >= 4 or (digits >= 3 and len(text) >= 6) or _changes(text) >= 3


def _changes(text: str) -> int:
    """How often letters and digits take turns."""
    return len(re.findall(r"(?<=\d)[A-Z]|(?<=[A-Z])\d", text))


def banks(signs: Signs) -> Rule:
    """A bank's own code has no digit that would give it away."""
    return rule(
        r"\b((?:BIC|SWIFT)(?:[ -]?[Cc]ode)?:? )([A-Z]{6}[A-Z0-9]{2,5})\b",
        lambda match: match[1] + signs.spelled(match[2]),
        needs="BS",
    )
