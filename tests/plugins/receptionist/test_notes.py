import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawctl.engines.api import TakenMessage
from clawctl_plugins.receptionist.english.sentences import NOTES as ENGLISH
from clawctl_plugins.receptionist.german.sentences import NOTES as GERMAN
from clawctl_plugins.receptionist.language import NoteWords
from clawctl_plugins.receptionist.notes import read, write

ANNA = TakenMessage(
    index=2,
    name="Anna Smith",
    number="+4955512",
    text="Late. Message: hi. Number: 3",
    confirmed=True,
)


def test_notes_are_a_text_for_people() -> None:
    assert write(ANNA, "", ENGLISH) == (
        "Caller: Anna Smith. Number: +4955512. Message: Late. Message: hi. Number: 3. "
        "Confirmed: yes. Messages before: 2."
    )
    assert write(TakenMessage(), "", GERMAN) == (
        "Anrufer: nicht angegeben. Nummer: nicht angegeben. Nachricht: nicht angegeben. "
        "Bestätigt: nein."
    )


@pytest.mark.parametrize("words", [ENGLISH, GERMAN])
def test_notes_of_either_language_are_read_back(words: NoteWords) -> None:
    assert read(write(ANNA, "", words)) == ANNA


def test_the_words_of_others_are_kept_in_front() -> None:
    once = write(ANNA, "A nice caller.", ENGLISH)

    assert once.startswith("A nice caller. Caller: Anna Smith.")
    assert write(ANNA, once, ENGLISH) == once
    assert write(ANNA, once, GERMAN).startswith("A nice caller. Anrufer: Anna Smith.")


@given(st.text())
def test_any_other_summary_is_no_message(summary: str) -> None:
    assert read(summary) == TakenMessage()
