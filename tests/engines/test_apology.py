import pytest

from clawctl.engines.apology import APOLOGIES, last_resort


@pytest.mark.parametrize("lang", ["en", "de"])
def test_an_apology_is_speech_of_some_seconds_with_its_sentence(lang: str) -> None:
    sentence, sound = last_resort(lang)

    assert sentence == APOLOGIES[lang]
    assert sound.rate == 16_000
    assert 3 < sound.seconds < 7


def test_a_language_without_an_apology_gets_the_english_one() -> None:
    assert last_resort("fr") == last_resort("en")


@pytest.mark.parametrize("sentence", APOLOGIES.values())
def test_the_phone_app_does_not_keep_silent_about_an_apology(sentence: str) -> None:
    assert "hear" not in sentence.lower()
