"""clawctl calls: those that were, and those that are."""

import re
from collections.abc import Iterator
from typing import Any

import click

from clawctl.cli.asking import Asking, asks
from clawctl.cli.complete import call_ids, forgettable
from clawctl.cli.export import export
from clawctl.cli.when import WHEN

# As many as one answer of the gateway holds here; a list that is cut short asks for no more.
PAGE = 200
# Of an id so much is enough, if only one call's begins with it.
SHORTEST = 4
# What may be a telephone number rather than the id of a call.
NUMBER = r"\+?[0-9 ().-]{2,30}"
# What a number may hold and no id does.
NO_ID = r"[+ ()]"
BOLD, PLAIN = "\x02", "\x03"


@click.group("calls")
def command() -> None:
    """List, read, search, export and forget calls."""


command.add_command(export)


@command.command("list")
@click.option("--since", type=WHEN, help="Begun since: 2h, 3d, today, 2026-11-20 …")
@click.option("--until", type=WHEN, help="Begun before.")
@click.option("--number", help="Of this number.")
@click.option("--live", is_flag=True, help="Only those that go on now.")
@click.option(
    "--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many."
)
@asks
def list_calls(
    ask: Asking,
    since: float | None,
    until: float | None,
    number: str | None,
    live: bool,
    limit: int,
) -> None:
    """List calls, the newest first; as JSON one object a line."""
    found = pages(ask, limit, since=since, until=until, number=number, live=live)
    if ask.output.as_json:
        for row in found:
            ask.output.data(row)
        return
    rows = [_listed(row) for row in found]
    ask.output.rows(rows, ("CALL", "BEGAN", "LASTED", "TURNS", "NUMBER", "STATE"))
    if not rows:
        ask.output.note("No calls." if since or number or live else "No calls yet.")


@command.command("show")
@click.argument("sid", metavar="CALL", shell_complete=call_ids)
@asks
def show(ask: Asking, sid: str) -> None:
    """Show what was said in a CALL.

    CALL is an id, the beginning of one, 'last' for the newest, or '_active' for the live call in
    which something happened last.
    """
    call = ask.gateway.get(one_call(ask, sid))
    if ask.output.as_json:
        ask.output.data(call)
        return
    for line, style in transcript(call):
        ask.output.line(line, style)


@command.command("search")
@click.argument("words", nargs=-1, required=True)
@click.option("--since", type=WHEN, help="Said since: 2h, 3d, today, 2026-11-20 …")
@click.option("--until", type=WHEN, help="Said before.")
@click.option("--number", help="In calls of this number.")
@click.option("--said-by", type=click.Choice(["caller", "assistant"]), help="By whom.")
@click.option(
    "--limit", type=click.IntRange(1, 200), default=20, show_default=True, help="At most so many."
)
@asks
def search(
    ask: Asking,
    words: tuple[str, ...],
    since: float | None,
    until: float | None,
    number: str | None,
    said_by: str | None,
    limit: int,
) -> None:
    """Search what was said: all WORDS must occur.

    "A phrase" stands in quotation marks (quote them for the shell), begin* finds what begins so,
    OR joins two, -word or NOT word must not occur, parentheses group. What begins with a dash
    stands behind '--'.
    """
    asked = given(since=since, until=until, number=number, said_by=said_by, limit=limit)
    found = ask.gateway.get("/api/search", {"q": " ".join(words), **asked})
    for hit in found["hits"]:
        if ask.output.as_json:
            ask.output.data(hit)
        else:
            _show_hit(ask, hit)
    if not found["hits"]:
        ask.output.note("Nothing like that was said.")
    elif found["more"]:
        ask.output.note("There is more; narrow the search or raise --limit.")


@command.command("forget")
@click.argument("what", metavar="CALL|NUMBER", shell_complete=forgettable)
@click.option("--yes", is_flag=True, help="Do not ask.")
@asks
def forget(ask: Asking, what: str, yes: bool) -> None:
    """Forget a call, or a number with all its calls and what is remembered of it.

    What is forgotten cannot be brought back; export it first.
    """
    from clawctl.errors import NoSuch

    is_number = re.fullmatch(NUMBER, what)
    if is_number and re.search(NO_ID, what):
        _forget_number(ask, what, yes)
        return
    try:
        path = one_call(ask, what)
    except NoSuch:
        if not is_number:
            raise
        _forget_number(ask, what, yes)
        return
    sid = path.rpartition("/")[2]
    sure(yes, f"Forget the call {sid} and all that was said in it?")
    ask.gateway.delete(path)
    ask.output.event("forgotten", "Forgotten.", session_id=sid)


def _forget_number(ask: Asking, number: str, yes: bool) -> None:
    """All of its calls, or nothing while one of them is live."""
    from clawctl.client.rest import path
    from clawctl.errors import Conflict, NoSuch

    rows = list(pages(ask, None, number=number))
    if any(row["status"] != "ended" for row in rows):
        raise Conflict("a call of this number is live; end it before you forget it")
    calls, remembered = [row["session_id"] for row in rows], True
    sure(yes, f"Forget {len(calls)} calls of {number} and what is remembered of it?")
    for sid in calls:
        ask.gateway.delete(path("api", "sessions", sid))
    try:
        ask.gateway.delete(path("api", "caller-history", number))
    except NoSuch:
        remembered = False
    if not (remembered or calls):
        raise NoSuch(f"nothing is known of {number}")
    ask.output.event("forgotten", f"Forgotten: {len(calls)} calls.", number=number, calls=calls)


def sure(yes: bool, question: str) -> None:
    """Ask on a terminal; elsewhere only --yes will do."""
    import sys

    if yes:
        return
    if not sys.stdin.isatty():
        raise click.UsageError("nothing was done: off a terminal this needs --yes")
    click.confirm(question, abort=True, err=True)


def given(**asked: Any) -> dict[str, Any]:
    """Of what may be asked, what is."""
    return {name: value for name, value in asked.items() if value}


def pages(
    ask: Asking, limit: int | None, *, live: bool = False, **asked: Any
) -> Iterator[dict[str, Any]]:
    """Rows of calls, asked for as they are taken."""
    query = given(status="active" if live else "", **asked)
    left = limit
    while left is None or left > 0:
        size = PAGE if left is None else min(PAGE, left)
        rows = ask.gateway.get("/api/sessions", {**query, "limit": size})
        yield from rows
        if len(rows) < size or live:
            return
        left = None if left is None else left - len(rows)
        query["before"] = rows[-1]["session_id"]


def one_call(ask: Asking, sid: str) -> str:
    """The path of the call that is meant; raises NoSuch, or BadInput when it may be several."""
    from clawctl.client.rest import path
    from clawctl.errors import BadInput, NoSuch

    if not sid:
        raise NoSuch("an empty id is that of no call; 'clawctl calls list' has them")
    if sid == "_active":
        return path("api", "sessions", sid)
    if sid == "last":
        for row in pages(ask, 1):
            return path("api", "sessions", row["session_id"])
        raise NoSuch("there was no call yet")
    try:
        ask.gateway.get(path("api", "sessions", sid))
    except NoSuch:
        begun = _begun_with(ask, sid) if len(sid) >= SHORTEST else []
        if not begun:
            short = f" (its first {SHORTEST} letters are enough, but needed)"
            raise NoSuch(
                f"no call has the id {sid[:128]!r}{short if len(sid) < SHORTEST else ''};"
                " 'clawctl calls list' has them"
            ) from None
        if len(begun) > 1:
            raise BadInput(f"several calls begin so: {', '.join(begun[:10])}") from None
        sid = begun[0]
    return path("api", "sessions", sid)


def _begun_with(ask: Asking, sid: str) -> list[str]:
    return [r["session_id"] for r in pages(ask, 1000) if r["session_id"].startswith(sid)]


def _listed(row: dict[str, Any]) -> tuple[str, ...]:
    from clawctl.cli.terminal import local, span

    end = row["ended_at"] or row["updated_at"]
    state = row["end_reason"] or "live"
    return (
        row["session_id"][:12],
        local(row["created_at"]),
        span(max(0.0, end - row["created_at"])),
        str(row["turn_count"]),
        row["caller_number"] or "hidden",
        state if row["direction"] == "incoming" else f"{state}, outgoing",
    )


def transcript(call: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """A call for people: lines, and how each is styled."""
    from clawctl.cli.terminal import harmless, local

    number = harmless(call["caller_number"]) or "a hidden number"
    way = "to" if call["direction"] == "outgoing" else "from"
    yield f"{local(call['created_at'])}  {way} {number}  {call['session_id']}", "dim"
    for turn in call["turns"]:
        at = local(turn["timestamp"])[11:]
        if turn["transcript"]:
            yield f"{at}  caller     {harmless(turn['transcript'])}", ""
        who = turn["model"] if turn["model"] in {"agent", "inject"} else "assistant"
        note = f"  ({harmless(turn['degraded'])} failed)" if turn["degraded"] else ""
        if turn["reply"]:
            yield f"{at}  {who:9}  {harmless(turn['reply'])}{note}", "loud"
    yield f"{harmless(call['end_reason']) or 'live'}, {call['turn_count']} turns", "dim"


def _show_hit(ask: Asking, hit: dict[str, Any]) -> None:
    from clawctl.cli.terminal import harmless, local

    output = ask.output
    head = f"{local(hit['timestamp'])}  {hit['session_id'][:12]}  {hit['said_by']}"
    output.line(f"{head}  {harmless(hit['caller_number'])}".rstrip(), "dim")
    pieces = hit["snippet"].replace(PLAIN, BOLD).split(BOLD)
    shown = (
        output.styled(harmless_within(piece), "loud" if number % 2 else "")
        for number, piece in enumerate(pieces)
    )
    output.line("    " + "".join(shown))


def harmless_within(piece: str) -> str:
    """As `harmless`, with the blanks around it kept."""
    from clawctl.cli.terminal import harmless

    clean = harmless(piece)
    before = " " if piece[:1].isspace() else ""
    return before + clean + (" " if clean and piece[-1:].isspace() else "")
