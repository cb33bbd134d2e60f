"""Whole calls: what the caller says, what is noted in the end, and that it was read back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clawctl.engines.api import Message, Prompt, TakenMessage
from clawctl_plugins.receptionist.digits import spoken
from clawctl_plugins.receptionist.reply import answer, summary

HERE = Path(__file__).parent
GREETING = {
    "en": "Hello, I am Markus's assistant...",
    "de": "Hallo, hier ist der Assistent von Markus.",
}
KNOWLEDGE = {
    "en": "Markus is back at 3 pm. Office hours: Monday to Friday 9 to 5.\n"
    "- Our address is 5 Main Street, Springfield.\n- The door code is 4711.\n"
    "Parking is free behind the house.",
    "de": "Markus ist ab 15 Uhr wieder erreichbar. Eine Beratung kostet 80 Euro.\n"
    "Unsere Adresse ist Hauptstraße 5. Das Passwort ist Schwertfisch.",
}
# Everything in one breath.
ANNA = "this is anna smith tell him the car is ready my number is five five five one two three four"


@dataclass
class Call:
    """One call, carried on turn by turn as the gateway does it."""

    lang: str = "en"
    owner: str = "Markus"
    number: str = ""
    system: str = ""
    knowledge: str = ""
    summary: str = ""
    history: list[Message] = field(default_factory=list)
    taken: list[TakenMessage] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.history.append(Message("assistant", GREETING[self.lang]))

    def say(self, words: str) -> str:
        reply, message = answer(
            Prompt(
                system=self.system,
                knowledge=self.knowledge,
                summary=self.summary,
                history=tuple(self.history),
                transcript=words,
                lang=self.lang,
                owner=self.owner,
                caller_number=self.number,
            )
        )
        self.history += [Message("user", words), Message("assistant", reply)]
        self.taken += [message] if message else []
        return reply

    def replies(self, said: Sequence[str]) -> list[str]:
        return [self.say(words) for words in said]


def transcripts(lang: str) -> list[str]:
    return (HERE / f"calls_{lang}.txt").read_text(encoding="utf-8").strip().split("\n\n")


@pytest.mark.parametrize(
    ("lang", "transcript"),
    [(lang, transcript) for lang in ("en", "de") for transcript in transcripts(lang)],
)
def test_a_call_goes_as_written(lang: str, transcript: str) -> None:
    """Lines of the files: `>` the caller, `<` the reply, `=` what is noted by then."""
    call = Call(lang=lang, knowledge=KNOWLEDGE[lang])

    for line in transcript.splitlines():
        mark, words = line[:1], line[1:].strip()
        if mark == ">":
            call.say(words)
        elif mark == "<":
            assert call.history[-1].content == words
        else:
            name, number, text, confirmed = (piece.strip() for piece in words.split("|"))
            taken = call.taken[-1]
            assert (taken.name, taken.number, taken.text) == (name, number, text)
            assert taken.confirmed is (confirmed == "confirmed")
            assert_read_back(taken, call.history)


def assert_read_back(taken: TakenMessage, history: Sequence[Message]) -> None:
    said = " ".join(message.content for message in history if message.role == "assistant")
    for piece in (taken.name, spoken(taken.number, "plus"), taken.text):
        assert piece in said


def test_without_a_greeting_the_receptionist_says_who_it_is() -> None:
    text, _ = answer(Prompt(system="", owner="Markus", transcript="hello"))

    assert text == (
        "Hello, this is Markus's assistant. Markus cannot come to the phone right now. "
        "May I take a message?"
    )


@pytest.mark.parametrize("owner", ["", "the owner", "The owner"])
def test_an_owner_without_a_name_is_the_owner(owner: str) -> None:
    text, _ = answer(Prompt(system="", owner=owner, direction="outgoing"))

    assert text.startswith("Hello, this is the owner's assistant calling. The owner cannot")


def test_an_owner_without_a_name_is_left_out_in_german() -> None:
    text, _ = answer(Prompt(system="", lang="de"))

    assert text == (
        "Guten Tag, hier ist der Telefonassistent. Im Moment ist leider niemand zu sprechen. "
        "Darf ich eine Nachricht aufnehmen?"
    )


def test_an_unknown_language_is_answered_in_english() -> None:
    text, _ = answer(Prompt(system="", lang="fr"))

    assert text.startswith("Hello, this is the owner's assistant.")


@pytest.mark.parametrize("said", ["yes", "this number is fine"])
def test_the_number_one_is_calling_from_is_offered(said: str) -> None:
    call = Call(number="+49 30 1234567")

    asked = call.replies(["tell him the car is ready", "anna smith"])[-1]
    call.say(said)

    assert asked.endswith(
        "Shall we call you back on the number you are calling from, ending in 4 5 6 7?"
    )
    assert call.taken[-1].number == "+49301234567"


def test_another_number_than_the_one_one_is_calling_from_is_asked_for() -> None:
    call = Call(number="+49301234567", lang="de")

    replies = call.replies(["Das Auto ist fertig.", "Anna Schmidt", "Nein.", "555 1234"])

    assert replies[2] == "In Ordnung. Unter welcher Nummer sind Sie zu erreichen?"
    assert call.taken[-1].number == "5551234"


def test_after_a_confirmed_message_another_one_is_taken() -> None:
    call = Call()

    call.replies(
        [
            ANNA,
            "yes",
            "yes please",
            "the roof leaks since monday",
            "correct",
            "no thanks",
        ]
    )

    assert [message.index for message in call.taken] == [0, 0, 1, 1]
    assert call.taken[1].confirmed
    assert call.taken[-1] == TakenMessage(
        index=1,
        name="Anna Smith",
        number="5551234",
        text="The roof leaks since Monday",
        confirmed=True,
    )


def test_a_message_comes_only_when_it_changed() -> None:
    call = Call()

    call.replies(["hello", "tell him i called", "who is this", "anna smith"])

    assert [(message.name, message.text) for message in call.taken] == [
        ("", "I called"),
        ("Anna Smith", "I called"),
    ]


def test_what_a_human_asked_meanwhile_is_understood() -> None:
    call = Call()
    call.say("tell him the car is ready")
    call.history += [
        Message("user", "is anybody there"),
        Message("assistant", "Hi, Eva from the office here. What's your name?"),
        Message("user", "anna smith"),
        Message("assistant", "And which number can we call you back on?"),
        Message("user", "five five five one two three four"),
        Message("assistant", "Great. I will put you back to our assistant."),
    ]

    reply = call.say("okay")

    assert reply.startswith(
        "Let me read that back: your name is Anna Smith, your number is 5 5 5, 1 2 3 4, and your "
        "message is: The car is ready."
    )


def test_a_call_begun_by_another_model_goes_on() -> None:
    call = Call()
    call.history += [
        Message("user", "hi there"),
        Message("assistant", "Sure! What would you like me to tell Markus about it?"),
        Message("user", "that the car is ready"),
        Message("assistant", "Got it. May I ask who is calling?"),
    ]

    reply = call.say("anna smith")

    assert reply == "Thank you, Anna Smith. What number can Markus reach you on?"
    assert call.taken[-1].text == "The car is ready"


def test_chatting_with_a_human_is_no_message() -> None:
    call = Call()
    call.history += [
        Message("user", "hello"),
        Message("assistant", "Markus speaking, I took over."),
        Message("user", "oh great i saw you at the fair"),
        Message("assistant", "Yes, it was fun."),
    ]

    call.say("it really was a lot of fun")

    assert call.taken == []


def test_a_caller_who_calls_again_need_not_say_who_they_are() -> None:
    call = Call()
    call.replies(
        [
            ANNA,
            "yes",
            "goodbye",
        ]
    )
    call.history.append(Message("assistant", GREETING["en"]))

    reply = call.say("please tell him that the bill is paid")

    assert reply.startswith("Let me read that back: your name is Anna Smith")
    assert call.taken[-1].index == 1
    assert call.taken[-1].text == "The bill is paid"


def test_the_summary_keeps_what_was_noted() -> None:
    call = Call()
    call.replies(["this is anna smith", "tell him the car is ready"])

    noted = summary(Prompt(system="", history=tuple(call.history), purpose="summary"))
    later = Call(summary=noted)

    assert noted == (
        "Caller: Anna Smith. Number: not given. Message: The car is ready. Confirmed: no."
    )
    assert later.say("my number is five five five one two three four").startswith(
        "Let me read that back: your name is Anna Smith, your number is 5 5 5, 1 2 3 4"
    )


def test_a_summary_of_a_summary_keeps_what_others_wrote() -> None:
    before = "The caller is upset. Caller: Bo. Number: 555. Message: Hi there. Confirmed: yes."

    assert summary(Prompt(system="", summary=before, purpose="summary")) == before


def test_a_reply_never_uses_the_words_that_keep_the_phone_from_playing_it() -> None:
    call = Call()

    reply = call.say("tell him i could not hear that clearly please try again")
    reply += call.replies(["anna smith", "no number"])[-1]

    assert "could not hear that, clearly please, try again" in reply


def test_a_long_message_is_read_back_in_part_and_kept_whole() -> None:
    call = Call()
    words = " ".join(f"word{number}" for number in range(60))

    reply = call.replies([f"tell him that {words}", "anna smith", "no number"])[-1]

    assert "word39, and so on. Is that right?" in reply
    assert call.taken[-1].text == f"W{words[1:]}"


# Random calls: sense and nonsense in any order, in either language.
SAID = {
    lang: re.findall(r"^> ?(.*)$", "\n".join(transcripts(lang)), re.MULTILINE)
    for lang in ("en", "de")
}
calls = st.sampled_from(["en", "de"]).flatmap(
    lambda lang: st.tuples(
        st.just(lang),
        st.lists(
            st.one_of(st.sampled_from(SAID[lang]), st.text(max_size=40)), min_size=1, max_size=8
        ),
    )
)


@settings(deadline=None, max_examples=150)
@given(calls)
def test_whatever_is_said_is_answered_and_nothing_confirmed_is_lost(
    said: tuple[str, list[str]],
) -> None:
    lang, words = said
    call = Call(lang=lang, knowledge=KNOWLEDGE[lang])

    replies = call.replies(words)

    assert all(reply.strip() and reply[-1] in ".!?" for reply in replies)
    confirmed: dict[int, TakenMessage] = {}
    for message in call.taken:
        before = confirmed.get(message.index, message)
        assert bool(message.text) >= bool(before.text)
        assert bool(message.name) >= bool(before.name)
        assert bool(message.number) >= bool(before.number)
        if message.confirmed:
            confirmed[message.index] = message


@settings(deadline=None, max_examples=50)
@given(calls)
def test_the_same_call_is_always_answered_the_same(said: tuple[str, list[str]]) -> None:
    lang, words = said

    one, other = Call(lang=lang), Call(lang=lang)

    assert one.replies(words) == other.replies(words)
    assert one.taken == other.taken
