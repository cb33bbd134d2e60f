import os
import resource
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from clawctl.errors import CannotStart
from clawctl.store.database import FILE_NAME, SEQ_BLOCK, open_database
from clawctl.store.schema import STEPS

NEWER = (*STEPS, "ALTER TABLE callers ADD COLUMN note TEXT NOT NULL DEFAULT ''")
BROKEN = (*STEPS, "CREATE TABLE extra (x); SELECT * FROM nowhere")


def make(data_dir: Path, last_seq: int = 7) -> Path:
    """A database that was used and closed."""
    database = open_database(data_dir)
    database.writer.execute("INSERT INTO callers VALUES ('+49', 1.0, '{}')")
    database.close(last_seq)
    return database.path


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def test_a_first_start_makes_a_database_for_our_eyes_only(tmp_path: Path) -> None:
    data_dir = tmp_path / "new" / "data"

    database = open_database(data_dir)

    assert database.last_seq == 0
    assert database.writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert database.writer.execute("PRAGMA synchronous").fetchone() == (2,)
    assert data_dir.stat().st_mode & 0o777 == 0o700
    assert {p.name: p.stat().st_mode & 0o777 for p in data_dir.iterdir()} == {
        "clawctl.db": 0o600,
        "clawctl.db-wal": 0o600,
        "clawctl.db-shm": 0o600,
        "lock": 0o600,
    }
    database.close(0)


def test_seq_goes_on_where_a_clean_stop_left_it(tmp_path: Path) -> None:
    make(tmp_path, last_seq=7)

    database = open_database(tmp_path)

    assert database.last_seq == 7
    database.close(7)


def test_seq_leaves_out_all_that_may_have_been_told_before_a_crash(tmp_path: Path) -> None:
    make(tmp_path / "a", last_seq=7)
    database = open_database(tmp_path / "a")
    shutil.copytree(tmp_path / "a", tmp_path / "crashed")
    database.close(7)

    crashed = open_database(tmp_path / "crashed")

    assert crashed.last_seq == 7 + SEQ_BLOCK
    crashed.close(None)
    again = open_database(tmp_path / "crashed")
    assert again.last_seq == 7 + 2 * SEQ_BLOCK
    again.close(None)


def test_a_second_gateway_is_told_who_has_the_data(tmp_path: Path) -> None:
    database = open_database(tmp_path)

    with pytest.raises(CannotStart) as refusal:
        open_database(tmp_path)

    assert str(refusal.value) == (
        f"another gateway (pid {os.getpid()}) uses {tmp_path}; stop it, or give this one a data_dir"
        " of its own"
    )
    database.close(0)


def test_a_lock_file_left_by_a_crash_means_nothing(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("4711\n" * 3)

    database = open_database(tmp_path)

    assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"
    database.close(0)


def test_an_older_database_is_brought_up_to_date_and_keeps_what_it_holds(tmp_path: Path) -> None:
    path = make(tmp_path)

    database = open_database(tmp_path, NEWER)

    assert database.writer.execute("SELECT number, note FROM callers").fetchall() == [("+49", "")]
    database.close(7)
    assert version(path) == len(NEWER)


def test_a_step_that_fails_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    path = make(tmp_path)

    with pytest.raises(CannotStart, match="cannot be used: no such table: nowhere"):
        open_database(tmp_path, BROKEN)

    assert version(path) == len(STEPS)
    database = open_database(tmp_path)
    assert database.last_seq == 7
    database.close(7)


def test_a_newer_database_is_refused_unchanged(tmp_path: Path) -> None:
    path = make(tmp_path)
    open_database(tmp_path, NEWER).close(7)
    before = path.read_bytes()

    with pytest.raises(CannotStart) as refusal:
        open_database(tmp_path)

    assert f"has version {len(NEWER)}, this clawctl knows up to {len(STEPS)}" in str(refusal.value)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"hello, world\n" * 500, b"SQLite format 3\0" + b"\xff" * 8000]
)
def test_a_file_that_is_no_database_is_refused_unchanged(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(content)

    with pytest.raises(CannotStart, match=r"clawctl\.db is damaged .* move it away"):
        open_database(tmp_path)

    assert path.read_bytes() == content


def test_a_database_cut_short_is_refused(tmp_path: Path) -> None:
    path = make(tmp_path)
    os.truncate(path, path.stat().st_size // 2)

    with pytest.raises(CannotStart, match=r"clawctl\.db is damaged .* move it away"):
        open_database(tmp_path)


def test_damage_done_by_a_crash_is_found(tmp_path: Path) -> None:
    path = make(tmp_path)
    open_database(tmp_path).close(None)
    with path.open("r+b") as file:
        file.seek(-4096, os.SEEK_END)
        file.write(b"\xff" * 4096)

    with pytest.raises(CannotStart, match=r"clawctl\.db is damaged .* move it away"):
        open_database(tmp_path)


def test_a_data_dir_that_is_a_file_is_refused(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    data_dir.touch()

    with pytest.raises(CannotStart, match=r"data_dir .*data cannot be used: File exists; make it"):
        open_database(data_dir)


def test_a_data_dir_we_may_not_write_to_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    with unprivileged(), pytest.raises(CannotStart, match="cannot be used: Permission denied"):
        open_database(tmp_path)


def test_a_file_locked_by_somebody_else_is_refused(tmp_path: Path) -> None:
    path = make(tmp_path)

    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(CannotStart, match=r"another program keeps .* locked"):
            open_database(tmp_path)


@pytest.mark.parametrize("room", [0, 4096])
def test_a_disk_without_room_is_refused(tmp_path: Path, room: int) -> None:
    with no_file_over(room), pytest.raises(CannotStart, match="cannot be used: "):
        open_database(tmp_path)


def test_a_refusal_leaves_the_data_to_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(b"hello")
    with pytest.raises(CannotStart):
        open_database(tmp_path)

    path.unlink()

    open_database(tmp_path).close(0)


@contextmanager
def unprivileged() -> Iterator[None]:
    """Tests may run as root, whom no mode stops."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@contextmanager
def no_file_over(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
