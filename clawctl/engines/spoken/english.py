"""English as it is spoken."""
# ruff: noqa: RUF001  (dashes and signs are what this is about)

from clawctl.engines.spoken.english_words import (
    BEFORE_DIGITS,
    BEFORE_EMERGENCY,
    BEFORE_YEAR,
    CODES,
    COUNTED,
    CURRENCIES,
    DAYS,
    EMERGENCY,
    FOLLOWED_BY_ANYTHING,
    FRACTIONS,
    IN_A_SENTENCE,
    LARGE,
    MONTHS,
    ONES,
    ORDINALS,
    PERHAPS_AT_THE_END,
    SCALES,
    SIGNS,
    TENS,
    UNITS,
)
from clawctl.engines.spoken.rules import (
    DIGITS,
    FOLLOWED,
    MAYBE_LAST,
    PERHAPS_LAST,
    WHOLE,
    WITHIN,
    Match,
    abbreviations,
    behind,
    full_year,
    group,
    one_of,
    rule,
    weekdays,
)
from clawctl.engines.spoken.signs import addresses, ranges, symbols, telephones


def cardinal(n: int) -> str:
    if n < 20:
        return ONES[n]
    if n < 100:
        return TENS[n // 10] + (f"-{ONES[n % 10]}" if n % 10 else "")
    if n < 1000:
        return f"{ONES[n // 100]} hundred" + (f" {cardinal(n % 100)}" if n % 100 else "")
    value, name = next(scale for scale in SCALES if n >= scale[0])
    return f"{cardinal(n // value)} {name}" + (f" {cardinal(n % value)}" if n % value else "")


def ordinal(n: int) -> str:
    said = cardinal(n)
    start = max(said.rfind(" "), said.rfind("-")) + 1
    last = said[start:]
    regular = f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th"
    return said[:start] + ORDINALS.get(last, regular)


def year(n: int) -> str:
    century, rest = divmod(n, 100)
    if 2000 <= n < 2010:
        return cardinal(n)
    if rest == 0:
        return f"{cardinal(century)} hundred"
    return f"{cardinal(century)} {'oh ' if rest < 10 else ''}{cardinal(rest)}"


def number(text: str) -> str:
    """ "1,234.5" in words; digit by digit what is no quantity: "007", "12345678"."""
    whole, _, fraction = text.partition(".")
    digits = whole.replace(",", "")
    is_name = len(digits) > 1 and digits[0] == "0"
    is_name |= len(digits) >= 7 and "," not in whole and not digits.endswith("000")
    said = SIGNS.grouped(digits) if is_name or len(digits) > 15 else cardinal(int(digits))
    return f"{said} point {SIGNS.one_by_one(fraction)}" if fraction else said


_MONTH = (
    r"(Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b"
)
_YEAR = r"((?:1[1-9]|20)\d\d)(?!\w|[.,:]\d)"
_DAY = r"(0?[1-9]|[12]\d|3[01])"
_NTH = r"(?:st|nd|rd|th)?"


def _month(name: str) -> str:
    return next(month for month in MONTHS if month.startswith(name[:3]))


def date(day: str, month: str, in_year: str | None) -> str:
    end = f", {year(full_year(in_year))}" if in_year else ""
    return f"{month} {ordinal(int(day))}{end}"


def _numeric_date(match: Match) -> str:
    first, second, last = match.groups()
    month, day = (first, second) if int(first) <= 12 else (second, first)
    if not 1 <= int(month) <= 12 or not 1 <= int(day) <= 31:
        return match[0]
    return date(day, MONTHS[int(month) - 1], last)


def _iso_date(match: Match) -> str:
    said = date(match[3], MONTHS[int(match[2]) - 1], match[1])
    return f"{said}, " if match[4] else said


def _day_of_month(match: Match) -> str:
    end = f", {year(int(match[4]))}" if match[4] else ""
    return f"{match[1] or 'the'} {ordinal(int(match[2]))} of {_month(match[3])}{end}"


def _clock(match: Match) -> str:
    hour, minute, second, half = int(match[1]), int(match[2]), match[3], match[4]
    if half is None and not 1 <= hour <= 12:
        half = "p" if 12 <= hour < 24 else "a"
    said = cardinal(hour % 12 or 12)
    if minute:
        said += f" {'oh ' if minute < 10 else ''}{cardinal(minute)}"
    elif half is None:
        said += " o'clock"
    said += f" {half.upper()} M" if half else ""
    late = f" and {_counted(str(int(second)), 'second', 'seconds')}" if int(second or 0) else ""
    return said + late


_SIGN = one_of({*CURRENCIES, *CODES})
_SCALE = r"(?:\s?(?P<scale>thousand|million|billion|trillion|bn|[kKMmB])\b)?"
_NUMBER = r"(?:\d{1,3}(?:,\d{3})++(?!\d)|\d++)(?:\.\d++)?+"
_HALF_DAY = r"\s?([AaPp])(?:\.[Mm]\b|[Mm]\b)" + MAYBE_LAST


def _counted(text: str, singular: str, plural: str) -> str:
    return f"{number(text)} {singular if text == '1' else plural}"


def _unit(match: Match) -> str:
    return _counted(match[1], *UNITS[match[2]])


def _money(match: Match) -> str:
    sign = match["sign"]
    one, many, cent, cents = CURRENCIES[CODES.get(sign, sign)]
    scale = match["scale"]
    if scale:
        return f"{number(match['number'])} {LARGE.get(scale.lower(), scale)} {many}"
    whole, _, fraction = match["number"].partition(".")
    if fraction and len(fraction) != 2:
        return f"{number(match['number'])} {many}"
    whole = whole.replace(",", "").lstrip("0")
    parts = [_amount(whole, one, many)] if whole or not fraction.strip("0") else []
    parts += [_amount(fraction.lstrip("0"), cent, cents)] if fraction.strip("0") else []
    return " and ".join(parts)


def _amount(digits: str, one: str, many: str) -> str:
    said = SIGNS.grouped(digits) if len(digits) > 15 else cardinal(int(digits or "0"))
    return f"{said} {one if digits == '1' else many}"


def _mixed(match: Match) -> str:
    part = FRACTIONS[match[2]]
    return f"{number(match[1])} and {part.replace('one ', 'a ')}" if match[1] else part


def _decade(match: Match) -> str:
    n = int(match[1])
    said = year(n) if n >= 100 else cardinal(n)
    if said.endswith("hundred"):
        return f"{said}s"
    return f"{said[:-1]}ies" if said.endswith("y") else f"{said}s"


def _spaced(match: Match) -> str:
    return f" {number(match[0])} "


def _digits(match: Match) -> str:
    return SIGNS.grouped(match[0]) if behind(match, BEFORE_DIGITS) else match[0]


def _emergency(match: Match) -> str:
    return SIGNS.one_by_one(match[0]) if behind(match, BEFORE_EMERGENCY) else match[0]


def _year(match: Match) -> str:
    """Of this century and the last by itself, an older one only where a year is expected."""
    n = int(match[0])
    return year(n) if n >= 1900 or behind(match, BEFORE_YEAR) else match[0]


def _dotted(match: Match) -> str:
    return " point ".join(number(part) for part in match[0].split("."))


def _initials(match: Match) -> str:
    """ "U.S." by its letters; the full stop stays where the text ends."""
    return " ".join(match[0].replace(".", "")) + ("." if match.end() == len(match.string) else "")


_DATES = (
    rule(
        r"(?<![\w/.,])(0[1-9]|1[0-2])/((?:19|20)\d\d)(?![\w/])",
        lambda m: f"{MONTHS[int(m[1]) - 1]} {year(int(m[2]))}",
        needs="/",
    ),
    rule(r"(?<![\w-])(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?:(T(?=\d))|(?!\w))", _iso_date),
    rule(r"(?<=\d\d:\d\d:\d\d)(?:\.\d{1,9})?Z\b", "", needs="Z"),
    rule(r"(?<![\w/.])(\d{1,2})/(\d{1,2})/(\d{4}|\d\d)(?![\w/])", _numeric_date, needs="/"),
    rule(
        r"(?<![\w.])(0?[1-9]|[12]\d|3[01])[.-](0?[1-9]|1[0-2])[.-](\d{4})(?![\w-])",
        lambda m: date(m[1], MONTHS[int(m[2]) - 1], m[3]),
        needs=".-",
    ),
    rule(
        rf"\b{_MONTH}\.? {_DAY}{_NTH}(?!\w|[:.,]\d)(?:,? {_YEAR})?",
        lambda m: date(m[2], _month(m[1]), m[3]),
    ),
    rule(
        rf"(?<![\d:.,/])\b(?:([Tt]he) )?{_DAY}{_NTH}(?: of)? {_MONTH}{MAYBE_LAST}(?:,? {_YEAR})?",
        _day_of_month,
    ),
    rule(rf"\b{_MONTH}\.? {_YEAR}", lambda m: f"{_month(m[1])} {year(int(m[2]))}"),
)
_NAMES = (
    *telephones(SIGNS),
    rule(rf"{WHOLE}(?:{EMERGENCY})(?!\w|[.,:]\d| (?:{COUNTED})\b)", _emergency, needs="019"),
    rule(rf"{WHOLE}\d{{3,}}+(?!\w|[.,:]\d)", _digits),
    *ranges("to"),
    rule(r"\b24/7\b", "twenty-four seven", needs="/"),
)
_TIMES = (
    rule(
        rf"(?<![\d:.,])([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d))?(?!\d|:\d)(?:{_HALF_DAY})?",
        _clock,
        needs=":",
    ),
    rule(
        rf"(?<![\d:.,$€£])(1[0-2]|0?[1-9]){_HALF_DAY}",
        lambda m: f"{cardinal(int(m[1]))} {m[2].upper()} M",
        needs="mM",
    ),
    rule(r"(?<!\w)'?((?:1[1-9]|20)?\d0)'?s\b", _decade),
)
_AMOUNTS = (
    rule(r"(?<![\w)])[-−](?=[$€£]?\d)", "minus ", needs="-−"),
    rule(rf"(?P<sign>{_SIGN})\s?(?P<number>{_NUMBER}){_SCALE}", _money, needs="$€£¥UEGJC"),
    rule(
        rf"{WHOLE}(?P<number>{_NUMBER}){_SCALE}\s?(?P<sign>{_SIGN})(?!\w)",
        _money,
        needs="$€£¥UEGJC",
    ),
    rule(rf"{WHOLE}({_NUMBER})[\s-]?({one_of(UNITS)})(?![\w/²³°']){MAYBE_LAST}", _unit),
)
_NUMBERS = (
    rule(rf"{WHOLE}(\d{{1,6}})(?:st|nd|rd|th)\b", lambda m: ordinal(int(m[1]))),
    rule(rf"{WHOLE}(?<![-+/#]){_YEAR}(?!-|/\d)(?! (?:{COUNTED})\b)", _year),
    rule(rf"(?<![\d/.,])(?:(\d{{1,3}})\s)?({one_of(FRACTIONS)})(?![\w/])", _mixed, needs="/"),
    rule(r"(?<!\d)(?:(\d{1,3})\s?)?([½⅓⅔¼¾])", _mixed, needs="½⅓⅔¼¾"),
    rule(r"(?i)(?<![\w.])(?:no\.?|nr\.?|#)\s?(?=\d)", "number "),
    rule(r"(?<![\d.])\d{1,9}(?:\.\d{1,9}){2,8}(?![\w.]\d)", _dotted, needs="."),
)
_ABBREVIATIONS = (
    rule(rf"\b([A-Z][a-z]{{2,20}}) St\b{MAYBE_LAST}", r"\1 Street", needs="S"),
    rule(r"\bSt\.? (?=[A-Z])", "Saint ", needs="S"),
    abbreviations(FOLLOWED_BY_ANYTHING, FOLLOWED),
    abbreviations(IN_A_SENTENCE, WITHIN),
    abbreviations(PERHAPS_AT_THE_END, PERHAPS_LAST),
    rule(r"(?<![\w.])(?:[A-Z]\.){2,8}", _initials, needs="."),
    rule(rf"\bPh\.D\b{MAYBE_LAST}", "P H D", needs="."),
    weekdays(DAYS, 3, "to"),
    rule(r"\bw/o\b", "without", needs="/"),
    rule(r"\bw/(?=\s)", "with", needs="/"),
    rule(r"\band/or\b", "and or", needs="/"),
)
RULES = (
    group(*addresses(SIGNS)),
    group(*_DATES, *_NAMES, *_TIMES, *_AMOUNTS, needs=DIGITS),
    group(*_NUMBERS, needs=DIGITS + "½⅓⅔¼¾"),
    group(*_ABBREVIATIONS, *symbols(SIGNS)),
    group(rule(rf"{WHOLE}{_NUMBER}", _spaced), rule(r"\d++", _spaced), needs=DIGITS),
)
