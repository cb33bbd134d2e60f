"""Can this clawctl use the database, and is it whole? Read only, beside a gateway too."""

import shlex
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from clawctl.cli.doctor.check import Verdict, failed, ok, skipped, warning
from clawctl.cli.doctor.patient import Patient
from clawctl.store.database import FILE_NAME
from clawctl.store.schema import STEPS

# A large database on a slow disk is not read to its end.
CHECKED_FOR_S = 30.0


def database(patient: Patient) -> Verdict:
    path = patient.data_dir / FILE_NAME
    if not path.exists():
        return skipped("nothing is kept yet")
    try:
        with closing(_opened(path)) as db:
            return _judged(patient, path, db)
    except sqlite3.DatabaseError as error:
        return _unusable(path, error)


def _opened(path: Path) -> sqlite3.Connection:
    """Without a log beside it nobody writes; then not even SQLite's own files are made."""
    log = path.with_name(f"{path.name}-wal")
    mode = "mode=ro" if log.exists() else "mode=ro&immutable=1"
    return sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True, timeout=2)


def _judged(patient: Patient, path: Path, db: sqlite3.Connection) -> Verdict:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > len(STEPS):
        why = f"it has version {version}, this clawctl knows up to {len(STEPS)}; run the newer"
        return failed(f"{why} one that wrote it")
    with _for_so_long(db):
        (found,) = db.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        return _damaged(path)
    if version < len(STEPS) and not patient.gateway_runs:
        return ok(f"{path} is whole; the next start brings it up to date")
    return ok(f"{path} is whole")


@contextmanager
def _for_so_long(db: sqlite3.Connection) -> Iterator[None]:
    until = time.monotonic() + CHECKED_FOR_S
    db.set_progress_handler(lambda: time.monotonic() > until, 10_000)
    yield
    db.set_progress_handler(None, 0)


def _unusable(path: Path, error: sqlite3.DatabaseError) -> Verdict:
    match getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF:
        case sqlite3.SQLITE_INTERRUPT:
            return warning(f"{path} is too large to be read in {CHECKED_FOR_S:g} s")
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            return _damaged(path)
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return failed(f"{path} cannot be read", shlex.join(["chmod", "u+rw", str(path)]))
        case _:
            return failed(f"{path} cannot be used: {error}")


def _damaged(path: Path) -> Verdict:
    """What SQLite finds may quote what stands in a row."""
    aside = path.parent / "damaged"
    files = f"{shlex.quote(str(path))}*"
    mend = f"mkdir {shlex.quote(str(aside))} && mv {files} {shlex.quote(str(aside))}"
    return failed(f"{path} is damaged, or no database of ours", mend)
