"""What there was instead of words: silence, noise, or what recognisers make of either."""

import re
from typing import Literal

from clawctl.audio.speech import SILENT_PEAK, peak
from clawctl.audio.wav import Sound

# A twentieth of full scale: nobody speaks into a telephone as low as that, but rooms hum.
NEAR_SILENT_PEAK = 1_600
# What recognisers trained on films and broadcasts say of silence and noise, in words only. These
# may be said by a caller too, so they count as phantoms only where next to nothing was heard.
PHANTOMS = frozenset(
    (
        "you", "bye", "bye bye", "thank you", "thank you very much", "thanks for watching",
        "thank you for watching", "thanks for listening", "please subscribe", "so", "oh", "okay",
        "the end", "vielen dank", "danke", "tschüss", "bis zum nächsten mal",
        "danke fürs zuschauen", "vielen dank fürs zuschauen",
    )
)  # fmt: skip
# Nobody says these.
CREDITS = re.compile(
    r"\b(?:subtitles? by|subtitled by|captions? by|transcri(?:bed|ption) by|amara org"
    r"|untertitel(?:ung)?\b.*\b(?:von|der|des|im auftrag|amara|zdf|ard|wdr|swr|ndr))\b"
)


def mere(sound: Sound) -> Literal["no_speech", "noise"]:
    """What a sound is in which nobody speaks."""
    return "no_speech" if peak(sound) <= SILENT_PEAK else "noise"


def is_phantom(text: str, sound: Sound) -> bool:
    words = " ".join(re.findall(r"\w+", text.lower()))
    if CREDITS.search(words):
        return True
    return words in PHANTOMS and peak(sound) <= NEAR_SILENT_PEAK
