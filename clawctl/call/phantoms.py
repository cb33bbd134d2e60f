"""What there was instead of words: silence, noise, or what recognisers make of either."""

import re
from typing import Literal

from clawctl.audio.speech import SILENT_PEAK, peak
from clawctl.audio.wav import Sound

# A sixtieth of full scale. The phone takes an RMS of 70 for speech, whose peaks are some five times
# as high, so a low voice on a bad line is above this.
NEAR_SILENT_PEAK = 512
# What recognisers trained on films and broadcasts say of silence and noise, a sentence each, in
# words only. These may be said by a caller too, so they count as phantoms only where next to
# nothing was heard. Nothing that says yes or no is among them: it is not to be lost.
PHANTOMS = frozenset(
    (
        "you", "bye", "bye bye", "thank you", "thank you very much", "thank you so much", "thanks",
        "thanks for watching", "thank you for watching", "thank you so much for watching",
        "thanks for listening", "thank you for listening", "see you next time",
        "see you in the next video", "please subscribe", "subscribe", "so", "oh", "the end",
        "vielen dank", "danke", "danke schön", "tschüss", "bis zum nächsten mal", "bis bald",
        "bis dann", "danke fürs zuschauen", "danke fürs zuhören", "vielen dank fürs zuschauen",
        "vielen dank fürs zuhören", "vielen dank für die aufmerksamkeit",
        "vielen dank für ihre aufmerksamkeit", "das wars", "das wars für heute", "copyright",
    )
)  # fmt: skip
# Credits of films, said by nobody: of these words only, one of them of each kind. A caller may well
# want the subtitles of the film by Friday.
_MADE = frozenset(
    (
        "subtitles", "subtitled", "captions", "captioned", "transcription", "transcribed",
        "translated", "untertitel", "untertitelung", "copyright", "mediagroup",
    )
)  # fmt: skip
_MAKERS = frozenset(
    (
        "amara", "castingwords", "otter", "ard", "zdf", "wdr", "swr", "ndr", "mdr", "rbb", "br",
        "hr", "orf", "srf",
    )
)  # fmt: skip
_BETWEEN = frozenset(
    (
        "by", "the", "org", "community", "https", "ai", "von", "der", "des", "im", "auftrag",
        "für", "funk", "gmbh",
    )
)  # fmt: skip
_YEAR = re.compile(r"(?:19|20)\d\d")
# By somebody or other, whole names: these may be a caller's words, so they are like the PHANTOMS.
_CREDITED = re.compile(
    r"(?:subtitles|captions|transcription|translation) by \w+(?: \w+)?"
    r"|untertitel(?:ung)? (?:von|der|des) \w+(?: \w+)?"
)
_SENTENCE_END = re.compile(r"[.!?…]+(?=\s|\Z)")


def mere(sound: Sound) -> Literal["no_speech", "noise"]:
    """What a sound is in which nobody speaks."""
    return "no_speech" if peak(sound) <= SILENT_PEAK else "noise"


def is_phantom(text: str, sound: Sound) -> bool:
    """Whether all of it is what recognisers make of nothing."""
    if _is_credits(_words(text)):
        return True
    sentences = [words for each in _SENTENCE_END.split(text) if (words := " ".join(_words(each)))]
    return (
        bool(sentences)
        and peak(sound) <= NEAR_SILENT_PEAK
        and all(each in PHANTOMS or _CREDITED.fullmatch(each) for each in sentences)
    )


def _is_credits(words: list[str]) -> bool:
    years = {word for word in words if _YEAR.fullmatch(word)}
    made, makers = _MADE.intersection(words), _MAKERS.intersection(words)
    others = set(words) - _MADE - _MAKERS - _BETWEEN - years
    return bool(makers) and bool(made or years) and not others


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", re.sub(r"['\u2019]", "", text.lower()))
