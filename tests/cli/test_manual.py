"""Manual pages and completions: as checked in, whole, and taken for what they are."""

import subprocess
from pathlib import Path

import pytest

from clawctl.cli.manual import interface, roff
from clawctl.cli.manual.files import files
from clawctl.errors import ClawError

TOP = Path(__file__).parents[2]


def test_what_is_checked_in_is_what_the_code_says():
    drawn = files()
    there = {
        f"{folder}/{path.name}": path.read_text(encoding="utf-8")
        for folder in ("man", "completions")
        for path in (TOP / folder).iterdir()
    }

    assert sorted(there) == sorted(drawn)
    changed = [name for name, text in drawn.items() if there[name] != text]
    assert changed == [], "run 'make generated'"


def test_no_door_is_without_a_meaning():
    doors = interface.doors(*interface.every_blueprint())

    assert [(method, rule) for method, rule, about in doors if not about] == []
    assert ("POST", "/api/turn") in {(method, rule) for method, rule, _ in doors}
    assert ("GET", "/api/config/tts|llm") in {(method, rule) for method, rule, _ in doors}


def test_every_exit_code_of_an_error_is_explained():
    def kinds(of):
        return [of, *(kind for sub in of.__subclasses__() for kind in kinds(sub))]

    codes = {kind.exit_code for kind in kinds(ClawError)}

    assert codes - interface.EXIT_CODES.keys() == set()


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (".hidden", r"\&.hidden"),
        ("'quoted'", r"\(aqquoted\(aq"),
        ("--flag", r"\-\-flag"),
        ("back\\slash", r"back\eslash"),
        ("two\n  lines", "two lines"),
    ],
)
def test_no_text_is_taken_for_a_request(text, written):
    assert roff.escape(text) == written


def test_bash_takes_the_completion():
    path = TOP / "completions/clawctl.bash"

    checked = subprocess.run(["bash", "-n", path], capture_output=True, text=True, check=False)

    assert (checked.returncode, checked.stderr) == (0, "")
