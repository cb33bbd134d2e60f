"""Is anybody speaking? Recognisers invent words for silence, noise and tones; this one does not.

Silero's network gives every 32 ms a probability of speech. Measured on single words of eight
synthetic voices, and on 24 noises at six levels: tones, DTMF, hum, clicks, white, pink and brown
noise exceed 0.35 for one frame at most; "no" has seven frames over 0.4 at the least, and still has
when noise comes half as strong as the voice.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
import soxr

from clawctl.audio import silero
from clawctl.audio.ggml import Floats
from clawctl.audio.silero import FRAME, RATE, Listener
from clawctl.audio.wav import Sound

THRESHOLD: Final = 0.4
# 192 ms: the phone sends nothing with less than 180 ms of speech in it.
SPEECH_FRAMES: Final = 6
# A pause between two syllables forgets nothing; a cough a quarter of a second ago counts no more.
HANGOVER_FRAMES: Final = 8
# In a look. Together they are faster; more of them would more often be looked at for nothing.
FRAMES: Final = 6

# The network hears loud speech best: quiet sound is amplified to half of full scale. Noise is not
# mistaken for speech however loud it is.
FULL_PEAK: Final = 16_000
MAX_GAIN: Final = 32.0
# The phone's own detector wants an RMS of 26; sound whose peaks are no higher is not looked at.
SILENT_PEAK: Final = 26


class SpeechDetector:
    """Made once (loading takes 10 ms, numpy before it 150 ms); for any number of sounds at once.

    Raises CannotStart when there is no network to load.
    """

    def __init__(self) -> None:
        self._network = silero.load()

    def looks(self, sound: Sound) -> Iterator[bool]:
        """Whether anybody has spoken so far: for each 192 ms of sound, until somebody has.

        A look takes 0.7 ms, for the event loop to take between other things. A thread would not
        spare it that: handing the interpreter's lock to and fro took four times as long.
        """
        listener = Listener(self._network)
        spoken = quiet = 0
        for frames in _frames(sound):
            for probability in listener.hear(frames):
                speech = probability >= THRESHOLD
                spoken, quiet = (spoken + 1, 0) if speech else (spoken, quiet + 1)
                if spoken == SPEECH_FRAMES:
                    yield True
                    return
                if quiet > HANGOVER_FRAMES:
                    spoken = 0
            yield False


def peak(sound: Sound) -> int:
    """Of 32,768."""
    samples = np.frombuffer(sound.pcm, "<i2")
    return max(int(samples.max()), -int(samples.min())) if len(samples) else 0


def _frames(sound: Sound) -> Iterator[Floats]:
    """Some whole frames at a time, converted no further ahead than half a second."""
    samples = np.frombuffer(sound.pcm, "<i2")
    loudest = peak(sound)
    if loudest <= SILENT_PEAK:
        return
    gain = min(max(FULL_PEAK / loudest, 1.0), MAX_GAIN) / 32768
    stream = soxr.ResampleStream(sound.rate, RATE, 1, dtype="float32")
    step = sound.rate // 2
    ready: Floats = np.empty(0, "f4")
    for at in range(0, len(samples), step):
        part = samples[at : at + step].astype("f4") * gain
        is_last = at + step >= len(samples)
        ready = np.append(ready, stream.resample_chunk(part, last=is_last))
        if is_last:
            ready = np.append(ready, np.zeros(-len(ready) % FRAME, "f4"))
        whole = len(ready) // FRAME * FRAME
        for start in range(0, whole, FRAMES * FRAME):
            yield ready[start : min(start + FRAMES * FRAME, whole)]
        ready = ready[whole:]
