"""Money, measures and parts in German."""
# ruff: noqa: RUF001  (dashes and signs are what this is about)

from math import gcd

from clawctl.engines.spoken.german_dates import STOP
from clawctl.engines.spoken.german_numbers import (
    cardinal,
    counted,
    joined,
    number,
    part,
    quantity,
)
from clawctl.engines.spoken.german_units import (
    CODES,
    CURRENCIES,
    LARGE,
    MASCULINE_UNIT,
    PER,
    PER_WORDS,
    UNITS,
)
from clawctl.engines.spoken.german_words import ADJECTIVES, HALVES
from clawctl.engines.spoken.rules import WHOLE, Match, one_of, rule
from clawctl.engines.spoken.signs import blanks_to

SIGN = rf"(?:(?<![A-Za-z])(?:{one_of({*CURRENCIES, *CODES} - {'Euro'})}))"
NUMBER = r"(?:\d{1,3}(?:\.\d{3})++(?!\d)|\d++)(?:,\d++)?+"
_SCALE = rf"(?:\s?(?P<scale>{one_of(LARGE)})\b\.?)?"
_PER = rf"(?:\s?/\s?(?P<per>{one_of(PER)})(?!\w){STOP})?"
_ALONE = r"(?<![\w/.,-])"
_ENDS = r"(?![\w/]|[.,]\d)"


def _per(match: Match) -> str:
    return f" {PER[match['per']]}" if match["per"] else ""


def _per_word(match: Match) -> str:
    return f"{match[1]} {PER[match[2]]}"


def _unit(match: Match) -> str:
    return counted(match["number"], *UNITS[match["unit"]]) + _per(match)


def _large(match: Match) -> str:
    return counted(match["number"], *LARGE[match["scale"]])


def _money(match: Match) -> str:
    return _sum(match) + _per(match)


def _sum(match: Match) -> str:
    sign = match["sign"]
    one, many, cent, cents = CURRENCIES[CODES.get(sign, sign)]
    if match["scale"]:
        return f"{_large(match)} {many}"
    whole, _, rest = match["number"].partition(",")
    if rest and len(rest) != 2:
        return f"{number(match['number'])} {many}"
    whole = whole.replace(".", "").lstrip("0")
    if rest.strip("0") and not whole:
        return _amount(rest.lstrip("0"), cent, cents)
    said = _amount(whole, one, many)
    return f"{said} {cardinal(int(rest))}" if rest.strip("0") else said


def _amount(digits: str, one: str, many: str) -> str:
    return one if digits == "1" else f"{quantity(digits)} {many}"


def _foreign(match: Match) -> str:
    """ "1,234.50" is what money looks like elsewhere."""
    return match[0].translate(str.maketrans(",.", ".,"))


def _fraction(match: Match) -> str:
    """ "2 1/2", "5/8" and "1/2 kg"; not "9/4" and not "4/8"."""
    whole, count, of = match["whole"], int(match["part"]), int(match["of"])
    if not 0 < count < of or gcd(count, of) > 1:
        return match[0]
    one, many = UNITS.get(match["unit"], ("", ""))
    if not whole:
        half = (count, of) == (1, 2) and one
        return _half(one) if half else f"{part(count, of)} {many}".strip()
    if (count, of) == (1, 2):
        return f"{joined(int(whole))}einhalb {many}".strip()
    return f"{number(whole)} {part(count, of).replace(' ', '').lower()} {many}".strip()


def _half(one: str) -> str:
    """ "eine halbe Stunde", "ein halber Liter", "ein halbes Kilogramm"."""
    article, name = one.split(" ", maxsplit=1)
    bent = "e" if article == "eine" else "er" if MASCULINE_UNIT.search(name) else "es"
    return f"{article} halb{bent} {name}"


def _pair(match: Match) -> str:
    """ "50/50" and "60/40" are shares, "120/80" is a pressure of blood."""
    first, second = int(match[1]), int(match[2])
    if first + second == 100:
        return f"{cardinal(first)} {cardinal(second)}"
    unit = f" {UNITS['mmHg'][1]}" if match[3] else ""
    pressure = 70 <= first <= 250 and 30 <= second <= 150 and first > second
    return f"{cardinal(first)} zu {cardinal(second)}{unit}" if pressure else match[0]


def _stars(match: Match) -> str:
    count, of = len(match[1]), len(match[0])
    return f" {count} von {of} Sternen " if match[2] else f" {count} Stern{'e' * (count > 1)} "


def _adjective(match: Match) -> str:
    """ "12-jährige", "8fach", "3-mal": one word."""
    return joined(int(match[1])) + match[2]


def _percentage(match: Match) -> str:
    return f"{'hundert' if match[1] == '100' else joined(int(match[1]))}prozentig"


THOUSANDS = blanks_to(".", rf"(?:{SIGN}|Euro\b)")
STARS = (
    rule(r"(?<=\d)\s?★(?!★)", " Sterne", needs="★"),
    rule(r"(★{1,10})(☆{0,9})", _stars, needs="★"),
)
RANGE = rule(rf"({SIGN})\s?({NUMBER})\s?[-–—]\s?(?=\d)", r"\2 bis \1", needs="-–—")
PARTS = (
    rule(
        rf"{_ALONE}(\d{{1,3}}(?:,\d)?)/(5|10|100) (Stern|Punkt)en?\b",
        r"\1 von \2 \3en",
        needs="/",
    ),
    rule(rf"{_ALONE}(\d{{1,2}},\d)/(5|10|100){_ENDS}", r"\1 von \2", needs="/"),
    rule(rf"{_ALONE}(\d{{2,3}})/(\d{{2,3}})( ?mmHg\b)?{_ENDS}", _pair, needs="/"),
    rule(rf"{_ALONE}(?!1/)(\d{{1,3}})/(10|100|\1){_ENDS}", r"\1 von \2", needs="/"),
    *(
        rule(rf"(?<![\w/.,])(?:[Ee]ine? )?1/2 (?=(?:{nouns})\b)", f"{half} ", needs="/")
        for half, nouns in HALVES.items()
    ),
    rule(r"(?<![\w/.,])(?:[Ee]ine )?1/4 Stunde\b", "eine Viertelstunde", needs="/"),
    rule(r"(?<![\w/.,])(?:[Ee]ine )?3/4 Stunde\b", "eine Dreiviertelstunde", needs="/"),
    rule(
        r"(?<![\w/.,])(\d{1,2})/(4|8|16)-(?=Takt)",
        lambda m: f"{part(int(m[1]), int(m[2]))} ",
        needs="/",
    ),
    rule(
        r"(?<![\w/.,])(?:(?P<whole>\d{1,4})[ -])?(?P<part>\d{1,2})"
        rf"/(?P<of>[2-9]|1[0-2]|16|32|64|100){_ENDS}"
        rf"(?:[ -]?(?P<unit>{one_of(UNITS)})(?![\w²³°'/]))?",
        _fraction,
        needs="/",
    ),
)
WORDS = (
    rule(r"(?<![\w.,])(\d{1,3}) ?%-?ig(?=e|\b)", _percentage, needs="%"),
    rule(
        r"(?<![\w.,-])(\d{1,3}) ?x(?! ?[\d+=-])\b", lambda m: f"{joined(int(m[1]))}mal", needs="x"
    ),
    rule(rf"(?<![\w.,-])(\d{{1,3}})-?((?:{ADJECTIVES})\w{{0,4}})\b", _adjective),
)
AMOUNTS = (
    rule(r"(?<![\d.,])\d{1,3}(?:,\d{3})+\.\d\d(?!\d)", _foreign, needs=","),
    rule(r"(?<![\d.,])\d{1,3}(?:,\d{3}){2,6}(?![\d,.])", _foreign, needs=","),
    rule(r"(?<=\d) ?S?Fr\.(?! [A-ZÄÖÜ])", " CHF", needs="F"),
    rule(rf"(?<![\d.,])(\d{{1,6}})\.(\d\d)(?=\s?(?:{SIGN}|Euro\b|Franken\b))", r"\1,\2", needs="."),
    rule(r"(?<=[A-Z$€£] )(\d{1,6})\.(\d\d)(?![\d.])", r"\1,\2", needs="."),
    rule(r"(?<=\d)[.,][-–—]+(?!\d)", "", needs="-–—"),
    rule(rf"({SIGN})\s?[-−](?=\d)", r"-\1", needs="-−"),
    rule(rf"(?<![\w)])[-−](?=(?:{SIGN}\s?)?\d)", "minus ", needs="-−"),
    rule(rf"(?<![\w)])\+(?=(?:{SIGN}\s?)?\d)", "plus ", needs="+"),
    rule(r"(?<![\w,.])[,.](?=\d)", "0,", needs=",."),
    rule(rf"({NUMBER} \w{{2,20}})/({one_of(PER)})(?![\w/])", _per_word, needs="/"),
    rule(rf"(?<=mal)/({one_of(PER_WORDS)})\b", r" pro \1", needs="/"),
    rule(rf"(pro \w{{2,20}})/({one_of(PER)})(?![\w/])", _per_word, needs="/"),
    rule(rf"(?P<sign>{SIGN})\s?(?P<number>{NUMBER}){_SCALE}{_PER}", _money),
    rule(rf"{WHOLE}(?P<number>{NUMBER}){_SCALE}\s?(?P<sign>{SIGN}|Euro)(?!\w){_PER}", _money),
    rule(
        rf"{WHOLE}(?P<number>{NUMBER})\s?(?P<scale>{one_of(LARGE)})\b{STOP}",
        _large,
        needs="MT",
    ),
    rule(
        rf"{WHOLE}(?P<number>{NUMBER})[\s-]?(?P<unit>{one_of(UNITS)})(?![\w²³°']){_PER}{STOP}",
        _unit,
    ),
)
