"""What English callers say: the phrases that are told apart, one a line."""

from clawctl_plugins.receptionist.english.digits import NUMBER
from clawctl_plugins.receptionist.language import (
    Act,
    Ask,
    Opener,
    Part,
    Slot,
    anywhere,
    ends,
    opening,
    phrase,
    starts,
)

# Somebody a message is for: "him", "the doctor", "Mr Brown", "Markus".
WHO = (
    r"(?!(i|me|you|us|it|that|this|what|to|be|a|an|about)\b)"
    r"((the|my|your|our|mr|mrs|ms|miss|dr|doctor)\.? )?[\w'-]+"
)
I_WANT = "i('d| would)? ?(just )?(like|love|want|wanted|want it|need|needed|wish|have)"
# What one asks somebody to do who is not there.
DO = "(call|called|calls|ring|phone|get back|write|text|email|contact)"
YOU_COULD = "((could|can|would|will) you (please )?|(please|just|also|and) )*"

_IS = "('s| is| was)"
_IT = "(it|that|this)"
_RIGHT = "(right|correct|true|it|good|fine|perfect)"
_WRONG = "(wrong|incorrect|false|a mistake)"
_OFF = f"({_IS}| has)?( spelt| spelled)?( {_WRONG}|( not|n't| isn't)( quite| spelled)? {_RIGHT})"

_THANKS = r"""
    thank you( very much| so much)?
    thanks( a lot| very much)?
    cheers
"""
_BYE = r"""
    good ?bye
    bye([ -]bye)?
    see you( later| soon)?
    talk to you (later|soon)
    have a (nice|good|great) (day|evening|weekend|one)
    i('ve got| have) to go( now)?
"""
_ENOUGH = rf"""
    that({_IS}|'ll be| will be|'s about| would be) (all|it|everything)( for now)?
    nothing( else| more)?
    (i'm|i am) (done|finished)
"""

HEAD = (
    (
        Act.WRONG,
        starts(
            rf"""
            {_IT}{_IS}?( not|n't| isn't| wasn't)( quite| really| exactly)? {_RIGHT}
            {_IT}{_IS}( all)? {_WRONG}
            not (quite |really )?(right|correct|true|exactly)
            wrong|incorrect
            you (got|have) {_IT} wrong
            """
        ),
    ),
    (
        Act.YES,
        starts(
            rf"""
            (it|that|this|everything|all){_IS}( all| absolutely)? {_RIGHT}
            all (right|correct|good)
            yes( please| indeed)?|yeah|yep|yup|sure|of course|certainly|absolutely|exactly|indeed
            okay|ok|correct|fine|perfect|uh[ -]?huh|m+[ -]?hm+|please do|go ahead|you got it
            right(?! now| away| after| before)
            """
        ),
    ),
    (Act.THANKS, starts(_THANKS)),
    (Act.NO, starts("no(?! (number|phone|name|message))|nope|nah|not really|not (right )?now")),
    (Act.BYE, starts(_BYE)),
    (Act.ENOUGH, starts(_ENOUGH)),
    (Act.HELLO, starts("(hello|hi)( there)?|hey|good (morning|afternoon|day|evening)")),
    (
        Act.FILLER,
        starts(
            r"""
            u[hm]+|er+m?|ah+|oh+|hm+|well|so|and|but|now|please|sorry|excuse me
            look|listen|actually|i mean|i said|you know
            """
        ),
    ),
)

TAIL = (
    (Act.THANKS, ends(_THANKS)),
    (Act.BYE, ends(_BYE)),
    (Act.ENOUGH, ends(_ENOUGH)),
    (Act.FILLER, ends("please|and|so|okay|u[hm]+|er+m?")),
)

ACTS = (
    (
        Act.EMERGENCY,
        phrase(
            r"""
            (this|it|there|that)('s| is) an emergency
            i (need|want) (an ambulance|a doctor now|the police|help now|help right now)
            (call|send|get) (me )?(an ambulance|the police|the fire (brigade|department))
            call (nine one one|nine nine nine|one one two|911|999|112)
            (is|are) (bleeding|unconscious|not breathing|on fire)
            heart attack|(can't|cannot) breathe|kill myself|i want to die|suicide
            """
        ),
    ),
    (
        Act.REPEAT,
        phrase(
            r"""
            (repeat|say) (that|it|this|yourself)( again| once more)?
            (repeat|once more) please
            ^(pardon|come again|what|once more|again)( me)?\??$
            beg your pardon
            what did you (just )?say
            i (did not|didn't|could not|couldn't|can't) (get|catch|understand|hear|follow)\
                ( that| you| it)?
            (could|can|would|will) you (please )?repeat
            """
        ),
    ),
    (
        Act.ROBOT,
        phrase(
            r"""
            (are|is) (you|this) (an? |really )*(robot|machine|computer|bot|human|ai|person)
            (are|is) (you|this) (an? )?(real( person)?|recording|automatic\w*|answering machine)
            (speaking|talking) (to|with) an? (robot|machine|computer|bot|human|real|ai)
            ^(\w+ ){0,3}robot$
            """
        ),
    ),
    (
        Act.WHO,
        phrase(
            r"""
            who('s| is) (this|speaking|there|it|that)
            who am i (speaking|talking)( to| with)?
            who are you|what('s| is) your name|what can you do|where am i calling
            ^(was|here is|where is) this$
            """
        ),
    ),
    (
        Act.WHEN,
        phrase(
            rf"""
            when('s| is| are| was|'ll| will| can| could| would| does| do| may| should)
            when {WHO} (is|are|will|can|could|comes?|gets?|returns?)
            (at )?what time|how long|until when
            (is|will|would) {WHO} (be )?(back|in|there|available|around|free) \
                (today|tomorrow|later|soon|this|on|at|next)
            (how|where) (can|could|do) i (reach|contact|find|get hold of)
            (a )?(good|better|best) time to (call|reach|ring)
            """
        ),
    ),
    (
        Act.SPEAK,
        phrase(
            rf"""
            (can|could|may|might) i (please )?(speak|talk|have a word)( to| with)?
            {I_WANT} to (speak|talk)( to| with)?
            (is|are) {WHO} (there|here|in|available|around|free|home|at home|at work|in the office)
            (put|connect) me( through)?
            (get|give) me \w+
            (i'm|i am) (looking for|trying to reach|trying to get|calling for)
            """
        ),
    ),
    (
        Act.CALLING,
        phrase(
            r"""
            this number|the same number|^the same( one)?$
            (number|one|phone) (that )?(i'm|i am) calling (you )?(from|on|with)
            number (you (have|see)|on your (display|screen))
            (you|he|she|they)( already)? (have|has|got|know|knows) my number
            """
        ),
    ),
    (
        Act.DECLINE,
        phrase(
            r"""
            (i('d| would)? )?(rather|prefer) not( to)?( say| give| tell| leave)?
            i (don't|do not) (have|want|wish|like|need)( a| the| to| any| one| my)*\
                ( (say|give|tell|leave|a|that|it|my|the|number|phone|name|message))*$
            (no|without an?) ?(number|phone|name|message|need)|(have|got) no (number|phone|message)
            none of your business|anonymous(ly)?|skip (that|it|this)
            not (necessary|needed|important)|(does not|doesn't) matter
            never ?mind|none
            """
        ),
    ),
    (
        Act.LEAVE,
        phrase(
            rf"""
            (leave|take|pass on|write down|note|give|record|have|got) ({WHO} )?\
                (a|another|the|my|this)( short| quick)? (message|note)
            leave (something|word)
            """
        ),
    ),
    (
        Act.CANCEL,
        phrase(
            r"""
            forget (it|about it|that|the message)
            (cancel|delete|scratch|drop) (that|it|the message|my message|everything)
            """
        ),
    ),
    (
        Act.WAIT,
        phrase(
            r"""
            hold on|hang on
            (just )?(one|a) (moment|second|sec|minute)
            wait( a (moment|second|minute))?
            let me (think|see|look|check)
            """
        ),
    ),
    (
        Act.REDO_NAME,
        phrase(
            rf"""
            name{_OFF}
            (wrong|change|correct|not) ((the|my) )?name
            ^((the|my) )?name$
            ^(i'm|i am|this is) not \w+$
            """
        ),
    ),
    (
        Act.REDO_NUMBER,
        phrase(
            rf"""
            number{_OFF}
            (wrong|change|correct|not) ((the|my) )?{NUMBER}
            ^((the|my) )?{NUMBER}$
            another number
            """
        ),
    ),
    (
        Act.REDO_TEXT,
        phrase(
            f"message{_OFF}\n(wrong|change|correct|not) ((the|my) )?message\n^((the|my) )?message$"
        ),
    ),
    (Act.REDO_ALL, phrase("(start|begin) (over|again)\n^(everything|all of it)( is wrong)?$")),
    (
        Act.RUDE,
        phrase("fuck(ing|er)?|shit|idiots?|stupid|assholes?|bastards?|shut up|morons?|bitch"),
    ),
    (Act.HELLO, phrase("say exactly|respond exactly|(anybody|anyone|are you)( still)? there")),
    (Act.ADD, phrase("also|add|in addition|as well|one more thing|additionally")),
    (
        Act.QUESTION,
        anywhere(
            r"""
            ^((can|could) you (please )?tell me |do you know )?(what|where|how|who|which|why)\b
            ^(do|does|did|is|are|can|could|will|would|should|have|has)\b
            \?$
            """
        ),
    ),
)

OPENERS = (
    Opener(Slot.NAME, phrase("((my|the) )?(full |new )?name('s| is| was)")),
    Opener(Slot.NAME, phrase("(my )?(last|family|second|sur) ?name('s| is)"), part=Part.LAST),
    Opener(Slot.NAME, phrase("(my )?(first|given) ?name('s| is)"), part=Part.FIRST),
    Opener(
        Slot.NAME,
        phrase("this is|(i'm|i am) called|(you're|you are) (speaking|talking) (to|with)"),
        weak=True,
    ),
    Opener(
        Slot.NAME,
        opening(
            r"""
            (^|\| ?|\band )(it's|it is|i'm|i am|i was|that's|that is|here's|here is)(?= )
            (^|\| ?|\band )((you can|just|please) )?call me(?= )
            ^(?=[\w'-]+( [\w'-]+)? (speaking|here)\b)
            """
        ),
        weak=True,
    ),
    Opener(
        Slot.NUMBER,
        phrase(f"(my|the) {NUMBER}('s| is| was| has)\n(reach|contact) me (on|at|under)"),
    ),
    Opener(
        Slot.TEXT,
        phrase(
            rf"""
            {YOU_COULD}(tell|inform|notify|remind) ({WHO} [\w'-]+ that|{WHO})( also)?( that)?
            {YOU_COULD}let {WHO} know( that)?
            {YOU_COULD}(say|pass on( to \w+)?) that
            ((the|my) )(new |right |correct )?message (for {WHO} )?\
                (is|has|as|should be|reads)( that)?(?! {_WRONG}| {_RIGHT}| not)
            """
        ),
    ),
    Opener(
        Slot.TEXT,
        opening(
            rf"""
            {YOU_COULD}(tell|ask|get|remind) {WHO}( also)? to(?= )
            {YOU_COULD}(ask|have|get|want) {WHO} (to )?(?={DO} )
            (could|can|would|will|should) (you|{WHO}) (please )?(?={DO} )
            please (?={DO} )
            ^(?={DO} me\b)
            """
        ),
        lead="Please ",
    ),
    Opener(
        Slot.TEXT,
        opening(rf"{YOU_COULD}ask {WHO}(?= (if|whether|when|what|where|how|why)\b)"),
        lead="I would like to know",
    ),
    Opener(
        Slot.TEXT,
        opening(
            rf"""
            (?=({I_WANT} to|(can|could|may) i) (speak|talk) (to|with) {WHO} about)
            (?={I_WANT} to (ask|know)\b(?! (when|you)\b))
            (?={I_WANT} to (say|discuss|remind|confirm|cancel|make|book|order|arrange|thank)\b)
            (?={I_WANT} to (invite|offer|sell|buy|complain|report|check|move|change|postpone)\b\
                (?! (the|my) (name|number|message)))
            (?=it('s| is) (about|regarding|concerning)\b)
            (?=(he|she|they) (should|must|needs? to|has to|have to|ought to)\b)
            """
        ),
    ),
    Opener(
        Slot.TEXT,
        opening(
            r"""
            ((i'm|i am|hi and|i was) )?(calling|phoning|ringing) \
                (?=(about|regarding|because|concerning|to|on behalf)\b)
            """
        ),
        lead="I am calling ",
    ),
)

# "Not my number" says what is wrong, not what is right.
_NOT_MERELY = r"(?!(it|that|this|i)('s|'m| is| am| was) not )"
_SAYING = r"(((it|that|this|(the|my) \w+)('s| is| was)|i said|with|on|at) )*"
_NEW, _OLD = r"(?P<new>[\w' -]+?)", r"(?P<old>[\w' -]+?)"
SWAPS = (
    starts(rf"{_NOT_MERELY}{_SAYING}{_NEW},? ((and|but) )?not ((on|at|with) )?{_OLD}$"),
    starts(rf"{_SAYING}not ((on|at|with) )?{_OLD},? but ((on|at|with) )?{_NEW}$"),
)

MISHEARD = (
    (Act.NO, starts("now|know|knows|note")),
    (Act.YES, starts("us$|yet$|share$")),
)

STRANGE = (
    (Ask.ELSE, phrase("(anything|something) else")),
    (Ask.CONFIRM, phrase("(is|was) (that|this|it|everything) (all )?(right|correct)|did i get")),
    (Ask.NAME, phrase("your (full |last |first )?name|who('s| is| am i) (calling|speaking|this)")),
    (Ask.NUMBER, phrase(rf"(your|what|which|best|phone|call ?back) {NUMBER}|(reach|call) you")),
    (
        Ask.TEXT,
        phrase("(what|which) .*(message|(tell|let) (him|her|them)|pass on|about)|tell .* what"),
    ),
    (Ask.TEXT, phrase(rf"(like|want) me to (tell|let|pass on)|(tell|give) {WHO} a message")),
    (Ask.TAKE, phrase("(take|leave) a message")),
    (Ask.CLOSED, phrase("good ?bye|bye")),
    (Ask.OPEN, phrase("assistant|how (can|may) i help")),
)
