"""What is said sign by sign in every language: telephone numbers, addresses, symbols."""
# ruff: noqa: RUF001  (signs that look like letters are what this is about)

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from clawctl.engines.spoken.rules import Match, Rule, rule

# Of a web address no more than this is said behind the host.
MAX_PATH = 30
# Calling codes of one, two and three digits, as the ITU deals them out.
COUNTRY = re.compile(
    r"\+(?:[17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[2-9]\d\d)(?=\d)"
)
_APART = r"\g<0> "
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")


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

    def spelled(self, code: str) -> str:
        """ "A-12B": letter by letter and digit by digit, with a pause at every sign."""
        parts = (re.findall(r"\d+|[^\W\d_]", part) for part in re.split(r"[^\w]+", code))
        said = (
            " ".join(self.grouped(sign) if sign.isdecimal() else sign for sign in part)
            for part in parts
        )
        return ", ".join(filter(None, said))

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


def _no_range(match: Match) -> str:
    """ "747-400" goes down, so it goes from nowhere to nowhere."""
    return f"{match[1]} {match[2]}" if int(match[2]) < int(match[1]) else match[0]


def ranges(to: str) -> tuple[Rule, ...]:
    """ "10-12", "5%-10%", "9am - 5pm", "1st-3rd"."""
    return (
        rule(r"(?<![\w.,-])(\d{1,3})-(?=1/[2348]|2/3|3/[48]|[57]/8)", r"\1 ", needs="/"),
        rule(r"(?<![\w.,-])([1-9]\d\d)-([1-9]\d\d)(?![\w-]|[.,]\d)", _no_range, needs="-"),
        rule(
            r"(?:(?<=[\d%°])|(?<=\d[$€£])|(?<=\d [$€£])|(?<=°[CF])|(?<=\d[aApP][mM])"
            r"|(?<= [aApP][mM])|(?<=[aApP]\.[mM]\.)"
            r"|(?<=\d(?:st|nd|rd|th))|(?<=Uhr|EUR))\s?[-–—]\s?(?=[$€£]?\d)",
            f" {to} ",
            needs="-–—",
        ),
    )


def _vulgar(match: Match) -> str:
    """ "2½" is "2 1/2"."""
    return f" {unicodedata.normalize('NFKC', match[1]).replace('⁄', '/')}"


VULGAR = rule(r"\s?([½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞])", _vulgar, needs="½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞")


def powers(signs: Signs) -> tuple[Rule, ...]:
    """ "10^6", "10⁶" and "1.5e6"; "m^2" is the square of a unit."""
    power = f" {signs.in_text['^']} "
    return (
        rule(r"(?<=\w)\^2(?![\d.])|(?<=\w)\^\(2\)", "²", needs="^"),
        rule(r"(?<=\w)\^3(?![\d.])|(?<=\w)\^\(3\)", "³", needs="^"),
        rule(r"(?<=[\w)])\s?\^\s?\(?([+-−]?\w{1,9})\)?", rf"{power}\1", needs="^"),
        rule(
            r"(?<=[\w)])(?:[⁰¹⁴-⁹⁺⁻][⁰¹²³⁴-⁹]*|[²³][⁰¹²³⁴-⁹]+)",
            lambda match: power + match[0].translate(_RAISED),
            needs="⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻",
        ),
        rule(
            r"(?<![\w.,])(\d{1,3}(?:[.,]\d{1,9})?)e([+-]?\d{1,3})\b", rf"\1×10{power}\2", needs="e"
        ),
        rule(r"√\s?(?=\w)", f" {signs.in_text['√']} ", needs="√"),
        rule(r"π(?![^\W\d_])", f" {signs.in_text['π']} ", needs="π"),
    )


def arithmetic(signs: Signs) -> tuple[Rule, ...]:
    """What would be taken for a range or a fraction."""
    said = {sign: f" {name} " for sign, name in signs.in_text.items()}
    return (
        rule(r"\+/[-−]|\+-(?=\d)", "±", needs="+"),
        rule(r"(?<=\d) [/:] (?=\d[\d.,]{0,20} ?=)", said["÷"], needs="/:"),
        rule(r"(?<=\d) ?[-−–] ?(?=\d[\d.,]{0,20} ?=)", " minus ", needs="="),
        rule(r"(?<=\d) / (?=\d)", said["÷"], needs="/"),
    )


def blanks_to(mark: str, sign: str) -> tuple[Rule, ...]:
    """ "10 000 €" with the language's own mark for thousands; without a currency only if round."""

    def marked(match: Match) -> str:
        return match[0].replace(" ", mark)

    return (
        rule(r"(?<![\d.,])(?<!\d )\d{1,3}(?: 000)++(?!\d| \d)", marked),
        rule(rf"(?<![\d.,])(?<!\d )\d{{1,3}}(?: \d{{3}})++(?=(?:[.,]\d\d)?\s?{sign})", marked),
        rule(r"(?<![\w])\d{1,3}(?:_\d{3})++(?!\w)", lambda m: m[0].replace("_", mark), needs="_"),
    )


def symbols(signs: Signs) -> tuple[Rule, ...]:
    """Signs between numbers and words; `in_text` names them by the sign itself."""
    said = {sign: f" {name} " for sign, name in signs.in_text.items()}
    return (
        rule(r"(?<=[^\W\d_]{2})/(?=[^\W\d_]{2})", said["/"], needs="/"),
        rule(r"(?<=\d)\s?[x×]\s?(?=\d)|(?<=\d)x(?!\w| ?[-+=])|×", said["×"], needs="x×"),
        rule(r"[~≈]\s?(?=\d)", said["~"], needs="~≈"),
        rule(
            r"(?<=\d)\s?\+\s?(?=\d)|(?<=\w) \+ (?=\w)|(?<=\d)\+(?!\w)|(?<!\S)\+(?=\d)",
            said["+"],
            needs="+",
        ),
        rule(r"(?<=C)\+\+", said["+"] + said["+"], needs="+"),
        rule(r"(?<=\w)\s?=\s?(?=\w)", said["="], needs="="),
        rule(r"(?<![-=])<\s?(?=\w)", said["<"], needs="<"),
        rule(r"(?<![-=])>\s?(?=\w)", said[">"], needs=">"),
        rule(r"(?<=\d)\s?÷\s?(?=\d)", said["÷"], needs="÷"),
        rule(r"(?<=\d):(?=\d)", said[":"], needs=":"),
        rule(r"(?<=\d)/(?=\d)", said["\\"], needs="/"),
        *(rule(f"{sign}+", said[sign], needs=sign) for sign in "≤≥±&§²³"),
        rule(r"(?<![\w#])#(?![\w#])", said["#"], needs="#"),
        rule(r"✱", said["✱"], needs="✱"),
        rule(r"@(?=\w)", said["@"], needs="@"),
    )
