"""Record tests/audio/data: short words at the telephone's rate, the hardest case for a detector.

English with flite, German with espeak-ng. The clips are checked in, no test needs flite:
python tools/make_speech_clips.py
"""

import subprocess
import tempfile
from pathlib import Path

from clawctl.audio import wav
from clawctl.audio.convert import resample
from clawctl.audio.wav import Sound
from clawctl_plugins.espeak.synthesiser import Synthesiser

DATA = Path(__file__).parents[1] / "tests" / "audio" / "data"
RATE = 8000


def english(word: str, voice: str) -> Sound:
    with tempfile.TemporaryDirectory() as place:
        spoken = Path(place) / "word.wav"
        command = ["flite", "-voice", voice, "-t", word, "-o", str(spoken)]
        subprocess.run(command, check=True)
        return wav.read(spoken.read_bytes())


def german(word: str) -> Sound:
    pcm, rate = Synthesiser({"de": "de"}, words_per_minute=175, pitch=50).speak(word, "de", "", 1.0)
    return Sound(pcm, rate)


clips = {"yes": english("yes", "slt"), "no": english("no", "kal16"), "ja": german("ja")}
for name, sound in clips.items():
    (DATA / f"{name}.wav").write_bytes(wav.write(resample(sound, RATE)))
