"""A writer that is not started yet is a disk that hangs."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import trio
import trio.testing
from structlog.testing import capture_logs

from clawctl.errors import NotStored
from clawctl.store.backlog import Job, Step
from clawctl.store.database import FILE_NAME, SEQ_BLOCK, open_database
from clawctl.store.writer import Writer

PUT = "INSERT INTO callers (number, last_call_at, history) VALUES (?, ?, ?)"
FORGET = "DELETE FROM callers WHERE number = ?"


def put(number: str, *, last_call_at: float = 1.0, history: str = "{}") -> Job:
    return Job((Step(PUT, ((number, last_call_at, history),)),), about=(number,))


def numbers(data_dir: Path) -> list[str]:
    with closing(sqlite3.connect(data_dir / FILE_NAME)) as db:
        return [number for (number,) in db.execute("SELECT number FROM callers ORDER BY rowid")]


def files(data_dir: Path) -> list[str]:
    return sorted(path.name for path in data_dir.iterdir())


@pytest.fixture
async def writer(tmp_path: Path) -> AsyncIterator[Writer]:
    writer = Writer(open_database(tmp_path), kept_jobs=4)
    yield writer
    with trio.CancelScope(shield=True):
        await writer.stop(within_s=0)


@contextmanager
def somebody_else_writes(data_dir: Path) -> Iterator[None]:
    with closing(sqlite3.connect(data_dir / FILE_NAME, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def fill_disk(writer: Writer) -> None:
    """From now on the file cannot grow."""
    db = writer._database.writer
    (pages,) = db.execute("PRAGMA page_count").fetchone()
    db.execute(f"PRAGMA max_page_count = {pages}")


def free_disk(writer: Writer) -> None:
    writer._database.writer.execute("PRAGMA max_page_count = 1000000")


LONG = "x" * 100_000


async def test_what_waits_together_costs_one_commit(writer: Writer, tmp_path: Path) -> None:
    statements: list[str] = []
    writer._database.writer.set_trace_callback(statements.append)

    async with trio.open_nursery() as nursery:
        for number in ("1", "2", "3", "4"):
            nursery.start_soon(writer.finish, put(number))
        await trio.testing.wait_all_tasks_blocked()
        writer.start()

    assert statements.count("COMMIT") == 1
    assert sorted(numbers(tmp_path)) == ["1", "2", "3", "4"]


async def test_finishing_tells_how_many_rows_the_last_step_changed(writer: Writer) -> None:
    writer.start()
    await writer.finish(put("1"))

    assert await writer.finish(Job((Step(FORGET, (("1",), ("2",))),))) == 1
    assert await writer.finish(Job((Step(FORGET, (("1",),)),))) == 0


async def test_a_full_disk_is_told_at_once_and_the_write_is_done_later(
    writer: Writer, tmp_path: Path
) -> None:
    writer.start()
    fill_disk(writer)
    with pytest.raises(NotStored, match="the store failed: database or disk is full"):
        await writer.finish(put("1", history=LONG))
    writer.submit(put("2"))
    free_disk(writer)

    await writer.catch_up("1")

    assert numbers(tmp_path) == ["1", "2"]


async def test_a_store_that_is_back_is_found_without_anybody_asking(
    writer: Writer, tmp_path: Path
) -> None:
    writer.start()
    fill_disk(writer)
    with capture_logs() as logs:
        with pytest.raises(NotStored):
            await writer.finish(put("1", history=LONG))
        unasked = put("2")
        writer.submit(unasked)
        free_disk(writer)
        with trio.fail_after(5):
            await unasked.told.wait()

    assert numbers(tmp_path) == ["1", "2"]
    assert [line["event"] for line in logs] == ["store.failing", "store.recovered"]


async def test_who_gave_up_waiting_leaves_the_write(writer: Writer, tmp_path: Path) -> None:
    with trio.move_on_after(0.01) as scope:
        await writer.finish(put("1"))
    assert scope.cancelled_caught

    writer.start()
    await writer.catch_up("1")

    assert numbers(tmp_path) == ["1"]


async def test_a_file_locked_by_somebody_else_fails_within_a_second(
    writer: Writer, tmp_path: Path
) -> None:
    writer.start()
    with (
        somebody_else_writes(tmp_path),
        trio.fail_after(1.5),
        pytest.raises(NotStored, match="database is locked"),
    ):
        await writer.finish(put("1"))

    await writer.catch_up("1")
    assert numbers(tmp_path) == ["1"]


async def test_one_that_can_never_be_written_spoils_no_other(
    writer: Writer, tmp_path: Path
) -> None:
    refused: list[str] = []

    async def finish(job: Job) -> None:
        try:
            await writer.finish(job)
        except NotStored as error:
            refused.append(str(error))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(finish, put("1"))
        nursery.start_soon(finish, put("2", last_call_at=float("nan")))
        nursery.start_soon(finish, put("3"))
        await trio.testing.wait_all_tasks_blocked()
        writer.start()

    assert refused == ["cannot be stored: NOT NULL constraint failed: callers.last_call_at"]
    assert sorted(numbers(tmp_path)) == ["1", "3"]
    assert not writer._about


async def test_too_much_that_waits_costs_the_oldest(writer: Writer, tmp_path: Path) -> None:
    oldest = put("1")
    for job in (oldest, put("2"), put("3"), put("4"), put("5")):
        writer.submit(job)
    assert oldest.told.is_set()
    assert oldest.why == "too much waits to be stored"

    writer.start()
    await writer.catch_up("5")

    assert numbers(tmp_path) == ["2", "3", "4", "5"]


async def test_stopping_writes_what_is_left(writer: Writer, tmp_path: Path) -> None:
    writer.submit(put("1"))
    writer.start()

    await writer.stop(within_s=5)

    assert numbers(tmp_path) == ["1"]
    assert files(tmp_path) == ["clawctl.db", "lock"]


async def test_stopping_does_not_wait_for_a_disk_that_stays_full(
    writer: Writer, tmp_path: Path
) -> None:
    writer.start()
    fill_disk(writer)
    with capture_logs() as logs, trio.fail_after(1):
        writer.submit(put("1", history=LONG))
        await writer.stop(within_s=0.05)

    assert numbers(tmp_path) == []
    assert logs[-1] == {"event": "store.lost", "jobs": 1, "log_level": "error"}


async def test_the_seqs_set_aside_stay_ahead_of_those_in_use(
    writer: Writer, tmp_path: Path
) -> None:
    writer.start()
    await writer.finish(Job((), top_seq=3 * SEQ_BLOCK))

    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as db:
        assert db.execute("SELECT seq, clean FROM meta").fetchone() == (4 * SEQ_BLOCK, 0)
    await writer.stop(within_s=5)
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as db:
        assert db.execute("SELECT seq, clean FROM meta").fetchone() == (3 * SEQ_BLOCK, 1)
