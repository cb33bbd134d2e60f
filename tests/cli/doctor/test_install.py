"""What is installed and does not fit."""

import sys
from importlib.metadata import Distribution, distribution, version
from pathlib import Path

import pytest

from clawctl.cli.asking import Asking
from clawctl.cli.doctor.install import packages, plugins, source, sqlite, unmet
from clawctl.cli.doctor.patient import Patient
from clawctl.cli.output import Output
from clawctl.plugins import Found

HERE = f"{sys.version_info[0]}.{sys.version_info[1]}"


@pytest.mark.parametrize(
    "line",
    [
        "trio<1,>=0.31",
        "trio",
        f"trio<0.1; python_version < '{HERE}'",
        "no-such-package>=1; extra == 'dev'",
    ],
)
def test_a_requirement_that_is_met_or_is_none_of_ours(line: str) -> None:
    assert unmet(line) is None


@pytest.mark.parametrize(
    ("line", "wants", "there"),
    [
        ("trio<0.2,>=0.1", "trio<0.2,>=0.1", version("trio")),
        ("trio==0.1", "trio==0.1", version("trio")),
        (f"trio>99; python_version >= '{HERE}'", "trio>99", version("trio")),
        ("no-such-package>=1", "no-such-package>=1", "none"),
    ],
)
def test_a_requirement_that_is_not_met(line: str, wants: str, there: str) -> None:
    assert unmet(line) == (wants, there)


def test_what_the_tests_run_with_fits() -> None:
    patient = Patient(Asking(None, None, None, Output(as_json=True)))

    assert packages(patient).state == sqlite(patient).state == "ok"


def test_a_plugin_that_is_broken_is_named_and_installed_anew() -> None:
    patient = Patient(Asking(None, None, None, Output(as_json=True)))
    patient.found = Found((), {"espeak": "ImportError: no ears"})
    verdict = plugins(patient)

    assert (verdict.state, verdict.why) == ("warning", "espeak is left out: ImportError: no ears")
    again = source(distribution("clawctl"))
    assert verdict.mend == f"{sys.executable} -m pip install --force-reinstall {again}"


@pytest.mark.parametrize(
    ("came_from", "expected"),
    [
        ("", "ears"),
        ('{"url": "file:///src/ears", "dir_info": {}}', "file:///src/ears"),
        (
            '{"url": "file:///src/ears", "dir_info": {"editable": true}}',
            "--editable=file:///src/ears",
        ),
    ],
)
def test_what_came_from_a_folder_is_installed_anew_from_there(
    came_from: str, expected: str, tmp_path: Path
) -> None:
    (tmp_path / "METADATA").write_text("Name: ears\n")
    if came_from:
        (tmp_path / "direct_url.json").write_text(came_from)

    assert source(Distribution.at(tmp_path)) == expected
