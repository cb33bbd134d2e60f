"""The agents' door: the socket, and what a program without one may do in their stead."""

from quart import Blueprint, Response, websocket

from clawctl.agents.agents import Agents
from clawctl.agents.commands import Desk, ask_phone, dial, hang_up
from clawctl.agents.connection import Connection
from clawctl.config.live import Live
from clawctl.door.app import answer, flag, json_object, texts
from clawctl.door.guard import guard
from clawctl.door.socket import Sockets, converse
from clawctl.door.tcp import room
from clawctl.errors import Conflict


def routes(desk: Desk, agents: Agents, live: Live) -> Blueprint:
    # The other half of the door is for those who listen, and those who ask.
    web, sockets = Blueprint("agents", __name__), Sockets(live, room() // 2)
    guard(web, live)

    @web.websocket("/api/agent/ws")
    async def agent() -> None:
        """Events, commands and turn requests of one agent."""
        with sockets.room() as shut_out:
            await websocket.accept()
            with agents.among() as connected:
                connection = Connection(desk, connected)
                await converse(shut_out, connection.hear, connection.obey, connection.write)

    @web.post("/api/agent/release")
    async def release() -> Response:
        """End whoever's takeover there is, by an operator's override."""
        session = desk.steering.call((await texts("session_id"))["session_id"])
        desk.takeovers.override(session.id, "operator")
        return answer({"ok": True, "session_id": session.id})

    @web.post("/api/agent/takeover")
    async def takeover() -> Response:
        """Refused: a takeover needs the WebSocket, on which turns are asked and answered."""
        raise Conflict(
            "a takeover needs the WebSocket /api/agent/ws, on which turns are asked and answered;"
            " in a terminal: clawctl takeover"
        )

    @web.post("/api/call/dial")
    async def dial_number() -> Response:
        """Call a number; `say` is spoken in place of the greeting when it is answered."""
        said = await texts("number", maybe=["say"])
        return answer(await dial(desk, said["number"], said["say"]))

    @web.post("/api/call/answer")
    async def answer_call() -> Response:
        """Take the call that is ringing."""
        await texts()
        return answer(await ask_phone(desk.phone.answer))

    @web.post("/api/call/reject")
    async def reject_call() -> Response:
        """Turn the call away that is ringing."""
        await texts()
        return answer(await ask_phone(desk.phone.reject))

    @web.post("/api/call/mute")
    async def mute_call() -> Response:
        """Mute what the phone sends into the call, with `muted`, or take that back."""
        muted = flag(await json_object(), "muted")
        return answer(await ask_phone(lambda: desk.phone.mute(muted)))

    @web.post("/api/call/hangup")
    async def hangup() -> Response:
        """End a call; without a session: the active one, or one being dialled."""
        said = await texts(maybe=["session_id"])
        return answer(await hang_up(desk, said["session_id"]))

    return web
