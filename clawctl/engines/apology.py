"""What a caller hears when no engine can make a sound: an apology recorded in advance.

The recordings are made by `tools/make_apologies.py` from the sentences here.
"""

from functools import cache
from importlib.resources import files

from clawctl.audio import wav
from clawctl.audio.wav import Sound

# The phone app keeps silent about a reply with "hear" and a "please try again" in it.
APOLOGIES = {
    "en": "Sorry, something is not working at our end. Please call back in a few minutes.",
    "de": "Entschuldigung, hier ist gerade etwas gestört. Bitte rufen Sie später noch einmal an.",
}


def last_resort(lang: str) -> tuple[str, Sound]:
    """The sentence and its sound; English for a language that has none."""
    known = lang if lang in APOLOGIES else "en"
    return APOLOGIES[known], _recorded(known)


@cache
def _recorded(lang: str) -> Sound:
    return wav.read((files(__package__) / "data" / f"apology-{lang}.wav").read_bytes())
