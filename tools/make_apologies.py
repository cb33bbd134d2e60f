"""Record the apologies of `clawctl/engines/apology.py`: English with flite, German with espeak-ng.

Run it from the checkout after changing a sentence: python tools/make_apologies.py
"""

import subprocess
import tempfile
from pathlib import Path

import numpy as np
import soxr

from clawctl.audio import wav
from clawctl.audio.wav import Sound
from clawctl.engines.apology import APOLOGIES
from clawctl_plugins.espeak.synthesiser import Synthesiser

DATA = Path(__file__).parents[1] / "clawctl" / "engines" / "data"
RATE = 16_000
PEAK = 0.7 * 32767


def english(text: str) -> Sound:
    with tempfile.TemporaryDirectory() as place:
        spoken = Path(place) / "apology.wav"
        command = ["flite", "-voice", "slt", "-t", text, "-o", str(spoken)]
        subprocess.run(command, check=True)
        return wav.read(spoken.read_bytes())


def german(text: str) -> Sound:
    return Sound(*Synthesiser().speak(text, ["de"], 150, 45))


def levelled(sound: Sound) -> Sound:
    samples = np.frombuffer(sound.pcm, "<i2").astype(np.float64)
    samples = soxr.resample(samples, sound.rate, RATE)
    samples *= PEAK / np.abs(samples).max()
    return Sound(samples.astype("<i2").tobytes(), RATE)


for lang, make in {"en": english, "de": german}.items():
    sound = levelled(make(APOLOGIES[lang]))
    (DATA / f"apology-{lang}.wav").write_bytes(wav.write(sound))
