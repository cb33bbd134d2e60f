"""Text from clients, cleaned once and by one function."""

import re
import unicodedata

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′ʼ`´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "…": "...",
    }
)
_SPACE = re.compile(r"\s+")


def safe_text(text: str) -> str:
    """Control characters out, white space folded, typographic quotes and dashes made plain."""
    folded = _SPACE.sub(" ", text)
    kept = "".join(c for c in folded if unicodedata.category(c)[0] != "C" or c == "\u200d")
    return _SPACE.sub(" ", unicodedata.normalize("NFC", kept).translate(_PLAIN)).strip()
