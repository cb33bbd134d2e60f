"""The passphrase gate (gateway manual, "Passphrase Authentication")."""

import re

_NOT_WORDS = re.compile(r"[\W_]+")
WITHHELD = "[passphrase]"


def words(text: str) -> str:
    """Text as the gate compares it: case, punctuation and spacing do not count."""
    return _NOT_WORDS.sub(" ", text.casefold()).strip()


def opens(passphrase: str, transcript: str) -> bool:
    """Whether the caller said the passphrase, alone or within a sentence."""
    return words(passphrase) in words(transcript)


def withhold(passphrase: str, text: str) -> str:
    """`text` as it may be stored, logged and announced: the passphrase never is."""
    secret = words(passphrase)
    if not secret or secret not in words(text):
        return text
    pattern = r"[\W_]*".join(map(re.escape, secret.replace(" ", "")))
    cleaned = re.sub(pattern, WITHHELD, text, flags=re.IGNORECASE)
    return WITHHELD if secret in words(cleaned) else cleaned
