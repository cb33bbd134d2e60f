"""Messages on their way to the owner: counted, and handed to `notify_command`."""

from clawctl.bus import Bus
from clawctl.config.live import Live
from clawctl.store.sqlite import SqliteStore


class Mailbox:
    """`unread` is how many messages the owner is not done with."""

    def __init__(self, store: SqliteStore, bus: Bus, live: Live) -> None:
        self._store = store
        self._bus = bus
        self._live = live
        self.unread = 0

    async def run(self) -> None:
        """Watch for messages until cancelled."""
