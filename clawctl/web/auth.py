"""Who may come in at the owner's door: `agent_token`, shown as bearer or as the page's cookie."""

from quart import Blueprint, Response, request

from clawctl.config.live import Live
from clawctl.door.app import answer, texts
from clawctl.door.token import give_cookie, require, take_cookie


def routes(live: Live) -> Blueprint:
    web = Blueprint("auth", __name__)

    @web.post("/api/login")
    async def login() -> Response:
        """Show agent_token in {"token"}, and get a cookie that stands for it."""
        shown = (await texts("token"))["token"].strip()
        token = live.now.gateway.agent_token
        if not token:
            return answer({"ok": True, "token_needed": False})
        require(shown, token, why="that is not the gateway's agent_token")
        response = answer({"ok": True, "token_needed": True})
        give_cookie(response, request, token)
        return response

    @web.post("/api/logout")
    async def logout() -> Response:
        """Take that cookie back."""
        await texts()
        response = answer({"ok": True})
        take_cookie(response, request)
        return response

    return web
