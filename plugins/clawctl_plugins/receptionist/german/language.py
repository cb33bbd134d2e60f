"""German, put together."""

from clawctl_plugins.receptionist.german.digits import NUMBERS
from clawctl_plugins.receptionist.german.facts import FACTS
from clawctl_plugins.receptionist.german.names import NAMES
from clawctl_plugins.receptionist.german.phrases import (
    ACTS,
    HEAD,
    MISHEARD,
    OPENERS,
    STRANGE,
    SWAPS,
    TAIL,
)
from clawctl_plugins.receptionist.german.sentences import LINES, NOTES, OWNER, QUESTIONS, TIDY
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
