"""How German speakers say digits, and what shows that digits are a telephone number."""

from clawctl_plugins.receptionist.language import NumberWords, ends, opening, pairs, phrase, words

NUMBER = r"(telefon|handy|mobil|mobilfunk|festnetz|rückruf|durchwahl|büro)?-?(nummer|durchwahl)n?"

_UNITS = pairs("ein=1 zwei=2 zwo=2 drei=3 vier=4 fünf=5 fuenf=5 sechs=6 sieben=7 acht=8 neun=9")
_TENS = pairs(
    """
    zwanzig=20 dreißig=30 dreissig=30 vierzig=40 fünfzig=50 fuenfzig=50 sechzig=60 siebzig=70
    achtzig=80 neunzig=90
    """
)
_NTH = ("zweite", "dritte", "vierte", "fünfte", "sechste", "siebte", "achte", "neunte", "zehnte")
_IS = r"( ist| lautet| wäre| heißt|:)?( die)?[\s,:]*"
_SOME = "(zwei |drei |vier |fünf |sechs )?(ziffern?|zahlen?|stellen?)"
_ARE = "(ist|sind|lautet|lauten|muss|müssen|heißt)( eine)?"

NUMBERS = NumberWords(
    digits={**_UNITS, **pairs("null=0 eins=1 eine=1")},
    loose=pairs("o=0"),
    edge=frozenset(),
    numbers={
        **_TENS,
        **{
            f"{unit}und{ten}": tens[0] + ones
            for unit, ones in _UNITS.items()
            for ten, tens in _TENS.items()
        },
        **pairs(
            """
            zehn=10 elf=11 zwölf=12 zwoelf=12 dreizehn=13 vierzehn=14 fünfzehn=15 fuenfzehn=15
            sechzehn=16 siebzehn=17 achtzehn=18 neunzehn=19
            """
        ),
    },
    sums=frozenset(),
    zeros=pairs("hundert=00 tausend=000"),
    times={"doppel": 2, "doppelt": 2, "zweimal": 2, "dreimal": 3, "viermal": 4},
    plus=words("plus +"),
    between=words("und die äh ähm dann strich schrägstrich bindestrich"),
    before=frozenset(),
    lead=ends(
        rf"""
        {NUMBER}{_IS}
        (erreichen|erreichbar|anrufen|zurückrufen|rufen|sprechen)( \w+)*( unter| auf)( der)?[\s,:]*
        """
    ),
    joint=ends(
        rf"""
        (und )?(sie|er) (erreichen|erreicht|können|kann) mich (unter|auf)( der)?( {NUMBER})?[\s,:]*
        (und )?ich bin (erreichbar )?(unter|auf)( der)?( {NUMBER})?[\s,:]*
        (und )?((unter|auf) )?((meine|die|der|ihre) )?((neue|richtige)n? )?{NUMBER}{_IS}
        (unter|auf|es ist|das ist|die|und)[\s,:]*
        """
    ),
    other=ends(
        rf"""
        (bestell|rechnungs|auftrags|kunden|konto|zimmer|flug|vertrags|serien|mitglieds)-?nummer{_IS}
        (artikel|akten|vorgangs|haus|raum)-?(nummer|zeichen){_IS}
        (code|pin|jahr|bestellung|rechnung|auftrag|zimmer|aktenzeichen){_IS}
        """
    ),
    fix=opening(
        rf"""
        (?P<last>(die )?letzten? {_SOME} {_ARE}|((sie|es|die nummer) )?endet (auf|mit)( eine[rn]?)?)
        (die )?ersten? {_SOME} {_ARE}
        ((sie|es|die nummer) )?beginnt mit( eine[rn]?)?
        (die )?(?P<nth>{"|".join(_NTH)}) (ziffer|zahl|stelle) {_ARE}
        """
    ),
    instead=phrase("nicht|statt"),
    ordinals={word: place for place, word in enumerate(_NTH, start=1)},
)
