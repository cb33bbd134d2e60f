"""German as it is spoken."""
# ruff: noqa: RUF001  (dashes and signs are what this is about)

from clawctl.engines.spoken.addresses import addresses, telephones
from clawctl.engines.spoken.codes import ROMAN, arabic, banks, codes
from clawctl.engines.spoken.german_amounts import (
    AMOUNTS,
    NUMBER,
    PARTS,
    RANGE,
    STARS,
    THOUSANDS,
    WORDS,
)
from clawctl.engines.spoken.german_dates import DATES, ORDINALS, TIMES, WEEKDAYS, YEAR, ending
from clawctl.engines.spoken.german_numbers import cardinal, number, ordinal, year
from clawctl.engines.spoken.german_units import CODES, UNITS
from clawctl.engines.spoken.german_words import (
    BEFORE_DIGITS,
    BEFORE_EMERGENCY,
    BEFORE_PLACE,
    BEFORE_YEAR,
    DATIVE,
    EMERGENCY,
    FEMININE,
    FOLLOWED_BY_ANYTHING,
    IN_A_SENTENCE,
    IN_FRONT_OF_NUMBERS,
    NAMED_BY_NUMBER,
    NUMBERED,
    PERHAPS_AT_THE_END,
    QUEENS,
    REIGNING,
    SHORT,
    SIGNS,
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
    group,
    one_of,
    rule,
)
from clawctl.engines.spoken.signs import VULGAR, arithmetic, powers, ranges, symbols


def _spaced(match: Match) -> str:
    return f" {number(match[0])} "


def _digits(match: Match) -> str:
    """Digits in groups, if what is in front says that they are no quantity."""
    named = sum(map(str.isdecimal, match[0])) >= 3 and behind(match, BEFORE_DIGITS)
    return SIGNS.grouped(match[0]) if named else match[0]


def _postal_code(match: Match) -> str:
    if match[0].endswith("00"):
        return match[0]
    return SIGNS.grouped(match[0]) if behind(match, BEFORE_PLACE) else match[0]


def _emergency(match: Match) -> str:
    named = match[0] == "116117" or behind(match, BEFORE_EMERGENCY)
    return SIGNS.one_by_one(match[0]) if named else match[0]


def _year(match: Match) -> str:
    """Of the last century by itself, an older one only where a year is expected."""
    n = int(match[0])
    return year(n) if n >= 1900 or behind(match, BEFORE_YEAR) else match[0]


def _years(match: Match) -> str:
    last = int(match[2])
    return f"{year(int(match[1]))} {year(last) if last > 99 else cardinal(last)}"


def _dotted(match: Match) -> str:
    return " Punkt ".join(number(part) for part in match[0].split("."))


def _reign(match: Match) -> str:
    """ "Ludwig der Vierzehnte", "von Ludwig dem Vierzehnten", "Ludwigs des Vierzehnten"."""
    name, last = match[1], "." if match.end() == len(match.string) else ""
    is_queen = name in QUEENS
    if name.endswith("s") and name not in REIGNING:
        article, bent = "des", "en"
    elif ending(match) == "en" or behind(match, _WITH):
        article, bent = ("der" if is_queen else "dem"), "en"
    else:
        article, bent = ("die" if is_queen else "der"), "e"
    return f"{name} {article} {ordinal(arabic(match[2]), bent).capitalize()}{last}"


def _numbered(match: Match) -> str:
    return f"{match[1]} {cardinal(arabic(match[2]))}"


_WITH = rule(rf"\b(?:unter|{DATIVE}) (?:\w{{1,20}} )?\Z", "").pattern
_UNNAMED = "".join(f"(?<!{noun} )" for noun in (*NAMED_BY_NUMBER, "Paragraf "))
_NAME = rf"(?:{one_of({*REIGNING, *QUEENS, *(f'{name}s' for name in REIGNING)})})"
_SHORT = (
    rule(rf"(?<!\w)({one_of(SHORT)})(?!\w)", lambda m: SHORT[m[1]]),
    rule(r"(?<=[a-zäöüß])-?[Nn]r\.?(?=:? ?(?:ist |lautet )?[A-Z]{0,3}-?\d)", "nummer", needs="N n"),
    rule(r"(?<![\w.])[Nn]r\.\s?(?=[A-Z]{0,3}-?\d)", "Nummer ", needs="."),
    rule(r"\b([ADFL]|CH)-(?=\d{4,5} [A-ZÄÖÜ])", r"\1 ", needs="-"),
    rule(r"(?<=\w)([Ss])tr\.(?=\s\d|\s[a-zäöü])", r"\1traße", needs="."),
    rule(r"(?<=\w)([Ss])tr\.", r"\1traße.", needs="."),
    rule(r"(?<=[a-zäöüß])(?::|/-?|\*|_)(?=in(?:nen)?\b)", "", needs=":/*_"),
    rule(r"(?<=[a-zäöüß])Innen\b", "innen", needs="I"),
    rule(r"(?<=\bDurchwahl )[-–](?=\d)", "", needs="-–"),
)
_CODES = (
    rule(r"(?<![\w-])[vV](?:ers?)?\.?\s?(?=\d+\.\d)", "Version ", needs="vV"),
    rule(r"(?<![\w-])(?:[xX✱•]{4}[ -]?){1,4}(?=\d{4}\b)", "Endziffern ", needs="xX✱•"),
    rule(r"(?<![\w.,$€£/-])\d++(?:(?: ?[/-] ?| )\d++){0,9}(?!\w|[.,:/-]\d)", _digits),
    rule(r"(?<![\d.,])\d{4,5}(?= [A-ZÄÖÜ][a-zäöüß])", _postal_code),
    rule(
        r"\A\d{3}(?!00)\d\d(?= [A-ZÄÖÜ][\w-]{1,40}(?: [\w-]{1,40}){0,2}[.,]?\Z)",
        lambda m: SIGNS.grouped(m[0]),
    ),
    rule(
        r"(?<![\w-])([A-ZÄÖÜ]{1,3}[- ][A-Z]{1,2}) (\d{1,4}[EH]?)(?![\w/]|[.,:]\d)",
        lambda m: SIGNS.spelled(f"{m[1].replace(' ', '-')}-{m[2]}"),
    ),
    *codes(SIGNS, {*UNITS, *CODES}),
)
_NAMES = (
    *telephones(SIGNS),
    rule(rf"{WHOLE}(?:{EMERGENCY})(?!\w|[.,:]\d)", _emergency, needs="1"),
    rule(r"\b24/7\b", "vierundzwanzig sieben", needs="/"),
    rule(r"(?<![\w/])((?:1[89]|20)\d\d)/(\d\d|(?:19|20)\d\d)(?![\w/])", _years, needs="/"),
    RANGE,
    *arithmetic(SIGNS),
    rule(rf"(?<![\d.,])(1[1-9]\d\d)\s?[-–—]\s?(?={YEAR})", lambda m: f"{year(int(m[1]))} bis "),
    *ranges("bis"),
)
_NUMBERS = (
    *ORDINALS,
    rule(r"(?<=[^\W\d_])(?=\d)", " "),
    rule(rf"{WHOLE}{YEAR}(?! (?:[A-ZÄÖÜ€$%]|Komma))", _year),
    rule(r"(?<![\w.])(?:[Nn]r\.?|#|№)\s?(?=\d)", "Nummer "),
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
_ROMAN = (
    rule(
        rf"(?<!\w)({ROMAN})\.(?= (?:Weltkrieg|Vatikanisch|Internationale|Quartal|Stock))",
        lambda m: f"{arabic(m[1])}.",
        needs="IVX",
    ),
    rule(rf"\b({_NAME}) (?!X\. [A-ZÄÖÜ])({ROMAN})\.", _reign, needs="IVX"),
    rule(rf"\b({NUMBERED}) ({ROMAN})\b", _numbered, needs="IVX"),
    rule(
        r"\b(?!(?:Ein|Der|Das|Die|Den|Mein|Ihr|Und|Oder) )([A-ZÄÖÜ][a-zäöüß]{1,20})"
        r" (X{0,2}(?:II|III|IV|VI{1,3}|IX)|X[IV])\b(?!\.\w)",
        _numbered,
        needs="IVX",
    ),
)
_ABBREVIATIONS = (
    abbreviations(FOLLOWED_BY_ANYTHING, FOLLOWED),
    abbreviations(IN_A_SENTENCE, WITHIN),
    abbreviations(IN_FRONT_OF_NUMBERS, BEFORE_NUMBER),
    abbreviations(PERHAPS_AT_THE_END, PERHAPS_LAST),
    rule(r"§§", "Paragrafen ", needs="§"),
)
_LAST = (
    rule(rf"\b({DATIVE}) 1(?= {FEMININE})", r"\1 einer", needs="1"),
    rule(rf"\b({DATIVE}) 1(?= [A-ZÄÖÜ])", r"\1 einem", needs="1"),
    rule(rf"{_UNNAMED}{WHOLE}1(?= {FEMININE})(?![.,]?\d)", "eine", needs="1"),
    rule(rf"{_UNNAMED}{WHOLE}1(?= [A-ZÄÖÜ])(?![.,]?\d)", "ein", needs="1"),
    rule(rf"{WHOLE}{NUMBER}", _spaced),
    rule(r"\d++", _spaced),
)
RULES = (
    group(*addresses(SIGNS), banks(SIGNS), VULGAR, *powers(SIGNS), *WEEKDAYS, *_SHORT, *_ROMAN),
    group(
        *THOUSANDS,
        *STARS,
        *DATES,
        *_CODES,
        *_NAMES,
        *TIMES,
        *PARTS,
        *WORDS,
        *AMOUNTS,
        needs=DIGITS + "★",
    ),
    group(*_NUMBERS, needs=DIGITS),
    group(*_ABBREVIATIONS, *symbols(SIGNS)),
    group(*_LAST, needs=DIGITS),
)
