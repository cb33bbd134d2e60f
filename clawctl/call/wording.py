"""What the gateway itself says to a caller.

The gate's sentences are the manual's. No sentence may hold "hear" together with "please try again"
or "could not hear": the app does not play those (phone page, 6.3).
"""

from typing import Literal

Phrase = Literal["reprompt", "misheard", "sorry", "gate_open", "gate_wrong", "gate_ask", "filler"]

_WORDS: dict[str, dict[Phrase, str]] = {
    "en": {
        "reprompt": "Sorry, I missed that. What did you say?",
        "misheard": "I am sorry, I have trouble understanding you right now. Please say it again.",
        "sorry": "I am sorry, something went wrong on my side. Could you say that once more?",
        "gate_open": "Authentication successful. How can I help you?",
        "gate_wrong": "That's not correct. Please try again.",
        "gate_ask": "Please say the passphrase.",
        "filler": "One moment, I am looking into it. Is there anything you would like to add?",
    },
    "de": {
        "reprompt": "Entschuldigung, das ist mir entgangen. Was sagten Sie?",
        "misheard": "Es tut mir leid, ich verstehe Sie gerade schlecht. Bitte noch einmal.",
        "sorry": "Es tut mir leid, bei mir ging etwas schief. Sagen Sie das bitte noch einmal.",
        "gate_open": "Danke, das stimmt. Wie kann ich Ihnen helfen?",
        "gate_wrong": "Das stimmt leider nicht. Bitte versuchen Sie es noch einmal.",
        "gate_ask": "Bitte nennen Sie das Kennwort.",
        "filler": "Einen Moment, ich sehe nach. Möchten Sie noch etwas hinzufügen?",
    },
}


def wording(phrase: Phrase, lang: str) -> str:
    return _WORDS.get(lang, _WORDS["en"])[phrase]


def every_phrase(lang: str) -> list[str]:
    """All of them, to be synthesised before the first caller needs one."""
    return list(_WORDS.get(lang, _WORDS["en"]).values())
