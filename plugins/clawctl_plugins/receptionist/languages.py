"""The languages the receptionist speaks."""

from collections.abc import Mapping
from types import MappingProxyType

from clawctl.engines.api import Prompt
from clawctl_plugins.receptionist.language import Language
from clawctl_plugins.receptionist.language_en import ENGLISH

LANGUAGES: Mapping[str, Language] = MappingProxyType({"en": ENGLISH})


def language_of(prompt: Prompt) -> Language:
    return LANGUAGES.get(prompt.lang, ENGLISH)
