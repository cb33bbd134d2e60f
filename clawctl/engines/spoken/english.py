"""English as it is spoken."""

from clawctl.engines.spoken.addresses import addresses, telephones
from clawctl.engines.spoken.codes import ROMAN, arabic, banks, codes
from clawctl.engines.spoken.english_amounts import (
    AMOUNTS,
    LENGTHS,
    NUMBER,
    PARTS,
    RANGE,
    THOUSANDS,
)
from clawctl.engines.spoken.english_dates import DATES, TIMES, WEEKDAYS, YEAR
from clawctl.engines.spoken.english_numbers import cardinal, number, ordinal, year
from clawctl.engines.spoken.english_units import CODES, UNITS
from clawctl.engines.spoken.english_words import (
    BEFORE_DIGITS,
    BEFORE_EMERGENCY,
    BEFORE_TELEPHONE,
    BEFORE_YEAR,
    COUNTED,
    EMERGENCY,
    FOLLOWED_BY_ANYTHING,
    IN_A_SENTENCE,
    IN_FRONT_OF_NUMBERS,
    NUMBERED,
    PERHAPS_AT_THE_END,
    REIGNING,
    SIGNS,
    SLASHED,
    STREET,
    TITLES,
)
from clawctl.engines.spoken.rules import (
    BEFORE_NUMBER,
    DIGITS,
    FOLLOWED,
    MAYBE_LAST,
    PERHAPS_LAST,
    WHOLE,
    WITHIN,
    Match,
    abbreviations,
    behind,
    group,
    one_of,
    rule,
)
from clawctl.engines.spoken.signs import VULGAR, arithmetic, powers, ranges, symbols


def _years(match: Match) -> str:
    last = match[2]
    return f"{year(int(match[1]))} to {year(int(last)) if len(last) == 4 else cardinal(int(last))}"


def _spaced(match: Match) -> str:
    return f" {number(match[0])} "


def _digits(match: Match) -> str:
    """Digits in groups, if what is in front says that they are no quantity."""
    count = sum(map(str.isdecimal, match[0]))
    named = count >= 3 and behind(match, BEFORE_DIGITS)
    named |= count == 7 and behind(match, BEFORE_TELEPHONE)
    return SIGNS.grouped(match[0]) if named else match[0]


def _emergency(match: Match) -> str:
    named = match[0] == "911" or behind(match, BEFORE_EMERGENCY)
    return SIGNS.one_by_one(match[0]) if named else match[0]


def _year(match: Match) -> str:
    """Of this century and the last by itself, an older one only where a year is expected."""
    n = int(match[0])
    return year(n) if n >= 1900 or behind(match, BEFORE_YEAR) else match[0]


def _house(match: Match) -> str:
    return year(int(match[0])) if match[0][0] != "0" else match[0]


def _dotted(match: Match) -> str:
    return " point ".join(number(part) for part in match[0].split("."))


def _initials(match: Match) -> str:
    """ "U.S." by its letters; the full stop stays where the text ends."""
    return " ".join(match[0].replace(".", "")) + ("." if match.end() == len(match.string) else "")


def _reign(match: Match) -> str:
    return f"{match[1]} the {ordinal(arabic(match[2]))}"


def _numbered(match: Match) -> str:
    return f"{match[1]} {cardinal(arabic(match[2]))}"


_CODES = (
    rule(r"\b[vV](?:er)?\.?\s?(?=\d+\.\d)", "version ", needs="vV"),
    rule(
        r"(?<![\w-])(?:ending (?:in|with) )?(?:[xX✱•]{4}[ -]?){1,4}(?=\d{4}\b)",
        "ending in ",
        needs="xX✱•",
    ),
    rule(r"(?<=\d{3}[-. ]\d{4})\s?x\s?(?=\d)", " extension ", needs="x"),
    rule(r"\b1[- ](8\d\d)[- ](?=[A-Z]{3})", lambda m: f"{SIGNS.grouped('1-' + m[1])}, ", needs="8"),
    rule(r"(?<![\w.,$€£/-])\d++(?:(?: ?[/-] ?| )\d++){0,9}(?!\w|[.,:/-]\d)", _digits),
    rule(
        r"\b([A-Z]{2}|ZIP(?: [Cc]ode)?) (\d{5}(?:-\d{4})?)(?!\w|[.,]\d)",
        lambda m: f"{m[1]} {SIGNS.grouped(m[2])}",
    ),
    rule(
        r"\b([A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2})\b",
        lambda m: SIGNS.spelled(m[1].replace(" ", "-")),
    ),
    *codes(SIGNS, {*UNITS, *CODES}),
)
_NAMES = (
    *telephones(SIGNS),
    rule(rf"{WHOLE}(?:{EMERGENCY})(?!\w|[.,:]\d| (?:{COUNTED})\b)", _emergency, needs="019"),
    rule(r"\b24/7/365\b", "twenty-four seven three sixty-five", needs="/"),
    rule(r"\b24/7\b", "twenty-four seven", needs="/"),
    rule(r"\b9/11\b", "nine eleven", needs="/"),
    rule(rf"(?<![\w/])({YEAR})/(\d\d|(?:19|20)\d\d)(?![\w/])", _years, needs="/"),
    rule(rf"{WHOLE}(?<![\w-])\d{{4}}(?={STREET})", _house),
    rule(r"\b(Room|Suite|Apartment) ([1-9]\d{3})(?!\w)", lambda m: f"{m[1]} {year(int(m[2]))}"),
    rule(r"\b(?:1080|1440|2160)(?=[pP]\b)", lambda m: f"{year(int(m[0]))} ", needs="pP"),
    rule(r"\b([A-Z])\.(?=\d{2})", r"\1 ", needs="."),
    RANGE,
    *arithmetic(SIGNS),
    *ranges("to"),
)
_NUMBERS = (
    rule(rf"{WHOLE}(\d{{1,6}})(?:st|nd|rd|th)\b", lambda m: ordinal(int(m[1]))),
    rule(r"(?<=[^\W\d_])(?=\d)", " "),
    rule(
        rf"{WHOLE}(?<![-+/#])(?:{YEAR}|10[1-9]\d(?!\w|[.,:]\d))(?!-|/\d)(?! (?:{COUNTED})\b)", _year
    ),
    rule(r"(?i)(?<![\w.])(?:no\.?|nr\.?|#|№)\s?(?=\d)", "number "),
    rule(r"(?<![\d.])\d{1,9}(?:\.\d{1,9}){2,8}(?![\w.]\d)", _dotted, needs="."),
)
_ROMAN = (
    rule(rf"\b((?:{one_of(REIGNING)})) ((?!V\.|X\.|I\b){ROMAN})\b", _reign, needs="VX"),
    rule(rf"\b({one_of(REIGNING)}) (II|III)\b", _reign, needs="I"),
    rule(rf"\b((?:{TITLES})(?: [A-Z][a-z]{{1,20}}){{1,2}}) ({ROMAN})\b", _reign, needs="IVX"),
    rule(r"\bWW(I{1,2})\b", lambda m: f"World War {cardinal(len(m[1]))}", needs="W"),
    rule(
        rf"\b((?i:{NUMBERED})) (?!I (?!of|is|was|and|or|to|in|has)[a-z])({ROMAN})\b(?!')",
        _numbered,
        needs="IVX",
    ),
    rule(
        r"\b(?!(?:An?|The|My|Your|His|Her|Our|This|And|Or|But|For|With|On|By|No) )"
        r"([A-Z][a-z]{1,20}) ((?:X{0,2})(?:II|III|IV|VI{1,3}|IX)|X[IV])\b",
        _numbered,
        needs="IVX",
    ),
)
_ABBREVIATIONS = (
    rule(
        rf"\b([A-Z][a-z]{{2,20}}|[a-z-]{{0,20}}(?:first|second|third|th)) St\b{MAYBE_LAST}",
        r"\1 Street",
        needs="S",
    ),
    rule(r"\bSt\.? (?=[A-Z])", "Saint ", needs="S"),
    rule(r"(\d [A-Z][a-z]{2,20}) Dr\b(?!\. [A-Z])" + MAYBE_LAST, r"\1 Drive", needs="D"),
    rule(r"\b([A-Z][a-z]{2,20}) Ave(?=[ ,])", r"\1 Avenue", needs="A"),
    abbreviations(FOLLOWED_BY_ANYTHING, FOLLOWED),
    abbreviations(IN_A_SENTENCE, WITHIN),
    abbreviations(IN_FRONT_OF_NUMBERS, BEFORE_NUMBER),
    abbreviations(PERHAPS_AT_THE_END, PERHAPS_LAST),
    rule(r"(?<![\w.])(?:[A-Z]\.){2,8}", _initials, needs="."),
    rule(rf"\bPh\.D\b{MAYBE_LAST}", "P H D", needs="."),
    rule(rf"(?<![\w/])({one_of(SLASHED)})(?![\w/])", lambda m: SLASHED[m[1]], needs="/"),
    rule(r"\b([A-G])#(?!\w)", r"\1 sharp", needs="#"),
    rule(r"\b([A-D])\+(?![\w+])", r"\1 plus", needs="+"),
    rule(r"\b([A-D])-(?=[.,!?]|\Z)", r"\1 minus", needs="-"),
)
RULES = (
    group(*addresses(SIGNS), banks(SIGNS), VULGAR, *powers(SIGNS), *WEEKDAYS),
    group(
        *THOUSANDS, *LENGTHS, *DATES, *_CODES, *_NAMES, *TIMES, *PARTS, *AMOUNTS, needs=DIGITS + "★"
    ),
    group(*_NUMBERS, needs=DIGITS),
    group(*_ROMAN, *_ABBREVIATIONS, *symbols(SIGNS)),
    group(rule(rf"{WHOLE}{NUMBER}", _spaced), rule(r"\d++", _spaced), needs=DIGITS),
)
