"""The English tables: add a row here when something is read out wrongly."""
# ruff: noqa: RUF001  (the signs are named here)

import re

from clawctl.engines.spoken.rules import words
from clawctl.engines.spoken.signs import Signs

ONES = words(
    """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
    fifteen sixteen seventeen eighteen nineteen"""
)
TENS = words("- - twenty thirty forty fifty sixty seventy eighty ninety")
SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (10**3, "thousand"))
# Those that are not made by adding "th".
ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
MONTHS = words(
    """January February March April May June July August September October November December"""
)
DAYS = words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
SHORT_DAYS = {
    **{day[:3]: day for day in DAYS},
    "Tues": "Tuesday",
    "Thur": "Thursday",
    "Thurs": "Thursday",
}
SIGNS = Signs(
    digits=ONES[:10],
    in_address={
        ".": "dot",
        "@": "at",
        "-": "dash",
        "_": "underscore",
        "/": "slash",
        "+": "plus",
        ":": "colon",
        "~": "tilde",
        "%": "percent",
        "&": "and",
        "=": "equals",
        "\\": "backslash",
        "#": "hash",
    },
    in_text={
        "/": "or",
        "\\": "slash",
        "~": "about",
        "+": "plus",
        "=": "equals",
        "<": "less than",
        ">": "more than",
        "÷": "divided by",
        "×": "times",
        ":": "to",
        "≤": "at most",
        "≥": "at least",
        "±": "plus or minus",
        "&": "and",
        "@": "at",
        "§": "section",
        "²": "squared",
        "³": "cubed",
        "^": "to the power of",
        "√": "the square root of",
        "π": "pi",
        "#": "pound",
        "✱": "star",
        ".": "point",
    },
)
# After these a four-digit number is a year, before those it is none.
BEFORE_YEAR = re.compile(
    r"\b(?i:in|since|by|of|from|until|before|after|around|year|to|and|during|circa) \Z"
)
COUNTED = (
    r"people|dollars?|euros?|pounds?|calls?|miles?|meters?|users?|items?|pieces?|times|hours?"
    r"|minutes?|seconds?|days?|weeks?|words?|feet|percent|degrees?|calories|steps?|points?"
    r"|followers|subscribers|views|downloads|customers|visitors|employees|residents|copies|likes"
)
# After these "5/1" is a day.
BEFORE_DATE = re.compile(
    r"\b(?i:on|by|until|till|before|after|since|due|from|through|between|date:?)"
    r" (?:\d{1,2}/\d{1,2} (?:and|or|to|through) )?\Z"
)
# After these "30s" are years or degrees, not seconds.
BEFORE_DECADE = re.compile(
    r"\b(?i:the|her|his|their|my|your|our|early|mid|late|low|high|upper|lower)[ -]\Z"
)
# Behind them inches are many: "12 inches wide", but "a 12 inch pizza".
BEHIND_INCHES = words("wide long tall deep thick high by x and or in of at from apart to is are")
# In front of digits that name something and count nothing.
BEFORE_DIGITS = re.compile(
    r"(?i:\b(?:code|pin|extension|ext\.?|zip|ending(?: in| with)?|flight(?: [A-Z]{2})?"
    r"|(?:account|reference|ticket|order|card|booking|confirmation|tracking|routing|invoice|customer"
    r"|member|membership|policy|case|serial|passport|phone|mobile|fax|room)"
    r" (?:number|no\.|nr\.|id|code|#)"
    r"|number is|number:|id:?|invoice|order|ticket|case|box))(?: is| to|:)? ?(?:#|number |no\. )?\Z"
)
# In front of the seven digits of a telephone number without its area.
BEFORE_TELEPHONE = re.compile(r"\b(?i:call|dial|text|phone|ring)(?: us| me| them)?(?: at| on)? \Z")
BEFORE_EMERGENCY = re.compile(r"\b(?i:call|dial|ring|text|or|and) \Z")
EMERGENCY = r"911|999|112|110|000|[2-8]11"
# Behind four digits that are a house number.
STREET = (
    r"(?: [NSEW]{1,2}\.?)?(?: [A-Z0-9][a-z]{1,20}){1,3}"
    r" (?:St|Ave|Rd|Blvd|Dr|Ln|Ct|Hwy|Pkwy|Street|Avenue|Road|Boulevard|Drive|Lane|Court|Way"
    r"|Place)\b"
)

# Parts that are not called by an ordinal.
DENOMINATORS = {2: ("half", "halves"), 4: ("quarter", "quarters")}
# Fractions that are no date: "by 1/2".
COMMON_FRACTIONS = {(1, 2), (1, 3), (2, 3), (1, 4), (3, 4)}

# Kings and popes: the second of the name; what else is numbered in Roman is only counted.
REIGNING = words(
    """Henry Louis Charles Elizabeth George Edward William Richard James John Paul Pius Benedict Leo
    Gregory Innocent Alexander Catherine Frederick Peter Nicholas Ivan Napoleon Philip Ferdinand
    Francis Otto Leopold Joseph Ramesses Ramses Ptolemy Gustav Christian Harald Margrethe Mary
    Victoria Wilhelm Friedrich Ludwig Heinrich Karl Xerxes Darius Felipe Carlos Haakon Olav Urban
    Clement Boniface Sixtus Alfonso Robert Constantine Justinian Theodosius Umberto Pedro"""
)
TITLES = "King|Queen|Pope|Emperor|Empress|Tsar|Czar|Kaiser|Prince|Duke"
NUMBERED = (
    "Chapter|Part|Book|Act|Scene|Volume|Section|Article|Title|Type|Phase|Stage|Level|Class|Grade"
    "|Appendix|Figure|Table|Episode|Season|Round|Group|Category|Schedule|Unit|Module|War|Bowl|Factor"
)

# By what comes behind them: anything, more of the sentence, a number, or perhaps its end.
FOLLOWED_BY_ANYTHING = {
    "Dr": "Doctor",
    "Mr": "Mister",
    "Mrs": "Missus",
    "Ms": "Miss",
    "Prof": "Professor",
    "Rev": "Reverend",
    "Gen": "General",
    "Capt": "Captain",
    "Sgt": "Sergeant",
    "Lt": "Lieutenant",
    "Gov": "Governor",
    "Sen": "Senator",
    "Mt": "Mount",
    "Ft": "Fort",
    "vs": "versus",
    "a.k.a": "also known as",
    "e. g": "for example",
    "i. e": "that is",
    "approx": "approximately",
    "incl": "including",
    "excl": "excluding",
    "ext": "extension",
}
IN_A_SENTENCE = {
    "tel": "telephone",
    "est": "estimated",
    "avg": "average",
    **{month[:3]: month for month in MONTHS if month != "May"},
    "Sept": "September",
}
IN_FRONT_OF_NUMBERS = {
    "p": "page",
    "pp": "pages",
    "vol": "volume",
    "ch": "chapter",
    "chap": "chapter",
    "fig": "figure",
    "sec": "section",
    "art": "article",
    "nos": "numbers",
    "Nos": "numbers",
    "min": "minimum",
    "max": "maximum",
    "Rm": "Room",
    "Apt": "Apartment",
    "Ste": "Suite",
    "ver": "version",
}
PERHAPS_AT_THE_END = {
    "etc": "et cetera",
    "et al": "and others",
    "a.s.a.p": "as soon as possible",
    "Jr": "Junior",
    "Sr": "Senior",
    "Inc": "Incorporated",
    "Ltd": "Limited",
    "Corp": "Corporation",
    "Co": "Company",
    "Ave": "Avenue",
    "Blvd": "Boulevard",
    "Rd": "Road",
    "Apt": "Apartment",
    "dept": "department",
}
# Short for more words, with a slash.
SLASHED = {
    "w/o": "without",
    "w/": "with",
    "and/or": "and or",
    "c/o": "care of",
    "b/c": "because",
    "km/h": "kilometers per hour",
}
