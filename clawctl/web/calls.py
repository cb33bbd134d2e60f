"""Calls, live and stored: listed, shown, searched, forgotten; and what a live one is like."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from quart import Blueprint, Response, request

from clawctl.call.admission import normalise
from clawctl.call.latency import latency, pieces
from clawctl.call.ports import CallState, Records, Search, TurnRecord, Wanted
from clawctl.call.registry import ACTIVE, Registry, checked_id
from clawctl.call.session import Session
from clawctl.call.steering import Steering
from clawctl.call.takeover import Takeovers
from clawctl.door.app import answer
from clawctl.errors import BadInput, Conflict, NoSuch
from clawctl.web.asked import Moment, Number, query

STATUSES = {"active": False, "ended": True}


class ListQuery(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /api/sessions`."""

    limit: Annotated[int, Meta(ge=1, le=1000)] = 100
    before: Annotated[str, Meta(max_length=128)] = ""
    since: Moment = 0.0
    until: Moment = 0.0
    number: Number = ""
    status: Literal["active", "ended"] | None = None


class SearchQuery(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /api/search`."""

    q: str = ""
    since: Moment = 0.0
    until: Moment = 0.0
    number: Number = ""
    said_by: Literal["caller", "assistant"] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 20
    offset: Annotated[int, Meta(ge=0, le=1_000_000)] = 0


class LatencyQuery(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /api/latency`."""

    since: Moment = 0.0
    limit: Annotated[int, Meta(ge=1, le=100_000)] = 1000


def routes(  # noqa: C901 - a table of doors, each of them a few lines
    store: Records, steering: Steering, takeovers: Takeovers
) -> Blueprint:
    web, registry = Blueprint("calls", __name__), steering.registry

    @web.get("/api/sessions")
    async def list_calls() -> Response:
        """Calls, the newest first: ?limit, before, since, until, number, status."""
        asked = query(ListQuery, request.args)
        return answer([_row(state) for state in await _listed(store, registry, asked)])

    @web.get("/api/sessions/<sid>")
    async def show_call(sid: str) -> Response:
        """One call with all its turns."""
        state = await _known(
            store, registry, steering.call(sid).id if sid == ACTIVE else checked_id(sid)
        )
        turns = await store.turns(state.session_id)
        return answer({**_row(state), "summary": state.summary, "turns": list(map(_turn, turns))})

    @web.delete("/api/sessions/<sid>")
    async def forget_call(sid: str) -> Response:
        """Forget a call that is over, with all that was said."""
        if checked_id(sid) in registry.sessions:
            raise Conflict("this call is live; end it before you forget it")
        if not await store.forget_call(sid):
            raise NoSuch(f"no call has the session id {sid!r}")
        return answer({"ok": True, "session_id": sid})

    @web.get("/api/search")
    async def search() -> Response:
        """Words that were said: ?q, since, until, number, said_by, limit, offset."""
        asked = query(SearchQuery, request.args)
        hits = await store.search(
            Search(
                words=asked.q,
                since=asked.since,
                until=asked.until,
                number=normalise(asked.number),
                said_by=asked.said_by or "",
                limit=asked.limit + 1,
                offset=asked.offset,
            )
        )
        return answer({"hits": hits[: asked.limit], "more": len(hits) > asked.limit})

    @web.get("/api/latency")
    async def latencies() -> Response:
        """How long turns took, in ms, by span and engine: ?since, limit."""
        asked = query(LatencyQuery, request.args)
        return answer(await store.newest_turns(asked.since, asked.limit, latency))

    @web.get("/api/agent/sessions")
    async def list_live() -> Response:
        """The ids of live calls."""
        return answer(list(registry.sessions))

    @web.get("/api/agent/call/<sid>")
    async def show_live(sid: str) -> Response:
        """A live call as an agent should know it before it takes over."""
        return answer(call_state(steering, takeovers, steering.call(sid)))

    @web.get("/api/caller-history")
    async def list_callers() -> Response:
        """Numbers whose conversations are remembered."""
        return answer(await store.callers())

    @web.delete("/api/caller-history/<path:number>")
    async def forget_caller(number: str) -> Response:
        """Forget what is remembered of a number."""
        bare = normalise(number)
        if not await store.forget_caller(bare):
            raise NoSuch("nothing is remembered of this number")
        return answer({"ok": True, "number": bare})

    return web


async def _listed(store: Records, registry: Registry, asked: ListQuery) -> list[CallState]:
    """What is live as it is now, the others from the store."""
    live, number = registry.sessions, normalise(asked.number)
    if asked.status == "active":
        if asked.before:
            raise BadInput("before goes through stored calls; live ones are listed whole")
        states = [one.state for one in reversed(live.values()) if _fits(one.state, asked)]
        return states[: asked.limit]
    wanted = Wanted(
        limit=asked.limit,
        before=asked.before,
        since=asked.since,
        until=asked.until,
        number=number,
        ended=asked.status == "ended",
    )
    stored = await store.calls(wanted)
    if not (asked.before or wanted.ended):
        stored = _with_live(stored, [one.state for one in live.values()], asked)
    return [live[one.session_id].state if one.session_id in live else one for one in stored]


async def _known(store: Records, registry: Registry, session_id: str) -> CallState:
    if session := registry.sessions.get(session_id):
        return session.state
    stored = await store.call(session_id)
    if stored is None:
        raise NoSuch(f"no call has the session id {session_id!r}")
    return stored.state


def call_state(steering: Steering, takeovers: Takeovers, session: Session) -> dict[str, Any]:
    """`GET /api/agent/call/{sid}`, which is also the agent protocol's `call_state`."""
    state, holding = session.state, takeovers.of(session.id)
    taken = (
        {"agent": holding.agent.id, "name": holding.agent.name, "mode": holding.mode}
        if holding
        else {}
    )
    return {
        "session_id": session.id,
        "history": session.history(),
        "turn_count": state.turn_count,
        "instructions": {
            "base": steering.base(),
            "session": state.instructions,
            "pending_turn": state.turn_instructions,
        },
        "agent_takeover": holding is not None,
        "takeover": taken,
        "created_at": state.created_at,
        "caller_number": state.caller_number,
        "direction": state.direction,
        "summary": state.summary,
        "knowledge": state.knowledge,
        "injects": state.injects,
    }


def _with_live(stored: list[CallState], live: list[CallState], asked: ListQuery) -> list[CallState]:
    """A call that was just begun may not be stored yet; it is among the newest."""
    known = {one.session_id for one in stored}
    last = stored[-1].created_at if len(stored) == asked.limit else 0.0
    fresh = [
        one
        for one in live
        if one.session_id not in known and one.created_at > last and _fits(one, asked)
    ]
    found = sorted([*stored, *fresh], key=lambda s: (s.created_at, s.session_id), reverse=True)
    return found[: asked.limit]


def _fits(state: CallState, asked: ListQuery) -> bool:
    return (
        state.created_at >= asked.since
        and (not asked.until or state.created_at < asked.until)
        and normalise(asked.number) in {"", state.caller_number}
    )


def _row(state: CallState) -> dict[str, Any]:
    return {
        "session_id": state.session_id,
        "created_at": state.created_at,
        "updated_at": state.updated_at,
        "ended_at": state.ended_at if state.end_reason else None,
        "status": state.status,
        "end_reason": state.end_reason,
        "turn_count": state.turn_count,
        "line": state.line,
        "caller_number": state.caller_number,
        "direction": state.direction,
    }


def _turn(turn: TurnRecord) -> dict[str, Any]:
    return {
        "turn": turn.number,
        "timestamp": turn.started_at,
        "transcript": turn.transcript,
        "reply": turn.reply,
        "model": turn.model,
        "degraded": turn.degraded,
        "status": turn.status,
        "no_words": turn.no_words,
        "metrics": turn.metrics,
        "waterfall": turn.waterfall,
        "engines": turn.engines,
        "spans": [
            {"span": name, "begin_ms": begin_ms, "end_ms": end_ms, "engine": engine}
            for name, begin_ms, end_ms, engine in pieces(turn)
        ],
    }
