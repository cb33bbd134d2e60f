"""Which call: the one that is named, one of those that are live, or the next that comes."""

import time
from typing import Any

import click
import trio

from clawctl.call.admission import normalise
from clawctl.cli.asking import Asking
from clawctl.cli.interrupts import until_interrupted
from clawctl.cli.terminal import local, span
from clawctl.client.events import Event, Follower
from clawctl.errors import BadInput, NoSuch

ACTIVE = "_active"


def chosen(
    ask: Asking, sid: str = "", *, number: str = "", wait: bool = False, may_ask: bool
) -> str:
    """The id of a live call.

    Without `sid` the operator is shown the live ones if `may_ask`. With `number` it is that
    caller's, and with `wait` the next to begin; both wait for it until Ctrl-C. Raises NoSuch, and
    BadInput when it cannot be told which is meant.
    """
    if sid:
        return _named(ask, sid)
    if not (number or wait):
        return _picked(ask, _live(ask), may_ask=may_ask)
    after = int(ask.gateway.get("/api/events", {"last": 1})["last_seq"])
    rows = _live(ask, number) if number and not wait else []
    return str(rows[0]["session_id"]) if rows else _next(ask, after, number)


def _live(ask: Asking, number: str = "") -> list[dict[str, Any]]:
    query: dict[str, str | int] = {"status": "active", "limit": 1000}
    rows: list[dict[str, Any]] = ask.gateway.get(
        "/api/sessions", query | ({"number": number} if number else {})
    )
    return rows


def _named(ask: Asking, sid: str) -> str:
    """By its id or the beginning of it."""
    ids = [str(row["session_id"]) for row in _live(ask)]
    if sid in ids:
        return sid
    if sid == ACTIVE:
        return str(ask.gateway.get(f"/api/sessions/{ACTIVE}")["session_id"])
    begun = [one for one in ids if one.startswith(sid)]
    if not begun:
        raise NoSuch(f"no live call's id begins with {sid!r}; see 'clawctl calls list --live'")
    if len(begun) > 1:
        raise BadInput(f"{len(begun)} live calls' ids begin with {sid!r}; give more of it")
    return begun[0]


def _picked(ask: Asking, rows: list[dict[str, Any]], *, may_ask: bool) -> str:
    if not rows:
        raise NoSuch("no call is live; wait for the next one with --next")
    if not may_ask and len(rows) > 1:
        raise BadInput(f"{len(rows)} calls are live; say which: see 'clawctl calls list --live'")
    if not may_ask:
        return str(rows[0]["session_id"])
    listed = [(str(place), *_shown(row)) for place, row in enumerate(rows, 1)]
    ask.output.rows(listed, ("", "CALL", "NUMBER", "BEGAN", "LASTS", "TURNS"))
    place: int = click.prompt("Which call", type=click.IntRange(1, len(rows)), default=1, err=True)
    return str(rows[place - 1]["session_id"])


def _shown(row: dict[str, Any]) -> tuple[str, ...]:
    lasts = span(max(0.0, time.time() - row["created_at"]))
    number = row["caller_number"] or "hidden number"
    began = local(row["created_at"])
    return row["session_id"][:12], number, began, lasts, str(row["turn_count"])


def _next(ask: Asking, after: int, number: str) -> str:
    """The first call, of this number, that begins after that event."""
    found, bare = list[str](), normalise(number)

    async def follow() -> None:
        with trio.CancelScope() as waiting:

            def hear(event: Event) -> None:
                if not found and (not bare or normalise(event.get("caller_number", "")) == bare):
                    found.append(event["session_id"])
                    waiting.cancel()

            await Follower(
                ask.url, ask.token, ask.output.note, after=after, types=["session.started"]
            ).follow(hear)

    whose = f"a call of {number}" if number else "the next call"
    ask.output.note(f"Waiting for {whose}; Ctrl-C ends it.")
    trio.run(until_interrupted, follow)
    return found[0]
