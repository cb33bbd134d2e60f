"""A recorded caller."""

from clawctl.cli.doctor.words import recorded
from clawctl.engines.round_trip import ENOUGH, audible


def test_the_recording_is_one_of_speech_and_says_enough_to_be_told_from_chance() -> None:
    said, known = recorded()

    assert audible(said)
    assert len(known.split()) * ENOUGH > 4


def test_no_recording_is_recognised_in_place_of_another() -> None:
    assert len({recorded()[0].pcm for _ in range(5)}) > 1
