import pytest

from clawctl_plugins.receptionist.asking import question_in
from clawctl_plugins.receptionist.language import Ask, Language
from clawctl_plugins.receptionist.languages import language


@pytest.mark.parametrize("lang", ["en", "de"])
def test_every_question_of_ours_is_known_again(lang: str) -> None:
    spoken: Language = language(lang)

    for ask, wordings in spoken.questions.items():
        for wording in wordings:
            said = wording.format(owner="Anna", owner_="Anna ", ending="1 2 3 4")
            assert question_in(f"Is there anything else? I see. {said}", spoken) is ask


@pytest.mark.parametrize(
    ("said", "ask"),
    [
        ("Sure! What's your name?", Ask.NAME),
        ("Who is calling, please?", Ask.NAME),
        ("Which number can we call you back on?", Ask.NUMBER),
        ("What would you like me to pass on?", Ask.TEXT),
        ("Would you like to leave a message?", Ask.TAKE),
        ("Great, is that correct?", Ask.CONFIRM),
        ("Anything else I can do?", Ask.ELSE),
        ("Alright, bye!", Ask.CLOSED),
        ("Hello, I am Anna's assistant.", Ask.OPEN),
        ("He is in a meeting.", Ask.STRANGE),
    ],
)
def test_the_questions_of_others_are_known_by_their_gist(said: str, ask: Ask) -> None:
    assert question_in(said, language("en")) is ask
