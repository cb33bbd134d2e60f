"""One process for a model, and another when the settings name another model.

The new one is loaded beside the old one, which goes on until its last reply is said; if the new one
cannot be loaded, the old one stays.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import trio

from clawctl.engines.api import Worker
from clawctl.errors import EngineFailed

# The process of a model, by name.
OpenModel = Callable[[str], AbstractAsyncContextManager[Worker]]


class Seat:
    """A model that is being loaded, is used, or is on its way out."""

    def __init__(self, model: str) -> None:
        self.model = model
        self.worker: Worker | None = None
        self.why = ""
        self.tried = trio.Event()
        self.users = 0
        self.retired = False
        self.moved = trio.Event()

    @property
    def failed(self) -> bool:
        return self.tried.is_set() and self.worker is None

    def settle(self, worker: Worker | None, why: str = "") -> None:
        self.worker, self.why = worker, why
        self.tried.set()

    def move(self) -> None:
        self.moved.set()
        self.moved = trio.Event()

    async def unneeded(self) -> None:
        while self.users or not self.retired:
            await self.moved.wait()


class Swap:
    def __init__(self, nursery: trio.Nursery, open_model: OpenModel) -> None:
        self._nursery = nursery
        self._open_model = open_model
        # The newest one that works, and the one that is loaded to take its place.
        self._seat: Seat | None = None
        self._next: Seat | None = None

    @asynccontextmanager
    async def using(self, model: str) -> AsyncIterator[Worker]:
        """The process of a model, loaded if it has to be; it stays while it is used.

        Raises EngineFailed when it cannot be loaded. Whoever does not want to wait any longer
        leaves: the loading goes on.
        """
        seat = self._sit(model)
        try:
            await seat.tried.wait()
            if seat.worker is None:
                raise EngineFailed(seat.why)
            yield seat.worker
        finally:
            seat.users -= 1
            seat.move()

    def _sit(self, model: str) -> Seat:
        if self._next and (self._next.model != model or self._next.failed):
            self._retire(self._next)
            self._next = None
        if self._seat and self._seat.model == model:
            seat = self._seat
        else:
            seat = self._next = self._next or self._begin(model)
        seat.users += 1
        return seat

    def _begin(self, model: str) -> Seat:
        seat = Seat(model)
        self._nursery.start_soon(self._hold, seat)
        return seat

    async def _hold(self, seat: Seat) -> None:
        try:
            async with self._open_model(seat.model) as worker:
                seat.settle(worker)
                self._take_over(seat)
                await seat.unneeded()
        except EngineFailed as error:
            seat.settle(None, str(error))

    def _take_over(self, seat: Seat) -> None:
        if self._next is not seat:
            return  # yet another one was wanted meanwhile
        if self._seat:
            self._retire(self._seat)
        self._seat, self._next = seat, None

    def _retire(self, seat: Seat) -> None:
        seat.retired = True
        seat.move()


@asynccontextmanager
async def open_swap(open_model: OpenModel, model: str) -> AsyncIterator[Swap]:
    """With `model` loaded; at the end every process is gone."""
    async with trio.open_nursery() as nursery:
        swap = Swap(nursery, open_model)
        why = ""
        try:
            async with swap.using(model):
                pass
        except EngineFailed as error:
            why = str(error)
        if not why:
            yield swap
        nursery.cancel_scope.cancel()
    if why:
        raise EngineFailed(why)
