"""Money, measures and parts in English."""
# ruff: noqa: RUF001  (dashes and signs are what this is about)

from math import gcd

from clawctl.engines.spoken.english_numbers import cardinal, counted, fraction, number, quantity
from clawctl.engines.spoken.english_units import CODES, CURRENCIES, LARGE, PER, UNITS
from clawctl.engines.spoken.english_words import BEHIND_INCHES, COUNTED
from clawctl.engines.spoken.rules import MAYBE_LAST, WHOLE, Match, one_of, rule
from clawctl.engines.spoken.signs import blanks_to

SIGN = rf"(?:(?<![A-Za-z])(?:{one_of({*CURRENCIES, *CODES})}))"
NUMBER = r"(?:\d{1,3}(?:,\d{3})++(?!\d)|\d++)(?:\.\d++)?+"
_SCALE = r"(?:\s?(?P<scale>thousand|million|billion|trillion|bn|tn|mm|[kKMmBbT])\b)?"
_PER = rf"(?:\s?/\s?(?P<per>{one_of(PER)})(?!\w))?"
_ALONE = r"(?<![\w/.,-])"
_ENDS = r"(?![\w/]|[.,]\d)"


def _per(match: Match) -> str:
    return f" per {PER[match['per']]}" if match["per"] else ""


def _per_word(match: Match) -> str:
    return f"{match[1]} per {PER[match[2]]}"


def _unit(match: Match) -> str:
    return counted(match["number"], *UNITS[match["unit"]]) + _per(match)


def _money(match: Match) -> str:
    return _sum(match) + _per(match)


def _sum(match: Match) -> str:
    sign, scale = match["sign"], match["scale"]
    one, many, cent, cents = CURRENCIES[CODES.get(sign, sign)]
    if scale:
        return f"{number(match['number'])} {LARGE.get(scale.lower(), scale)} {many}"
    whole, _, rest = match["number"].partition(".")
    if rest and len(rest) != 2:
        return f"{number(match['number'])} {many}"
    whole = whole.replace(",", "").lstrip("0")
    parts = [_amount(whole, one, many)] if whole or not rest.strip("0") else []
    parts += [_amount(rest.lstrip("0"), cent, cents)] if rest.strip("0") else []
    return " and ".join(parts)


def _amount(digits: str, one: str, many: str) -> str:
    return f"{quantity(digits)} {one if digits == '1' else many}"


def _european(match: Match) -> str:
    """ "1.234,50" is what money looks like elsewhere."""
    return f"{match[1].replace('.', ',')}.{match[2]}"


def _fraction(match: Match) -> str:
    """ "2 1/2" and "5/8"; not "9/4" and not "4/8"."""
    whole, part, of = match["whole"], int(match["part"]), int(match["of"])
    if not 0 < part < of or gcd(part, of) > 1:
        return match[0]
    said = fraction(part, of)
    one, many = UNITS.get(match["unit"], ("", ""))
    if not whole:
        return f"{said} {one}".strip()
    article = "an " if of == 8 else "a "
    return f"{number(whole)} and {said.replace('one ', article)} {many}".strip()


def _pair(match: Match) -> str:
    """ "50/50" and "60/40" are shares, "120/80" is a pressure of blood."""
    first, second = int(match[1]), int(match[2])
    if first + second == 100:
        return f"{cardinal(first)} {cardinal(second)}"
    pressure = 70 <= first <= 250 and 30 <= second <= 150 and first > second
    unit = f" {UNITS['mmHg'][1]}" if match[3] else ""
    return f"{cardinal(first)} over {cardinal(second)}{unit}" if pressure else match[0]


def _stars(match: Match) -> str:
    count, of = len(match[1]), len(match[0])
    return f" {count} star{'s' if count > 1 else ''}{f' out of {of}' if match[2] else ''} "


def _inches(match: Match) -> str:
    """A quotation mark behind a number, unless it closes a quotation."""
    if match.string.count('"', max(0, match.start() - 300), match.start()) % 2:
        return match[0]
    alone = match[2] is None or match[2].strip() in BEHIND_INCHES
    one = match[1] == "1" or "/" in match[1] or not alone
    return f"{match[1]} {'inch' if one else 'inches'}"


def _range(match: Match) -> str:
    """ "$15-20" is "15 to $20"."""
    first = match[2] if match[2].isdecimal() else f"{match[1]}{match[2]}"
    return f"{first} to {match[1]}"


THOUSANDS = blanks_to(",", SIGN)
LENGTHS = (
    rule(r"(?<=\d)\s?★(?!★)", " stars", needs="★"),
    rule(r"(★{1,10})(☆{0,9})", _stars, needs="★"),
    rule(
        r"(?<![\w'\"])(\d)'\s?(\d{1,2})(?:\"|''|(?![\w'.,]\w))",
        r"\1 foot \2",
        needs="'",
    ),
    rule(
        r"(?<![\w\"])((?:\d{1,3} )?\d{1,4}(?:[./]\d{1,2})?)\"(?=( [a-z]\w*)?)", _inches, needs='"'
    ),
    rule(rf"{WHOLE}({NUMBER})in\b{MAYBE_LAST}", r"\1 inches", needs="n"),
    rule(r"(?<=\d) in(?:\.(?=\s?(?:\Z|[a-z,;]))|(?=[.,;]))", " inches", needs="n"),
    rule(rf"((?:ft|x|×|feet|foot) \d{{1,3}}(?:\.\d)?) in\b{MAYBE_LAST}", r"\1 inches", needs="n"),
)
RANGE = rule(rf"({SIGN})\s?({NUMBER})\s?[-–—]\s?(?=\d)", _range, needs="-–—")
PARTS = (
    rule(
        rf"{_ALONE}(\d{{1,3}}(?:\.\d)?)/(5|10|100)(?=[ -](?:stars?|points?|rating))",
        r"\1 out of \2",
        needs="/",
    ),
    rule(rf"{_ALONE}(\d{{1,2}}\.\d)/(5|10|100){_ENDS}", r"\1 out of \2", needs="/"),
    rule(rf"{_ALONE}(\d{{2,3}})/(\d{{2,3}})( ?mmHg\b)?{_ENDS}", _pair, needs="/"),
    rule(rf"{_ALONE}(?!1/)(\d{{1,3}})/(10|100|\1){_ENDS}", r"\1 out of \2", needs="/"),
    rule(
        r"(?<![\w/.,])(?:(?P<whole>\d{1,4})[ -])?(?P<part>\d{1,2})"
        rf"/(?P<of>[2-9]|1[02]|16|32|64|100){_ENDS}"
        rf"(?:[ -]?(?P<unit>{one_of(UNITS)})(?![\w²³°'/]))?",
        _fraction,
        needs="/",
    ),
)
AMOUNTS = (
    rule(rf"({SIGN}\s?\d{{1,3}}(?:\.\d{{3}})*),(\d\d)(?!\d|,)", _european, needs=","),
    rule(rf"{WHOLE}(\d{{1,3}}(?:\.\d{{3}})*),(\d\d)(?=\s?{SIGN})", _european, needs=","),
    rule(rf"({SIGN})\s?[-−](?=\d)", r"-\1", needs="-−"),
    rule(r"(?<=[$€£])\.(?=\d\d\b)|(?<![\w.])\.(?=\d)", "0.", needs="."),
    rule(rf"(?<![\w)])[-−](?=(?:{SIGN}\s?)?\d)", "minus ", needs="-−"),
    rule(rf"(?<![\w)])\+(?=(?:{SIGN}\s?)?\d)", "plus ", needs="+"),
    rule(rf"({NUMBER} [a-z]{{2,15}})/({one_of(PER)})(?![\w/])", _per_word, needs="/"),
    rule(rf"(?P<sign>{SIGN})\s?(?P<number>{NUMBER}){_SCALE}{_PER}", _money),
    rule(rf"{WHOLE}(?P<number>{NUMBER}){_SCALE}\s?(?P<sign>{SIGN})(?!\w){_PER}", _money),
    rule(rf"{WHOLE}1x(?!\w)", "once", needs="x"),
    rule(rf"{WHOLE}(\d{{1,2}})p\b", lambda m: _amount(m[1], "penny", "pence"), needs="p"),
    rule(
        rf"{WHOLE}({NUMBER})\s?([kKmMB])(?= (?:{COUNTED})\b)",
        lambda m: f"{number(m[1])} {LARGE[m[2].lower()]}",
        needs="kKmMB",
    ),
    rule(
        rf"{WHOLE}(?P<number>{NUMBER})[\s-]?(?P<unit>{one_of(UNITS)})(?![\w²³°']){_PER}"
        rf"{MAYBE_LAST}",
        _unit,
    ),
    rule(rf"(per [a-z]+)/({one_of(PER)})(?![\w/])", _per_word, needs="/"),
    rule(rf"{WHOLE}(\d{{3}}) ?F\b(?!-)", r"\1 degrees Fahrenheit", needs="F"),
)
