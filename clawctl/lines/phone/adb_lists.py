"""What an adb server says of its phones as it changes, and what the next server says."""

from collections.abc import Awaitable, Callable
from typing import Self

import trio

from clawctl.errors import NoHandset, TooSlow
from clawctl.lines.phone.adb_request import Link, Listed, listed
from clawctl.lines.phone.adb_stream import Reader, within
from clawctl.lines.phone.driver import COMMAND_S, Device

# How soon a server is looked for again.
AGAIN_S = 0.5
LONGEST_AGAIN_S = 2.0


class Lists:
    """Lists of phones, from `track`, which asks a server for them; a server that ended is an empty
    list. Cancelled, none is lost."""

    def __init__(self, track: Callable[[], Awaitable[Link]]) -> None:
        self._track = track
        self._reader: Reader | None = None
        self._link: Link | None = None
        self._next: list[list[Device]] = []
        self._ids: dict[str, str] = {}

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> list[Device]:
        if not self._next:
            await (self._hear(self._reader) if self._reader else self._again())
        return self._next.pop(0)

    async def begin(self) -> None:
        """Has the first list; raises what `track` does."""
        link = self._link = await self._track()
        reader = self._reader = Reader(link, link.peer)
        with within(COMMAND_S, link.peer, "list its phones"):
            self._add(list(listed(await reader.block())))

    def close(self) -> None:
        if self._link:
            self._link.close()
        self._link = self._reader = None
        self._ids = {}

    async def _hear(self, reader: Reader) -> None:
        try:
            self._add(list(listed(await reader.block())))
        except NoHandset:
            self.close()
            self._next.append([])

    async def _again(self) -> None:
        pause_s = AGAIN_S
        while not self._next:
            await trio.sleep(pause_s)
            try:
                await self.begin()
            except (NoHandset, TooSlow):
                self.close()
            pause_s = min(2 * pause_s, LONGEST_AGAIN_S)

    def _add(self, rows: list[Listed]) -> None:
        """A phone that has another id than before was away meanwhile: it is left out once."""
        before, self._ids = self._ids, {row.device.serial: row.transport_id for row in rows}
        back = {serial for serial, its in self._ids.items() if before.get(serial, its) != its}
        if back:
            self._next.append([row.device for row in rows if row.device.serial not in back])
        self._next.append([row.device for row in rows])
