"""Messages on their way to the owner: counted, and handed to `notify_command`."""

import os
import signal
import subprocess
from collections.abc import Collection
from contextlib import suppress
from functools import partial

import msgspec
import structlog
import trio

from clawctl.bus import Bus
from clawctl.call.ports import Records
from clawctl.config.live import Live
from clawctl.engines.worker import HUB_TOKENS
from clawctl.errors import NotStored
from clawctl.wire.events import CallMessage, Stamped

log = structlog.get_logger()

# A program that has not ended by then is killed, with all it started.
PATIENCE_S = 30.0
# Messages that wait for the program; it runs once at a time, in their order.
MOST_WAITING = 1000


class Mailbox:
    """`unread` is how many messages the owner is not done with, as far as the store could tell."""

    def __init__(self, store: Records, bus: Bus, live: Live) -> None:
        self._store = store
        self._live = live
        self._told, self._waiting = trio.open_memory_channel[bytes](MOST_WAITING)
        self.unread = 0
        bus.watch(self._hear)

    async def count(self) -> int:
        """Ask the store anew; a store that fails leaves the number as it was."""
        with suppress(NotStored):
            self.unread = await self._store.unread()
        return self.unread

    async def run(self) -> None:
        """Count and hand over until cancelled; the program that runs then is killed.

        A message is handed over once at most: what was announced when the gateway was killed is
        in the list, and unread.
        """
        await self.count()
        async for message in self._waiting:
            await self.count()
            if command := self._live.now.gateway.notify_command:
                await notify(command, message, self._secrets())

    def _secrets(self) -> set[str]:
        """Variables that are not handed on to a program."""
        ours = {row.env for row in self._live.loaded.table if row.secret}
        return ours | {"CLAWCTL_TOKEN", *HUB_TOKENS}

    def _hear(self, stamped: Stamped) -> None:
        if isinstance(stamped.event, CallMessage):
            try:
                self._told.send_nowait(letter(stamped.event, stamped.timestamp))
            except trio.WouldBlock:
                log.warning("notify.dropped", why="too many messages wait for notify_command")


def letter(event: CallMessage, taken_at: float) -> bytes:
    """What the program reads: the message as one JSON object on a line."""
    told = {
        "id": event.message_id,
        "session_id": event.session_id,
        "taken_at": taken_at,
        "name": event.name,
        "number": event.number,
        "text": event.text,
        "confirmed": event.confirmed,
    }
    return msgspec.json.encode(told) + b"\n"


async def notify(
    command: tuple[str, ...], message: bytes, withheld: Collection[str] = frozenset()
) -> None:
    """Run the owner's program; no shell, no output kept. Its failure is logged, never raised.

    It inherits our environment, without the variables that are `withheld`.
    """
    run = partial(
        trio.run_process,
        list(command),
        stdin=message,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
        env={name: text for name, text in os.environ.items() if name not in withheld},
        deliver_cancel=_kill,
        start_new_session=True,
    )
    with trio.move_on_after(PATIENCE_S) as waiting:
        try:
            code = (await run()).returncode
        except OSError as error:
            log.warning("notify.failed", why=error.strerror or type(error).__name__)
        else:
            if code:
                log.warning("notify.failed", why=f"exit code {code}")
    if waiting.cancelled_caught:
        log.warning("notify.failed", why=f"still running after {PATIENCE_S:g} s, killed")


async def _kill(process: trio.Process) -> None:
    """The program and whatever it started: they have a session of their own."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
