"""One engine at work for one caller, who can leave it at any time."""

import math
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

import trio

from clawctl.errors import EngineFailed

T = TypeVar("T")


class Attempt(Generic[T]):
    """The work is a task of its own that its caller only waits for.

    So a caller whose time is up, or who went away, is free at once, even if the engine is in a
    thread that cannot be interrupted.
    """

    def __init__(self, patience_s: float) -> None:
        # True once a piece of the output is out: nobody may start over.
        self.passed_on = False
        # What the caller raised while a piece was handed to them: not the engine's fault.
        self.refusal: Exception | None = None
        self._patience_s = patience_s
        self._patience = trio.CancelScope()
        self._work = trio.CancelScope()
        self._ended = trio.Event()
        self._result: list[T] = []
        self._error: Exception | None = None

    async def result(self, nursery: trio.Nursery, work: Callable[[], Awaitable[T]]) -> T:
        """What `work` returns, at work in `nursery`; the attempt is for one call of this only.

        Raises what it raises, or EngineFailed if nothing comes for `patience_s`.
        """
        nursery.start_soon(self._run, work)
        try:
            with self._patience as patience:
                patience.deadline = trio.current_time() + self._patience_s
                await self._ended.wait()
        finally:
            self._work.cancel()
        if self._error is not None:
            raise self._error
        if not self._result:
            raise EngineFailed(f"nothing came for {self._patience_s:g} s")
        return self._result[0]

    @contextmanager
    def passing_on(self, piece: str) -> Iterator[None]:
        """A piece is handed to the caller; how long they take for it is not the engine's time."""
        if self._work.cancel_called:
            raise EngineFailed("too late")
        self.passed_on = self.passed_on or bool(piece.strip())
        self._patience.deadline = math.inf
        try:
            yield
        except Exception as error:
            self.refusal = error
            raise
        self._patience.deadline = trio.current_time() + self._patience_s

    async def _run(self, work: Callable[[], Awaitable[T]]) -> None:
        try:
            with self._work:
                self._result.append(await work())
        except Exception as error:  # noqa: BLE001 - the plugin door: an engine may raise anything
            self._error = error
        except SystemExit:
            self._error = EngineFailed("it tried to end the gateway")
        finally:
            self._ended.set()
