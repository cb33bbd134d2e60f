"""What happens, as it happens."""

from quart import Blueprint

from clawctl.bus import Bus
from clawctl.store.sqlite import SqliteStore


def routes(bus: Bus, store: SqliteStore) -> Blueprint:  # noqa: ARG001
    return Blueprint("events", __name__)
