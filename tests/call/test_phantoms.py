"""What recognisers make of silence is nothing that somebody said."""

import pytest

from clawctl.audio.wav import Sound
from clawctl.call.phantoms import is_phantom, mere

HUM = Sound(b"\xf4\x01\x0c\xfe" * 4000, 16_000)
LOUD = Sound(b"\x00\x40\x00\xc0" * 4000, 16_000)


@pytest.mark.parametrize(
    "text", ["Thank you.", "you", "Thanks for watching!", " Vielen Dank! ", "Tschüss."]
)
def test_a_sentence_of_films_counts_only_where_there_was_a_voice(text):
    assert is_phantom(text, HUM)
    assert not is_phantom(text, LOUD)


@pytest.mark.parametrize(
    "text",
    [
        "Subtitles by the Amara.org community",
        "Untertitel im Auftrag des ZDF für funk, 2017",
        "Untertitelung. BR 2018. Untertitel der Amara.org-Community",
    ],
)
def test_credits_of_a_film_are_said_by_nobody(text):
    assert is_phantom(text, LOUD)


@pytest.mark.parametrize(
    "text", ["Thank you, Anna.", "You are late.", "I need subtitles for a film."]
)
def test_what_somebody_may_have_whispered_is_kept(text):
    assert not is_phantom(text, HUM)


def test_silence_is_no_noise():
    assert mere(Sound(bytes(32_000), 16_000)) == "no_speech"
    assert mere(HUM) == "noise"
