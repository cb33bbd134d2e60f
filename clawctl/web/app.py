"""The owner's door: what its rooms need of a gateway, and the rooms themselves."""

from dataclasses import dataclass

from quart import Blueprint

from clawctl.bus import Bus
from clawctl.call.ports import Records
from clawctl.call.steering import Steering
from clawctl.call.takeover import Takeovers
from clawctl.call.warming import Warm
from clawctl.config.live import Live
from clawctl.door.guard import guard
from clawctl.engines.chain import TtsChain
from clawctl.web import auth, calls, events, messages, page, settings, status, steering, voice
from clawctl.web.mailbox import Mailbox
from clawctl.web.status import Status


@dataclass(frozen=True)
class Owner:
    """What the owner's door needs of a gateway."""

    live: Live
    bus: Bus
    store: Records
    steering: Steering
    takeovers: Takeovers
    mailbox: Mailbox
    tts: TtsChain
    status: Status
    warm: Warm


def rooms(owner: Owner) -> list[Blueprint]:
    """Every one but the page and the login itself asks who knocks."""
    guarded = [
        status.routes(owner.status),
        settings.routes(owner.live, owner.bus, owner.tts, owner.status.llm.window),
        voice.routes(owner.live, owner.tts, owner.warm),
        calls.routes(owner.store, owner.steering, owner.takeovers),
        steering.routes(owner.steering),
        messages.routes(owner.store, owner.mailbox),
        events.routes(owner.live, owner.bus, owner.store),
    ]
    for room in guarded:
        guard(room, owner.live)
    return [page.routes(), auth.routes(owner.live), *guarded]
