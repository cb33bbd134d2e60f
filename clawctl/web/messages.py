"""Messages callers left: listed, and marked as done."""

from typing import Any, Literal

import msgspec
from quart import Blueprint, Response, request

from clawctl.call.ports import Records, StoredMessage
from clawctl.door.app import answer, texts
from clawctl.errors import NoSuch
from clawctl.web.asked import query
from clawctl.web.mailbox import Mailbox
from clawctl.wire.text import some

DONE = {"all": None, "open": False, "done": True}


class ListQuery(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /api/messages`."""

    state: Literal["all", "open", "done"] = "all"


def routes(store: Records, mailbox: Mailbox) -> Blueprint:
    web = Blueprint("messages", __name__)

    @web.get("/api/messages")
    async def list_messages() -> Response:
        """Messages callers left, the oldest first: ?state=open, done or all."""
        wanted = query(ListQuery, request.args)
        found = await store.messages(DONE[wanted.state])
        return answer({"messages": list(map(_shown, found)), "unread": await mailbox.count()})

    @web.post("/api/messages/<message_id>/done")
    async def message_done(message_id: str) -> Response:
        """The owner is done with a message."""
        await texts()
        if not await store.message_done(message_id):
            raise NoSuch(f"no message has the id {some([message_id])}")
        return answer({"ok": True, "id": message_id, "unread": await mailbox.count()})

    return web


def _shown(stored: StoredMessage) -> dict[str, Any]:
    left = stored.message
    return {
        "id": stored.id,
        "session_id": stored.session_id,
        "caller_number": stored.caller_number,
        "taken_at": stored.taken_at,
        "name": left.name,
        "number": left.number,
        "text": left.text,
        "confirmed": left.confirmed,
        "done": stored.done,
    }
