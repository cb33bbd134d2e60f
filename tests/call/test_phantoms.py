"""What recognisers make of silence is nothing that somebody said."""

import pytest

from clawctl.audio.wav import Sound
from clawctl.call.phantoms import is_phantom, mere

HUM = Sound(b"\xf4\x01\x0c\xfe" * 4000, 16_000)
LOUD = Sound(b"\x00\x40\x00\xc0" * 4000, 16_000)


@pytest.mark.parametrize(
    "text",
    [
        "Thank you.",
        "you",
        "Thanks for watching!",
        "Thank you. Thank you. Bye!",
        "Subtitles by Anna Bell",
        " Vielen Dank! ",
        "Vielen Dank für's Zuschauen!",
        "Das war’s für heute. Tschüss.",
        "Untertitel von Anna Bell",
    ],
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
        "Untertitelung des ZDF, 2020",
        "WDR mediagroup GmbH im Auftrag des WDR",
        "SWR 2021",
        "Transcribed by https://otter.ai",
    ],
)
def test_credits_of_a_film_are_said_by_nobody(text):
    assert is_phantom(text, LOUD)


@pytest.mark.parametrize(
    "text",
    [
        "Thank you, Anna.",
        "Thank you. At nine.",
        "You are late.",
        "Yes.",
        "No.",
        "Okay.",
        "Ja.",
        "Nein.",
        "...",
    ],
)
def test_what_somebody_may_have_whispered_is_kept(text):
    assert not is_phantom(text, HUM)


@pytest.mark.parametrize(
    "text",
    [
        "I need subtitles by Friday.",
        "Subtitles by the community, please.",
        "Gibt es Untertitel von dem Film?",
        "Ich hätte gern die Untertitel des ZDF.",
        "Untertitel der letzten Folge",
        "Das kam im ZDF.",
        "ZDF",
        "2020",
        "Copyright",
    ],
)
def test_callers_may_talk_of_films(text):
    assert not is_phantom(text, LOUD)


def test_a_low_voice_on_a_bad_line_is_no_near_silence():
    low = Sound(b"\x20\x03\xe0\xfc" * 4000, 16_000)
    assert not is_phantom("Danke.", low)


def test_silence_is_no_noise():
    assert mere(Sound(bytes(32_000), 16_000)) == "no_speech"
    assert mere(HUM) == "noise"
