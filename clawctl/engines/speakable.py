"""Text fit to be spoken: no markup, no signs, no digits, only words and their punctuation.

Every engine says the same then, and none stumbles. What the languages call things is in the tables
of `clawctl.engines.spoken`; in a language without a table numbers are left to the engine.
"""
# ruff: noqa: RUF001  (quotes and dashes of several languages are what this is about)

import unicodedata
from collections.abc import Mapping

from clawctl.engines.sentences import without_thinking
from clawctl.engines.spoken import english, german
from clawctl.engines.spoken.markup import plain
from clawctl.engines.spoken.rules import Group, group, obey, rule

RULES: Mapping[str, tuple[Group, ...]] = {"en": english.RULES, "de": german.RULES}

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′ʼ´`", "'"),
        **dict.fromkeys("“”„‟«»‹›\u00ad", ""),
        **dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True)),
        "″": '"',
        "º": "°",
        "℃": "°C",
        "℉": "°F",
        "μ": "µ",
        "⁄": "/",
        **dict.fromkeys("‐‑‒", "-"),
        "…": "...",
        "。": ". ",
        "！": "! ",
        "？": "? ",
        "，": ", ",
        "、": ", ",
        "：": ": ",
        "；": "; ",
    }
)
_OTHER_ALPHABETS = group(
    rule(r"(?![0-9])\d", lambda match: str(unicodedata.decimal(match[0]))),
    rule(r"[\ufe00-\ufe0f\u20d0-\u20ff]", ""),  # what makes an emoji of "1"
)

# What is left once the words are found: brackets and dashes are pauses, other signs are nothing.
_REST = group(
    rule(r"\s?(?:[–—→⇒➜•·]|[-=]>|<-)\s?", ", ", needs="–—→⇒➜•·-="),
    rule(r"\s-{1,3}\s|-{2,}", ", ", needs="-"),
    rule(r"\s?[(\[{]\s?", ", ", needs="([{"),
    rule(r"\s?[)\]}](?=\w)", ", ", needs=")]}"),
    rule(r"\s?[)\]}](?=\s\w)", ",", needs=")]}"),
    rule(r"[^A-Za-z0-9 .,!?;:'-]", lambda match: _left(match[0])),
    rule(r"(?<!\w)['-]+|['-]+(?!\w)", " ", needs="'-"),
    rule(r"\s+(?=[\s.,!?;:])", ""),
    rule(r"[.,!?;:]{2,}", lambda match: _strongest(match[0])),
)


def speakable(text: str, lang: str) -> str:
    """What a voice should say for `text`; "" if nothing of it can be said."""
    text = plain(without_thinking(text))
    if not text.isascii():
        text = obey([_OTHER_ALPHABETS], unicodedata.normalize("NFC", text).translate(_PLAIN))
    text = obey(RULES.get(lang[:2], ()), " ".join(text.split()))
    text = obey([_REST], text).lstrip(" .,!?;:").rstrip(" ,;:")
    return unicodedata.normalize("NFC", text) if any(map(str.isalnum, text)) else ""


def _left(char: str) -> str:
    """A letter of any alphabet, with its marks, or a digit; nothing else is pronounced."""
    category = unicodedata.category(char)
    if category[0] in "LM" or category == "Nd":
        return char
    return "" if category in ("Cf", "Cs") else " "


def _strongest(run: str) -> str:
    return next(mark for mark in ("?", "!", "...", ".", ";", ":", ",") if mark in run)
