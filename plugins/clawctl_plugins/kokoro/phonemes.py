"""Cutting phonemes into as many as Kokoro takes at once, where a speaker would breathe."""

import re
from collections.abc import Iterator

# The model's context of 512 less a mark at either end; a voice has a style for each length.
MOST = 510
# Where to cut, the best first: after a sentence, a clause, a phrase, a word.
SEAMS = tuple(re.compile(rf".*{end}", re.DOTALL) for end in ("[.!?…]", "[:;]", "[,—]", r"\s"))


def pieces(phonemes: str, most: int = MOST) -> Iterator[str]:
    rest = phonemes.strip()
    while len(rest) > most:
        cut = _cut(rest[:most])
        yield rest[:cut].rstrip()
        rest = rest[cut:].lstrip()
    if rest:
        yield rest


def _cut(window: str) -> int:
    found = (seam.match(window) for seam in SEAMS)
    return next((match.end() for match in found if match), len(window))
