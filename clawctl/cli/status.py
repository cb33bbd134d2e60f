"""clawctl status: how the running gateway is, once or as it changes."""

import sys
import time
from collections.abc import Iterator
from typing import Any

import click

from clawctl.cli.asking import Asking, asks
from clawctl.cli.streams import insist_on_a_reader

# A change of these alone is none worth a line.
ALWAYS_NEW = frozenset({"uptime_s"})
CLEAR = "\x1b[H\x1b[J"


@click.command("status")
@click.option("--watch", is_flag=True, help="Go on; on a terminal in place, else a line a change.")
@click.option(
    "--interval", type=click.FloatRange(0.1, 3600), default=2.0, show_default=True,
    help="Seconds between two looks.",
)  # fmt: skip
@asks
def command(ask: Asking, watch: bool, interval: float) -> None:
    """Tell how the running gateway is; exit 3 if there is none.

    With --watch a gateway that goes away is waited for.
    """
    if watch:
        _watch(ask, interval)
        return
    status = ask.gateway.get("/api/status")
    if ask.output.as_json:
        ask.output.data(status)
        return
    for line, style in told(ask, status):
        ask.output.line(line, style)


def _watch(ask: Asking, interval: float) -> None:
    """Until interrupted."""
    last: dict[str, Any] = {}
    while True:
        found = _look(ask)
        fresh = {name: one for name, one in found.items() if name not in ALWAYS_NEW}
        if not ask.output.as_json:
            sys.stdout.write(CLEAR)
            for line, style in told(ask, found):
                ask.output.line(line, style)
        elif fresh != last:
            ask.output.data(found)
        last = fresh
        time.sleep(interval)
        insist_on_a_reader()


def _look(ask: Asking) -> dict[str, Any]:
    """What the gateway says, or why it says nothing."""
    from clawctl.errors import TooSlow, Unreachable

    try:
        status: dict[str, Any] = ask.fresh_gateway().get("/api/status")
    except (Unreachable, TooSlow) as error:
        return {"ok": False, "detail": str(error), "code": error.code}
    return status


def told(ask: Asking, status: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Lines for people, and how each is styled."""
    from msgspec import convert

    from clawctl.cli.terminal import span
    from clawctl.engines.round_trip import RoundTrip

    if "engines" not in status:
        yield status["detail"], "bad"
        return
    yield f"Gateway   {ask.url}, version {status['version']}, up for {span(status['uptime_s'])}", ""
    yield f"Calls     {status['active_sessions']} live, {status['total_calls']} since the start", ""
    yield from _live(ask) if status["active_sessions"] else ()
    yield from _phone(status["phone"])
    unread = status["unread_messages"]
    yield f"Messages  {unread} unread", "loud" if unread else ""
    yield f"Errors    {status['error_count']}", ""
    for stage, engines in status["engines"].items():
        chosen = [f"{one['name']} ({one['state']})" for one in engines if one["chosen"]]
        failed = not any(one["state"] in {"ready", "closed"} for one in engines if one["chosen"])
        why = next((f": {_clean(one['why'])}" for one in engines if one["chosen"]), "")
        yield f"{stage:9} {', '.join(chosen) or 'none'}{why}", "bad" if failed else ""
    for one in status.get("round_trips", ()):
        trip = convert(one, RoundTrip)
        if trip.unclear or trip.failure:
            yield f"Unclear   {_clean(str(trip))}", "bad" if trip.voice else ""
    for agent in status["agents"]:
        held = f", holds {', '.join(sid[:12] for sid in agent['sessions'])}"
        yield f"{agent['role']:9} {_clean(agent['name'])}{held if agent['sessions'] else ''}", ""
    if waiting := status["waiting_for_restart"]:
        yield f"Restart   needed for {', '.join(waiting)}", "loud"


# Of no importance while nobody wants the phone for a call.
_QUIET = frozenset({"ready", "absent", "off"})


def _phone(phone: dict[str, Any]) -> Iterator[tuple[str, str]]:
    named = f", {_clean(phone['model'] or 'phone')} ({phone['serial']})" if phone["serial"] else ""
    why = f": {_clean(phone['reason'])}" if phone["reason"] else ""
    yield f"Phone     {phone['state']}{named}{why}", "" if phone["state"] in _QUIET else "bad"
    if call := phone["call"]:
        yield f"          {call['state']}, {_clean(call['number']) or 'number unknown'}", ""


def _live(ask: Asking) -> Iterator[tuple[str, str]]:
    from clawctl.cli.terminal import span

    for row in ask.gateway.get("/api/sessions", {"status": "active", "limit": 20}):
        number = _clean(row["caller_number"]) or "hidden number"
        lasted = span(max(0.0, time.time() - row["created_at"]))
        yield f"          {row['session_id'][:12]}  {number}, {lasted}", ""


def _clean(text: str) -> str:
    from clawctl.cli.terminal import harmless

    return harmless(text)
