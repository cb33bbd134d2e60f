"""Opening the database: made, checked and brought up to date, or refused with what to do."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from clawctl.errors import CannotStart
from clawctl.store.lock import lock
from clawctl.store.schema import STEPS

FILE_NAME = "clawctl.db"

# A seq may have been told to listeners before it was stored. So that none is given twice after a
# crash, this many are set aside ahead of use; a crash leaves a gap, a clean stop none.
SEQ_BLOCK = 10_000

# Another program may look into the file; it must not cost a caller's turn more than this.
_BUSY_S = 0.5


@dataclass(frozen=True)
class Database:
    """An open database: the one connection that writes, and how far `seq` had come.

    No event has a seq after `reserved`. The connection may move to another thread, and belongs to
    one at a time.
    """

    path: Path
    writer: sqlite3.Connection
    last_seq: int
    reserved: int
    held_lock: int

    def connect_reader(self) -> sqlite3.Connection:
        """A connection that sees what is committed, and cannot write."""
        uri = f"{self.path.absolute().as_uri()}?mode=ro"
        return _connect(uri, uri=True)

    def close(self, last_seq: int | None) -> None:
        """`last_seq` is None when not all could be written: then the next start is as after a
        crash."""
        try:
            if last_seq is not None:
                self.writer.execute("UPDATE meta SET seq = ?, clean = 1", (last_seq,))
                self.writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            self.writer.close()
            os.close(self.held_lock)


def open_database(data_dir: Path, steps: Sequence[str] = STEPS) -> Database:
    """Raises CannotStart, having changed nothing of a database it does not understand."""
    path = data_dir / FILE_NAME
    with _refusals(data_dir, path), ExitStack() as undo:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        held = lock(data_dir)
        undo.callback(os.close, held)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        writer = _connect(str(path))
        undo.callback(writer.close)
        _upgrade(writer, path, steps)
        last_seq = _take_over(writer, path)
        undo.pop_all()
        return Database(path, writer, last_seq, last_seq + SEQ_BLOCK, held)


def _connect(name: str, *, uri: bool = False) -> sqlite3.Connection:
    return sqlite3.connect(
        name, uri=uri, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
    )


def _upgrade(db: sqlite3.Connection, path: Path, steps: Sequence[str]) -> None:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > len(steps):
        raise CannotStart(
            f"{path} has version {version}, this clawctl knows up to {len(steps)}; run the newer"
            " clawctl that wrote it, or choose another data_dir"
        )
    (mode,) = db.execute("PRAGMA journal_mode = WAL").fetchone()
    if mode != "wal":
        raise CannotStart(f"{path} lies where SQLite has no write-ahead log; choose a local disk")
    db.execute("PRAGMA synchronous = FULL")
    if version < len(steps):
        script = "".join(steps[version:])
        db.executescript(f"BEGIN IMMEDIATE; {script}; PRAGMA user_version = {len(steps)}; COMMIT")


def _take_over(db: sqlite3.Connection, path: Path) -> int:
    """Mark the database as in use, which also proves that it can be written."""
    seq, clean = db.execute("SELECT seq, clean FROM meta").fetchone()
    if not clean:
        (verdict,) = db.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise CannotStart(_damaged(path, verdict.splitlines()[-1]))
    db.execute("UPDATE meta SET seq = ?, clean = 0", (seq + SEQ_BLOCK,))
    return int(seq)


@contextmanager
def _refusals(data_dir: Path, path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CannotStart(
            f"data_dir {data_dir} cannot be used: {error.strerror}; make it a directory the"
            " gateway may write to, or choose another"
        ) from error
    except sqlite3.Error as error:
        raise CannotStart(_reason(path, error)) from error


def _reason(path: Path, error: sqlite3.Error) -> str:
    match getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF:
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            return _damaged(path, str(error))
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return f"another program keeps {path} locked; close it and start again"
        case sqlite3.SQLITE_FULL:
            return f"there is no room to write {path}; free some space, or choose another data_dir"
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return (
                f"{path} cannot be written ({error}); check who owns it, or choose another data_dir"
            )
        case _:
            return f"{path} cannot be used: {error}"


def _damaged(path: Path, why: str) -> str:
    return (
        f"{path} is damaged or no database of ours ({why}); move it away, together with the -wal"
        " and -shm files beside it, and start again"
    )
