"""The voices espeak-ng has, read off its data files: the library itself stays in the workers."""

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

# The accent that variants are listed for; espeak joins any accent and any variant with a plus.
PLAIN = {"en": "en-us", "de": "de"}
FEMALE = tuple(f"f{number}" for number in range(1, 6))
MALE = tuple(f"m{number}" for number in range(1, 9))

_LANGUAGE = re.compile(r"^language +([a-z0-9-]+)", re.MULTILINE)


def voices(lang: str) -> dict[str, tuple[str, ...]]:
    """Accents by themselves, and the plain one in female and male variants."""
    accents = tuple(sorted(accent for accent in _files() if speaks(accent, lang)))
    if not accents:
        return {}
    plain = PLAIN.get(lang, accents[0])
    return {
        "Accents": accents,
        "Female": tuple(f"{plain}+{variant}" for variant in FEMALE),
        "Male": tuple(f"{plain}+{variant}" for variant in MALE),
    }


def speaks(name: str, lang: str) -> bool:
    """Whether a voice of that name is one of the language: "en-gb+f2" of "en"."""
    return re.split(r"[-+]", name)[0] == lang


def as_espeak_finds_it(name: str) -> str:
    """Voices are found by the names of their files: "en-gb+f2" is in the file "en"."""
    accent, plus, variant = name.partition("+")
    return _files().get(accent, accent) + plus + variant


@cache
def _files() -> dict[str, str]:
    """The file of each accent, which is the first language the file names."""
    loader = find_spec("espeakng_loader")
    places = (loader and loader.submodule_search_locations) or []
    found = {}
    for file in (file for place in places for file in Path(place).glob("*/lang/**/*")):
        if file.is_file() and (language := _LANGUAGE.search(file.read_text("utf-8"))):
            found[language[1]] = file.name
    return found
