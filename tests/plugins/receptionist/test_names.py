import pytest

from clawctl_plugins.receptionist.english.names import NAMES as ENGLISH
from clawctl_plugins.receptionist.language import Part
from clawctl_plugins.receptionist.names import merge, read, whole


@pytest.mark.parametrize(
    ("text", "name", "rest"),
    [
        ("anna smith and i am late", "Anna Smith", "and i am late"),
        ("anna smith from acme tools i called", "Anna Smith from Acme Tools", "i called"),
        ("robert green from the garage", "Robert Green from the Garage", ""),
        ("anna anna smith", "Anna Smith", ""),
        ("anna calling from acme", "Anna from Acme", ""),
        ("smith-jones, the plumber", "Smith-Jones", "the plumber"),
        ("McDonald", "McDonald", ""),
        ("late again", "", "late again"),
        ("anna von", "Anna", "von"),
        ("bop spelled bee oh bee", "Bob", ""),
        ("", "", ""),
    ],
)
def test_a_name_ends_where_something_else_begins(text: str, name: str, rest: str) -> None:
    assert read(text, ENGLISH) == (name, rest)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("anna smith speaking", "Anna Smith"),
        ("anna smith is late", ""),
        ("the plumber", ""),
    ],
)
def test_a_whole_answer_is_a_name_or_it_is_none(text: str, name: str) -> None:
    assert whole(text, ENGLISH) == name


@pytest.mark.parametrize(
    ("old", "new", "part", "merged"),
    [
        ("", "Smyth", Part.WHOLE, "Smyth"),
        ("Anna Smith", "Smyth", Part.WHOLE, "Anna Smyth"),
        ("Hannah Smith", "Anna", Part.WHOLE, "Anna Smith"),
        ("Anna Smith", "Jones", Part.WHOLE, "Jones"),
        ("Anna Smith", "Susan Jones", Part.WHOLE, "Susan Jones"),
        ("Anna Smith", "Jones", Part.LAST, "Anna Jones"),
        ("Anna Smith", "Susan", Part.FIRST, "Susan Smith"),
        ("Anna", "Smith", Part.LAST, "Anna Smith"),
        ("Smith", "Anna", Part.FIRST, "Anna Smith"),
        ("Smith", "Smyth", Part.LAST, "Smyth"),
        ("Anna", "", Part.WHOLE, "Anna"),
    ],
)
def test_a_correction_changes_what_it_sounds_like(
    old: str, new: str, part: Part, merged: str
) -> None:
    assert merge(old, new, part) == merged
