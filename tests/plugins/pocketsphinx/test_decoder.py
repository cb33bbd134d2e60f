import numpy as np
import pytest

from clawctl.audio.convert import resample
from clawctl.audio.wav import Sound
from clawctl.engines.apology import last_resort
from clawctl_plugins.pocketsphinx.decoder import Decoder

# Of "Sorry, something is not working at our end. Please call back in a few minutes."
UNDERSTOOD = {"sorry", "something", "is", "not", "working", "please", "call", "back", "in", "a"}


@pytest.fixture(scope="module")
def decoder() -> Decoder:
    return Decoder()


def speech() -> Sound:
    return last_resort("en")[1]


def test_speech_becomes_words(decoder: Decoder) -> None:
    assert set(decoder.hear(speech().pcm, speech().rate).split()) >= UNDERSTOOD


def test_another_rate_is_converted(decoder: Decoder) -> None:
    higher = resample(speech(), 44_100)

    assert set(decoder.hear(higher.pcm, higher.rate).split()) >= UNDERSTOOD


def test_what_one_caller_said_does_not_colour_the_next(decoder: Decoder) -> None:
    first = decoder.hear(speech().pcm, speech().rate)
    decoder.hear(noise(20_000), 16_000)

    assert decoder.hear(speech().pcm, speech().rate) == first


@pytest.mark.parametrize(
    "pcm",
    [b"", bytes(2), bytes(100), bytes(32_000), b"\xff\x7f" * 800],
    ids=["nothing", "a sample", "50 samples", "silence", "50 ms"],
)
def test_where_nobody_speaks_there_are_no_words(decoder: Decoder, pcm: bytes) -> None:
    assert decoder.hear(pcm, 16_000) == ""


@pytest.mark.parametrize("loudness", [3, 100, 2000])
def test_noise_is_no_word(decoder: Decoder, loudness: int) -> None:
    assert decoder.hear(noise(loudness), 16_000) == ""


def noise(loudness: int) -> bytes:
    samples = np.random.default_rng(1).normal(0, loudness, 32_000).clip(-32_768, 32_767)
    return samples.astype("<i2").tobytes()
