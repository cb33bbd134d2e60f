"""pocketsphinx and its English model; in worker processes: it holds the interpreter lock.

Measured on twelve sentences of flite's voices: 3 to 7 % of the words wrong, in a fifth of the time
the speech takes; on espeak-ng's voices about half of the words.
"""

import numpy as np
import soxr

import pocketsphinx

# What the model was made for.
RATE = 16_000
# Less than this holds no word.
SHORTEST_S = 0.1


class Recogniser:
    """One decoder; calls do not depend on each other."""

    def __init__(self) -> None:
        self._decoder = pocketsphinx.Decoder(loglevel="FATAL")
        # What the decoder assumes of a voice it has not heard yet; it learns while it listens.
        self._unheard = self._decoder.get_cmn()

    def hear(self, pcm: bytes, rate: int) -> str:
        """The words, in lower case and without punctuation; "" when there are none."""
        if len(pcm) < 2 * SHORTEST_S * rate:
            return ""
        self._decoder.set_cmn(self._unheard)
        self._decoder.start_utt()
        try:
            self._decoder.process_raw(_at_model_rate(pcm, rate), False, False)
        finally:
            self._decoder.end_utt()
        found = self._decoder.hyp()
        return found.hypstr if found else ""


def _at_model_rate(pcm: bytes, rate: int) -> bytes:
    if rate == RATE:
        return pcm
    converted: bytes = soxr.resample(np.frombuffer(pcm, "<i2"), rate, RATE).tobytes()
    return converted
