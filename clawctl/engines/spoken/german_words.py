"""The German tables: add a row here when something is read out wrongly."""
# ruff: noqa: RUF001  (the signs are named here)

import re

from clawctl.engines.spoken.rules import words
from clawctl.engines.spoken.signs import Signs

ONES = words(
    """null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn
    fünfzehn sechzehn siebzehn achtzehn neunzehn"""
)
TENS = words("- - zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig")
SCALES = (
    (10**12, "Billion", "Billionen"),
    (10**9, "Milliarde", "Milliarden"),
    (10**6, "Million", "Millionen"),
)
# Those that are not made by adding "t".
ORDINALS = {1: "erst", 3: "dritt", 7: "siebt", 8: "acht"}
MONTHS = words(
    """Januar Februar März April Mai Juni Juli August September Oktober November Dezember"""
)
DAYS = words("Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag")
SIGNS = Signs(
    digits=ONES[:10],
    in_address={
        ".": "Punkt",
        "@": "ät",
        "-": "Bindestrich",
        "_": "Unterstrich",
        "/": "Schrägstrich",
        "+": "plus",
        ":": "Doppelpunkt",
        "~": "Tilde",
        "%": "Prozent",
        "&": "und",
        "=": "gleich",
        "\\": "Backslash",
        "#": "Raute",
    },
    in_text={
        "/": "oder",
        "\\": "Schrägstrich",
        "~": "ungefähr",
        "+": "plus",
        "=": "gleich",
        "<": "unter",
        ">": "über",
        "÷": "geteilt durch",
        "×": "mal",
        ":": "zu",
        "≤": "höchstens",
        "≥": "mindestens",
        "±": "plus minus",
        "&": "und",
        "@": "ät",
        "§": "Paragraf",
        "²": "hoch zwei",
        "³": "hoch drei",
        "^": "hoch",
        "√": "Wurzel aus",
        "π": "Pi",
        "#": "Raute",
        "✱": "Stern",
    },
)

# How the word in front bends an ordinal; "der" after one of BENDING is a dative.
ENDING = {
    **dict.fromkeys(
        words(
            """am im vom zum zur beim ab bis seit nach vor den dem des einem einen einer eines
            jedem jeden jeder diesem diesen dieser meinem meinen seinem seinen ihrem ihren ihrer
            unserem unseren"""
        ),
        "en",
    ),
    **dict.fromkeys(words("der die das diese dieses jede jedes und"), "e"),
}
BENDING = words("an auf aus bei in mit nach seit unter von vor zu")

# After these a four-digit number is a year.
BEFORE_YEAR = re.compile(
    r"\b(?i:jahre?|seit|von|bis|ab|nach|vor|um|anno|in|und|ende|anfang|mitte|sommer|winter) \Z"
)
# In front of digits that name something and count nothing.
BEFORE_DIGITS = re.compile(
    r"(?i:\b(?:code|pin|plz|durchwahl|telefon)|leitzahl|nummer)(?: ist| lautet|:)?(?: die)? \Z"
)
BEFORE_EMERGENCY = re.compile(r"\b(?i:notruf|(?:rufen|wählen) sie|unter)(?: de[rn]| die)? \Z")
EMERGENCY = "112|110|116117|144|117|118"

# A sign: one of it and many of it, then the same of its hundredth.
CURRENCIES = {
    "€": ("ein Euro", "Euro", "ein Cent", "Cent"),
    "$": ("ein Dollar", "Dollar", "ein Cent", "Cent"),
    "£": ("ein Pfund", "Pfund", "ein Penny", "Pence"),
    "¥": ("ein Yen", "Yen", "ein Sen", "Sen"),
    "CHF": ("ein Franken", "Franken", "ein Rappen", "Rappen"),
}
CODES = {
    "Euro": "€",
    "EUR": "€",
    "USD": "$",
    "US$": "$",
    "GBP": "£",
    "CHF": "CHF",
}
LARGE = {
    "Tsd": ("eintausend", "tausend"),
    "Mio": ("eine Million", "Millionen"),
    "Million": ("eine Million", "Millionen"),
    "Millionen": ("eine Million", "Millionen"),
    "Mrd": ("eine Milliarde", "Milliarden"),
    "Milliarde": ("eine Milliarde", "Milliarden"),
    "Milliarden": ("eine Milliarde", "Milliarden"),
}

UNITS = {
    "km/h": ("ein Kilometer pro Stunde", "Kilometer pro Stunde"),
    "m/s": ("ein Meter pro Sekunde", "Meter pro Sekunde"),
    "km²": ("ein Quadratkilometer", "Quadratkilometer"),
    "m²": ("ein Quadratmeter", "Quadratmeter"),
    "m2": ("ein Quadratmeter", "Quadratmeter"),
    "qm": ("ein Quadratmeter", "Quadratmeter"),
    "m³": ("ein Kubikmeter", "Kubikmeter"),
    "km": ("ein Kilometer", "Kilometer"),
    "cm": ("ein Zentimeter", "Zentimeter"),
    "mm": ("ein Millimeter", "Millimeter"),
    "m": ("ein Meter", "Meter"),
    "kg": ("ein Kilogramm", "Kilogramm"),
    "mg": ("ein Milligramm", "Milligramm"),
    "g": ("ein Gramm", "Gramm"),
    "t": ("eine Tonne", "Tonnen"),
    "ml": ("ein Milliliter", "Milliliter"),
    "l": ("ein Liter", "Liter"),
    "L": ("ein Liter", "Liter"),
    "ms": ("eine Millisekunde", "Millisekunden"),
    "s": ("eine Sekunde", "Sekunden"),
    "Sek": ("eine Sekunde", "Sekunden"),
    "sek": ("eine Sekunde", "Sekunden"),
    "min": ("eine Minute", "Minuten"),
    "Min": ("eine Minute", "Minuten"),
    "h": ("eine Stunde", "Stunden"),
    "Std": ("eine Stunde", "Stunden"),
    "kB": ("ein Kilobyte", "Kilobyte"),
    "KB": ("ein Kilobyte", "Kilobyte"),
    "MB": ("ein Megabyte", "Megabyte"),
    "GB": ("ein Gigabyte", "Gigabyte"),
    "TB": ("ein Terabyte", "Terabyte"),
    "kWh": ("eine Kilowattstunde", "Kilowattstunden"),
    "kW": ("ein Kilowatt", "Kilowatt"),
    "W": ("ein Watt", "Watt"),
    "V": ("ein Volt", "Volt"),
    "Hz": ("ein Hertz", "Hertz"),
    "kHz": ("ein Kilohertz", "Kilohertz"),
    "MHz": ("ein Megahertz", "Megahertz"),
    "GHz": ("ein Gigahertz", "Gigahertz"),
    "°C": ("ein Grad Celsius", "Grad Celsius"),
    "°F": ("ein Grad Fahrenheit", "Grad Fahrenheit"),
    "°": ("ein Grad", "Grad"),
    "%": ("ein Prozent", "Prozent"),
    "ct": ("ein Cent", "Cent"),
    "Ct": ("ein Cent", "Cent"),
    "¢": ("ein Cent", "Cent"),
}

FRACTIONS = {
    "½": "ein halb",
    "⅓": "ein Drittel",
    "⅔": "zwei Drittel",
    "¼": "ein Viertel",
    "¾": "drei Viertel",
    "1/2": "ein halb",
    "1/3": "ein Drittel",
    "2/3": "zwei Drittel",
    "1/4": "ein Viertel",
    "3/4": "drei Viertel",
}
# Nouns with these endings are feminine: "eine Nachricht".
FEMININE = r"[A-ZÄÖÜ]\w{0,40}(?:e|ung|heit|keit|schaft|ion|tät|ik|richt|zahl|stadt|woche|frau)\b"

# By what comes behind them: anything, more of the sentence, a number, or perhaps its end.
FOLLOWED_BY_ANYTHING = {
    "z. B": "zum Beispiel",
    "d. h": "das heißt",
    "u. a": "unter anderem",
    "u. U": "unter Umständen",
    "i. d. R": "in der Regel",
    "s. o": "siehe oben",
    "s. u": "siehe unten",
    "v. a": "vor allem",
    "z. T": "zum Teil",
    "z. Zt": "zurzeit",
    "z. Hd": "zu Händen",
    "bzw": "beziehungsweise",
    "ca": "circa",
    "evtl": "eventuell",
    "ggf": "gegebenenfalls",
    "inkl": "inklusive",
    "exkl": "exklusive",
    "zzgl": "zuzüglich",
    "abzgl": "abzüglich",
    "vgl": "vergleiche",
    "sog": "sogenannt",
    "geb": "geboren",
    "gest": "gestorben",
    "bspw": "beispielsweise",
    "Dr": "Doktor",
    "Prof": "Professor",
    "Dipl.-Ing": "Diplom-Ingenieur",
    "Hr": "Herr",
    "Hrn": "Herrn",
    "Fr": "Frau",
    "St": "Sankt",
    "Std": "Stunden",
    "Sek": "Sekunden",
    "Mio": "Millionen",
    "Mrd": "Milliarden",
    "Tsd": "tausend",
}
IN_A_SENTENCE = {
    "max": "maximal",
    "mind": "mindestens",
    "Tel": "Telefon",
    **{month[:3]: month for month in MONTHS if month not in ("Mai", "März")},
    "Sept": "September",
}
IN_FRONT_OF_NUMBERS = {
    "S": "Seite",
    "Abs": "Absatz",
    "Art": "Artikel",
    "Kap": "Kapitel",
    "Bd": "Band",
}
PERHAPS_AT_THE_END = {
    "usw": "und so weiter",
    "usf": "und so fort",
    "etc": "et cetera",
    "o. Ä": "oder Ähnliches",
    "u. Ä": "und Ähnliches",
    "Jh": "Jahrhundert",
    "Jhd": "Jahrhundert",
    "Str": "Straße",
}
