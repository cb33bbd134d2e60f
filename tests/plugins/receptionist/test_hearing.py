"""Single utterances: what is understood of them, mostly as a recogniser writes them."""

import pytest

from clawctl_plugins.receptionist.english import ENGLISH
from clawctl_plugins.receptionist.hearing import understand
from clawctl_plugins.receptionist.language import Act, Ask

# What was asked, what is said, and the pieces found: name, number, text.
PIECES_EN = [
    # names
    (Ask.OPEN, "my name is anna smith", ("Anna Smith", "", "")),
    (Ask.OPEN, "hello this is anna smith", ("Anna Smith", "", "")),
    (Ask.OPEN, "Hi, it's Anna from Acme Tools.", ("Anna from Acme Tools", "", "")),
    (Ask.OPEN, "this is john miller speaking", ("John Miller", "", "")),
    (Ask.OPEN, "john miller speaking", ("John Miller", "", "")),
    (Ask.OPEN, "i'm peter brown", ("Peter Brown", "", "")),
    (Ask.OPEN, "you can call me susan", ("Susan", "", "")),
    (Ask.OPEN, "my last name is green", ("Green", "", "")),
    (Ask.OPEN, "my name is anna smith s m y t h", ("Anna Smyth", "", "")),
    (Ask.OPEN, "my name is o'brien", ("O'Brien", "", "")),
    (Ask.OPEN, "My name is Ludwig van Beethoven.", ("Ludwig van Beethoven", "", "")),
    (Ask.OPEN, "my name is mary johnson and i would like to leave a message", ("Mary Johnson", "", "")),
    (Ask.OPEN, "i'm calling for markus", ("", "", "")),
    (Ask.OPEN, "i'm late", ("", "", "")),
    (Ask.OPEN, "it's urgent", ("", "", "")),
    (Ask.OPEN, "this is important", ("", "", "")),
    # numbers
    (Ask.OPEN, "my number is five five five one two three four", ("", "5551234", "")),
    (Ask.OPEN, "my number is 555-1234.", ("", "5551234", "")),
    (Ask.OPEN, "You can reach me at +49 (30) 123 45 67.", ("", "+49301234567", "")),
    (Ask.OPEN, "you can reach me at two o six five five five oh one eight two", ("", "2065550182", "")),
    (Ask.NUMBER, "double five nine triple two eight", ("", "5592228", "")),
    (Ask.NUMBER, "eight hundred five five five two nine nine four", ("", "8005552994", "")),
    (Ask.NUMBER, "it is for four to nine eight six seven", ("", "4429867", "")),
    (Ask.NUMBER, "five five five one two three for", ("", "5551234", "")),
    (Ask.NUMBER, "plus four nine one seven oh nought one two", ("", "+49170012", "")),
    (Ask.NUMBER, "oh one seven oh five five five", ("", "0170555", "")),
    (Ask.NUMBER, "twenty five thirty six forty", ("", "253640", "")),
    (Ask.NUMBER, "um it's five five five uh one two three four", ("", "5551234", "")),
    (Ask.NUMBER, "five five five one no sorry five five six one two three four", ("", "5561234", "")),
    (Ask.NUMBER, "five six", ("", "", "")),
    (Ask.OPEN, "five five five one two three four", ("", "5551234", "")),
    (Ask.OPEN, "i will be there from two to four", ("", "", "")),
    # messages
    (Ask.OPEN, "please tell him that i will be late tomorrow", ("", "", "I will be late tomorrow")),
    (Ask.OPEN, "tell markus the car is ready", ("", "", "The car is ready")),
    (Ask.OPEN, "could you please tell her i'm ill", ("", "", "I'm ill")),
    (Ask.OPEN, "can you tell mr brown that the roof leaks", ("", "", "The roof leaks")),
    (Ask.OPEN, "tell him to bring the keys on monday", ("", "", "Please bring the keys on Monday")),
    (Ask.OPEN, "could she call me back about the house", ("", "", "Please call me back about the house")),
    (Ask.OPEN, "could she called me back about the invoice", ("", "", "Please call me back about the invoice")),
    (Ask.OPEN, "please have him call me", ("", "", "Please call me")),
    (Ask.OPEN, "he should call me back", ("", "", "Please call me back")),
    (Ask.OPEN, "please call me back", ("", "", "Please call me back")),
    (Ask.OPEN, "let them know that dinner is at eight", ("", "", "Dinner is at eight")),
    (Ask.OPEN, "the message is the car is ready", ("", "", "The car is ready")),
    (Ask.OPEN, "the message as the car is ready", ("", "", "The car is ready")),
    (Ask.OPEN, "i wanted to ask about the contract", ("", "", "I wanted to ask about the contract")),
    (Ask.OPEN, "i am calling about the apartment", ("", "", "I am calling about the apartment")),
    (Ask.OPEN, "hi and calling about the apartment", ("", "", "I am calling about the apartment")),
    (Ask.OPEN, "ask him if he can come on friday", ("", "", "I would like to know if he can come on Friday")),
    (Ask.OPEN, "i'd like to talk to him about the budget", ("", "", "I'd like to talk to him about the budget")),
    (Ask.OPEN, "tell him the order number is one two three four five six", ("", "", "The order number is one two three four five six")),
    (Ask.TEXT, "the car is ready", ("", "", "The car is ready")),
    (Ask.TEXT, "um well the uh car is ready", ("", "", "The car is ready")),
    (Ask.TEXT, "the car is ready please tell him to pick it up", ("", "", "The car is ready. Please pick it up")),
    (Ask.TEXT, "I can't come before 10:30.", ("", "", "I can't come before 10:30")),
    (Ask.TEXT, "can he come on monday", ("", "", "Can he come on Monday")),
    (Ask.TEXT, "just tell him i called", ("", "", "I called")),
    # all in one breath, in any order
    (
        Ask.OPEN,
        "hello this is anna smith my number is five five five one two three four "
        "please tell him that i will be late tomorrow",
        ("Anna Smith", "5551234", "I will be late tomorrow"),
    ),
    (
        Ask.OPEN,
        "please tell him that i will be late tomorrow my name is anna smith and my number is five "
        "five five one two three four thank you",
        ("Anna Smith", "5551234", "I will be late tomorrow"),
    ),
    (
        Ask.OPEN,
        "my number is 555 1234, tell Markus the car is ready, this is Anna Smith, bye",
        ("Anna Smith", "5551234", "The car is ready"),
    ),
    (
        Ask.OPEN,
        "this is anna smith please call me back on five five five one two three four",
        ("Anna Smith", "5551234", "Please call me back"),
    ),
    (
        Ask.OPEN,
        "hi this is john calling from acme i'm calling about the contract",
        ("John from Acme", "", "I am calling about the contract"),
    ),
    (
        Ask.OPEN,
        "tell her i will be there from two to four my number is five five five one two three four",
        ("", "5551234", "I will be there from two to four"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "said", "pieces"), PIECES_EN)
def test_pieces_are_found_wherever_they_are_said(
    asked: Ask, said: str, pieces: tuple[str, str, str]
) -> None:
    heard = understand(said, asked, ENGLISH)

    assert (heard.name, heard.number, heard.text) == pieces


# What was asked, what is said, and what it does.
ACTS_EN = [
    (Ask.CONFIRM, "yes", {Act.YES}),
    (Ask.CONFIRM, "yeah that's right", {Act.YES}),
    (Ask.CONFIRM, "uh huh", {Act.YES}),
    (Ask.CONFIRM, "that is correct thank you", {Act.YES, Act.THANKS}),
    (Ask.CONFIRM, "that's not right", {Act.WRONG}),
    (Ask.CONFIRM, "no that isn't correct", {Act.NO, Act.WRONG}),
    (Ask.CONFIRM, "now that is wrong", {Act.NO, Act.WRONG}),
    (Ask.CONFIRM, "not quite right", {Act.WRONG}),
    (Ask.CONFIRM, "no the number is wrong", {Act.NO, Act.REDO_NUMBER}),
    (Ask.CONFIRM, "my name is wrong", {Act.REDO_NAME}),
    (Ask.CONFIRM, "change the message", {Act.REDO_TEXT}),
    (Ask.ELSE, "no thank you goodbye", {Act.NO, Act.THANKS, Act.BYE}),
    (Ask.ELSE, "that is all thank you", {Act.ENOUGH, Act.THANKS}),
    (Ask.OPEN, "hello", {Act.HELLO}),
    (Ask.OPEN, "hello i would like to leave a message", {Act.HELLO, Act.LEAVE}),
    (Ask.OPEN, "can i leave him a message", {Act.LEAVE, Act.QUESTION}),
    (Ask.OPEN, "can i speak to markus", {Act.SPEAK, Act.QUESTION}),
    (Ask.OPEN, "is he there", {Act.SPEAK, Act.QUESTION}),
    (Ask.OPEN, "when can i reach him", {Act.WHEN}),
    (Ask.OPEN, "when will he be back", {Act.WHEN}),
    (Ask.OPEN, "do you know when she will be back", {Act.WHEN, Act.QUESTION}),
    (Ask.OPEN, "who is this", {Act.WHO, Act.QUESTION}),
    (Ask.OPEN, "are you a robot", {Act.ROBOT, Act.QUESTION}),
    (Ask.OPEN, "our view of robot", {Act.ROBOT}),
    (Ask.NAME, "could you repeat that please", {Act.REPEAT, Act.QUESTION, Act.FILLER}),
    (Ask.NAME, "pardon", {Act.REPEAT}),
    (Ask.NUMBER, "i'd rather not say", {Act.DECLINE}),
    (Ask.NUMBER, "i don't have a number", {Act.DECLINE}),
    (Ask.NUMBER, "this number is fine", {Act.CALLING}),
    (Ask.NUMBER, "the number i'm calling from", {Act.CALLING}),
    (Ask.TEXT, "no message", {Act.DECLINE}),
    (Ask.TEXT, "never mind", {Act.CANCEL}),
    (Ask.NUMBER, "one moment please", {Act.WAIT, Act.FILLER}),
    (Ask.OPEN, "this is an emergency", {Act.EMERGENCY}),
    (Ask.OPEN, "shut up", {Act.RUDE}),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "said", "acts"), ACTS_EN)
def test_acts_are_told_apart(asked: Ask, said: str, acts: set[Act]) -> None:
    assert understand(said, asked, ENGLISH).acts == acts
