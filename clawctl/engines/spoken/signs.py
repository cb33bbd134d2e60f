"""What is said sign by sign in every language: telephone numbers, addresses, symbols."""
# ruff: noqa: RUF001  (signs that look like letters are what this is about)

import re
from collections.abc import Mapping
from dataclasses import dataclass

from clawctl.engines.spoken.rules import DIGITS, Match, Rule, rule

# Of a web address no more than this is said behind the host.
MAX_PATH = 30
TOP_LEVEL = "com|org|net|de|at|ch|eu|io|uk|info|gov|edu|dev|app|ai"
# Calling codes of one, two and three digits, as the ITU deals them out.
COUNTRY = re.compile(
    r"\+(?:[17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[2-9]\d\d)(?=\d)"
)
_APART = r"\g<0> "


@dataclass(frozen=True, slots=True)
class Signs:
    """What a language calls the ten digits, the signs in addresses, and those in sentences."""

    digits: tuple[str, ...]
    in_address: Mapping[str, str]
    in_text: Mapping[str, str]

    def one_by_one(self, digits: str) -> str:
        return " ".join(self.digits[int(digit)] for digit in digits)

    def grouped(self, number: str) -> str:
        """Digit by digit, with a pause where the number has a sign, and within long groups."""
        parts = [part for group in re.findall(r"\d+", number) for part in _parts(group)]
        return ", ".join(map(self.one_by_one, parts))

    def telephone(self, match: Match) -> str:
        number = match[0].replace("(0)", " ")
        if not number.startswith("+"):
            return self.grouped(number)
        return f"{self.in_address['+']} {self.grouped(COUNTRY.sub(_APART, number, count=1))}"

    def address(self, text: str) -> str:
        """As it is dictated: "a dot b at example dot com"."""
        return " ".join(
            self.one_by_one(part) if part.isdecimal() else self.in_address.get(part, part)
            for part in re.findall(r"\d+|[^\W\d_]+|[^\w\s]|_", text)
        )

    def web(self, match: Match) -> str:
        """The host and a short path: nobody says "h t t p s", nobody can follow a long path."""
        whole = match[0].rstrip(".,!?;:)'")
        place = re.sub(r"^(?:https?://)?(?:www\.)?", "", whole)
        host, _, path = re.split(r"[?#]", place, maxsplit=1)[0].rstrip("/").partition("/")
        shown = f"{host}/{path}" if path and len(path) <= MAX_PATH else host
        return self.address(shown) + match[0][len(whole) :]


def _parts(digits: str) -> list[str]:
    """Up to four digits stay together; more go in threes, and none is left alone."""
    if len(digits) <= 4:
        return [digits]
    ends = range(3, len(digits) - 1, 3)
    return [digits[start:end] for start, end in zip((0, *ends), (*ends, len(digits)), strict=True)]


def addresses(signs: Signs) -> tuple[Rule, ...]:
    return (
        rule(
            r"(?<![\w.+-])(?:mailto:)?([\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5})",
            lambda match: signs.address(match[1]),
            needs="@",
        ),
        rule(r"(?<!\w)(?:https?://|www\.)[^\s<>\"]{1,2000}", signs.web, needs="./"),
        rule(
            rf"(?<![\w.@-])(?:[A-Za-z0-9][A-Za-z0-9-]{{0,61}}\.){{1,4}}(?:{TOP_LEVEL})\b"
            r"(?:/[^\s<>\"]{0,2000})?",
            signs.web,
            needs=".",
        ),
    )


def telephones(signs: Signs) -> tuple[Rule, ...]:
    """Numbers in the shapes people write them; "100-200" has none of them, "555-0123" has."""
    link = r"(?: ?[()/-] ?|[ .])?"
    month_of_year = r"(?:0[1-9]|1[0-2])[/-](?:19|20)\d\d(?!\d)"
    shapes = (
        (rf"(?<![\w+])\+\(?\d(?:{link}\d){{6,17}}", "+"),
        (r"(?<![\w.,-])00[1-9]\d(?:[ /-]?\d){6,15}", "0"),
        (
            rf"(?<![\w.,-])(?!{month_of_year})\(?0\d{{1,5}}\)?(?: ?[/-] ?| )\d(?:[ -]?\d){{2,12}}",
            "0",
        ),
        (r"(?<![\w.,-])(?:1[ .-])?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}", DIGITS),
        (r"(?<![\w.,$€£-])\d{3}-\d{4}", "-"),
        (r"(?<![\w.,])\d{1,12}(?:-\d{1,12}){2,8}", "-"),
        (r"(?<![\w.,])0\d{5,14}", "0"),
    )
    return tuple(
        rule(rf"{shape}(?![\w-]|[.,:]\d)", signs.telephone, needs) for shape, needs in shapes
    )


def ranges(to: str) -> tuple[Rule, ...]:
    """ "10-12", "5%-10%", "9am-5pm"."""
    return (
        rule(r"(?<=[\d%])\s?[-–—]\s?(?=[$€£]?\d)", f" {to} ", needs="-–—"),
        rule(r"(?<=\d[aApP][mM])\s?[-–—]\s?(?=\d)", f" {to} ", needs="-–—"),
    )


def symbols(signs: Signs) -> tuple[Rule, ...]:
    """Signs between numbers and words; `in_text` names them by the sign itself."""
    said = {sign: f" {name} " for sign, name in signs.in_text.items()}
    return (
        rule(r"(?<=[^\W\d_]{2})/(?=[^\W\d_]{2})", said["/"], needs="/"),
        rule(r"[~≈]\s?(?=\d)", said["~"], needs="~≈"),
        rule(
            r"(?<=\d)\s?\+\s?(?=\d)|(?<=\w) \+ (?=\w)|(?<=\d)\+(?!\w)|(?<!\S)\+(?=\d)",
            said["+"],
            needs="+",
        ),
        rule(r"(?<=C)\+\+", said["+"] + said["+"], needs="+"),
        rule(r"(?<=\w)\s?=\s?(?=\w)", said["="], needs="="),
        rule(r"(?<=\d)\s?<\s?(?=\d)", said["<"], needs="<"),
        rule(r"(?<=\d)\s?>\s?(?=\d)", said[">"], needs=">"),
        rule(r"(?<=\d)\s?÷\s?(?=\d)", said["÷"], needs="÷"),
        rule(r"(?<=\d)\s?[x×]\s?(?=\d)|(?<=\d)x\b|×", said["×"], needs="x×"),
        rule(r"(?<=\d):(?=\d)", said[":"], needs=":"),
        rule(r"(?<=\d)/(?=\d)", said["\\"], needs="/"),
        *(rule(f"{sign}+", said[sign], needs=sign) for sign in "≤≥±&§²³"),
        rule(r"@(?=\w)", said["@"], needs="@"),
    )
