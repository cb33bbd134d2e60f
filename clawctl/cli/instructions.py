"""clawctl instructions: how the reply model is told to behave."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import click

from clawctl.cli.asking import Asking, asks
from clawctl.cli.complete import live_ids
from clawctl.cli.steering import live_call, words

F = TypeVar("F", bound=Callable[..., Any])
Row = dict[str, str]

OPTIONS = (
    click.option(
        "--session", metavar="CALL", shell_complete=live_ids,
        help="Of this live call only: its id, the beginning of one, or _active.",
    ),
    click.option("--turn", is_flag=True, help="Of its next turn only, beside the others."),
)  # fmt: skip


def scoped(command: F) -> F:
    """A command about all calls, one call, or the next turn of one."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


@click.group("instructions")
def command() -> None:
    """Show, set and clear what the reply model is told, for all calls or for one.

    Those for all calls hold until the gateway stops; the setting llm_system_prompt holds for good.
    """


@command.command("get")
@scoped
@asks
def get(ask: Asking, session: str | None, turn: bool) -> None:
    """Show the instructions that hold; as JSON one object a line, with scope, session_id and text.

    The scope is global, session (in place of global) or turn (beside either, for the next turn).
    """
    from clawctl.cli.terminal import harmless

    sid = _meant(ask, session, turn)
    for row in _of_call(ask, sid, turn) if sid else _of_all(ask):
        if ask.output.as_json:
            ask.output.data(row)
        else:
            text = harmless(row["text"]) or "(none)"
            ask.output.line(f"{row['scope']:8}{row['session_id'][:12]:14}{text}")


@command.command("set")
@click.argument("text", metavar="TEXT|-")
@scoped
@asks
def set_instructions(ask: Asking, text: str, session: str | None, turn: bool) -> None:
    """Tell the reply model TEXT, in place of what it was told; from the next turn on.

    TEXT - is standard input.
    """
    told = words(text)
    scope = _change(ask, _meant(ask, session, turn), turn, told)
    ask.output.event("set", "In force from the next turn on.", **scope)


@command.command("clear")
@scoped
@asks
def clear(ask: Asking, session: str | None, turn: bool) -> None:
    """Take instructions back; those for all calls fall back to the setting llm_system_prompt."""
    scope = _change(ask, _meant(ask, session, turn), turn, "")
    ask.output.event("cleared", "Taken back.", **scope)


def _meant(ask: Asking, session: str | None, turn: bool) -> str:
    """The id of the call, or "" for all of them."""
    if session is None and turn:
        raise click.UsageError("--turn is about one call: give --session too.")
    return "" if session is None else live_call(ask, session)


def _change(ask: Asking, sid: str, turn: bool, text: str) -> Row:
    """Where it holds now."""
    from clawctl.client.rest import path

    place = [sid, "turn"] if turn else [sid] if sid else []
    told = ask.gateway.post(path("api", "instructions", *place), {"text": text})
    return _scope("turn" if turn else "session" if sid else "global", told.get("session_id", ""))


def _of_all(ask: Asking) -> Iterator[Row]:
    found = ask.gateway.get("/api/instructions")
    yield {**_scope("global"), "text": found["base"]}
    for sid, text in found["sessions"].items():
        yield {**_scope("session", sid), "text": text}


def _of_call(ask: Asking, sid: str, turn: bool) -> Iterator[Row]:
    from clawctl.client.rest import path

    call = ask.gateway.get(path("api", "agent", "call", sid))
    found, sid = call["instructions"], call["session_id"]
    if not turn:
        yield {**_scope("global"), "text": found["base"]}
        yield {**_scope("session", sid), "text": found["session"]}
    yield {**_scope("turn", sid), "text": found["pending_turn"]}


def _scope(scope: str, session_id: str = "") -> Row:
    return {"scope": scope, "session_id": session_id}
