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
    },
    in_text={
        "/": "or",
        "\\": "slash",
        "~": "about",
        "+": "plus",
        "=": "equals",
        "<": "is less than",
        ">": "is greater than",
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
    },
)
# After these a four-digit number is a year, before those it is none.
BEFORE_YEAR = re.compile(
    r"\b(?i:in|since|by|of|from|until|before|after|around|year|to|and|during) \Z"
)
COUNTED = (
    r"people|dollars?|euros?|pounds?|calls?|miles?|meters?|users?|items?|pieces?|times|hours?"
    r"|minutes?|seconds?|days?|weeks?|words?|feet|percent|degrees?|calories|steps?|points?"
)
# In front of digits that name something and count nothing.
BEFORE_DIGITS = re.compile(
    r"\b(?i:code|pin|extension|ext\.|zip|(?:account|reference|ticket|order|card) number"
    r"|number is|number:)(?: is| to|:)? #?\Z"
)
BEFORE_EMERGENCY = re.compile(r"\b(?i:call|dial|ring|text) \Z")
EMERGENCY = r"911|999|112|110|000|[2-8]11"

# A sign: one of it and many of it, then the same of its hundredth.
CURRENCIES = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "€": ("euro", "euros", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
    "¥": ("yen", "yen", "sen", "sen"),
    "CHF": ("Swiss franc", "Swiss francs", "centime", "centimes"),
}
CODES = {"EUR": "€", "USD": "$", "US$": "$", "GBP": "£", "JPY": "¥", "CHF": "CHF"}
LARGE = {"k": "thousand", "m": "million", "bn": "billion", "b": "billion"}

UNITS = {
    "km/h": ("kilometer per hour", "kilometers per hour"),
    "m/s": ("meter per second", "meters per second"),
    "mph": ("mile per hour", "miles per hour"),
    "km²": ("square kilometer", "square kilometers"),
    "m²": ("square meter", "square meters"),
    "m2": ("square meter", "square meters"),
    "sqm": ("square meter", "square meters"),
    "sq ft": ("square foot", "square feet"),
    "m³": ("cubic meter", "cubic meters"),
    "km": ("kilometer", "kilometers"),
    "cm": ("centimeter", "centimeters"),
    "mm": ("millimeter", "millimeters"),
    "m": ("meter", "meters"),
    "mi": ("mile", "miles"),
    "ft": ("foot", "feet"),
    "yd": ("yard", "yards"),
    "kg": ("kilogram", "kilograms"),
    "mg": ("milligram", "milligrams"),
    "g": ("gram", "grams"),
    "lb": ("pound", "pounds"),
    "lbs": ("pound", "pounds"),
    "oz": ("ounce", "ounces"),
    "ml": ("milliliter", "milliliters"),
    "l": ("liter", "liters"),
    "L": ("liter", "liters"),
    "ms": ("millisecond", "milliseconds"),
    "s": ("second", "seconds"),
    "sec": ("second", "seconds"),
    "min": ("minute", "minutes"),
    "mins": ("minute", "minutes"),
    "h": ("hour", "hours"),
    "hr": ("hour", "hours"),
    "hrs": ("hour", "hours"),
    "kB": ("kilobyte", "kilobytes"),
    "KB": ("kilobyte", "kilobytes"),
    "MB": ("megabyte", "megabytes"),
    "GB": ("gigabyte", "gigabytes"),
    "TB": ("terabyte", "terabytes"),
    "kWh": ("kilowatt hour", "kilowatt hours"),
    "kW": ("kilowatt", "kilowatts"),
    "W": ("watt", "watts"),
    "V": ("volt", "volts"),
    "Hz": ("hertz", "hertz"),
    "kHz": ("kilohertz", "kilohertz"),
    "MHz": ("megahertz", "megahertz"),
    "GHz": ("gigahertz", "gigahertz"),
    "°C": ("degree Celsius", "degrees Celsius"),
    "°F": ("degree Fahrenheit", "degrees Fahrenheit"),
    "°": ("degree", "degrees"),
    "%": ("percent", "percent"),
    "¢": ("cent", "cents"),
}

FRACTIONS = {
    "½": "one half",
    "⅓": "one third",
    "⅔": "two thirds",
    "¼": "one quarter",
    "¾": "three quarters",
    "1/2": "one half",
    "1/3": "one third",
    "2/3": "two thirds",
    "1/4": "one quarter",
    "3/4": "three quarters",
}

# By what comes behind them: anything, more of the sentence, or perhaps its end.
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
    "vs": "versus",
    "e. g": "for example",
    "i. e": "that is",
    "approx": "approximately",
    "incl": "including",
    "ext": "extension",
}
IN_A_SENTENCE = {
    "tel": "telephone",
    "est": "estimated",
    "avg": "average",
    **{month[:3]: month for month in MONTHS if month != "May"},
    "Sept": "September",
    **{day[:3]: day for day in DAYS},
}
PERHAPS_AT_THE_END = {
    "etc": "et cetera",
    "a.k.a": "also known as",
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
