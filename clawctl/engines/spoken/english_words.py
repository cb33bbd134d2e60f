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
BEFORE_DATE = re.compile(r"\b(?i:on|by|until|till|before|after|since|due|from|through|date:?) \Z")
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
    r" (?:St|Ave|Rd|Blvd|Dr|Ln|Ct|Hwy|Pkwy|Street|Avenue|Road|Boulevard|Drive|Lane|Court|Way|Place)\b"
)

# A sign: one of it and many of it, then the same of its hundredth.
CURRENCIES = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "€": ("euro", "euros", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
    "¥": ("yen", "yen", "sen", "sen"),
    "₹": ("rupee", "rupees", "paisa", "paise"),
    "₽": ("ruble", "rubles", "kopek", "kopeks"),
    "₩": ("won", "won", "jeon", "jeon"),
    "₺": ("lira", "lira", "kurus", "kurus"),
    "₿": ("bitcoin", "bitcoins", "bitcent", "bitcents"),
    "zł": ("zloty", "zlotys", "grosz", "groszy"),
    "CHF": ("Swiss franc", "Swiss francs", "centime", "centimes"),
    "SEK": ("Swedish krona", "Swedish kronor", "ore", "ore"),
    "NOK": ("Norwegian krone", "Norwegian kroner", "ore", "ore"),
    "DKK": ("Danish krone", "Danish kroner", "ore", "ore"),
    "CNY": ("yuan", "yuan", "fen", "fen"),
    "CA$": ("Canadian dollar", "Canadian dollars", "cent", "cents"),
    "A$": ("Australian dollar", "Australian dollars", "cent", "cents"),
    "NZ$": ("New Zealand dollar", "New Zealand dollars", "cent", "cents"),
    "HK$": ("Hong Kong dollar", "Hong Kong dollars", "cent", "cents"),
}
CODES = {
    "EUR": "€",
    "USD": "$",
    "US$": "$",
    "GBP": "£",
    "JPY": "¥",
    "INR": "₹",
    "PLN": "zł",
    "C$": "CA$",
    "CAD": "CA$",
    "AU$": "A$",
    "AUD": "A$",
    "NZD": "NZ$",
    "HKD": "HK$",
    "RMB": "CNY",
    "BTC": "₿",
}
LARGE = {
    "k": "thousand",
    "m": "million",
    "mm": "million",
    "bn": "billion",
    "b": "billion",
    "tn": "trillion",
    "t": "trillion",
}

UNITS = {
    "mph": ("mile per hour", "miles per hour"),
    "kph": ("kilometer per hour", "kilometers per hour"),
    "mpg": ("mile per gallon", "miles per gallon"),
    "km²": ("square kilometer", "square kilometers"),
    "m²": ("square meter", "square meters"),
    "m2": ("square meter", "square meters"),
    "sqm": ("square meter", "square meters"),
    "cm²": ("square centimeter", "square centimeters"),
    "sq ft": ("square foot", "square feet"),
    "sq. ft": ("square foot", "square feet"),
    "sqft": ("square foot", "square feet"),
    "ft²": ("square foot", "square feet"),
    "in²": ("square inch", "square inches"),
    "sq mi": ("square mile", "square miles"),
    "sq. mi": ("square mile", "square miles"),
    "mi²": ("square mile", "square miles"),
    "ha": ("hectare", "hectares"),
    "m³": ("cubic meter", "cubic meters"),
    "cm³": ("cubic centimeter", "cubic centimeters"),
    "ft³": ("cubic foot", "cubic feet"),
    "cc": ("cubic centimeter", "cubic centimeters"),
    "s²": ("second squared", "seconds squared"),
    "km": ("kilometer", "kilometers"),
    "cm": ("centimeter", "centimeters"),
    "mm": ("millimeter", "millimeters"),
    "µm": ("micrometer", "micrometers"),
    "nm": ("nanometer", "nanometers"),
    "m": ("meter", "meters"),
    "mi": ("mile", "miles"),
    "ft": ("foot", "feet"),
    "yd": ("yard", "yards"),
    "yds": ("yard", "yards"),
    "kg": ("kilogram", "kilograms"),
    "kgs": ("kilogram", "kilograms"),
    "mg": ("milligram", "milligrams"),
    "µg": ("microgram", "micrograms"),
    "mcg": ("microgram", "micrograms"),
    "g": ("gram", "grams"),
    "lb": ("pound", "pounds"),
    "lbs": ("pound", "pounds"),
    "fl oz": ("fluid ounce", "fluid ounces"),
    "fl. oz": ("fluid ounce", "fluid ounces"),
    "oz": ("ounce", "ounces"),
    "tsp": ("teaspoon", "teaspoons"),
    "tbsp": ("tablespoon", "tablespoons"),
    "gal": ("gallon", "gallons"),
    "qt": ("quart", "quarts"),
    "pt": ("pint", "pints"),
    "ml": ("milliliter", "milliliters"),
    "mL": ("milliliter", "milliliters"),
    "cl": ("centiliter", "centiliters"),
    "dl": ("deciliter", "deciliters"),
    "dL": ("deciliter", "deciliters"),
    "l": ("liter", "liters"),
    "L": ("liter", "liters"),
    "ns": ("nanosecond", "nanoseconds"),
    "ms": ("millisecond", "milliseconds"),
    "s": ("second", "seconds"),
    "sec": ("second", "seconds"),
    "secs": ("second", "seconds"),
    "min": ("minute", "minutes"),
    "mins": ("minute", "minutes"),
    "h": ("hour", "hours"),
    "hr": ("hour", "hours"),
    "hrs": ("hour", "hours"),
    "wk": ("week", "weeks"),
    "wks": ("week", "weeks"),
    "mos": ("month", "months"),
    "yr": ("year", "years"),
    "yrs": ("year", "years"),
    "kB": ("kilobyte", "kilobytes"),
    "KB": ("kilobyte", "kilobytes"),
    "MB": ("megabyte", "megabytes"),
    "GB": ("gigabyte", "gigabytes"),
    "TB": ("terabyte", "terabytes"),
    "PB": ("petabyte", "petabytes"),
    "GiB": ("gibibyte", "gibibytes"),
    "MiB": ("mebibyte", "mebibytes"),
    "kbit": ("kilobit", "kilobits"),
    "Mbit": ("megabit", "megabits"),
    "Mb": ("megabit", "megabits"),
    "Gbit": ("gigabit", "gigabits"),
    "Gb": ("gigabit", "gigabits"),
    "kbps": ("kilobit per second", "kilobits per second"),
    "Kbps": ("kilobit per second", "kilobits per second"),
    "Mbps": ("megabit per second", "megabits per second"),
    "Gbps": ("gigabit per second", "gigabits per second"),
    "fps": ("frame per second", "frames per second"),
    "rpm": ("revolution per minute", "revolutions per minute"),
    "bpm": ("beat per minute", "beats per minute"),
    "dpi": ("dot per inch", "dots per inch"),
    "ppm": ("part per million", "parts per million"),
    "kWh": ("kilowatt hour", "kilowatt hours"),
    "Wh": ("watt hour", "watt hours"),
    "mAh": ("milliamp hour", "milliamp hours"),
    "Ah": ("amp hour", "amp hours"),
    "mA": ("milliamp", "milliamps"),
    "MW": ("megawatt", "megawatts"),
    "GW": ("gigawatt", "gigawatts"),
    "kW": ("kilowatt", "kilowatts"),
    "W": ("watt", "watts"),
    "kV": ("kilovolt", "kilovolts"),
    "mV": ("millivolt", "millivolts"),
    "V": ("volt", "volts"),
    "Ω": ("ohm", "ohms"),
    "N": ("newton", "newtons"),
    "Nm": ("newton meter", "newton meters"),
    "kJ": ("kilojoule", "kilojoules"),
    "kcal": ("kilocalorie", "kilocalories"),
    "cal": ("calorie", "calories"),
    "hp": ("horsepower", "horsepower"),
    "psi": ("P S I", "P S I"),
    "hPa": ("hectopascal", "hectopascals"),
    "kPa": ("kilopascal", "kilopascals"),
    "Pa": ("pascal", "pascals"),
    "mmHg": ("millimeter of mercury", "millimeters of mercury"),
    "atm": ("atmosphere", "atmospheres"),
    "dB": ("decibel", "decibels"),
    "Hz": ("hertz", "hertz"),
    "kHz": ("kilohertz", "kilohertz"),
    "MHz": ("megahertz", "megahertz"),
    "GHz": ("gigahertz", "gigahertz"),
    "lm": ("lumen", "lumens"),
    "MP": ("megapixel", "megapixels"),
    "px": ("pixel", "pixels"),
    "doz": ("dozen", "dozen"),
    "pc": ("piece", "pieces"),
    "pcs": ("piece", "pieces"),
    "°C": ("degree Celsius", "degrees Celsius"),
    "° C": ("degree Celsius", "degrees Celsius"),
    "degrees C": ("degree Celsius", "degrees Celsius"),
    "°F": ("degree Fahrenheit", "degrees Fahrenheit"),
    "° F": ("degree Fahrenheit", "degrees Fahrenheit"),
    "degrees F": ("degree Fahrenheit", "degrees Fahrenheit"),
    "°": ("degree", "degrees"),
    "%": ("percent", "percent"),
    "‰": ("per mille", "per mille"),
    "¢": ("cent", "cents"),
}
# What may stand behind a slash besides a unit: "$5/mo".
PER_WORDS = words(
    """night day week month quarter year hour minute second person guest user seat unit item piece
    call room mile gallon liter pound kilo cup child adult ticket bottle"""
)
PER = {
    **{unit: one for unit, (one, _) in UNITS.items() if unit.isalpha() or unit[-1] in "²³"},
    **{word: word for word in PER_WORDS},
    "mo": "month",
    "ea": "piece",
}

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
    Clement Boniface Sixtus Alfonso Robert Malcolm Constantine Justinian Theodosius Umberto Pedro"""
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
# Short for more words, with a slash.
SLASHED = {
    "w/o": "without",
    "w/": "with",
    "and/or": "and or",
    "c/o": "care of",
    "b/c": "because",
    "km/h": "kilometers per hour",
}
