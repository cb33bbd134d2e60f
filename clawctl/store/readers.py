"""Threads that read, each with a connection of its own: no reader waits for the writer."""

import sqlite3
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import msgspec
import trio

from clawctl.errors import NotStored
from clawctl.store.database import Database

T = TypeVar("T")

# Reading is mostly decoding, so more threads would only wait for each other.
READERS = 2


class Readers:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._idle: list[sqlite3.Connection] = []
        self._limiter = trio.CapacityLimiter(READERS)
        self._closed = False

    async def read(self, look: Callable[[sqlite3.Connection], T]) -> T:
        """What `look` returns, all of it from one moment; NotStored if the file cannot be read.

        Cancelled, it returns at once and leaves the thread to finish alone.
        """
        return await trio.to_thread.run_sync(
            partial(self._read, look), abandon_on_cancel=True, limiter=self._limiter
        )

    def close(self) -> None:
        """A reader still at work closes its connection itself."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    def _read(self, look: Callable[[sqlite3.Connection], T]) -> T:
        try:
            db = self._idle.pop() if self._idle else self._database.connect_reader()
            try:
                return _at_one_moment(db, look)
            finally:
                self._put_back(db)
        except (sqlite3.Error, msgspec.MsgspecError) as error:
            raise NotStored(f"the store cannot be read: {error}") from error

    def _put_back(self, db: sqlite3.Connection) -> None:
        if self._closed or db.in_transaction:
            db.close()
        else:
            self._idle.append(db)


def _at_one_moment(db: sqlite3.Connection, look: Callable[[sqlite3.Connection], T]) -> T:
    db.execute("BEGIN")
    try:
        return look(db)
    finally:
        db.execute("COMMIT")
