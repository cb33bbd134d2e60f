"""English: what callers say, also as a recogniser writes it, and what they are told."""

import re

from clawctl_plugins.receptionist.language import (
    Act,
    Ask,
    FactWords,
    Language,
    Line,
    NameWords,
    NoteWords,
    NumberWords,
    Opener,
    Part,
    Slot,
    opening,
    phrase,
)

# Somebody a message is for: "him", "the doctor", "Mr Brown", "Markus".
_WHO = (
    r"(?!(?:me|you|us|it|that|this|what|to|a|an|about)\b)"
    r"(?:(?:the|my|your|our|mr|mrs|ms|miss|dr|doctor)\.? )?[\w'-]+"
)
_I_WANT = r"i(?:'d| would|) ?(?:just )?(?:like|love|want|wanted|need|needed|wish|have)"
_BACK = r"(?:call|called|calls|ring|phone|get back|write|text|email|contact)"
_BE = r"(?:'s| is| was)"


def _starts(*ways: str) -> re.Pattern[str]:
    return re.compile(rf"^(?:{'|'.join(ways)})(?!\w)", re.IGNORECASE)


def _ends(*ways: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(ways)})$", re.IGNORECASE)


_THANKS = ("thank you(?: very much| so much)?", "thanks(?: a lot| very much)?", "cheers")
_BYE = (
    "good ?bye",
    "bye(?:[ -]bye)?",
    "see you(?: later| soon)?",
    "talk to you (?:later|soon)",
    "have a (?:nice|good|great) (?:day|evening|weekend|one)",
    "i(?:'ve got| have) to go(?: now)?",
)
_ENOUGH = (
    rf"that(?:{_BE}|'ll be| will be|'s about| would be) (?:all|it|everything)(?: for now)?",
    "nothing(?: else| more)?",
    r"i(?:'m| am) (?:done|finished)",
)
_WRONG = (
    rf"(?:it|that|this)(?:{_BE})? not(?: quite| really)? (?:right|correct|true|it|good)",
    rf"(?:it|that|this)(?:{_BE}n't| isn't| wasn't)(?: quite)? (?:right|correct|true)",
    rf"(?:it|that|this){_BE}(?: all)? (?:wrong|incorrect|false|a mistake)",
    "not (?:quite |really )?(?:right|correct|true|exactly)",
    "wrong",
    "incorrect",
    "you (?:got|have) (?:it|that) wrong",
)
_YES = (
    rf"(?:it|that|this|everything|all){_BE}(?: all| absolutely)? "
    "(?:right|correct|fine|good|perfect|true)",
    "all (?:right|correct|good)",
    "yes(?: please| indeed)?",
    "yeah",
    "yep",
    "yup",
    "ye[sp]",
    "sure",
    "of course",
    "okay",
    "ok",
    "certainly",
    "absolutely",
    "correct",
    "exactly",
    "indeed",
    "fine",
    "perfect",
    "uh[ -]?huh",
    "m+[ -]?hm+",
    "right(?! now| away| after| before)",
    "please do",
    "go ahead",
    "you got it",
)

_DIGITS = {
    "zero": "0",
    "nought": "0",
    "naught": "0",
    "nil": "0",
    "one": "1",
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
    "niner": "9",
}
_TENS = {
    "twenty": "20",
    "thirty": "30",
    "forty": "40",
    "fifty": "50",
    "sixty": "60",
    "seventy": "70",
    "eighty": "80",
    "ninety": "90",
}
_TEENS = {
    "ten": "10",
    "eleven": "11",
    "twelve": "12",
    "thirteen": "13",
    "fourteen": "14",
    "fifteen": "15",
    "sixteen": "16",
    "seventeen": "17",
    "eighteen": "18",
    "nineteen": "19",
}
_COUNT = "(?:two |three |four |five |six )?"
_NTH = {
    "second": 1,
    "third": 2,
    "fourth": 3,
    "fifth": 4,
    "sixth": 5,
    "seventh": 6,
    "eighth": 7,
    "ninth": 8,
    "tenth": 9,
}
_NUMBER = r"(?:(?:tele)?phone |mobile |cell |cellphone |callback |home |work |office )?numbers?"

NUMBERS = NumberWords(
    digits=_DIGITS,
    loose={
        "oh": "0",
        "o": "0",
        "won": "1",
        "to": "2",
        "too": "2",
        "for": "4",
        "fore": "4",
        "ate": "8",
    },
    edge=frozenset({"oh", "o"}),
    numbers={**_TENS, **_TEENS},
    sums=frozenset(_TENS),
    zeros={"hundred": "00", "thousand": "000"},
    times={"double": 2, "triple": 3, "treble": 3},
    plus=frozenset({"plus", "+"}),
    between=frozenset({"and", "uh", "um", "er", "dash", "hyphen", "space", "then"}),
    before=frozenset({"is", "at", "on", "it's", "number", "under"}),
    lead=re.compile(
        rf"(?:{_NUMBER}(?:'s| is| was| would be| has| as|:)?"
        r"|(?:reach|call|ring|phone|contact|get|text|dial) (?:me )?(?:back )?(?:on|at|under)?)"
        r"[\s,:]*$",
        re.IGNORECASE,
    ),
    joint=re.compile(
        rf"(?<!\w)(?:(?:and |so )?(?:(?:you|he|she|they) (?:can|could|may) (?:reach|call|ring|get|"
        rf"contact|phone) me(?: back)? (?:on|at|under)|(?:(?:on|at|under|and) )?(?:my|the|that|his|"
        rf"her)? ?(?:new |right |correct )?{_NUMBER}(?:'s| is| was| would be| has| as|:)?"
        r"|on|at|under|it's|it is|that's|is))[\s,:]*$",
        re.IGNORECASE,
    ),
    other=re.compile(
        r"(?<!\w)(?:order|invoice|account|customer|reference|booking|ticket|case|room|flight|member"
        r"|membership|policy|part|serial|tracking|pin|code|year)s?(?: number)?"
        r"(?:'s| is| was| number|:)?\s*$",
        re.IGNORECASE,
    ),
    fix=re.compile(
        rf"(?:(?P<last>(?:the )?last {_COUNT}(?:digits?|numbers?|ones?) (?:is|are|his|has|should be"
        r"|was)|(?:it |the number |that )?ends (?:in|with|on))"
        rf"|(?:the )?first {_COUNT}(?:digits?|numbers?|ones?) (?:is|are|should be|was)"
        r"|(?:it |the number )?(?:starts|begins) with"
        rf"|(?:the )?(?P<nth>{'|'.join(_NTH)}) (?:digit|number|one) (?:is|should be|was)(?: a)?)"
        r" (?P<digits>.+?)(?:,? (?:and )?not .*)?$",
        re.IGNORECASE,
    ),
    ordinals=_NTH,
)

NAMES = NameWords(
    never=frozenset(
        """
        a about actually afraid after again ah all also am an and any anyway are as asking at away back
        bad be because been before busy but by bye call called calling can cannot can't change
        changed come coming correct could day did digit do does doesn't don't done either er erm
        everything fine first for fun get getting give glad go going gonna good got great had happy has
        have having he hello her here hers hey hi him his home hope how i i'd i'll i'm i've if ill
        important in incorrect interested into is isn't it it's its just know last late later leave
        leaving let like looking making may me message might mine misspelled moment much must my name
        need needing nice no none nope not nothing now number of off oh ok okay on one only or our out
        over perfect phone phoning please quite ready really reach regarding returning right ringing
        running said say saying second seconds see she should sick so some sorry speaking speak spell
        spelled spelt still stuck sure take talk talking tell text thank thanks that that's the their
        them then there these they thing think this those time to today tomorrow tonight too trying
        uh um unable unfortunately urgent very waiting want wanted wanting was we well went were what
        when where which who why will wish with won't wondering would wrong yeah yes yet you your
        """.split()
    ),
    small=frozenset({"von", "van", "de", "der", "den", "di", "da"}),
    joint=frozenset({"from"}),
    letters={
        "ay": "a",
        "be": "b",
        "bee": "b",
        "see": "c",
        "sea": "c",
        "dee": "d",
        "gee": "g",
        "jay": "j",
        "kay": "k",
        "el": "l",
        "ell": "l",
        "em": "m",
        "en": "n",
        "oh": "o",
        "pee": "p",
        "pea": "p",
        "cue": "q",
        "queue": "q",
        "are": "r",
        "ar": "r",
        "ess": "s",
        "tea": "t",
        "tee": "t",
        "you": "u",
        "vee": "v",
        "ex": "x",
        "why": "y",
        "zee": "z",
        "zed": "z",
    },
    spelling=phrase(
        r"(?:(?:that(?:'s| is)|which is|it(?:'s| is)) )?(?:spelled|spelt|spelling)(?: as| it)?",
        r"i(?:'ll| will)? spell(?: (?:it|that))?(?: for you)?",
    ),
    speaking=re.compile(r"[ ,]+(?:speaking|here|is my name|again)[ .!]*$", re.IGNORECASE),
)

FACTS = FactWords(
    reach=phrase(
        "reach(?:able|ed)?",
        "back",
        "available",
        "unavailable",
        "returns?",
        "returning",
        "(?:office|opening|business|working|consultation|visiting) hours",
        "hours",
        "open",
        "closed",
        "holidays?",
        "vacation",
        "away",
        "out of (?:the )?office",
        "in (?:the|his|her) office",
        "at (?:home|work)",
        "in a meeting",
        "travell?ing",
        "lunch",
    ),
    moment=phrase(
        r"\d{1,2}(?:[:.]\d{2})?",
        "(?:mon|tues|wednes|thurs|fri|satur|sun)days?",
        "january|february|march|april|may|june|july|august|september|october|november|december",
        "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve",
        "today|tonight|tomorrow|noon|midnight|morning|afternoon|evening|weekends?|week|month|daily",
        "holidays?|vacation|meeting|lunch|soon|shortly|later|until|till",
        r"a\.?m\.?|p\.?m\.?|o'clock|hours?|minutes?",
        "(?:mobile|office|landline|home|phone|e-?mail)",
    ),
    secret=phrase(
        "secrets?",
        "pass ?(?:word|phrase|code)s?",
        "pin",
        "codes?",
        "tokens?",
        "api keys?",
        "confidential(?:ly)?",
        "private(?:ly)?",
        "internal(?:ly)?",
        "sensitive",
        "credentials?",
        "reveal",
        "disclose",
        "(?:never|not|don't|nobody|no one)(?: \\w+){0,3} "
        "(?:tell|told|say|said|mention|share|give|know|find out)",
    ),
    order=re.compile(
        r"^(?:please|always|never|do|don't|if|when(?:ever)?|unless|be|keep|use|answer|speak|talk|tell"
        r"|ask|say|greet|avoid|offer|take|introduce|remember|reply|respond|write|act|pretend|let|make"
        r"|give|note|ignore|stay|follow|explain|help|only|you|your|under no)\b"
        r"|(?<!\w)(?:you (?:are|must|should|may|can|will|have)|you're|your (?:task|job|role|name|goal)"
        r"|the (?:caller|callers|assistant)|system prompt|instructions?|must not|language model)"
        r"(?!\w)",
        re.IGNORECASE,
    ),
    hush=re.compile(
        r"^(?:but |and |so |please )*(?:do not|don't|never|must not|you must not|you may not)"
        r" (?:\w+ )?(?:tell|say|mention|share|reveal|disclose|repeat|pass|read|give)"
        r"(?: (?:on|out))?(?: (?:this|that|it|these|them|so|any|anyone|anybody|anything|to|the|a"
        r"|callers?|people|about|on|out|away|strangers))*[.!]*$"
        r"|^(?:tell|say) (?:no ?one|nobody|nothing)"
        r"|^(?:this|that|it|the above|all this|these)(?: \w+){0,2} (?:is|are|stays?|must)"
        r"(?: \w+){0,2} (?:confidential|private|secret|internal|kept|between)"
        r"|^(?:please )?keep (?:this|that|it|these)",
        re.IGNORECASE,
    ),
    wrapping=re.compile(
        r"^(?:please )?(?:if (?:(?:you are |they |anyone |anybody |somebody |someone |the caller )?"
        r"asks?|asked)[^,]*, )?(?:please )?(?:(?:you (?:can|may|should) )?(?:tell|inform|let)"
        r" (?:the |all |every )?(?:callers?|people|them|everyone|everybody|anyone|him|her)"
        r"(?: know)?(?: who asks?)?,? (?:that )?|say (?:that )?)(?=\w)",
        re.IGNORECASE,
    ),
    about_me=(
        (re.compile(r"^i(?: am|'m)\b", re.IGNORECASE), "{owner} is"),
        (re.compile(r"^i(?: will|'ll)\b", re.IGNORECASE), "{owner} will"),
        (re.compile(r"^i can\b", re.IGNORECASE), "{owner} can"),
        (re.compile(r"^my\b", re.IGNORECASE), "{owner}'s"),
    ),
    empty=frozenset(
        """
        a about am an and any are at be been can could did do does for from get give had has have he
        her hers him his how i if in is it its know me much my of on or our out please she should so
        tell that the their them there they this to us was we what what's when where which who will
        with would you your whether s
        """.split()
    ),
    kin=(
        frozenset({"address", "located", "location", "situated", "street", "find"}),
        frozenset({"open", "opening", "hours", "opens", "close", "closed", "closes", "closing"}),
        frozenset({"price", "prices", "cost", "costs", "charge", "fee", "rate"}),
        frozenset({"mail", "email", "e"}),
        frozenset({"parking", "park"}),
        frozenset({"back", "return", "returns", "returning"}),
    ),
    endings=re.compile(r"(?:'s|ing|ed|es|s)$"),
)

QUESTIONS = {
    Ask.TAKE: (
        "May I take a message?",
        "Would you like to leave a message for {owner}?",
        "Shall I take a message, yes or no?",
    ),
    Ask.NAME: (
        "May I have your name, please?",
        "Who is calling, please?",
        "Please tell me just your first and last name.",
    ),
    Ask.TEXT: (
        "What would you like me to tell {owner}?",
        "What is your message for {owner}?",
        "In a few words, what shall I write down for {owner}?",
    ),
    Ask.NUMBER: (
        "What number can {owner} reach you on?",
        "Could you tell me your number, digit by digit?",
        "Please say your telephone number once more, one digit at a time.",
    ),
    Ask.CALLING: (
        "Shall we call you back on the number you are calling from, ending in {ending}?",
        "May we use the number you are calling from, ending in {ending}, yes or no?",
    ),
    Ask.CONFIRM: (
        "Is that right?",
        "Is everything noted correctly?",
        "Have I noted it correctly, yes or no?",
    ),
    Ask.WRONG: (
        "What should I change: the name, the number or the message?",
        "Please tell me what I should change: the name, the number or the message.",
    ),
    Ask.ELSE: (
        "Is there anything else?",
        "Can I do anything else for you?",
    ),
}

LINES = {
    Line.HELLO: "Hello, this is {owners} assistant.",
    Line.HELLO_OUTGOING: "Hello, this is {owners} assistant calling.",
    Line.AWAY: "{Owner} cannot come to the phone right now.",
    Line.WHO: "This is {owners} automatic assistant.",
    Line.ROBOT: "I am an automatic assistant, but {owner} gets every message I take.",
    Line.WHEN_UNKNOWN: "I am afraid I do not know when {owner} can be reached.",
    Line.UNKNOWN: "I do not know that, but I can pass your question on.",
    Line.THANKS_NAME: "Thank you, {name}.",
    Line.NOTED: "I have noted that.",
    Line.GLADLY: "Certainly.",
    Line.ALL_RIGHT: "All right.",
    Line.SORRY: "Sorry, I did not catch that.",
    Line.CALM: "Let us stay friendly, please.",
    Line.EMERGENCY: (
        "I cannot help in an emergency. Please hang up and dial the emergency number now."
    ),
    Line.TAKE_YOUR_TIME: "Take your time.",
    Line.STILL_THERE: "Are you still there?",
    Line.REPEAT: "Of course.",
    Line.READ_BACK: "Let me read that back: {parts}",
    Line.CHANGED: "I have changed that: {parts}",
    Line.YOUR_NAME: "your name is {name}",
    Line.YOUR_NUMBER: "your number is {number}",
    Line.YOUR_TEXT: "your message is: {text}",
    Line.AND: ", and ",
    Line.AND_SO_ON: ", and so on",
    Line.PASS_ON: "Thank you, I will pass that on to {owner}.",
    Line.PASS_ON_NAME: "Thank you, {name}, I will pass that on to {owner}.",
    Line.AS_NOTED: "I will pass it on as I noted it.",
    Line.CANCELLED: "All right, I will not pass that on.",
    Line.BYE_NOTED: "All noted: {noted}. Thank you for calling, goodbye.",
    Line.BYE_UNCONFIRMED: "I will pass on what I have noted. Thank you for calling, goodbye.",
    Line.BYE: "Thank you for calling, goodbye.",
    Line.LOST: "I cannot make that out, I am afraid. You are welcome to call again later, goodbye.",
    Line.PLUS: "plus",
}

ENGLISH = Language(
    head=(
        (Act.WRONG, _starts(*_WRONG)),
        (Act.YES, _starts(*_YES)),
        (Act.THANKS, _starts(*_THANKS)),
        (Act.NO, _starts("no", "nope", "nah", "not really", "not (?:right )?now")),
        (Act.BYE, _starts(*_BYE)),
        (Act.ENOUGH, _starts(*_ENOUGH)),
        (
            Act.HELLO,
            _starts(
                "hello(?: there)?", "hi(?: there)?", "hey", "good (?:morning|afternoon|day|evening)"
            ),
        ),
        (
            Act.FILLER,
            _starts(
                "u[hm]+",
                "er+m?",
                "ah+",
                "oh+",
                "well",
                "so",
                "please",
                "sorry",
                "excuse me",
                "look",
                "listen",
                "actually",
                "and",
                "but",
                "i mean",
                "i said",
                "you know",
                "hm+",
                "now",
            ),
        ),
    ),
    tail=(
        (Act.THANKS, _ends(*_THANKS)),
        (Act.BYE, _ends(*_BYE)),
        (Act.ENOUGH, _ends(*_ENOUGH)),
        (Act.FILLER, _ends("please", "and", "so", "u[hm]+", "er+m?", "okay")),
    ),
    acts=(
        (
            Act.EMERGENCY,
            phrase(
                r"(?:this|it|there|that)(?:'s| is) an emergency",
                r"i (?:need|want) (?:an ambulance|a doctor now|the police|help now|help right now)",
                r"(?:call|send|get) (?:me )?(?:an ambulance|the police|the fire (?:brigade|department)|"
                r"nine one one|nine nine nine|one one two|911|999|112)",
                "heart attack",
                "can(?:no|'|)t breathe",
                r"(?:is|are) (?:bleeding|unconscious|not breathing|on fire)",
                "kill myself",
                "i want to die",
                "suicide",
            ),
        ),
        (
            Act.REPEAT,
            phrase(
                r"(?:repeat|say) (?:that|it|this|yourself)(?: again| once more)?",
                "(?:repeat|once more) please",
                r"^(?:pardon|come again|what|once more|again)(?: me)?[?]?$",
                "(?:beg your|i beg) pardon",
                "what did you (?:just )?say",
                r"i (?:did not|didn't|could not|couldn't|can't) "
                r"(?:get|catch|understand|hear|follow)(?: (?:that|you|it))?",
                r"(?:could|can|would|will) you (?:please )?repeat",
            ),
        ),
        (
            Act.ROBOT,
            phrase(
                r"(?:are|is) (?:you|this) (?:an? |really )*(?:robot|machine|computer|bot|human|recording"
                r"|real(?: person)?|ai|person|automatic\w*|answering machine)",
                r"(?:speaking|talking) (?:to|with) an? (?:robot|machine|computer|bot|human|real|ai)",
                "robot",
            ),
        ),
        (
            Act.WHO,
            phrase(
                r"who(?:'s| is| am) (?:this|i (?:speaking|talking)(?: to| with)?|speaking|there|it|that)",
                "who are you",
                "what(?:'s| is) your name",
                r"^(?:was|here is|where is) this$",
                "what can you do",
                "where am i calling",
            ),
        ),
        (
            Act.WHEN,
            phrase(
                r"when(?:'s| is| are| was|'ll| will| can| could| would| does| do| may| should)",
                "(?:at )?what time",
                "how long",
                "until when",
                rf"(?:is|will|would) {_WHO} (?:be )?(?:back|in|there|available|around|free) "
                "(?:today|tomorrow|later|soon|this|on|at|next)",
                rf"(?:how|where) (?:can|could|do) i (?:reach|contact|find|get hold of)",
                "(?:a )?(?:good|better|best) time to (?:call|reach|ring)",
            ),
        ),
        (
            Act.SPEAK,
            phrase(
                r"(?:can|could|may|might) i (?:please )?(?:speak|talk|have a word)(?: (?:to|with))?",
                rf"{_I_WANT} to (?:speak|talk)(?: (?:to|with))?",
                rf"(?:is|are) {_WHO} (?:there|in|available|around|free|home|at home|at work"
                r"|in the office|still|here)",
                "(?:put|connect) me(?: through)?",
                r"(?:get|give) me \w+",
                r"i(?:'m| am) (?:looking for|trying to reach|trying to get)",
                r"i(?:'m| am) calling for",
            ),
        ),
        (
            Act.CALLING,
            phrase(
                "this number",
                "the same(?: number)?",
                r"(?:number|one|phone) (?:that )?i(?:'m| am) calling (?:you )?(?:from|on|with)",
                "number (?:you (?:have|see)|on your (?:display|screen))",
                r"(?:you|he|she|they)(?: already)? (?:have|has|got|know|knows) my number",
            ),
        ),
        (
            Act.DECLINE,
            phrase(
                r"(?:i(?:'d| would)? )?(?:rather|prefer) not(?: to)?(?: say| give| tell| leave)?",
                r"(?:i )?(?:don't|do not) (?:have|want|wish|like|care|need)"
                r"(?: (?:a|to|any|one|my))*"
                r"(?: (?:say|give|tell|leave|number|phone|name|message|that|it))*",
                "(?:no|without a?) ?(?:number|phone|name|message|need)",
                "(?:have|got) no (?:number|phone|message)",
                "none of your business",
                "anonymous(?:ly)?",
                "skip (?:that|it|this)",
                "not (?:necessary|needed|important)",
                r"(?:does not|doesn't) matter",
                "none",
            ),
        ),
        (
            Act.LEAVE,
            phrase(
                rf"(?:leave|take|pass on|write down|note|give|record|have|got) (?:down )?"
                rf"(?:{_WHO} )?(?:a|another|the|my|this|one more) (?:short |quick )?(?:message|note)",
                "leave (?:something|word)",
            ),
        ),
        (
            Act.CANCEL,
            phrase(
                "forget (?:it|about it|that|the message)",
                "never ?mind",
                "(?:cancel|delete|scratch|drop) (?:that|it|the message|my message|everything)",
            ),
        ),
        (
            Act.WAIT,
            phrase(
                "hold on",
                "hang on",
                "(?:just )?(?:one|a) (?:moment|second|sec|minute)",
                "wait(?: a (?:moment|second|minute))?",
                "let me (?:think|see|look|check)",
            ),
        ),
        (
            Act.REDO_NAME,
            phrase(
                rf"name(?:{_BE}| has)?(?: not|n't| isn't)?(?: spelled| spelt)? "
                "(?:wrong|incorrect|right|correct|misspelled|wrongly)",
                "(?:wrong|change|correct) (?:the |my )?name",
                r"^(?:the |my )?name$",
            ),
        ),
        (
            Act.REDO_NUMBER,
            phrase(
                rf"number(?:{_BE}| has)?(?: not|n't| isn't)? (?:wrong|incorrect|right|correct)",
                "(?:wrong|change|correct) (?:the |my )?(?:phone |telephone )?number",
                r"^(?:the |my )?(?:phone |telephone )?number$",
                "another number",
            ),
        ),
        (
            Act.REDO_TEXT,
            phrase(
                rf"message(?:{_BE}| has)?(?: not|n't| isn't)? (?:wrong|incorrect|right|correct)",
                "(?:wrong|change|correct) (?:the |my )?message",
                r"^(?:the |my )?message$",
            ),
        ),
        (
            Act.REDO_ALL,
            phrase("(?:start|begin) (?:over|again)", r"^(?:everything|all of it)(?: is wrong)?$"),
        ),
        (
            Act.RUDE,
            phrase(
                "fuck(?:ing|er)?",
                "shit",
                "idiots?",
                "stupid",
                "assholes?",
                "bastards?",
                "shut up",
                "morons?",
                "bitch",
            ),
        ),
        (Act.HELLO, phrase("say exactly", "respond exactly", "anybody there", "anyone there")),
        (
            Act.ADD,
            phrase("also", "add", "in addition", "as well", "one more thing", "additionally"),
        ),
        (
            Act.QUESTION,
            re.compile(
                r"^(?:(?:can|could) you (?:please )?tell me |do you know )?(?:what|where|how|who|which|why|"
                r"do|does|did|is|are|can|could|will|would|should|have|has)\b|[?]$",
                re.IGNORECASE,
            ),
        ),
    ),
    openers=(
        Opener(Slot.NAME, phrase(r"(?:my|the)? ?(?:full |new )?name(?:'s| is| was| has been)")),
        Opener(
            Slot.NAME,
            phrase(r"(?:my )?(?:last|family|second|sur) ?name(?:'s| is)"),
            part=Part.LAST,
        ),
        Opener(Slot.NAME, phrase(r"(?:my )?(?:first|given) ?name(?:'s| is)"), part=Part.FIRST),
        Opener(Slot.NAME, phrase("you(?:'re| are) (?:speaking|talking) (?:to|with)"), weak=True),
        Opener(Slot.NAME, phrase("this is", "i(?:'m| am) called"), weak=True),
        Opener(
            Slot.NAME,
            re.compile(
                r"(?:^|\| ?|\band )(?:it(?:'s| is)|i(?:'m| am)|i was|(?:you can |just )?call me|here(?:'s| is)"
                r"|that(?:'s| is))(?= )",
                re.IGNORECASE,
            ),
            weak=True,
        ),
        Opener(
            Slot.NAME, re.compile(r"^(?=[\w'-]+(?: [\w'-]+)? (?:speaking|here)(?!\w))"), weak=True
        ),
        Opener(
            Slot.NUMBER,
            phrase(
                rf"(?:my|the) {_NUMBER}(?:'s| is| was| has)",
                r"(?:reach|contact) me (?:on|at|under)",
            ),
        ),
        Opener(
            Slot.TEXT,
            phrase(
                rf"(?:(?:could|can|would|will) you (?:please )?|please |just |also |and |i(?:'d| would) "
                rf"like you to |i want you to |you can )*(?:tell|inform|notify|remind) "
                rf"(?:{_WHO} [\w'-]+ that|{_WHO})(?: also)?(?: that)?",
            ),
        ),
        Opener(
            Slot.TEXT,
            phrase(
                rf"(?:(?:could|can|would|will) you (?:please )?|please |just |also |and )*"
                rf"let {_WHO} know(?: that)?",
                "(?:please |just )*say that",
                r"(?:please )?pass on (?:to \w+ )?that",
            ),
        ),
        Opener(
            Slot.TEXT,
            phrase(
                rf"(?:the|my) (?:new |right |correct )?message (?:for {_WHO} )?"
                r"(?:is|has|as|would be|should be|reads)(?: that)?"
                r"(?! (?:wrong|incorrect|right|correct|not|fine|ok))",
            ),
        ),
        Opener(
            Slot.TEXT,
            opening(rf"(?:could|can|would|will|should) (?:you|{_WHO}) (?:please )?(?={_BACK} )"),
            lead="Please ",
        ),
        Opener(
            Slot.TEXT,
            opening(
                rf"(?:please |just |also |and )*(?:ask|have|get|want) {_WHO} (?:to )?(?={_BACK} )"
            ),
            lead="Please ",
        ),
        Opener(
            Slot.TEXT,
            opening(
                rf"(?:please |just |also |and )*ask {_WHO}(?= (?:if|whether|when|what|where|how|why))"
            ),
            lead="I would like to know",
        ),
        Opener(Slot.TEXT, phrase(rf"(?:please |just |also |and )*ask {_WHO} to"), lead="Please"),
        Opener(
            Slot.TEXT,
            opening(rf"(?:he|she|they) (?:should|must|needs? to|has to|ought to|may) (?:please )?"),
            lead="Please ",
        ),
        Opener(Slot.TEXT, opening(rf"please (?={_BACK} )"), lead="Please "),
        Opener(Slot.TEXT, re.compile(rf"^(?={_BACK} me\b)", re.IGNORECASE), lead="Please "),
        Opener(
            Slot.TEXT,
            opening(rf"(?={_I_WANT} to (?:speak|talk) (?:to|with) {_WHO} about)"),
        ),
        Opener(
            Slot.TEXT,
            opening(
                rf"(?={_I_WANT} to (?:ask|know|say|discuss|remind|confirm|cancel|make|book|order|arrange"
                r"|thank|invite|offer|sell|buy|complain|report|check|inform|move|change|postpone)"
                r"(?! (?:when|you|my name|the name|the number|my number|the message|my message)(?!\w)))"
            ),
        ),
        Opener(
            Slot.TEXT,
            opening(
                r"(?:i(?:'m| am) |hi and |i was )?(?:calling|phoning|ringing) (?=(?:about|regarding|because|"
                r"concerning|to|on behalf)(?!\w))"
            ),
            lead="I am calling ",
        ),
        Opener(
            Slot.TEXT,
            opening(r"(?=it(?:'s| is) (?:about|regarding|concerning) )"),
        ),
    ),
    swaps=(
        re.compile(
            r"^(?:(?:it|that|this|the \w+|my \w+)(?:'s| is| was) |i said |(?:with|on|at) )*"
            r"(?P<new>[\w' -]+?),? (?:and |but )?not (?:on |at |with )?(?P<old>[\w' -]+)$",
            re.IGNORECASE,
        ),
        re.compile(
            r"^(?:(?:it|that|this)(?:'s| is) )?not (?:on |at |with )?(?P<old>[\w' -]+?),? but "
            r"(?:on |at |with )?(?P<new>[\w' -]+)$",
            re.IGNORECASE,
        ),
    ),
    misheard_no=re.compile(r"^(?:now|know|note|knows|nah)(?!\w)[ ,.]*", re.IGNORECASE),
    strange=(
        (Ask.ELSE, re.compile(r"anything else|something else", re.IGNORECASE)),
        (
            Ask.CONFIRM,
            re.compile(
                r"(?:is|was) (?:that|this|it|everything) (?:right|correct|all right)|correct\?|did i get",
                re.IGNORECASE,
            ),
        ),
        (
            Ask.NAME,
            re.compile(
                r"your (?:full |last |first )?name|who(?:'s| is| am i)[^.?!]*\?", re.IGNORECASE
            ),
        ),
        (
            Ask.NUMBER,
            re.compile(
                r"(?:your|what|which|best|phone|call ?back) (?:phone |telephone |callback )?number"
                r"|(?:reach|call) you[^.!]*\?",
                re.IGNORECASE,
            ),
        ),
        (
            Ask.TEXT,
            re.compile(
                r"(?:what|which)[^.?!]*(?:message|(?:tell|let) (?:him|her|them)|pass on|about)[^.?!]*\?",
                re.IGNORECASE,
            ),
        ),
        (Ask.TAKE, re.compile(r"(?:take|leave) a message[^.!]*\?", re.IGNORECASE)),
        (Ask.CLOSED, re.compile(r"good ?bye|bye[.!]*$", re.IGNORECASE)),
        (Ask.OPEN, re.compile(r"assistant|how (?:can|may) i help", re.IGNORECASE)),
    ),
    numbers=NUMBERS,
    names=NAMES,
    facts=FACTS,
    notes=NoteWords(
        name="Caller",
        number="Number",
        text="Message",
        confirmed="Confirmed",
        before="Messages before",
        none="not given",
        yes="yes",
        no="no",
    ),
    tidy=(
        (re.compile(r"(?<!\w)(?:u[hm]+|er+m?|hm+)(?!\w)[, ]*", re.IGNORECASE), ""),
        (re.compile(r"(?<![\w'])i(?=$|[ ,.!?]|'(?:m|ll|d|ve)\b)"), "I"),
        (
            re.compile(
                r"(?<!\w)(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|april|june|july|"
                r"august|september|october|november|december)(?!\w)"
            ),
            lambda day: day.group().capitalize(),
        ),
        (re.compile(r"^Please (?:called|calls) me"), "Please call me"),
    ),
    questions=QUESTIONS,
    lines=LINES,
    owner={
        "owner": ("{owner}", "the owner"),
        "Owner": ("{owner}", "The owner"),
        "owners": ("{owner}'s", "the owner's"),
    },
)
