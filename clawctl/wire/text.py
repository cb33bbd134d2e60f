"""Text from clients, cleaned once and by one function."""

import re
import unicodedata
from collections.abc import Sequence

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′ʼ`´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "…": "...",
    }
)
_SPACE = re.compile(r"\s+")
# Of names that a client made up, in a sentence about them.
_MOST_NAMES, _MOST_CHARS = 5, 40


def safe_text(text: str) -> str:
    """Control characters out, white space folded, typographic quotes and dashes made plain."""
    folded = _SPACE.sub(" ", text)
    kept = "".join(c for c in folded if unicodedata.category(c)[0] != "C" or c == "\u200d")
    return _SPACE.sub(" ", unicodedata.normalize("NFC", kept).translate(_PLAIN)).strip()


def some(names: Sequence[str]) -> str:
    """Names that a client made up, as a sentence may tell them back: quoted, few and short."""
    told = ", ".join(repr(name[:_MOST_CHARS]) for name in names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    return f"{told} and {more} more" if more > 0 else told
