"""Bringing sound to another rate, and several sounds to one."""

from collections.abc import Sequence

import numpy as np
import soxr

from clawctl.audio.wav import Sound

# Linear phase to 0.91 of the lower rate's half, 20 bit: nothing of it is audible in 16-bit speech.
QUALITY = "HQ"


def resample(sound: Sound, rate: int) -> Sound:
    """The same sound at `rate`; for 8 s about 5 ms, in which other threads run."""
    if sound.rate == rate or not sound.pcm:
        return Sound(sound.pcm, rate)
    # By way of floats: from integers to integers soxr dithers, and silence would hiss.
    samples = np.frombuffer(sound.pcm, "<i2").astype("f4")
    changed = soxr.resample(samples, sound.rate, rate, QUALITY)
    return Sound(np.clip(np.rint(changed), -32768, 32767).astype("<i2").tobytes(), rate)


def join(sounds: Sequence[Sound]) -> Sound:
    """One after the other at the rate of the first; costs what `resample` costs for the rest."""
    rate = sounds[0].rate
    return Sound(b"".join(resample(sound, rate).pcm for sound in sounds), rate)
