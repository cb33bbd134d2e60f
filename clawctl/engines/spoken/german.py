"""German as it is spoken."""
# ruff: noqa: RUF001  (dashes and signs are what this is about)

from clawctl.engines.spoken.addresses import addresses, telephones
from clawctl.engines.spoken.german_words import (
    BEFORE_DIGITS,
    BEFORE_EMERGENCY,
    BEFORE_YEAR,
    BENDING,
    CODES,
    CURRENCIES,
    DAYS,
    EMERGENCY,
    ENDING,
    FEMININE,
    FOLLOWED_BY_ANYTHING,
    FRACTIONS,
    IN_A_SENTENCE,
    IN_FRONT_OF_NUMBERS,
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
    BEFORE_NUMBER,
    DIGITS,
    FOLLOWED,
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
from clawctl.engines.spoken.signs import VULGAR, powers, ranges, symbols


def cardinal(n: int) -> str:
    for value, one, many in SCALES:
        if n >= value:
            count, rest = divmod(n, value)
            head = f"eine {one}" if count == 1 else f"{cardinal(count)} {many}"
            return f"{head} {cardinal(rest)}" if rest else head
    return _joined(n, "eins")


def _joined(n: int, one: str) -> str:
    """A number below a million is one word; `one` is how it says 1 at its end."""
    if n >= 1000:
        return f"{_joined(n // 1000, 'ein')}tausend{_joined(n % 1000, one) if n % 1000 else ''}"
    if n >= 100:
        return f"{_joined(n // 100, 'ein')}hundert{_joined(n % 100, one) if n % 100 else ''}"
    if n >= 20:
        unit = f"{_joined(n % 10, 'ein')}und" if n % 10 else ""
        return unit + TENS[n // 10]
    return one if n == 1 else ONES[n]


def ordinal(n: int, ending: str) -> str:
    """ "dritt" and an ending: "en" as in "am dritten", "e" as in "der dritte"."""
    small = n % 100
    if 0 < small < 20:
        head = _joined(n - small, "ein") if n > small else ""
        return head + ORDINALS.get(small, f"{ONES[small]}t") + ending
    return f"{_joined(n, 'ein')}st{ending}"


def year(n: int) -> str:
    if not 1100 <= n < 2000:
        return cardinal(n)
    rest = cardinal(n % 100) if n % 100 else ""
    return f"{ONES[n // 100]}hundert{rest}"


def number(text: str) -> str:
    """ "1.234,5" in words; digit by digit what is no quantity: "007", "12345678"."""
    whole, _, fraction = text.partition(",")
    digits = whole.replace(".", "")
    is_name = len(digits) > 1 and digits[0] == "0"
    is_name |= len(digits) >= 7 and "." not in whole and not digits.endswith("000")
    said = SIGNS.grouped(digits) if is_name or len(digits) > 15 else cardinal(int(digits))
    return f"{said} Komma {SIGNS.one_by_one(fraction)}" if fraction else said


_MONTH = (
    r"(?:Jan(?:uar)?|Jän(?:ner)?|Feb(?:ruar)?|Mär(?:z)?|Apr(?:il)?|Mai|Juni?|Juli?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Okt(?:ober)?|Nov(?:ember)?|Dez(?:ember)?)\b"
)
_YEAR = r"(?P<year>(?:1[1-9]|20)\d\d)(?!\w|[.,:]\d)"
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])"


def _ending(match: Match) -> str:
    """How the word in front bends the ordinal; "" if none does."""
    far, near = ["", "", *match.string[max(0, match.start() - 40) : match.start()].split()][-2:]
    if near.lower() == "der" and far.lower() in BENDING:
        return "en"
    return ENDING.get(near.lower(), "")


def _month(name: str) -> str:
    key = "Jan" if name.startswith("Jä") else name[:3]
    return next(month for month in MONTHS if month.startswith(key))


def _date(match: Match) -> str:
    """ "am dritten Mai", "der dritte Mai", and "dritter Mai" by itself."""
    return _said(match["day"], match["month"], match["year"], _ending(match) or "er")


def _days(match: Match) -> str:
    """ "3.-5. Mai": both days bend alike."""
    ending = _ending(match) or "er"
    last = _said(match["day"], match["month"], match["year"], ending)
    return f"{ordinal(int(match['from']), ending)} bis {last}"


def _said(day: str, month: str, in_year: str | None, ending: str) -> str:
    name = MONTHS[int(month) - 1] if month.isdecimal() else _month(month)
    end = f" {year(full_year(in_year))}" if in_year else ""
    return f"{ordinal(int(day), ending)} {name}{end}"


def _clock(match: Match) -> str:
    hour, minute, second = int(match[1]), int(match[2]), match[3]
    said = f"{_joined(hour, 'ein')} Uhr" + (f" {cardinal(minute)}" if minute else "")
    return said + (f" und {_counted(str(int(second)), *UNITS['s'])}" if int(second or 0) else "")


_SIGN = one_of({*CURRENCIES, *CODES} - {"Euro"})
_SCALE = rf"(?:\s?(?P<scale>{one_of(LARGE)})\b\.?)?"
_NUMBER = r"(?:\d{1,3}(?:\.\d{3})++(?!\d)|\d++)(?:,\d++)?+"
# Behind an abbreviation; nouns have capitals, so only the end of the text ends a sentence.
_STOP = r"(?:\.(?!\Z))?"


def _counted(text: str, one: str, many: str) -> str:
    return one if text == "1" else f"{number(text)} {many}"


def _unit(match: Match) -> str:
    return _counted(match[1], *UNITS[match[2]])


def _large(match: Match) -> str:
    return _counted(match["number"], *LARGE[match["scale"]])


def _money(match: Match) -> str:
    sign = match["sign"]
    one, many, cent, cents = CURRENCIES[CODES.get(sign, sign)]
    if match["scale"]:
        return f"{_large(match)} {many}"
    whole, _, fraction = match["number"].partition(",")
    if fraction and len(fraction) != 2:
        return f"{number(match['number'])} {many}"
    whole = whole.replace(".", "").lstrip("0")
    if fraction.strip("0") and not whole:
        return _amount(fraction.lstrip("0"), cent, cents)
    said = _amount(whole, one, many)
    return f"{said} {cardinal(int(fraction))}" if fraction.strip("0") else said


def _amount(digits: str, one: str, many: str) -> str:
    if digits == "1":
        return one
    said = SIGNS.grouped(digits) if len(digits) > 15 else cardinal(int(digits or "0"))
    return f"{said} {many}"


def _mixed(match: Match) -> str:
    if not match[1]:
        return FRACTIONS[match[2]]
    if match[2] in ("½", "1/2"):
        return f"{_joined(int(match[1]), 'ein')}einhalb"
    return f"{number(match[1])} {FRACTIONS[match[2]].replace(' ', '').lower()}"


def _decade(match: Match) -> str:
    n = int(match[1])
    return f"{year(n) if n >= 100 else cardinal(n)}er"


def _spaced(match: Match) -> str:
    return f" {number(match[0])} "


def _ordinal(match: Match) -> str:
    ending = _ending(match)
    return ordinal(int(match[1]), ending) if ending else match[0]


def _digits(match: Match) -> str:
    return SIGNS.grouped(match[0]) if behind(match, BEFORE_DIGITS) else match[0]


def _emergency(match: Match) -> str:
    return SIGNS.one_by_one(match[0]) if behind(match, BEFORE_EMERGENCY) else match[0]


def _year(match: Match) -> str:
    return year(int(match[0])) if behind(match, BEFORE_YEAR) else match[0]


def _dotted(match: Match) -> str:
    return " Punkt ".join(number(part) for part in match[0].split("."))


_DATES = (
    rule(
        rf"(?<![\w.,])(?P<from>\d{{1,2}})\.\s?[-–]\s?{_DAY}\.\s?(?P<month>{_MONTH}){_STOP}"
        rf"(?: {_YEAR})?",
        _days,
        needs="-–",
    ),
    rule(
        r"(?<![\w/.,])(0[1-9]|1[0-2])/((?:19|20)\d\d)(?![\w/])",
        lambda m: f"{MONTHS[int(m[1]) - 1]} {year(int(m[2]))}",
        needs="/",
    ),
    rule(
        r"(?<![\w-])(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])"
        r"(?:T(?=\d)|(?!\w))",
        lambda m: _said(m["day"], m["month"], m["year"], "er"),
        needs="-",
    ),
    rule(
        rf"(?<![\w.,]){_DAY}\.\s?(?P<month>0?[1-9]|1[0-2])\."
        r"(?:\s?(?P<year>\d{4}|\d\d)(?![\w.,:]\d|\d|\s?Uhr))?",
        _date,
        needs=".",
    ),
    rule(
        rf"(?<![\w.,]){_DAY}\.\s?(?P<month>{_MONTH}){_STOP}(?: {_YEAR})?",
        _date,
        needs=".",
    ),
    rule(rf"\b({_MONTH})\.? {_YEAR}", lambda m: f"{_month(m[1])} {year(int(m['year']))}"),
)
_NAMES = (
    *telephones(SIGNS),
    rule(rf"{WHOLE}(?:{EMERGENCY})(?!\w|[.,:]\d)", _emergency, needs="1"),
    rule(rf"{WHOLE}\d{{3,}}+(?!\w|[.,:]\d)", _digits),
    *ranges("bis"),
)
_TIMES = (
    rule(
        r"(?<![\d:.,])([01]?\d|2[0-4])[:.]([0-5]\d)(?::([0-5]\d))?\s?(?:Uhr|h)\b",
        _clock,
        needs=":.",
    ),
    rule(r"(?<![\d:.,])([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d))?(?!\d|:\d)", _clock, needs=":"),
    rule(r"(?<![\d:.,])1 Uhr\b", "ein Uhr", needs="U"),
)
_AMOUNTS = (
    rule(r"(?<![\w)])[-−](?=[$€£]?\d)", "minus ", needs="-−"),
    rule(r"(?<=\d),[-–—]+", "", needs=","),
    rule(rf"(?P<sign>{_SIGN})\s?(?P<number>{_NUMBER}){_SCALE}", _money, needs="$€£¥UEGC"),
    rule(
        rf"{WHOLE}(?P<number>{_NUMBER}){_SCALE}\s?(?P<sign>{_SIGN}|Euro)(?!\w)",
        _money,
        needs="$€£¥UEGC",
    ),
    rule(
        rf"{WHOLE}(?P<number>{_NUMBER})\s?(?P<scale>{one_of(LARGE)})\b{_STOP}",
        _large,
        needs="MT",
    ),
    rule(rf"{WHOLE}({_NUMBER})[\s-]?({one_of(UNITS)})(?![\w/²³°']){_STOP}", _unit),
)
_NUMBERS = (
    rule(rf"{WHOLE}(\d{{1,3}})\.(?=\s[A-ZÄÖÜa-zäöü])", _ordinal, needs="."),
    rule(r"(?<!\w)'?((?:1[1-9]|20)?\d0)er\b", _decade),
    rule(rf"{WHOLE}{_YEAR}(?! [A-ZÄÖÜ€$%])", _year),
    rule(rf"(?<![\d/.,])(?:(\d{{1,3}})\s)?({one_of(FRACTIONS)})(?![\w/])", _mixed, needs="/"),
    rule(r"(?<![\w.])(?:[Nn]r\.?|#)\s?(?=\d)", "Nummer "),
    rule(
        r"(?<![\d.,])(?!\d{1,3}(?:\.\d{3})+(?!\d|\.\d))\d{1,9}(?:\.\d{1,9}){2,8}(?![\w.,]\d)",
        _dotted,
        needs=".",
    ),
    rule(
        r"(?<![\d.,])(\d{1,9})\.(?!\d{3}(?!\d))(\d{1,9})(?!\d|[.,]\d)",
        lambda m: f"{number(m[1])} Punkt {SIGNS.one_by_one(m[2])}",
        needs=".",
    ),
)
_ABBREVIATIONS = (
    rule(r"(?<=\w)([Ss])tr\.(?=\s\d|\s[a-zäöü])", r"\1traße", needs="."),
    rule(r"(?<=\w)([Ss])tr\.", r"\1traße.", needs="."),
    abbreviations(FOLLOWED_BY_ANYTHING, FOLLOWED),
    abbreviations(IN_A_SENTENCE, WITHIN),
    abbreviations(IN_FRONT_OF_NUMBERS, BEFORE_NUMBER),
    abbreviations(PERHAPS_AT_THE_END, PERHAPS_LAST),
    *weekdays({day[:2]: day for day in DAYS}, _MONTH, "bis"),
)
_LAST = (
    rule(rf"{WHOLE}1(?= {FEMININE})(?![.,]?\d)", "eine", needs="1"),
    rule(rf"{WHOLE}1(?= [A-ZÄÖÜ])(?![.,]?\d)", "ein", needs="1"),
    rule(rf"{WHOLE}{_NUMBER}", _spaced),
    rule(r"\d++", _spaced),
)
RULES = (
    group(*addresses(SIGNS), VULGAR, *powers(SIGNS)),
    group(*_DATES, *_NAMES, *_TIMES, *_AMOUNTS, needs=DIGITS),
    group(*_NUMBERS, needs=DIGITS + "½⅓⅔¼¾"),
    group(*_ABBREVIATIONS, *symbols(SIGNS)),
    group(*_LAST, needs=DIGITS),
)
