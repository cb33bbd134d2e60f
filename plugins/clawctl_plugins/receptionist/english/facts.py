"""How English sentences tell when somebody can be reached, or what must not be told."""

from clawctl_plugins.receptionist.language import (
    FactWords,
    anywhere,
    phrase,
    starts,
    words,
)

_DO_NOT = "^((but|and|so|please) )*(do not|don't|never|(you )?(must|may) not)"
_TELL = "(tell|say|mention|share|reveal|disclose|repeat|pass|read|give)"
_WHAT = "(this|that|it|these|them|so|anything|the above)"
_WHOM = "((the|all|every|any) )?(callers?|people|them|everyone|everybody|anyone|anybody|strangers)"
_ASKED = "^(please )?(if (you are |they |anyone |anybody |someone |the caller )?ask(ed|s)?[^,]*, )?"

FACTS = FactWords(
    reach=phrase(
        r"""
        reach(able|ed)?
        back|returns?|returning
        available|unavailable|away
        hours|open|closed
        holidays?|vacation|travell?ing|lunch
        in a meeting|out of (the )?office|in (the|his|her) office|at (home|work)
        """
    ),
    moment=phrase(
        r"""
        \d{1,2}([:.]\d{2})?
        one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|noon|midnight
        (mon|tues|wednes|thurs|fri|satur|sun)days?|weekends?|weekdays?|week|month|daily
        january|february|march|april|may|june|july|august|september|october|november|december
        today|tonight|tomorrow|morning|afternoon|evening|soon|shortly|later|until|till
        a\.?m\.?|p\.?m\.?|o'clock|hours?|minutes?
        holidays?|vacation|meeting|lunch
        mobile|office|landline|home|e-?mail
        """
    ),
    secret=phrase(
        r"""
        secrets?|pass ?(word|phrase|code)s?|pin|codes?|tokens?|api keys?|credentials?
        confidential(ly)?|private(ly)?|internal(ly)?|sensitive|reveal|disclose|only (for|to)
        (never|not|don't|nobody|no one)( \w+){0,3} (tell|told|say|said|mention|share|give|know)
        """
    ),
    order=anywhere(
        r"""
        ^(please|always|never|do|don't|if|when(ever)?|unless|be|keep|use|answer|speak|talk|tell)\b
        ^(ask|say|greet|avoid|offer|take|introduce|remember|reply|respond|write|act|pretend|let)\b
        ^(make|give|note|ignore|stay|follow|explain|help|only|you|your|under no)\b
        \byou (are|must|should|may|can|will|have)\b|\byou're\b|\byour (task|job|role|name|goal)\b
        \bthe (callers?|assistant)\b|\bsystem prompt\b|\binstructions?\b|\bmust not\b|language model
        """
    ),
    hush=anywhere(
        rf"""
        {_DO_NOT} (\w+ )?{_TELL}( ({_WHAT}|{_WHOM}|on|out|away|about|to))*[.!]*$
        ^(tell|say) (no ?one|nobody|nothing)\b
        ^(please )?keep {_WHAT}\b
        ^{_WHAT}( \w+)* (confidential|private|secret|internal|between (us|you))\b
        """
    ),
    below=phrase("following|below"),
    wrapping=(
        (
            anywhere(
                rf"""
                {_ASKED}(please )?(tell|inform|let) {_WHOM}( know)?( who asks?)?,? (that )?(?=\w)
                {_ASKED}(please )?say (that )?(?=\w)
                """
            ),
            "",
        ),
    ),
    about_me=(
        (starts("i( am|'m)"), "{owner} is"),
        (starts("i( will|'ll)"), "{owner} will"),
        (starts("i can"), "{owner} can"),
        (starts("my"), "{owner}'s"),
    ),
    empty=words(
        """
        a about am an and any are at be been can could did do does for from get give had has have he
        her hers him his how i if in is it its know me much my of on or our out please s she should
        so tell that the their them there they this to us was we what what's when where whether
        which who will with would you your
        """
    ),
    kin=(
        words("address located location situated street find"),
        words("open opening hours opens close closed closes closing"),
        words("price prices cost costs charge fee rate"),
        words("mail email e"),
        words("parking park"),
        words("back return returns returning"),
    ),
    endings=anywhere("('s|ing|ed|es|s)$"),
)
