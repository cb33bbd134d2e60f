"""What somebody outside changes in a call: instructions, knowledge, injects, its end."""

from dataclasses import dataclass

from clawctl.bus import Bus
from clawctl.call.ports import Store
from clawctl.call.prompt import Instructions
from clawctl.call.registry import Registry
from clawctl.config.live import Live


@dataclass(frozen=True)
class Steering:
    """Every method is a plain `def`: stored soon, in force at once, then announced."""

    registry: Registry
    store: Store
    bus: Bus
    live: Live
    instructions: Instructions
