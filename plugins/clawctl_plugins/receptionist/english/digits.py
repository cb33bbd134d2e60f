"""How English speakers say digits, and what shows that digits are a telephone number."""

from clawctl_plugins.receptionist.language import NumberWords, ends, opening, pairs, phrase, words

NUMBER = r"((tele)?phone |mobile |cell |cellphone |callback |home |work |office )?numbers?"

_TENS = pairs("twenty=20 thirty=30 forty=40 fifty=50 sixty=60 seventy=70 eighty=80 ninety=90")
_NTH = ("second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_IS = r"('s| is| was| would be| should be| has| as|:)?[\s,:]*"
_THE_LAST = r"(the )?last (two |three |four |five |six )?(digits?|numbers?|ones?)"
_THE_FIRST = r"(the )?first (two |three |four |five |six )?(digits?|numbers?|ones?)"

NUMBERS = NumberWords(
    digits=pairs(
        """
        zero=0 nought=0 naught=0 nil=0 one=1 two=2 three=3 four=4 five=5 six=6 seven=7 eight=8
        nine=9 niner=9
        """
    ),
    loose=pairs("oh=0 o=0 won=1 to=2 too=2 for=4 fore=4 ate=8"),
    edge=words("oh o"),
    numbers={
        **_TENS,
        **pairs(
            """
            ten=10 eleven=11 twelve=12 thirteen=13 fourteen=14 fifteen=15 sixteen=16 seventeen=17
            eighteen=18 nineteen=19
            """
        ),
    },
    sums=frozenset(_TENS),
    zeros=pairs("hundred=00 thousand=000"),
    times={"double": 2, "triple": 3, "treble": 3},
    plus=words("plus +"),
    between=words("and uh um er dash hyphen space then"),
    before=words("is at on it's number under"),
    lead=ends(
        rf"""
        {NUMBER}{_IS}
        (reach|call|ring|phone|contact|get|text|dial) (me )?(back )?(on|at|under)?[\s,:]*
        """
    ),
    joint=ends(
        rf"""
        (and |so )?(you|he|she|they) (can|could|may) (reach|call|ring|phone) me( back)? (on|at)\s*
        (and |so )?((on|at|under) )?((my|the|that|his|her) )?(new |right |correct )?{NUMBER}{_IS}
        (on|at|under|it's|it is|that's|is|and)[\s,:]*
        """
    ),
    other=ends(
        rf"""
        (order|invoice|account|customer|reference|booking|ticket|case|room|flight)( number)?{_IS}
        (policy|part|serial|tracking|member|membership|pin|code|year)s?( number)?{_IS}
        """
    ),
    fix=opening(
        rf"""
        (?P<last>{_THE_LAST} (is|are|or|his|has|should be|was)|\
                ((it|the number|that) )?ends (in|with|on))
        {_THE_FIRST} (is|are|should be|was)
        ((it|the number) )?(starts|begins) with
        (the )?(?P<nth>{"|".join(_NTH)}) (digit|number|one) (is|should be|was)( a)?
        """,
    ),
    instead=phrase("not"),
    ordinals={word: place for place, word in enumerate(_NTH, start=1)},
)
