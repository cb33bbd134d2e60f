"""Days, dates and times in English."""
# ruff: noqa: RUF001  (dashes of ranges are what this is about)

from clawctl.engines.spoken.english_numbers import cardinal, counted, ordinal, year
from clawctl.engines.spoken.english_words import (
    BEFORE_DATE,
    BEFORE_DECADE,
    COMMON_FRACTIONS,
    MONTHS,
    SHORT_DAYS,
)
from clawctl.engines.spoken.rules import (
    MAYBE_LAST,
    Match,
    behind,
    full_year,
    rule,
    weekdays,
)

MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b"
)
YEAR = r"(?:1[1-9]|20)\d\d(?!\w|[.,:]\d)"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_NTH = r"(?:st|nd|rd|th)?"
_TO = r"\s?[-–—]\s?"
HALF_DAY = r"\s?([AaPp])(?:\.[Mm]\b|[Mm]\b)" + MAYBE_LAST


def _month(name: str) -> str:
    return next(month for month in MONTHS if month.startswith(name[:3]))


def date(day: str, month: str, in_year: str | None) -> str:
    end = f", {year(full_year(in_year))}" if in_year else ""
    return f"{month} {ordinal(int(day))}{end}"


def _numeric_date(match: Match) -> str:
    first, second, last = match.group("first", "second", "year")
    month, day = (first, second) if int(first) <= 12 else (second, first)
    if not 1 <= int(month) <= 12 or not 1 <= int(day) <= 31:
        return match[0]
    return date(day, MONTHS[int(month) - 1], last)


def _month_and_day(match: Match) -> str:
    """ "by 5/1" and "12/25" are days, "by 1/2" and "3/16" are none."""
    month, day = int(match[1]), int(match[2])
    if not 1 <= month <= 12 or not 1 <= day <= 31 or (month, day) in COMMON_FRACTIONS:
        return match[0]
    certain = behind(match, BEFORE_DATE) or (day > 12 and day != 16)
    return date(match[2], MONTHS[month - 1], None) if certain else match[0]


def _iso_date(match: Match) -> str:
    said = date(match[3], MONTHS[int(match[2]) - 1], match[1])
    return f"{said}, " if match[4] else said


def _day_of_month(match: Match) -> str:
    end = f", {year(int(match[4]))}" if match[4] else ""
    return f"{match[1] or 'the'} {ordinal(int(match[2]))} of {_month(match[3])}{end}"


def _days(match: Match) -> str:
    """ "Jan 5-7, 2025" and "Dec 24 - Jan 2"."""
    end = f", {year(int(match[5]))}" if match[5] else ""
    last = f"{_month(match[3])} " if match[3] else ""
    return f"{_month(match[1])} {ordinal(int(match[2]))} to {last}{ordinal(int(match[4]))}{end}"


def _days_of_month(match: Match) -> str:
    end = f", {year(int(match[4]))}" if match[4] else ""
    first, last = ordinal(int(match[1])), ordinal(int(match[2]))
    return f"the {first} to the {last} of {_month(match[3])}{end}"


def _clock(match: Match) -> str:
    hour, minute, second, half = int(match[1]), int(match[2]), match[3], match[4]
    if second and not hour and half is None:
        return _lasting(match)
    if half is None and not 1 <= hour <= 12:
        half = "p" if 12 <= hour < 24 else "a"
    said = cardinal(hour % 12 or 12)
    if minute:
        said += f" {'oh ' if minute < 10 else ''}{cardinal(minute)}"
    elif half is None:
        said += " o'clock"
    said += f" {half.upper()} M" if half else ""
    late = f" and {counted(str(int(second)), 'second', 'seconds')}" if int(second or 0) else ""
    return said + late


def _lasting(match: Match) -> str:
    """ "1h30", "1:30 hours" and "00:05:30" tell how long."""
    amounts = zip(match.groups(), ("hour", "minute", "second"), strict=False)
    parts = [counted(str(int(n)), one, f"{one}s") for n, one in amounts if n and int(n)]
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:]))) or "no time"


def _decade(match: Match) -> str:
    """ "the 1990s", "the '80s", "in her 30s"; "30s" by itself are seconds."""
    n = int(match[3])
    if n < 100 and not (match[1] or match[2]) and not behind(match, BEFORE_DECADE):
        return match[0]
    said = year(n) if n >= 100 else cardinal(n)
    if said.endswith("hundred"):
        return f"{said}s"
    return f"{said[:-1]}ies" if said.endswith("y") else f"{said}s"


DATES = (
    rule(
        r"(?<![\w/.,])(0[1-9]|1[0-2])/((?:19|20)\d\d)(?![\w/])",
        lambda m: f"{MONTHS[int(m[1]) - 1]} {year(int(m[2]))}",
        needs="/",
    ),
    rule(
        r"(?<![\w/-])(\d{4})[-/](0[1-9]|1[0-2])[-/](0[1-9]|[12]\d|3[01])(?:(T(?=\d))|(?![\w/-]))",
        _iso_date,
        needs="-/",
    ),
    rule(r"(?<=\d\d:\d\d:\d\d)(?:\.\d{1,9})?Z\b|(?<=\d\d:\d\d)Z\b", "", needs="Z"),
    rule(
        r"(?<![\w/.])(?P<first>\d{1,2})/(?P<second>\d{1,2})/(?P<year>\d{4}|\d\d)(?![\w/])",
        _numeric_date,
        needs="/",
    ),
    rule(
        r"(?<![\w.-])(?P<first>\d{1,2})-(?P<second>\d{1,2})-(?P<year>(?:19|20)\d\d)(?![\w-])",
        _numeric_date,
        needs="-",
    ),
    rule(
        r"(?<![\w.])(0?[1-9]|[12]\d|3[01])\.(0?[1-9]|1[0-2])\.(\d{4})(?![\w-])",
        lambda m: date(m[1], MONTHS[int(m[2]) - 1], m[3]),
        needs=".",
    ),
    rule(r"(?<![\w/.,-])(\d{1,2})/(\d{1,2})(?![\w/]|[.,]\d)", _month_and_day, needs="/"),
    rule(
        rf"\b({MONTH})\.? ({_DAY}){_NTH}{_TO}(?:({MONTH})\.? )?({_DAY}){_NTH}(?!\w|[:.,]\d)"
        rf"(?:,? ({YEAR}))?",
        _days,
        needs="-–—",
    ),
    rule(
        rf"(?<![\d:.,/])\b({_DAY}){_NTH}{_TO}({_DAY}){_NTH}(?: of)? ({MONTH}){MAYBE_LAST}"
        rf"(?:,? ({YEAR}))?",
        _days_of_month,
        needs="-–—",
    ),
    rule(
        rf"\b({MONTH})\.? ({_DAY}){_NTH}(?!\w|[:.,]\d)(?:,? ({YEAR}))?",
        lambda m: date(m[2], _month(m[1]), m[3]),
    ),
    rule(
        rf"(?<![\d:.,/])\b(?:([Tt]he) )?({_DAY}){_NTH}(?: of)? ({MONTH}){MAYBE_LAST}"
        rf"(?:,? ({YEAR}))?",
        _day_of_month,
    ),
    rule(rf"\b({MONTH})\.? ({YEAR})", lambda m: f"{_month(m[1])} {year(int(m[2]))}"),
)
TIMES = (
    rule(r"\b([Nn]oon|[Mm]idnight)[-–](?=\d)", r"\1 to ", needs="-–"),
    rule(
        r"(?<![\w.,:])(\d{1,2})\s?h(?:\s?(\d{1,2})(?:\s?(?:min|m)\b|\b(?!\s?\w|[:.]\d)))", _lasting
    ),
    rule(r"(?<![\w.,:])([1-9]):([0-5]\d)(?= ?(?:hours?|hrs?)\b) ?(?:hours?|hrs?)", _lasting),
    rule(r"(?<=\d:\d\d)(?: hours| hrs)\b", "", needs=":"),
    rule(
        rf"(?<![\d:.,])([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d))?(?!\d|:\d)(?:{HALF_DAY})?",
        _clock,
        needs=":",
    ),
    rule(
        rf"(?<![\d:.,$€£])(1[0-2]|0?[1-9]){HALF_DAY}",
        lambda m: f"{cardinal(int(m[1]))} {m[2].upper()} M",
        needs="mM",
    ),
    rule(r"\b(UTC|GMT)\s?\+(?=\d)", r"\1 plus ", needs="+"),
    rule(r"\b(UTC|GMT)\s?[-−](?=\d)", r"\1 minus ", needs="-−"),
    rule(r"(?<!\w)(?=('?)\d+('?))'?((?:1[1-9]|20)?\d0)'?s\b", _decade, needs="s"),
)
WEEKDAYS = (
    rule(r"\bM-F\b", "Monday to Friday", needs="-"),
    *weekdays(SHORT_DAYS, MONTH, "to"),
)
