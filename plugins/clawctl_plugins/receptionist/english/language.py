"""English, put together."""

from clawctl_plugins.receptionist.english.digits import NUMBERS
from clawctl_plugins.receptionist.english.facts import FACTS
from clawctl_plugins.receptionist.english.names import NAMES
from clawctl_plugins.receptionist.english.phrases import (
    ACTS,
    HEAD,
    MISHEARD,
    OPENERS,
    STRANGE,
    SWAPS,
    TAIL,
)
from clawctl_plugins.receptionist.english.sentences import LINES, NOTES, OWNER, QUESTIONS, TIDY
from clawctl_plugins.receptionist.language import Language

LANGUAGE = Language(
    head=HEAD,
    tail=TAIL,
    acts=ACTS,
    openers=OPENERS,
    swaps=SWAPS,
    misheard=MISHEARD,
    strange=STRANGE,
    numbers=NUMBERS,
    names=NAMES,
    facts=FACTS,
    notes=NOTES,
    tidy=TIDY,
    questions=QUESTIONS,
    lines=LINES,
    owner=OWNER,
)
