"""How much of what a recorded caller says comes back."""

import pytest

from clawctl.audio.wav import Sound
from clawctl.cli.doctor.words import ENOUGH, audible, came_back, recorded

KNOWN = "Hello, I would like to leave a message."


@pytest.mark.parametrize(
    ("heard", "share"),
    [
        ("hello i would like to leave a message", 1.0),
        ("HELLO! I would like to leave a message?", 1.0),
        ("hello i would like to leave the massage", 6 / 8),
        ("message a leave", 1 / 8),
        ("the cat sat on the mat", 0.0),
        ("", 0.0),
    ],
)
def test_words_count_in_their_order(heard: str, share: float) -> None:
    assert came_back(KNOWN, heard) == share


def test_the_recording_is_one_of_speech_and_says_enough_to_be_told_from_chance() -> None:
    said, known = recorded()

    assert audible(said)
    assert len(known.split()) * ENOUGH > 4


def test_no_recording_is_recognised_in_place_of_another() -> None:
    assert len({recorded()[0].pcm for _ in range(5)}) > 1


def test_silence_and_next_to_nothing_cannot_be_heard() -> None:
    assert not audible(Sound(b"", 8000))
    assert not audible(Sound(bytes(800), 8000))
    assert not audible(Sound(b"\x05\x00\xfb\xff" * 400, 8000))
    assert audible(Sound(b"\x00\x00\x00\x80" * 400, 8000))
