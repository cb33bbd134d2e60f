"""Settings over HTTP."""

from quart import Blueprint

from clawctl.bus import Bus
from clawctl.config.live import Live


def routes(live: Live, bus: Bus) -> Blueprint:  # noqa: ARG001
    return Blueprint("settings", __name__)
