"""Single utterances: what is understood of them, mostly as a recogniser writes them."""

from pathlib import Path

import pytest

from clawctl_plugins.receptionist.hearing import understand
from clawctl_plugins.receptionist.language import Act, Ask
from clawctl_plugins.receptionist.languages import language

HERE = Path(__file__).parent


def rows(name: str) -> list[list[str]]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.split("|")] for line in lines]


@pytest.mark.parametrize(
    ("lang", "row"), [(lang, row) for lang in ("en", "de") for row in rows(f"pieces_{lang}.txt")]
)
def test_pieces_are_found_wherever_they_are_said(lang: str, row: list[str]) -> None:
    """Columns of the files: what was asked, what is said, and its name, number and text."""
    asked, said, *pieces = row

    heard = understand(said, Ask[asked], language(lang))

    assert [heard.name, heard.number, heard.text] == pieces


@pytest.mark.parametrize(
    ("lang", "row"), [(lang, row) for lang in ("en", "de") for row in rows(f"acts_{lang}.txt")]
)
def test_acts_are_told_apart(lang: str, row: list[str]) -> None:
    """Columns of the files: what was asked, what is said, and what the caller does by it."""
    asked, said, acts = row

    heard = understand(said, Ask[asked], language(lang))

    assert heard.acts == {Act[act] for act in acts.split()}
