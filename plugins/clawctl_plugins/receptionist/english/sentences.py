"""What English callers are told: short sentences, fit to be understood on a telephone."""

from collections.abc import Mapping

from clawctl_plugins.receptionist.language import (
    Ask,
    Line,
    NoteWords,
    Tidy,
    anywhere,
    opening,
    phrase,
    starts,
)

QUESTIONS: Mapping[Ask, tuple[str, ...]] = {
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

LINES: Mapping[Line, str] = {
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

# What the owner is called, with a name and without one.
OWNER: Mapping[str, tuple[str, str]] = {
    "owner": ("{owner}", "the owner"),
    "Owner": ("{owner}", "The owner"),
    "owners": ("{owner}'s", "the owner's"),
}

NOTES = NoteWords(
    name="Caller",
    number="Number",
    text="Message",
    confirmed="Confirmed",
    before="Messages before",
    none="not given",
    yes="yes",
    no="no",
)

# How a message is written down.
TIDY: Tidy = (
    (anywhere(r"(?<!\w)(u[hm]+|er+m?|hm+)(?!\w)[, ]*"), ""),
    (anywhere(r"(?<![\w'])i(?=$|[ ,.!?]|'(m|ll|d|ve)\b)"), "I"),
    (
        phrase(
            r"""
            (mon|tues|wednes|thurs|fri|satur|sun)day
            january|february|april|june|july|august|september|october|november|december
            """
        ),
        lambda day: day.group().capitalize(),
    ),
    (starts("please (call(ed|s)|calm) me"), "Please call me"),
    (
        opening(
            r"^that (?=(the|an?|i|i'm|i'll|he|she|it|we|they|you|there|my|his|her|our|your)\b)"
        ),
        "",
    ),
)
