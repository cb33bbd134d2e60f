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
    **dict.fromkeys(
        words("der die das diese dieses jede jedes und eine meine deine seine ihre unsere keine"),
        "e",
    ),
}
BENDING = words("an auf aus bei in mit nach seit unter von vor zu")

# Behind these the noun alone says how an ordinal ends, and so it does behind nothing.
INDEFINITE = frozenset(words("ein mein dein sein ihr unser euer kein"))
STRONG = {"m": "er", "f": "e", "n": "es"}
NOUNS = {
    "m": """Platz Stock Rang Tag Monat Versuch Geburtstag Advent Weihnachtsfeiertag Feiertag Akt Teil
    Gang Bezirk Weltkrieg Spieltag Termin Schritt Punkt Preis Januar Mai Oktober FC Hochzeitstag
    Durchgang Satz Stern Anlauf Aufguss Anruf""",
    "f": """Klasse Etage Liga Bundesliga Runde Woche Auflage Halbzeit Stunde Reihe Schicht Mahnung
    Rate Staffel Folge Ausgabe Generation Nacht Frage Person Minute Stufe Impfung Dosis""",
    "n": """OG UG Obergeschoss Untergeschoss Stockwerk Mal Jahr Quartal Halbjahr Semester Kapitel
    Jahrhundert Jahrtausend Jh Gebot Viertel Drittel Tor Kind Lebensjahr Schuljahr Gleis""",
}
# These are counted by ordinals even where a line begins: "2. Stock" is no item of a list.
NEVER_LISTED = words(
    """Platz Stock Etage Klasse Liga Bundesliga OG UG Obergeschoss Untergeschoss Advent Weltkrieg FC
    Jahrhundert Jh Quartal Halbjahr Halbzeit Weihnachtsfeiertag Rang Gang Bezirk Semester"""
)
GENDERS = {noun: gender for gender, nouns in NOUNS.items() for noun in words(nouns)}

# After these a four-digit number is a year.
BEFORE_YEAR = re.compile(
    r"\b(?i:jahre?|seit|von|bis|ab|nach|vor|um|anno|in|und|ende|anfang|mitte|sommer|winter|herbst"
    r"|frühling|geboren|gestorben) \Z"
)
# In front of digits that name something and count nothing.
BEFORE_DIGITS = re.compile(
    r"(?:(?i:\b(?:code|pin|tan|plz|blz|iban|durchwahl|telefon|handy|fax|aktenzeichen|kennzeichen"
    r"|aktennummer|endet auf|endziffern|postfach|bestellung|auftrag|rechnung|vorgang|ticket)"
    r"|leitzahl|nummer|code|kürzel|konto)"
    r"|\bFlug(?: [A-Z]{2})?)(?: ist| lautet|:)?(?: die| der)? ?(?:Nr\. ?|#|Nummer )?\Z"
)
BEFORE_EMERGENCY = re.compile(
    r"\b(?i:notruf|(?:rufen|wählen) sie|unter|ruf|wähl)(?: de[rn]| die)? \Z"
)
EMERGENCY = "112|110|116117|144|117|118|115"
# In front of a postal code, which has the name of a place behind it.
BEFORE_PLACE = re.compile(r"(?:\d[a-z]?, |\b(?:[ADFL]|CH) |Adresse: )\Z")

# A sign: one of it and many of it, then the same of its hundredth.
CURRENCIES = {
    "€": ("ein Euro", "Euro", "ein Cent", "Cent"),
    "$": ("ein Dollar", "Dollar", "ein Cent", "Cent"),
    "£": ("ein Pfund", "Pfund", "ein Penny", "Pence"),
    "¥": ("ein Yen", "Yen", "ein Sen", "Sen"),
    "₹": ("eine Rupie", "Rupien", "ein Paisa", "Paise"),
    "₽": ("ein Rubel", "Rubel", "eine Kopeke", "Kopeken"),
    "₺": ("eine Lira", "Lira", "ein Kurusch", "Kurusch"),
    "₿": ("ein Bitcoin", "Bitcoin", "ein Bitcent", "Bitcent"),
    "zł": ("ein Zloty", "Zloty", "ein Groschen", "Groschen"),
    "Kč": ("eine Krone", "Kronen", "ein Heller", "Heller"),
    "CHF": ("ein Franken", "Franken", "ein Rappen", "Rappen"),
    "SEK": ("eine schwedische Krone", "schwedische Kronen", "ein Öre", "Öre"),
    "NOK": ("eine norwegische Krone", "norwegische Kronen", "ein Öre", "Öre"),
    "DKK": ("eine dänische Krone", "dänische Kronen", "ein Öre", "Öre"),
}
CODES = {
    "Euro": "€",
    "EUR": "€",
    "USD": "$",
    "US$": "$",
    "GBP": "£",
    "JPY": "¥",
    "PLN": "zł",
    "CZK": "Kč",
    "BTC": "₿",
}
LARGE = {
    "Tsd": ("eintausend", "tausend"),
    "Mio": ("eine Million", "Millionen"),
    "Million": ("eine Million", "Millionen"),
    "Millionen": ("eine Million", "Millionen"),
    "Mrd": ("eine Milliarde", "Milliarden"),
    "Milliarde": ("eine Milliarde", "Milliarden"),
    "Milliarden": ("eine Milliarde", "Milliarden"),
    "Bio": ("eine Billion", "Billionen"),
}

UNITS = {
    "km²": ("ein Quadratkilometer", "Quadratkilometer"),
    "m²": ("ein Quadratmeter", "Quadratmeter"),
    "m2": ("ein Quadratmeter", "Quadratmeter"),
    "qm": ("ein Quadratmeter", "Quadratmeter"),
    "cm²": ("ein Quadratzentimeter", "Quadratzentimeter"),
    "ha": ("ein Hektar", "Hektar"),
    "m³": ("ein Kubikmeter", "Kubikmeter"),
    "m3": ("ein Kubikmeter", "Kubikmeter"),
    "cbm": ("ein Kubikmeter", "Kubikmeter"),
    "cm³": ("ein Kubikzentimeter", "Kubikzentimeter"),
    "ccm": ("ein Kubikzentimeter", "Kubikzentimeter"),
    "s²": ("eine Sekunde zum Quadrat", "Sekunden zum Quadrat"),
    "km": ("ein Kilometer", "Kilometer"),
    "cm": ("ein Zentimeter", "Zentimeter"),
    "mm": ("ein Millimeter", "Millimeter"),
    "µm": ("ein Mikrometer", "Mikrometer"),
    "m": ("ein Meter", "Meter"),
    "kg": ("ein Kilogramm", "Kilogramm"),
    "mg": ("ein Milligramm", "Milligramm"),
    "µg": ("ein Mikrogramm", "Mikrogramm"),
    "g": ("ein Gramm", "Gramm"),
    "t": ("eine Tonne", "Tonnen"),
    "ml": ("ein Milliliter", "Milliliter"),
    "cl": ("ein Zentiliter", "Zentiliter"),
    "dl": ("ein Deziliter", "Deziliter"),
    "l": ("ein Liter", "Liter"),
    "L": ("ein Liter", "Liter"),
    "hl": ("ein Hektoliter", "Hektoliter"),
    "EL": ("ein Esslöffel", "Esslöffel"),
    "TL": ("ein Teelöffel", "Teelöffel"),
    "Stk": ("ein Stück", "Stück"),
    "Pkg": ("eine Packung", "Packungen"),
    "Pck": ("ein Päckchen", "Päckchen"),
    "Dtzd": ("ein Dutzend", "Dutzend"),
    "ms": ("eine Millisekunde", "Millisekunden"),
    "s": ("eine Sekunde", "Sekunden"),
    "Sek": ("eine Sekunde", "Sekunden"),
    "sek": ("eine Sekunde", "Sekunden"),
    "min": ("eine Minute", "Minuten"),
    "Min": ("eine Minute", "Minuten"),
    "h": ("eine Stunde", "Stunden"),
    "Std": ("eine Stunde", "Stunden"),
    "Tg": ("ein Tag", "Tage"),
    "kB": ("ein Kilobyte", "Kilobyte"),
    "KB": ("ein Kilobyte", "Kilobyte"),
    "MB": ("ein Megabyte", "Megabyte"),
    "GB": ("ein Gigabyte", "Gigabyte"),
    "TB": ("ein Terabyte", "Terabyte"),
    "kbit": ("ein Kilobit", "Kilobit"),
    "Mbit": ("ein Megabit", "Megabit"),
    "MBit": ("ein Megabit", "Megabit"),
    "Gbit": ("ein Gigabit", "Gigabit"),
    "GBit": ("ein Gigabit", "Gigabit"),
    "Mbps": ("ein Megabit pro Sekunde", "Megabit pro Sekunde"),
    "Gbps": ("ein Gigabit pro Sekunde", "Gigabit pro Sekunde"),
    "U/min": ("eine Umdrehung pro Minute", "Umdrehungen pro Minute"),
    "bpm": ("ein Schlag pro Minute", "Schläge pro Minute"),
    "dpi": ("ein Punkt pro Zoll", "Punkte pro Zoll"),
    "kWh": ("eine Kilowattstunde", "Kilowattstunden"),
    "kWp": ("ein Kilowatt Peak", "Kilowatt Peak"),
    "Wh": ("eine Wattstunde", "Wattstunden"),
    "kW": ("ein Kilowatt", "Kilowatt"),
    "MW": ("ein Megawatt", "Megawatt"),
    "W": ("ein Watt", "Watt"),
    "kV": ("ein Kilovolt", "Kilovolt"),
    "V": ("ein Volt", "Volt"),
    "mA": ("ein Milliampere", "Milliampere"),
    "mAh": ("eine Milliamperestunde", "Milliamperestunden"),
    "Ah": ("eine Amperestunde", "Amperestunden"),
    "Ω": ("ein Ohm", "Ohm"),
    "PS": ("ein P S", "P S"),
    "Nm": ("ein Newtonmeter", "Newtonmeter"),
    "kJ": ("ein Kilojoule", "Kilojoule"),
    "kcal": ("eine Kilokalorie", "Kilokalorien"),
    "bar": ("ein Bar", "Bar"),
    "hPa": ("ein Hektopascal", "Hektopascal"),
    "mmHg": ("ein Millimeter Quecksilber", "Millimeter Quecksilber"),
    "dB": ("ein Dezibel", "Dezibel"),
    "Hz": ("ein Hertz", "Hertz"),
    "kHz": ("ein Kilohertz", "Kilohertz"),
    "MHz": ("ein Megahertz", "Megahertz"),
    "GHz": ("ein Gigahertz", "Gigahertz"),
    "MP": ("ein Megapixel", "Megapixel"),
    "px": ("ein Pixel", "Pixel"),
    "°C": ("ein Grad Celsius", "Grad Celsius"),
    "° C": ("ein Grad Celsius", "Grad Celsius"),
    "Grad C": ("ein Grad Celsius", "Grad Celsius"),
    "°F": ("ein Grad Fahrenheit", "Grad Fahrenheit"),
    "°": ("ein Grad", "Grad"),
    "%": ("ein Prozent", "Prozent"),
    "‰": ("ein Promille", "Promille"),
    "ct": ("ein Cent", "Cent"),
    "Ct": ("ein Cent", "Cent"),
    "¢": ("ein Cent", "Cent"),
}
# "ein halber" of these.
MASCULINE_UNIT = re.compile(r"(?:meter|liter|löffel|cent|euro|hektar|tag|monat)$", re.IGNORECASE)
# What may stand behind a slash besides a unit: "5 €/Monat".
PER_WORDS = words(
    """Nacht Tag Woche Monat Quartal Jahr Stunde Minute Sekunde Person Gast Stück Zimmer Kind Paar
    Anruf Portion Flasche Kilo Liter Meter Teilnehmer Nutzer Einheit"""
)
PER = {
    **{
        unit: f"pro {one.split(' ', maxsplit=1)[1]}"
        for unit, (one, _) in UNITS.items()
        if unit.isalpha() or unit[-1] in "²³23"
    },
    **{word: f"pro {word}" for word in PER_WORDS},
    "mtl": "monatlich",
    "Mt": "pro Monat",
    "Pers": "pro Person",
    "Std": "pro Stunde",
}
# They make one word with the number in front.
ADJECTIVES = (
    "jährig|stündig|tägig|köpfig|fach|monatig|wöchig|minütig|stellig|malig|prozentig|teilig|seitig"
    "|sitzig|türig|zeilig|stöckig|gängig|mal(?!e)"
)

DENOMINATORS = {3: "drit", 7: "sieb", 8: "ach"}
# Nouns with these endings are feminine: "eine Nachricht".
FEMININE = (
    r"(?:Person|Frau|Nacht|Hand|Uhr|Antwort|Stadt|Zahl"
    r"|[A-ZÄÖÜ]\w{0,40}(?:e|ung|heit|keit|schaft|ion|tät|ik|richt|zahl|stadt|woche|frau|person|nacht))\b"
)
# In front of "1" and a noun these ask for a dative: "in einer Stunde".
DATIVE = r"[Ii]n|[Nn]ach|[Mm]it|[Vv]or|[Ss]eit|[Bb]ei|[Vv]on|[Zz]u|[Aa]us|[Aa]b"

# Kings and popes: the second of the name. They are men but for those in QUEENS.
REIGNING = words(
    """Ludwig Friedrich Wilhelm Heinrich Karl Otto Konrad Rudolf Leopold Franz Joseph Josef Ferdinand
    Maximilian Albrecht Johann Johannes Paul Pius Benedikt Leo Gregor Innozenz Alexander Klemens
    Urban Sixtus Peter Nikolaus Iwan Napoleon Charles Georg George Eduard Jakob Richard Louis Henry
    Philipp Felipe Carlos Harald Gustav Adolf Christian August Ernst Ramses Albert Rainier"""
)
QUEENS = words("Elisabeth Elizabeth Katharina Margarethe Margrethe Maria Beatrix Viktoria")
NUMBERED = (
    "Kapitel|Teil|Band|Buch|Akt|Szene|Abschnitt|Artikel|Titel|Typ|Phase|Stufe|Klasse|Gruppe|Anhang"
    "|Abbildung|Tabelle|Episode|Staffel|Runde|Kategorie|Hartz|Rocky|Bowl|Weltkrieg|Faktor|Pflegegrad"
)

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
    "o. g": "oben genannt",
    "m. E": "meines Erachtens",
    "i. A": "im Auftrag",
    "lt": "laut",
    "gem": "gemäß",
    "allg": "allgemein",
    "einschl": "einschließlich",
    "Dres": "Doktores",
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
    "min": "minimal",
    "Abb": "Abbildung",
    "Tab": "Tabelle",
    "Ziff": "Ziffer",
    "Zi": "Zimmer",
    "Nrn": "Nummern",
    "Az": "Aktenzeichen",
    "Hausnr": "Hausnummer",
    "Pos": "Position",
    "Vers": "Version",
    "S": "Seite",
    "Abs": "Absatz",
    "Art": "Artikel",
    "Kap": "Kapitel",
    "Bd": "Band",
}
PERHAPS_AT_THE_END = {
    "n. Chr": "nach Christus",
    "v. Chr": "vor Christus",
    "u. v. m": "und vieles mehr",
    "v. m": "vieles mehr",
    "a. D": "außer Dienst",
    "ff": "folgende",
    "MwSt": "Mehrwertsteuer",
    "Std": "Stunden",
    "usw": "und so weiter",
    "usf": "und so fort",
    "etc": "et cetera",
    "o. Ä": "oder Ähnliches",
    "u. Ä": "und Ähnliches",
    "Jh": "Jahrhundert",
    "Jhd": "Jahrhundert",
    "Str": "Straße",
}
# Short without a full stop or with a hyphen, in front of a number or not.
SHORT = {
    "Kd.-Nr.": "Kundennummer",
    "Kd-Nr.": "Kundennummer",
    "Tel.-Nr.": "Telefonnummer",
    "Best.-Nr.": "Bestellnummer",
    "Art.-Nr.": "Artikelnummer",
    "Rg.-Nr.": "Rechnungsnummer",
    "Vers.-Nr.": "Versicherungsnummer",
    "USt-IdNr.": "Umsatzsteuer-Identifikationsnummer",
    "USt": "Umsatzsteuer",
    "Frankfurt/Main": "Frankfurt am Main",
    "Frankfurt a. M.": "Frankfurt am Main",
    "Frankfurt/Oder": "Frankfurt an der Oder",
    "Halle/Saale": "Halle an der Saale",
    "km/h": "Kilometer pro Stunde",
    "und/oder": "und oder",
}
