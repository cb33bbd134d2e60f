"""The process that listens: what Whisper makes of an utterance, and what of that is believed."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from clawctl.audio.convert import resample
from clawctl.audio.wav import Sound

RATE = 16_000
# Below this length, or this level of 32,768, there is no word; Whisper would make one up.
SHORTEST_S = 0.1
QUIETEST = 32
# A short word needs some silence around it to be heard.
LEAST_S = 1.0
# What fits into one window of the model is heard in one go, without marks of time.
WINDOW_S = 30.0
# The likeliest words first. Another try only where those go round in circles or are a mere guess.
TEMPERATURES = (0.0, 0.4)
# Text that can be packed to less than this part of its length says the same thing over and over.
REPETITION = 2.4
# Whisper doubts that anybody spoke, and its words are a mere guess (log of the mean probability).
NO_SPEECH = 0.6
GUESS = -1.0


class Segment(msgspec.Struct, frozen=True):
    """A stretch of speech as the model gives it."""

    text: str
    avg_logprob: float
    compression_ratio: float
    no_speech_prob: float


class Listener:
    """The model at `path`."""

    def __init__(self, path: str) -> None:
        from clawctl_plugins.mlx.whisper import Whisper  # noqa: PLC0415

        self._whisper: Any = Whisper(Path(path))

    def hear(self, pcm: bytes, rate: int, lang: str) -> str | None:
        """The words; None for a language that the model does not know, "" lets it find out."""
        if lang and lang not in self._whisper.langs:
            return None
        sound = resample(Sound(pcm, rate), RATE)
        if not audible(sound):
            return ""
        whole = sound.seconds <= WINDOW_S
        return believed(self._whisper.segments(padded(sound), lang or None, whole=whole))


def audible(sound: Sound) -> bool:
    samples = np.frombuffer(sound.pcm, "<i2")
    return sound.seconds >= SHORTEST_S and int(np.abs(samples.astype("i4")).max()) >= QUIETEST


def padded(sound: Sound) -> NDArray[np.float32]:
    """Samples from -1 to 1, with silence on both sides of what is short."""
    samples = np.frombuffer(sound.pcm, "<i2").astype("f4") / 32768
    lacking = max(0, int(LEAST_S * RATE) - len(samples))
    return np.pad(samples, (lacking // 2, lacking - lacking // 2))


def believed(segments: Iterable[Segment]) -> str:
    """The text of all that is neither a loop nor a guess over silence."""
    texts = [each.text for each in segments if not _loops(each) and not _dreamt(each)]
    return " ".join("".join(texts).split())


def _loops(segment: Segment) -> bool:
    return segment.compression_ratio > REPETITION


def _dreamt(segment: Segment) -> bool:
    return segment.no_speech_prob > NO_SPEECH and segment.avg_logprob < GUESS
