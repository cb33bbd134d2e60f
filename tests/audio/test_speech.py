"""Speech is told from everything else that comes over a telephone."""

from itertools import zip_longest
from pathlib import Path

import numpy as np
import pytest

from clawctl.audio import wav
from clawctl.audio.convert import join, resample
from clawctl.audio.speech import SpeechDetector
from clawctl.audio.wav import Sound, silence

RATE = 16000
TIME = np.arange(2 * RATE) / RATE
CLIPS = Path(__file__).parent / "data"
WORDS = ("yes", "no", "ja")


@pytest.fixture(scope="module")
def detector() -> SpeechDetector:
    return SpeechDetector()


def spoken(detector: SpeechDetector, heard: Sound) -> bool:
    return any(detector.looks(heard))


def word(name: str) -> Sound:
    return wav.read((CLIPS / f"{name}.wav").read_bytes())


def samples(sound: Sound) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return np.frombuffer(sound.pcm, "<i2").astype(float)


def sound(values: "np.typing.NDArray[np.float64]", rate: int = RATE) -> Sound:
    return Sound(np.clip(np.rint(values), -32768, 32767).astype("<i2").tobytes(), rate)


def noise(size: int, power: float = 0.0) -> "np.typing.NDArray[np.float64]":
    """White for `power` 0, pink for 0.5; standard deviation 1, always the same."""
    spectrum = np.fft.rfft(np.random.default_rng(7).normal(size=size))
    shaped = np.fft.irfft(spectrum / np.maximum(np.arange(len(spectrum)), 1) ** power, size)
    return np.asarray(shaped / shaped.std())


def tone(hz: float) -> "np.typing.NDArray[np.float64]":
    return np.asarray(np.sin(2 * np.pi * hz * TIME))


def dtmf() -> "np.typing.NDArray[np.float64]":
    return (tone(770) + tone(1336)) * (TIME % 0.25 < 0.12)


def clicks() -> "np.typing.NDArray[np.float64]":
    return np.asarray(np.arange(len(TIME)) % (RATE // 3) == 0).astype(float)


OTHER = {
    "a tone": tone(440) * 9000,
    "a beep": tone(760) * 12000 * (TIME % 1 < 0.36),
    "a busy tone": tone(425) * 9000 * (TIME % 1 < 0.5),
    "a dial tone": (tone(350) + tone(440)) * 6000,
    "DTMF": dtmf() * 6000,
    "hum": (tone(50) + tone(150) / 3 + tone(250) / 5) * 5000,
    "white noise": noise(len(TIME)) * 3000,
    "loud white noise": noise(len(TIME)) * 12000,
    "faint white noise": noise(len(TIME)) * 30,
    "pink noise": noise(len(TIME), 0.5) * 3000,
    "brown noise": noise(len(TIME), 1) * 3000,
    "clicks": clicks() * 30000,
}


@pytest.mark.parametrize("name", OTHER)
def test_what_is_not_speech(name: str, detector: SpeechDetector) -> None:
    assert not spoken(detector, sound(OTHER[name]))


@pytest.mark.parametrize("name", WORDS)
def test_the_shortest_answers_are_speech(name: str, detector: SpeechDetector) -> None:
    assert spoken(detector, word(name))


@pytest.mark.parametrize("name", WORDS)
@pytest.mark.parametrize("gain", [0.01, 0.1, 3.0])
def test_quiet_and_clipped_words_are_speech(
    name: str, gain: float, detector: SpeechDetector
) -> None:
    assert spoken(detector, sound(samples(word(name)) * gain, word(name).rate))


@pytest.mark.parametrize("name", WORDS)
def test_words_in_noise_half_as_strong_are_speech(name: str, detector: SpeechDetector) -> None:
    clean = samples(word(name))
    loud = clean + noise(len(clean)) * clean.std() / 2

    assert spoken(detector, sound(loud, word(name).rate))


@pytest.mark.parametrize("rate", [8000, 11025, 24000, 44100, 48000])
def test_the_rate_does_not_matter(rate: int, detector: SpeechDetector) -> None:
    assert spoken(detector, resample(word("ja"), rate))
    assert not spoken(detector, resample(sound(OTHER["a tone"]), rate))


def test_a_word_at_the_end_of_a_long_silence_is_found(detector: SpeechDetector) -> None:
    assert spoken(detector, join([silence(5000, 24000), word("no")]))


def test_a_word_on_a_carpet_of_noise_is_found(detector: SpeechDetector) -> None:
    carpet = noise(4 * RATE) * 300
    carpet[2 * RATE : 2 * RATE + 2 * len(samples(word("yes")))] += samples(
        resample(word("yes"), RATE)
    )

    assert spoken(detector, sound(carpet))


def test_a_piece_of_a_word_too_short_to_be_one_is_none(detector: SpeechDetector) -> None:
    whole = samples(word("yes"))
    loudest = int(np.abs(whole).argmax())

    assert not spoken(detector, sound(whole[loudest - 400 : loudest + 400], 8000))


@pytest.mark.parametrize("pcm", [b"", bytes(2), bytes(48000), b"\x05\x00\xfb\xff" * 8000])
def test_no_sound_and_the_faintest_sound_are_silence(pcm: bytes, detector: SpeechDetector) -> None:
    assert not spoken(detector, Sound(pcm, 24000))


def test_one_use_leaves_nothing_behind_for_the_next(detector: SpeechDetector) -> None:
    beginning = Sound(word("no").pcm[: 2 * 8 * 350], 8000)  # ends within the vowel

    assert [spoken(detector, beginning) for _ in range(6)] == [False] * 6


@pytest.mark.parametrize(("pause_ms", "counts"), [(60, True), (200, False)])
def test_a_quarter_of_a_second_later_what_was_heard_still_counts_and_then_no_more(
    pause_ms: int, counts: bool, detector: SpeechDetector
) -> None:
    part = Sound(word("no").pcm[: 2 * 8 * 330], 8000)  # before its vowel are 220 ms of nothing

    assert spoken(detector, join([part, silence(pause_ms, 8000), part])) == counts


def test_it_looks_no_further_than_the_first_speech(detector: SpeechDetector) -> None:
    looks = list(detector.looks(join([word("yes"), sound(noise(30 * RATE) * 3000)])))

    assert looks[-1]
    assert len(looks) < 5


def test_two_sounds_at_once_do_not_disturb_each_other(detector: SpeechDetector) -> None:
    word_looks, tone_looks = detector.looks(word("yes")), detector.looks(sound(OTHER["a tone"]))
    both = list(zip_longest(word_looks, tone_looks))

    assert [any(looks) for looks in zip(*both, strict=True)] == [True, False]
