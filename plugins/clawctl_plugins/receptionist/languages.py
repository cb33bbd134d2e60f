"""The languages the receptionist speaks; their tables are loaded when first used."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType

from clawctl_plugins.receptionist.language import Language

_MODULES: Mapping[str, str] = MappingProxyType({"en": "english", "de": "german"})


@cache
def language(code: str) -> Language:
    """The language of that code; English for one we do not speak."""
    module = import_module(f"{__package__}.{_MODULES.get(code, 'english')}.language")
    found: Language = module.LANGUAGE
    return found
