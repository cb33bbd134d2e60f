"""What an adb server says of its phones as it changes, and what the next server says.

Servers do not announce every change (adb 29 is silent when a phone over TCP is lost, or waits for
its user), so they are also asked now and then.
"""

from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Self

import trio

from clawctl.errors import NoHandset, TooSlow
from clawctl.lines.phone.adb_request import Link, Listed, listed
from clawctl.lines.phone.adb_stream import Reader, within
from clawctl.lines.phone.driver import COMMAND_S, Device

# How soon a server is looked for again.
AGAIN_S = 0.5
LONGEST_AGAIN_S = 2.0
# How often it is asked.
LOOK_S = 1.0
# Who fetches none for long loses the oldest.
_MOST_LISTS = 16


class Lists:
    """Lists of phones: from `track`, which has a server announce them, and from `look`, which asks
    for one. A server that ended is an empty list. Cancelled, none is lost."""

    def __init__(
        self, track: Callable[[], Awaitable[Link]], look: Callable[[], Awaitable[bytes]]
    ) -> None:
        self._track = track
        self._look = look
        self._link: Link | None = None
        self._reader: Reader | None = None
        self._rows: list[Listed] = []
        self._next = deque[list[Device]](maxlen=_MOST_LISTS)
        self._more = trio.Event()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> list[Device]:
        while not self._next:
            await self._more.wait()
            self._more = trio.Event()
        return self._next.popleft()

    async def begin(self) -> None:
        """Has the first list; raises what `track` does."""
        link = self._link = await self._track()
        reader = self._reader = Reader(link, link.peer)
        with within(COMMAND_S, link.peer, "list its phones"):
            self._put(list(listed(await reader.block())))

    async def run(self) -> None:
        """Keeps the lists coming; raises nothing."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._hear)
            nursery.start_soon(self._ask)

    def close(self) -> None:
        if self._link:
            self._link.close()
        self._link = self._reader = None

    async def _hear(self) -> None:
        while True:
            with suppress(NoHandset):
                while self._reader:
                    self._tell(list(listed(await self._reader.block())))
            self.close()
            self._put([])
            await self._again()

    async def _again(self) -> None:
        pause_s = AGAIN_S
        while self._reader is None:
            await trio.sleep(pause_s)
            try:
                await self.begin()
            except (NoHandset, TooSlow):
                self.close()
            pause_s = min(2 * pause_s, LONGEST_AGAIN_S)

    async def _ask(self) -> None:
        """What was announced meanwhile is newer than the answer."""
        while True:
            await trio.sleep(LOOK_S)
            before = self._rows
            with suppress(NoHandset, TooSlow):
                rows = list(listed(await self._look()))
                if before is self._rows and self._reader:
                    self._tell(rows)

    # What is told

    def _tell(self, rows: list[Listed]) -> None:
        """A phone that has another id than before was away meanwhile: it is left out once."""
        if rows == self._rows:
            return
        before = {row.device.serial: row.transport_id for row in self._rows}
        still = [r for r in rows if before.get(r.device.serial, r.transport_id) == r.transport_id]
        if still != rows:
            self._put(still)
        self._put(rows)

    def _put(self, rows: list[Listed]) -> None:
        self._rows = rows
        self._next.append([row.device for row in rows])
        self._more.set()
