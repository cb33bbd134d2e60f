"""What the phone app decides by itself: whom to answer, what is an echo, what not to play."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

_DECORATION = str.maketrans("", "", " \t-()")
_TOKEN = re.compile(r"[a-z0-9']{2,}")
_SENTENCE = re.compile(r"[^.!?]*[.!?]+|[^.!?]+$")
_APOLOGY = re.compile(r"please try again|could(?:n't| not) hear that clearly")
_MARKDOWN = re.compile(r"[*_`#>~]|\[|\]\([^)]*\)")


def allowed(
    number: str, *, allowlist: Sequence[str], blocklist: Sequence[str], unknown: bool
) -> bool:
    """Whether the phone answers; numbers must be equal but for blanks, dashes and brackets."""
    plain = number.translate(_DECORATION)
    if not plain:
        return unknown
    if plain in {entry.translate(_DECORATION) for entry in blocklist}:
        return False
    return not allowlist or plain in {entry.translate(_DECORATION) for entry in allowlist}


def is_echo(transcript: str, last_reply: str, since_playback_s: float) -> bool:
    """Whether an utterance is dropped because it sounds like what the phone just played."""
    said, played = _tokens(transcript), _tokens(last_reply)
    if not said or not played:
        return False
    overlap = len(said & played) / len(said | played)
    return overlap >= 0.7 or (overlap >= 0.6 and len(said) <= 3 and since_playback_s <= 1.2)


def _tokens(text: str) -> set[str]:
    return set(_TOKEN.findall(text.lower()))


def is_suppressed(reply: str) -> bool:
    """Whether a reply counts as an apology for not having heard, and is not played."""
    lower = reply.lower()
    return "hear" in lower and _APOLOGY.search(lower) is not None


def remembered(reply: str) -> str:
    """The part of a reply that echo checks know: at most 3 sentences and 420 characters."""
    kept: list[str] = []
    for sentence in _SENTENCE.findall(_MARKDOWN.sub("", reply)):
        plain = sentence.strip()
        if plain and not (kept and _alike(kept[-1], plain)):
            kept.append(plain)
    return " ".join(kept[:3])[:420]


def _alike(one: str, other: str) -> bool:
    # How near "near-duplicate" is cannot be seen from outside; 0.9 catches a repeated sentence.
    first, second = (sentence.lower().rstrip(".!? ") for sentence in (one, other))
    return SequenceMatcher(None, first, second).ratio() >= 0.9
