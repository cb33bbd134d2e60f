"""Instructions, knowledge and injects over HTTP."""

from quart import Blueprint, Response

from clawctl.call.steering import Steering
from clawctl.door.app import answer, texts


def routes(steering: Steering) -> Blueprint:
    web = Blueprint("steering", __name__)

    @web.get("/api/instructions")
    async def get_instructions() -> Response:
        """The base in force, and the instructions of single calls."""
        live = steering.registry.sessions.values()
        own = {one.id: one.state.instructions for one in live if one.state.instructions}
        return answer({"base": steering.base(), "sessions": own})

    @web.post("/api/instructions")
    async def instruct_all() -> Response:
        """Set the base until the gateway stops; an empty text falls back to llm_system_prompt."""
        said = await texts("text")
        steering.instruct_all(said["text"])
        return answer({"ok": True, "base": steering.base()})

    @web.post("/api/instructions/<sid>")
    async def instruct(sid: str) -> Response:
        """Instructions for one call, in place of the base."""
        said = await texts("text")
        session = steering.call(sid)
        steering.instruct(session, said["text"])
        return answer({"ok": True, "session_id": session.id})

    @web.post("/api/instructions/<sid>/turn")
    async def instruct_turn(sid: str) -> Response:
        """Instructions for a call's next turn only, beside the others."""
        said = await texts("text")
        session = steering.call(sid)
        steering.instruct_turn(session, said["text"])
        return answer({"ok": True, "session_id": session.id})

    @web.delete("/api/instructions/<sid>")
    async def uninstruct(sid: str) -> Response:
        """Take a call's own instructions away."""
        session = steering.call(sid)
        steering.instruct(session, "")
        return answer({"ok": True, "session_id": session.id})

    @web.get("/api/agent/context/<sid>")
    async def get_context(sid: str) -> Response:
        """The knowledge a call was given."""
        session = steering.call(sid)
        known = session.state.knowledge
        return answer({"session_id": session.id, "knowledge": known, "has_knowledge": bool(known)})

    @web.post("/api/agent/context/<sid>")
    async def set_context(sid: str) -> Response:
        """Give a call knowledge in place of what it had."""
        said = await texts("context")
        session = steering.call(sid)
        steering.inform(session, said["context"])
        return answer({"ok": True, "session_id": session.id})

    @web.delete("/api/agent/context/<sid>")
    async def clear_context(sid: str) -> Response:
        """Take a call's knowledge away."""
        session = steering.call(sid)
        steering.uninform(session)
        return answer({"ok": True, "session_id": session.id})

    _of_injects(web, steering)
    return web


def _of_injects(web: Blueprint, steering: Steering) -> None:
    @web.post("/api/call/inject")
    @web.post("/api/agent/inject")
    async def inject() -> Response:
        """Queue a sentence to be said at the next turn; without a session: in the active call.

        `seq` is that of the event that told so; the `position`th agent.inject_spoken of the call
        after it says that the sentence was said.
        """
        said = await texts("text", maybe=["session_id"])
        session = steering.call(said["session_id"])
        queued = steering.inject(session, said["text"])
        told = {"session_id": session.id, "position": queued.position, "seq": queued.seq}
        return answer({"ok": True, **told})

    @web.delete("/api/agent/inject/<sid>")
    async def uninject(sid: str) -> Response:
        """Forget what waits to be said in a call; `cleared` is how many sentences that were."""
        session = steering.call(sid)
        return answer({"ok": True, "session_id": session.id, "cleared": steering.uninject(session)})
