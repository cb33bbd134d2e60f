"""A recorded caller, whose words are known."""

import secrets

from clawctl.audio import wav
from clawctl.audio.wav import Sound
from clawctl.testing.demo import PLACE, table

# Of the demo call: nothing has been said by then that could be a message.
OPENING = 0


def recorded() -> tuple[Sound, str]:
    """What is said and the words in it; no two are alike, for equal ones are recognised once."""
    line = table().utterances[OPENING]
    sound = wav.read((PLACE / line.file).read_bytes())
    silence = bytes(2 * secrets.randbelow(sound.rate // 4))
    return Sound(silence + sound.pcm, sound.rate), line.say
