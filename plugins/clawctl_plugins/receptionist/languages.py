"""The languages the receptionist speaks."""

from collections.abc import Mapping
from types import MappingProxyType

from clawctl.engines.api import Prompt
from clawctl_plugins.receptionist.english import ENGLISH
from clawctl_plugins.receptionist.german import GERMAN
from clawctl_plugins.receptionist.language import Language

LANGUAGES: Mapping[str, Language] = MappingProxyType({"en": ENGLISH, "de": GERMAN})


def language_of(prompt: Prompt) -> Language:
    return LANGUAGES.get(prompt.lang, ENGLISH)
