"""Kokoro's English voices, as the gateway manual groups them; servers with Kokoro have them too."""

from collections.abc import Mapping

ENGLISH: Mapping[str, tuple[str, ...]] = {
    "American Female": (
        "af_heart",
        "af_alloy",
        "af_aoede",
        "af_bella",
        "af_jessica",
        "af_kore",
        "af_nicole",
        "af_nova",
        "af_river",
        "af_sarah",
        "af_sky",
    ),
    "American Male": (
        "am_adam",
        "am_echo",
        "am_eric",
        "am_fenrir",
        "am_liam",
        "am_michael",
        "am_onyx",
        "am_puck",
        "am_santa",
    ),
    "British Female": ("bf_alice", "bf_emma", "bf_isabella", "bf_lily"),
    "British Male": ("bm_daniel", "bm_fable", "bm_george", "bm_lewis"),
}
# The voice for whoever asks for one that Kokoro does not have; its best by its authors' grades.
FIRST = "af_heart"


def voices(lang: str) -> Mapping[str, tuple[str, ...]]:
    return ENGLISH if lang == "en" else {}


def own(name: str) -> str:
    """`name` if it is a voice of Kokoro's, else the first."""
    return name if any(name in names for names in ENGLISH.values()) else FIRST


def british(name: str) -> bool:
    """A name begins with the accent: a is American, b British."""
    return name.startswith("b")
