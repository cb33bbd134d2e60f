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
# "in zweiter Reihe".
DATIVE_ENDING = {"m": "em", "f": "er", "n": "em"}
NOUNS = {
    "m": """Platz Stock Rang Tag Monat Versuch Geburtstag Advent Weihnachtsfeiertag Feiertag Akt
    Teil Gang Bezirk Weltkrieg Spieltag Termin Schritt Punkt Preis Januar Mai Oktober FC
    Hochzeitstag Durchgang Satz Stern Anlauf Aufguss Anruf""",
    "f": """Klasse Etage Liga Bundesliga Runde Woche Auflage Halbzeit Stunde Reihe Schicht Mahnung
    KW Rate Staffel Folge Ausgabe Generation Nacht Frage Person Minute Stufe Impfung Dosis""",
    "n": """OG UG Obergeschoss Untergeschoss Stockwerk Mal Jahr Quartal Halbjahr Semester Kapitel
    Jahrhundert Jahrtausend Jh Gebot Viertel Drittel Tor Kind Lebensjahr Schuljahr Gleis""",
}
# These are counted by ordinals even where a line begins: "2. Stock" is no item of a list.
NEVER_LISTED = words(
    """Platz Stock Etage Klasse Liga Bundesliga OG UG Obergeschoss Untergeschoss Advent Weltkrieg FC
    KW Jahrhundert Jh Quartal Halbjahr Halbzeit Weihnachtsfeiertag Rang Gang Bezirk Semester"""
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
BEFORE_PLACE = re.compile(r"(?:\d[a-z]?, |\b(?:[ADFL]|CH|[Ii]n) |Adresse: )\Z")

# They make one word with the number in front.
ADJECTIVES = (
    "jährig|stündig|tägig|köpfig|fach|monatig|wöchig|minütig|stellig|malig|prozentig|teilig|seitig"
    "|sitzig|türig|zeilig|stöckig|gängig|mal(?!e)"
)

# "eine halbe Stunde"; these are written out where units are short.
HALVES = {
    "eine halbe": "Stunde|Tasse|Flasche|Minute|Portion|Dose|Packung|Zwiebel|Zitrone",
    "ein halber": "Liter|Meter|Tag|Teelöffel|Esslöffel|Kilometer|Apfel",
    "ein halbes": "Jahr|Kilo|Kilogramm|Pfund|Glas|Prozent|Dutzend",
}
DENOMINATORS = {3: "drit", 7: "sieb", 8: "ach"}
# Nouns with these endings are feminine: "eine Nachricht".
FEMININE = (
    r"(?:Person|Frau|Nacht|Hand|Uhr|Antwort|Stadt|Zahl"
    r"|[A-ZÄÖÜ]\w{0,40}(?:e|ung|heit|keit|schaft|ion|tät|ik|richt|zahl|stadt|woche|frau|person|nacht))\b"
)
# "Artikel 1 Absatz 2": the number belongs to what is in front.
NAMED_BY_NUMBER = words(
    """Artikel Absatz Paragraf Nummer Kapitel Seite Satz Band Platz Zimmer Gleis Linie Raum Reihe
    Stufe Teil Gruppe Haus Tor Bus Phase Klasse Etage Wagen Terminal"""
)
# In front of "1" and a noun these ask for a dative: "in einer Stunde".
DATIVE = r"[Ii]n|[Nn]ach|[Mm]it|[Vv]or|[Ss]eit|[Bb]ei|[Vv]on|[Zz]u|[Aa]us|[Aa]b"

# Kings and popes: the second of the name. They are men but for those in QUEENS.
REIGNING = words(
    """Ludwig Friedrich Wilhelm Heinrich Karl Otto Konrad Rudolf Leopold Franz Joseph Josef
    Ferdinand Maximilian Albrecht Johann Johannes Paul Pius Benedikt Leo Gregor Innozenz
    Alexander Klemens Urban Sixtus Peter Nikolaus Iwan Napoleon Charles Georg George Eduard Jakob
    Richard Louis Henry Philipp Felipe Carlos Harald Gustav Adolf Christian August Ernst
    Ramses Albert Rainier"""
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
    "freundl": "freundlichen",
    "zw": "zwischen",
    "gg": "gegen",
    "Bf": "Bahnhof",
    "Hbf": "Hauptbahnhof",
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
    "Abschn": "Abschnitt",
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
    "Hbf": "Hauptbahnhof",
    "08/15": "null acht fünfzehn",
    "Frankfurt/Main": "Frankfurt am Main",
    "Frankfurt a. M.": "Frankfurt am Main",
    "Frankfurt/Oder": "Frankfurt an der Oder",
    "Halle/Saale": "Halle an der Saale",
    "km/h": "Kilometer pro Stunde",
    "und/oder": "und oder",
}
