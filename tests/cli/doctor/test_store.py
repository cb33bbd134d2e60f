"""Is there room, and is the database whole?"""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from clawctl.cli.asking import Asking
from clawctl.cli.doctor.database import database
from clawctl.cli.doctor.patient import Patient
from clawctl.cli.doctor.store import data_dir, enough, private_data, room, size
from clawctl.cli.output import Output
from clawctl.store.database import FILE_NAME
from clawctl.store.sqlite import open_store


@pytest.fixture
def patient(tmp_path: Path) -> Patient:
    settings = tmp_path / "config.yaml"
    settings.write_text(f"data_dir: {tmp_path / 'data'}\n")
    return Patient(Asking(settings, None, None, Output(as_json=True)))


@pytest.mark.parametrize(
    ("free_mb", "state", "why"),
    [
        (20_000, "ok", "20,000 MB are free at /d"),
        (499.9, "warning", "500 MB are free at /d"),
        (49, "failed", "49 MB are free at /d: soon nothing can be stored"),
        (0, "failed", "0 MB are free at /d: soon nothing can be stored"),
    ],
)
def test_how_much_room_is_enough(free_mb: float, state: str, why: str) -> None:
    verdict = enough(free_mb, Path("/d"))

    assert (verdict.state, verdict.why) == (state, why)


def test_a_directory_that_is_not_there_yet_is_a_warning_and_is_not_made(patient: Patient) -> None:
    verdict = data_dir(patient)

    assert verdict.state == "warning"
    assert verdict.mend == f"clawctl doctor --fix --config {patient.ask.path}"
    assert [look(patient).state for look in (private_data, database, size)] == ["skipped"] * 3
    assert not patient.data_dir.exists()


def test_a_file_in_the_place_of_the_directory(patient: Patient) -> None:
    patient.data_dir.write_text("in the way")

    assert data_dir(patient).state == "failed"
    assert data_dir(patient).why == f"{patient.data_dir} is not a directory"


def test_files_that_others_can_read_are_named_with_the_command_that_closes_them(
    patient: Patient,
) -> None:
    patient.data_dir.mkdir(mode=0o700)
    token = patient.data_dir / "bearer_token"
    token.write_text("t")
    token.chmod(0o640)
    verdict = private_data(patient)

    assert (verdict.state, verdict.mend) == ("warning", f"chmod go= {token}")
    assert verdict.why == "others can read bearer_token"


def test_looking_for_room_leaves_nothing_behind(patient: Patient) -> None:
    patient.data_dir.mkdir()

    assert room(patient).state in {"ok", "warning"}
    assert list(patient.data_dir.iterdir()) == []


async def test_a_database_is_whole_while_a_gateway_uses_it_and_after(patient: Patient) -> None:
    async with open_store(patient.data_dir):
        assert database(patient).state == "ok"
    before = sorted(patient.data_dir.iterdir())

    assert database(patient).state == "ok"
    assert sorted(patient.data_dir.iterdir()) == before
    assert size(patient).why.endswith("calls are kept 90 days")


def test_something_else_of_that_name_is_no_database(patient: Patient) -> None:
    patient.data_dir.mkdir()
    (patient.data_dir / FILE_NAME).write_text("dear diary, " * 100)
    verdict = database(patient)

    assert verdict.state == "failed"
    assert verdict.why.endswith("is damaged, or no database of ours")
    assert "diary" not in verdict.why


def test_a_newer_database_is_left_to_a_newer_clawctl(patient: Patient) -> None:
    patient.data_dir.mkdir()
    with closing(sqlite3.connect(patient.data_dir / FILE_NAME)) as db:
        db.execute("PRAGMA user_version = 4000")
    verdict = database(patient)

    assert verdict.why.startswith("it has version 4000, this clawctl knows up to ")
