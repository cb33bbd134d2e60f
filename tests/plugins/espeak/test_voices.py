import itertools

import pytest

from clawctl.testing.engines import NoHost
from clawctl_plugins.espeak import plugin
from clawctl_plugins.espeak.synthesiser import Synthesiser
from clawctl_plugins.espeak.voices import speaks, voices


@pytest.fixture(scope="module")
def synthesiser() -> Synthesiser:
    return Synthesiser()


def names(lang: str) -> list[str]:
    return list(itertools.chain.from_iterable(voices(lang).values()))


def test_each_language_has_accents_and_variants() -> None:
    assert voices("de") == {
        "Accents": ("de",),
        "Female": ("de+f1", "de+f2", "de+f3", "de+f4", "de+f5"),
        "Male": ("de+m1", "de+m2", "de+m3", "de+m4", "de+m5", "de+m6", "de+m7", "de+m8"),
    }
    assert {"en-gb", "en-us", "en-gb-scotland", "en-us+f1", "en-us+m8"} <= set(names("en"))
    assert voices("tlh") == {}
    assert plugin.tts["espeak"].voices("de", NoHost()) == voices("de")


def test_espeak_knows_every_voice_that_is_offered(synthesiser: Synthesiser) -> None:
    unknown = [name for name in names("en") + names("de") if not synthesiser._choose(name)]

    assert unknown == []


def test_every_accent_sounds_its_own_way(synthesiser: Synthesiser) -> None:
    accents = ("en-gb", "en-us", "en-gb-scotland", "en-us+f1", "en-us+m8")
    sounds = {synthesiser.speak("Good morning to you.", [one], 165, 50)[0] for one in accents}

    assert len(sounds) == len(accents)


@pytest.mark.parametrize(
    ("name", "lang", "expected"),
    [
        ("en-gb+f2", "en", True),
        ("de", "de", True),
        ("de+m1", "de", True),
        ("en-us", "de", False),
        ("af_heart", "af", False),
        ("end", "en", False),
        ("", "en", False),
    ],
)
def test_the_name_of_a_voice_begins_with_its_language(name: str, lang: str, expected: bool) -> None:
    assert speaks(name, lang) is expected
