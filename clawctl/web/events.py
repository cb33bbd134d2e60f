"""What happens, as it happens: `/ws/events`; and what happened: `/api/events`."""

from typing import Annotated

import msgspec
from msgspec import Meta
from quart import Blueprint, Response, request, websocket

from clawctl.bus import Bus
from clawctl.config.live import Live
from clawctl.door.app import answer
from clawctl.door.feed import Feed, Past, Wanted, events_after, last_events, open_feed
from clawctl.door.socket import Pace, Sockets, converse
from clawctl.door.tcp import room
from clawctl.errors import BadInput
from clawctl.web.asked import Moment, query
from clawctl.wire.events import EventsDropped, Stamped
from clawctl.wire.listening import MOST_NAMES, Name, Ping, Seq, decode

PONG = '{"type":"pong"}'

Count = Annotated[int, Meta(ge=1, le=1000)]


class ListenQuery(msgspec.Struct, frozen=True, kw_only=True):
    """`WS /ws/events`."""

    after: Seq | None = None
    session_id: Annotated[str, Meta(max_length=200)] = ""
    type: Annotated[list[Name], Meta(max_length=MOST_NAMES)] = []

    def wanted(self) -> Wanted:
        return _wanted(self.type, [self.session_id] if self.session_id else [])


class PastQuery(ListenQuery, frozen=True, kw_only=True):
    """`GET /api/events`."""

    last: Count | None = None
    since: Moment = 0.0
    limit: Count = 1000


def routes(live: Live, bus: Bus, past: Past) -> Blueprint:
    web = Blueprint("events", __name__)
    sockets = Sockets(live, room() // 8)

    @web.get("/api/events")
    async def get_events() -> Response:
        """Events that were: ?after, last, since, limit, session_id, type."""
        asked = query(PastQuery, request.args)
        wanted, last_seq = asked.wanted(), bus.told_seq
        found = await _found(bus, past, asked, wanted)
        last_seq = max(last_seq, found[-1].seq if found else 0)
        events = ",".join(one.text for one in found)
        return answer(f'{{"events":[{events}],"last_seq":{last_seq}}}'.encode())

    @web.websocket("/ws/events")
    async def listen() -> None:
        """Events as they happen: ?after, session_id, type; {"type": "ping"} and {"type":
        "subscribe"} are understood."""
        asked = query(ListenQuery, websocket.args)
        wanted = asked.wanted()
        with sockets.room() as shut_out, open_feed(bus, past, wanted, asked.after) as feed:
            await websocket.accept()
            listener = Listener(feed)
            await converse(shut_out, listener.tell, listener.hear)

    return web


class Listener:
    """One socket of `/ws/events`."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed

    async def tell(self) -> None:
        """Raises TooSlow."""
        pace = Pace()
        while True:
            events = await self._feed.take()
            with pace.sending(lost=isinstance(events[0].event, EventsDropped)):
                for one in events:
                    await websocket.send(one.text)

    async def hear(self) -> None:
        while True:
            frame = await websocket.receive()
            try:
                reply = self._obey(frame)
            except BadInput as error:
                reply = _error(str(error))
            # A peer that sends and does not read waits for itself here, and is hung up.
            if reply:
                await websocket.send(reply)

    def _obey(self, frame: str | bytes) -> str:
        said = decode(frame)
        if isinstance(said, Ping):
            return PONG
        self._feed.listen_to(_wanted(said.types, said.sessions), said.after)
        return ""


async def _found(bus: Bus, past: Past, asked: PastQuery, wanted: Wanted) -> list[Stamped]:
    """The first after what is asked for, or, if `last` is, the newest."""
    after, since = asked.after or 0, asked.since
    if asked.last:
        found = await last_events(bus, past, wanted, min(asked.last, asked.limit))
        return [one for one in found if one.seq > after and one.timestamp >= since]
    if since:
        after = max(after, await past.seq_before(since))
    found = await events_after(bus, past, wanted, after, asked.limit)
    return [one for one in found if one.timestamp >= since]


def _wanted(types: list[str], sessions: list[str]) -> Wanted:
    wanted = Wanted(tuple(types), tuple(sessions))
    wanted.check()
    return wanted


def _error(detail: str) -> str:
    return msgspec.json.encode({"type": "error", "ok": False, "error": detail}).decode()
