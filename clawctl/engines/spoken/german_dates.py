"""Days, dates and times in German."""
# ruff: noqa: RUF001  (dashes of ranges are what this is about)

from clawctl.engines.spoken.german_numbers import cardinal, counted, joined, ordinal, year
from clawctl.engines.spoken.german_words import (
    BENDING,
    DATIVE_ENDING,
    DAYS,
    ENDING,
    GENDERS,
    INDEFINITE,
    MONTHS,
    STRONG,
)
from clawctl.engines.spoken.rules import WHOLE, Match, full_year, rule, weekdays

MONTH = (
    r"(?:Jan(?:uar)?|Jän(?:ner)?|Feb(?:ruar)?|Mär(?:z)?|Apr(?:il)?|Mai|Juni?|Juli?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Okt(?:ober)?|Nov(?:ember)?|Dez(?:ember)?)\b"
)
YEAR = r"(?P<year>(?:1[1-9]|20)\d\d)(?!\w|[.,:]\d)"
# Behind an abbreviation; nouns have capitals, so only the end of the text ends a sentence.
STOP = r"(?:\.(?!\Z))?"
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])"
_FROM = r"(?<![\w.,])(?P<from>0?[1-9]|[12]\d|3[01])\."
_OF = r"(?P<month>0?[1-9]|1[0-2])\."
_IN_YEAR = r"(?:\s?(?P<year>\d{4}|\d\d)(?![\w.,:]\d|\d|\s?Uhr)|(?!\d))"
# "Kapitel 3.2." is no day.
_NO_SECTION = "".join(f"(?<!{noun} )" for noun in ("Kapitel", "Version", "Abschnitt", "Ziffer"))
_TO = r"\s?[-–—]\s?"
_NAMES_OF_DAYS = frozenset(day.lower() for day in DAYS)
_JOINING = frozenset(("und", "oder", "bis", "sowie"))


def ending(match: Match) -> str:
    """How the words in front bend the ordinal; "" if none does."""
    words = match.string[max(0, match.start() - 80) : match.start()].lower().split()
    while words and (count := _passed_over(words)):
        del words[-count:]
    far, near = ["", "", *words][-2:]
    if near == "der" and far in BENDING:
        return "en"
    return ENDING.get(near, "")


def _passed_over(words: list[str]) -> int:
    """ "am Montag, 5. Mai" and "am 5. und 6. Mai": "am" bends both."""
    if words[-1].strip(",.") in _NAMES_OF_DAYS:
        return 1
    if words[-1].endswith(",") and _is_day([words[-1][:-1]]):
        return 1
    if words[-1] not in _JOINING:
        return 0
    return next((count for count in (2, 3) if _is_day(words[-count:-1])), 0)


def _is_day(words: list[str]) -> bool:
    return len(words) > 0 and words[0][:1].isdecimal() and words[0].endswith(".")


def _month(name: str) -> str:
    key = "Jan" if name.startswith("Jä") else name[:3]
    return next(month for month in MONTHS if month.startswith(key))


def _date(match: Match) -> str:
    """ "am dritten Mai", "der dritte Mai", and "dritter Mai" by itself."""
    return _said(match["day"], match["month"], match["year"], ending(match) or "er")


def _days(match: Match) -> str:
    """ "3.-5. Mai" and "3.5.-5.6.": both days bend alike."""
    bent = ending(match) or "er"
    last = _said(match["day"], match["month"], match["year"], bent)
    first = ordinal(int(match["from"]), bent)
    if in_month := match.groupdict().get("in"):
        first += f" {MONTHS[int(in_month) - 1]}"
    return f"{first} bis {last}"


def _said(day: str, month: str, in_year: str | None, bent: str) -> str:
    name = MONTHS[int(month) - 1] if month.isdecimal() else _month(month)
    end = f" {year(full_year(in_year))}" if in_year else ""
    return f"{ordinal(int(day), bent)} {name}{end}"


def _iso_date(match: Match) -> str:
    said = _said(match["day"], match["month"], match["year"], "er")
    return f"{said}, " if match["time"] else said


def _clock(match: Match) -> str:
    hour, minute, second = int(match[1]), int(match[2]), match[3]
    said = f"{joined(hour)} Uhr" + (f" {cardinal(minute)}" if minute else "")
    late = counted(str(int(second)), "eine Sekunde", "Sekunden") if int(second or 0) else ""
    return f"{said} und {late}" if late else said


def _lasting(match: Match) -> str:
    amounts = (("eine Stunde", "Stunden"), ("eine Minute", "Minuten"))
    given = zip(match.groups(), amounts, strict=False)
    return " ".join(counted(str(int(n)), *names) for n, names in given if n and int(n))


def _decade(match: Match) -> str:
    n = int(match[1])
    return f"{year(n) if n >= 100 else cardinal(n)}er{match[2]}"


def _ordinal(match: Match) -> str:
    """What it bends by stands in front; else the noun behind tells, if it is one we know."""
    n, noun = int(match[1]), match[2] or ""
    if bent := ending(match):
        return ordinal(n, bent)
    near = match.string[max(0, match.start() - 20) : match.start()].lower().split()
    if gender := GENDERS.get(noun):
        dative = near and near[-1] in BENDING
        return ordinal(n, DATIVE_ENDING[gender] if dative else STRONG[gender])
    if noun and near and near[-1] in INDEFINITE:
        return ordinal(n, "er")
    return match[0]


DATES = (
    rule(rf"{_FROM}{_TO}{_DAY}\.\s?(?P<month>{MONTH}){STOP}(?: {YEAR})?", _days, needs="-–—"),
    rule(rf"{_FROM}(?:(?P<in>0?[1-9]|1[0-2])\.)?{_TO}{_DAY}\.{_OF}{_IN_YEAR}", _days, needs="-–—"),
    rule(
        r"(?<![\w/.,])(0[1-9]|1[0-2])/((?:19|20)\d\d)(?![\w/])",
        lambda m: f"{MONTHS[int(m[1]) - 1]} {year(int(m[2]))}",
        needs="/",
    ),
    rule(
        r"(?<![\w-])(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])"
        r"(?:(?P<time>T(?=\d))|(?!\w))",
        _iso_date,
        needs="-",
    ),
    rule(r"(?<=\d\d:\d\d:\d\d)(?:\.\d{1,9})?Z\b|(?<=\d\d:\d\d)Z\b", "", needs="Z"),
    rule(rf"{_NO_SECTION}(?<![\w.,]){_DAY}\.\s?{_OF}{_IN_YEAR}", _date, needs="."),
    rule(rf"(?<![\w.,]){_DAY}\.\s?(?P<month>{MONTH}){STOP}(?: {YEAR})?", _date, needs="."),
    rule(rf"\b({MONTH})\.? {YEAR}", lambda m: f"{_month(m[1])} {year(int(m['year']))}"),
)
TIMES = (
    rule(r"(?<![\d:.,])(\d{1,2}):([0-5]\d)\s?(?:Std\b\.?|Stunden\b)", _lasting, needs=":"),
    rule(
        r"(?<![\w.,:])(\d{1,2})\s?h(?:\s?(\d{1,2})(?:\s?(?:min|m)\b|(?!\s?\w|[:.,]\d)))", _lasting
    ),
    rule(
        r"(?<![\d:.,])(\d{1,2})\.([0-5]\d)(?=\s?(?:[-–—]|bis)\s?\d{1,2}(?:[.:]\d\d)?\s?Uhr)",
        r"\1.\2 Uhr",
        needs=".",
    ),
    rule(
        r"(?<![\d:.,])([01]?\d|2[0-4])[:.]([0-5]\d)(?::([0-5]\d))?\s?(?:Uhr|h)\b",
        _clock,
        needs=":.",
    ),
    rule(r"(?<![\d:.,])([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d))?(?!\d|:\d)", _clock, needs=":"),
    rule(r"(?<![\d:.,])1 Uhr\b", "ein Uhr", needs="U"),
)
ORDINALS = (
    rule(rf"{WHOLE}(?<![\w-])(\d{{1,3}})\.(?=\s([A-ZÄÖÜa-zäöü]\w{{0,40}}))", _ordinal, needs="."),
    rule(
        r"\b([Dd]er|[Aa]m|[Zz]um|[Vv]om|[Dd]en|[Dd]em|[Bb]eim) (\d{1,3})\.(?=\s?\Z|\s?[,;!?])",
        lambda m: (
            f"{m[1]} {ordinal(int(m[2]), ENDING.get(m[1].lower(), 'en'))}"
            + ("." if m.end() >= len(m.string.rstrip()) else "")
        ),
        needs=".",
    ),
    rule(r"(?<!\w)'?((?:1[1-9]|20)?\d0)er([ns]?)\b", _decade),
)
WEEKDAYS = weekdays({day[:2]: day for day in DAYS}, MONTH, "bis")
