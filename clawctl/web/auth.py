"""Who may come in at the owner's door: `agent_token`, shown as bearer or as the page's cookie."""

from quart import Blueprint, request

from clawctl.config.live import Live
from clawctl.door.app import bearer, require


def guard(room: Blueprint, live: Live) -> None:
    """Every door of this room asks for the token, while there is one."""

    async def who_knocks() -> None:
        if token := live.now.gateway.agent_token:
            require(bearer(request), token)

    room.before_request(who_knocks)


def routes(live: Live) -> Blueprint:  # noqa: ARG001
    return Blueprint("auth", __name__)
