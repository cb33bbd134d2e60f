"""Who may come into a room of the owner's door."""

from quart import Blueprint, request, websocket

from clawctl.config.live import Live
from clawctl.door.token import require_owner


def guard(room: Blueprint, live: Live) -> None:
    """Every door of this room asks for the token, while there is one; sockets at the handshake."""

    async def who_asks() -> None:
        if token := live.now.gateway.agent_token:
            require_owner(request, token)

    async def who_listens() -> None:
        if token := live.now.gateway.agent_token:
            require_owner(websocket, token)

    room.before_request(who_asks)
    room.before_websocket(who_listens)
