"""clawctl tail: what happened, and what happens."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from clawctl.cli.asking import Asking, asks
from clawctl.cli.complete import call_ids
from clawctl.cli.streams import while_read
from clawctl.cli.when import WHEN

if TYPE_CHECKING:
    from clawctl.client.events import Event

PAGE = 1000
# Without a word about where to begin.
LAST = 20


@click.command("tail")
@asks
@click.option("-f", "--follow", is_flag=True, help="Go on with what happens, until Ctrl-C.")
@click.option("--since", type=WHEN, help="Begin then: 10m, 2h, yesterday, '2026-11-20 14:00'.")
@click.option(
    "--last", type=click.IntRange(0, PAGE), metavar="N", help=f"Begin N events ago; else {LAST}."
)
@click.option(
    "--call", metavar="CALL", shell_complete=call_ids,
    help="Of this call only: its id, its beginning, last or _active.",
)  # fmt: skip
@click.option(
    "--event", "types", multiple=True, metavar="PATTERN",
    help="Of this type only, such as turn.reply or 'turn.*'; may be repeated.",
)  # fmt: skip
@click.option("--grep", metavar="TEXT", help="Only those with this text in them, in any case.")
def command(
    ask: Asking,
    follow: bool,
    since: float | None,
    last: int | None,
    call: str | None,
    types: tuple[str, ...],
    grep: str | None,
) -> None:
    """Show what happened lately, and with --follow what happens from then on.

    On a terminal a line says when, in which call, and what; piped it is one JSON object a line. A
    lost connection is found again and nothing is left out or told twice.
    """
    if since is not None and last is not None:
        raise click.UsageError("--since and --last both say where to begin; give one of them.")
    session_id = "" if call is None else _session(ask, call)
    view = View(ask, (grep or "").casefold())
    query = {"type": ",".join(types)} if types else {}
    if session_id:
        query["session_id"] = session_id
    after = _told(ask, query, since, LAST if last is None else last, view)
    if follow:
        _follow(ask, after, types, session_id, view)


def _told(ask: Asking, query: dict[str, str], since: float | None, last: int, view: "View") -> int:
    """Show what is past; returns the seq it reaches to."""
    if since is None:
        page = _page(ask, query | {"last": str(max(last, 1))})
        for event in page["events"] if last else []:
            view.show(event)
        return int(page["last_seq"])
    start = {"since": str(since)}
    while True:
        page = _page(ask, query | start | {"limit": str(PAGE)})
        for event in page["events"]:
            view.show(event)
        if len(page["events"]) < PAGE:
            return int(page["last_seq"])
        start = {"after": str(page["events"][-1]["seq"])}


def _page(ask: Asking, query: dict[str, str]) -> Any:
    return ask.gateway.get("/api/events", query)


def _follow(ask: Asking, after: int, types: tuple[str, ...], session_id: str, view: "View") -> None:
    import trio

    from clawctl.cli.interrupts import until_interrupted
    from clawctl.client.events import Follower

    follower = Follower(
        ask.url, ask.token, ask.output.note, after=after, types=types, session_id=session_id
    )

    async def watch() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(while_read)
            await follower.follow(view.show)

    trio.run(until_interrupted, watch)


def _session(ask: Asking, call: str) -> str:
    from clawctl.cli.calls import one_call

    return str(ask.gateway.get(one_call(ask, call))["session_id"])


class View:
    """Events as they are shown: lines for people, objects for programs."""

    def __init__(self, ask: Asking, grep: str) -> None:
        self._output = ask.output
        self._grep = grep
        self._day = datetime.now().astimezone().strftime("%Y-%m-%d")

    def show(self, event: "Event") -> None:
        if self._grep and not any(self._grep in text.casefold() for text in _texts(event["data"])):
            return
        if self._output.as_json:
            self._output.data(event)
        else:
            self._tell(event)

    def _tell(self, event: "Event") -> None:
        """A line; another before it when it was on another day than the last, or than today."""
        from clawctl.cli.terminal import local

        day, _, when = local(event["timestamp"]).partition(" ")
        if day != self._day:
            self._output.line(day, "dim")
        self._day = day
        self._output.line(*_line(event, when))


def _line(event: "Event", when: str) -> tuple[str, str]:
    """When, which call, what; and a style."""
    from clawctl.cli.terminal import harmless

    kind = event["type"]
    who, words, style = WHO.get(kind, (kind, "", "dim"))
    said = event.get(words) if words else ", ".join(_fields(event["data"]))
    call = harmless(event["session_id"])[:8]
    return f"{when}  {call:8}  {who:9}  {harmless(str(said or ''))}".rstrip(), style


# Who speaks in an event, the field with the words, and how the line looks.
WHO = {
    "turn.transcript": ("caller", "transcript", "loud"),
    "turn.reply": ("assistant", "reply", "good"),
    "turn.error": ("trouble", "detail", "bad"),
    "call.message": ("message", "text", "loud"),
    "events.dropped": ("lost", "count", "bad"),
}
# What was said has an event, and a line, of its own.
SPOKEN = frozenset({"transcript", "reply"})


def _fields(data: dict[str, Any]) -> Iterator[str]:
    for name, value in data.items():
        if value not in ("", None) and not isinstance(value, dict | list) and name not in SPOKEN:
            yield f"{name} {value}"


def _texts(value: Any) -> Iterator[str]:
    """Every text in an event's data."""
    match value:
        case str():
            yield value
        case dict():
            for one in value.values():
                yield from _texts(one)
        case list():
            for one in value:
                yield from _texts(one)
