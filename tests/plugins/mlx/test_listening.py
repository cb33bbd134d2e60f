import numpy as np
import pytest

from clawctl.audio.wav import Sound
from clawctl_plugins.mlx.listening import Segment, audible, believed, padded


def segment(
    text: str, *, logprob: float = -0.2, ratio: float = 1.2, silent: float = 0.1
) -> Segment:
    return Segment(text, logprob, ratio, silent)


def sound(seconds: float, level: int = 1000) -> Sound:
    return Sound(np.full(int(seconds * 16_000), level, "<i2").tobytes(), 16_000)


def test_what_was_heard_is_one_line() -> None:
    assert believed([segment(" Hello \n"), segment(" there. ")]) == "Hello there."


def test_circles_and_dreams_are_left_out() -> None:
    heard = [
        segment(" Good morning."),
        segment(" you you you you", ratio=3.0),
        segment(" Thank you for watching!", logprob=-1.4, silent=0.9),
    ]

    assert believed(heard) == "Good morning."


def test_a_doubt_alone_is_no_dream() -> None:
    assert believed([segment("Yes.", silent=0.9)]) == "Yes."
    assert believed([segment("No.", logprob=-1.4)]) == "No."


@pytest.mark.parametrize(
    ("heard", "is_audible"),
    [
        (sound(0.2), True),
        (sound(0.2, -32_768), True),
        (sound(0.05), False),
        (sound(5, 31), False),
        (Sound(b"", 16_000), False),
    ],
)
def test_clicks_and_silence_are_no_words(heard: Sound, *, is_audible: bool) -> None:
    assert audible(heard) is is_audible


def test_a_short_word_stands_in_the_middle_of_a_second() -> None:
    samples = padded(sound(0.5, 16_384))

    assert len(samples) == 16_000
    assert samples.dtype == np.float32
    assert list(np.nonzero(samples)[0][[0, -1]]) == [4_000, 11_999]
    assert samples.max() == 0.5


def test_a_longer_one_is_left_as_it_is() -> None:
    assert len(padded(sound(2.0))) == 32_000
