"""The decoder of pocketsphinx with the English model its wheel carries; lives in worker processes.

Measured on twelve sentences of a telephone message in four voices of flite, with half a second of
faint noise around them: 6 words in 100 are wrong, and hearing takes a quarter of the sound's length
on an idle core. The cepstral mean is that of the whole utterance: one carried over from call to
call is no better once there is noise, and would let one caller colour what the next one says.
"""

import pocketsphinx
from clawctl.audio.convert import resample
from clawctl.audio.wav import Sound

RATE = 16_000
# Below this length there is no word.
SHORTEST_S = 0.1
# Hypotheses kept per frame: with 2,000 one word in 100 more is wrong (with 1,500 two, with 1,000
# four); the decoder's own 30,000 take almost twice the time for the same words.
HYPOTHESES = 3000


class Decoder:
    """Turns sound into words, one utterance at a time."""

    def __init__(self) -> None:
        self._decoder = pocketsphinx.Decoder(samprate=RATE, maxhmmpf=HYPOTHESES, loglevel="FATAL")

    def hear(self, pcm: bytes, rate: int) -> str:
        sound = resample(Sound(pcm, rate), RATE)
        if sound.seconds < SHORTEST_S or not sound.pcm.strip(b"\0"):
            return ""  # in perfect silence the decoder hears a dog
        self._decoder.start_utt()
        try:
            self._decoder.process_raw(sound.pcm, full_utt=True)
        finally:
            self._decoder.end_utt()
        best = self._decoder.hyp()
        return best.hypstr if best else ""
