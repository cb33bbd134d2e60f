import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import trio

from clawctl.errors import NotStored
from clawctl.store.database import open_database
from clawctl.store.readers import Readers
from clawctl.store.schema import STEPS


@pytest.fixture
def readers(tmp_path: Path) -> Iterator[Readers]:
    database = open_database(tmp_path)
    readers = Readers(database)
    yield readers
    readers.close()
    database.close(0)


def version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


async def test_a_connection_is_used_again(readers: Readers) -> None:
    async def connection() -> sqlite3.Connection:
        return await readers.read(lambda db: db)

    assert await connection() is await connection()


async def test_who_gave_up_does_not_wait_for_the_thread(readers: Readers) -> None:
    release = threading.Event()
    with trio.move_on_after(0.05) as scope:
        await readers.read(lambda db: release.wait(10))
    assert scope.cancelled_caught

    assert await readers.read(version) == len(STEPS)
    release.set()


async def test_a_reader_cannot_write(readers: Readers) -> None:
    with pytest.raises(NotStored, match="cannot be read: attempt to write a readonly database"):
        await readers.read(lambda db: db.execute("DELETE FROM calls"))

    assert await readers.read(version) == len(STEPS)


async def test_a_reader_still_at_work_at_the_end_closes_its_connection(readers: Readers) -> None:
    at_work, release = threading.Event(), threading.Event()
    used: list[sqlite3.Connection] = []

    def look(db: sqlite3.Connection) -> None:
        used.append(db)
        at_work.set()
        release.wait(10)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(readers.read, look)
        await trio.to_thread.run_sync(at_work.wait)
        readers.close()
        release.set()

    with pytest.raises(sqlite3.ProgrammingError, match="closed database"):
        used[0].execute("SELECT 1")
