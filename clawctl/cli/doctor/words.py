"""A recorded caller, and how much of what it says comes back."""

import re
import secrets
from array import array
from difflib import SequenceMatcher

from clawctl.audio import wav
from clawctl.audio.wav import Sound
from clawctl.testing.demo import PLACE, table

# The embedded recogniser gets 93 words of 100 right in such a voice, chance none.
ENOUGH = 0.6
# Of 32767; the softest voice has thousands.
AUDIBLE = 100

# Of the demo call: nothing has been said by then that could be a message.
OPENING = 0


def recorded() -> tuple[Sound, str]:
    """What is said and the words in it; no two are alike, for equal ones are recognised once."""
    line = table().utterances[OPENING]
    sound = wav.read((PLACE / line.file).read_bytes())
    silence = bytes(2 * secrets.randbelow(sound.rate // 4))
    return Sound(silence + sound.pcm, sound.rate), line.say


def came_back(known: str, heard: str) -> float:
    """The share of the known words that were heard, in their order."""
    ours, theirs = _words(known), _words(heard)
    blocks = SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) / len(ours)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def audible(sound: Sound) -> bool:
    samples = array("h", sound.pcm)
    return max(map(abs, samples), default=0) > AUDIBLE
