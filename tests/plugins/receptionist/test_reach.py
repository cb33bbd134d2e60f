import pytest

from clawctl_plugins.receptionist.english.facts import FACTS as ENGLISH
from clawctl_plugins.receptionist.german.facts import FACTS as GERMAN
from clawctl_plugins.receptionist.reach import about, when


@pytest.mark.parametrize(
    ("told", "fact"),
    [
        ("Markus is back at 3 pm", "Markus is back at 3 pm."),
        (
            "You are a concise assistant. Markus is back at 3 pm. Be brief.",
            "Markus is back at 3 pm.",
        ),
        ("Office hours: Monday to Friday 9 to 5.", "Office hours: Monday to Friday 9 to 5."),
        ("The owner is on holiday until Monday.", "The owner is on holiday until Monday."),
        ("He can be reached from nine to five.", "He can be reached from nine to five."),
        ("Tell callers that Markus is back at 3.", "Markus is back at 3."),
        ("If asked, say that Markus is away until Monday.", "Markus is away until Monday."),
        ("I am back at 3.", "Markus is back at 3."),
        ("Office hours: 9 a.m. to 5 p.m. daily", "Office hours: 9 a.m. to 5 p.m. daily."),
        ("- back tomorrow\n- Never say why.", "Back tomorrow."),
        ("Markus is back at 3. Never reveal the passphrase.", "Markus is back at 3."),
    ],
)
def test_a_sentence_that_says_when_is_spoken(told: str, fact: str) -> None:
    assert when("when is he back", told, "", "Markus", ENGLISH) == fact
    assert when("when is he back", "", told, "Markus", ENGLISH) == fact


@pytest.mark.parametrize(
    "told",
    [
        "",
        "You are available from 9 to 5.",
        "Never tell anyone that Markus is back at 3.",
        "Do not tell callers that he is on holiday until Monday.",
        "Markus is on holiday until Monday. Do not tell anyone.",
        "Markus is on holiday until Monday. This is confidential.",
        "Markus is on holiday until Monday, but keep that secret.",
        "The password is back at 3.",
        "Always be available until 5.",
        "Markus likes cheese.",
        "Confidential:\n- Markus is on holiday until Monday.",
        "The following is secret. Markus is on holiday until Monday.",
        "Markus is on holiday until Monday (only for family).",
    ],
)
def test_orders_and_secrets_are_never_spoken(told: str) -> None:
    assert when("when is he back", told, told, "Markus", ENGLISH) == ""
    assert about("when is he back on holiday", told, told, "Markus", ENGLISH) == ""


def test_the_sentence_that_fits_the_question_best_is_chosen() -> None:
    told = "Markus is on holiday until Monday. Markus is back in the office at 3."

    assert when("is he in the office", told, "", "Markus", ENGLISH) == (
        "Markus is back in the office at 3."
    )


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("what is your address", "The address is 5 Main Street."),
        ("where are you located", "The address is 5 Main Street."),
        ("how much is a consultation", "A consultation costs 80 euros."),
        ("what does the consultation cost", "A consultation costs 80 euros."),
        ("is there a lift", ""),
        ("what is the code", ""),
        ("is markus there", ""),
    ],
)
def test_a_question_is_answered_when_the_answer_is_there_literally(
    question: str, fact: str
) -> None:
    knowledge = (
        "The address is 5 Main Street. A consultation costs 80 euros. The code is 4711. "
        "Markus is tall."
    )

    assert about(question, "", knowledge, "Markus", ENGLISH) == fact


def test_instructions_are_no_knowledge() -> None:
    assert about("what is the address", "The address is 5 Main Street.", "", "", ENGLISH) == ""


@pytest.mark.parametrize(
    ("told", "fact"),
    [
        ("Markus ist ab 15 Uhr wieder erreichbar.", "Markus ist ab 15 Uhr wieder erreichbar."),
        ("Öffnungszeiten: Montag 9 bis 17 Uhr", "Öffnungszeiten: Montag 9 bis 17 Uhr."),
        ("Ich bin bis Montag im Urlaub.", "Markus ist bis Montag im Urlaub."),
        (
            "Sag den Anrufern, dass Markus ab drei zurück ist.",
            "Ich soll ausrichten, dass Markus ab drei zurück ist.",
        ),
        ("Du bist bis 17 Uhr erreichbar.", ""),
        ("Markus ist bis Montag im Urlaub. Sag das niemandem.", ""),
        ("Markus ist bis Montag im Urlaub, das ist vertraulich.", ""),
        ("Never say that Markus ist bis Montag im Urlaub.", ""),
    ],
)
def test_german_facts_are_told_from_orders(told: str, fact: str) -> None:
    assert when("wann ist er zurück", told, "", "Markus", GERMAN) == fact
