"""clawctl messages: what callers left for the owner."""

from typing import Any

import click

from clawctl.cli.asking import Asking, asks
from clawctl.cli.complete import message_ids


@click.group("messages")
def command() -> None:
    """List and read messages callers left, and mark them as done."""


@command.command("list")
@click.option(
    "--open", "state", flag_value="open", default="open",
    help="Those you are not done with (default).",
)  # fmt: skip
@click.option("--done", "state", flag_value="done", help="Those you are done with.")
@click.option("--all", "state", flag_value="all", help="All of them.")
@asks
def list_messages(ask: Asking, state: str) -> None:
    """List messages, the oldest first; as JSON one object a line."""
    found = _messages(ask, state)
    if ask.output.as_json:
        for one in found:
            ask.output.data(one)
        return
    ask.output.rows([_listed(one) for one in found], ("MESSAGE", "TAKEN", "FROM", "NUMBER", "TEXT"))
    if not found:
        ask.output.note("No messages.")


@command.command("show")
@click.argument("message_id", metavar="MESSAGE", shell_complete=message_ids)
@asks
def show(ask: Asking, message_id: str) -> None:
    """Show one MESSAGE, by its id or the short form that the list shows."""
    from clawctl.cli.terminal import harmless, local

    one = _one(_messages(ask, "all"), message_id)
    if ask.output.as_json:
        ask.output.data(one)
        return
    agreed = "" if one["confirmed"] else "  (the call ended before the caller agreed to it)"
    for name, text in (
        ("Taken", local(one["taken_at"]) + agreed),
        ("From", one["name"] or "unknown"),
        ("Number", one["number"] or one["caller_number"] or "unknown"),
        ("Call", one["session_id"]),
        ("Message", one["text"]),
        ("State", "done" if one["done"] else "open"),
    ):
        ask.output.line(f"{name:9} {harmless(text)}")


@command.command("done")
@click.argument("ids", metavar="MESSAGE...", nargs=-1, shell_complete=message_ids)
@click.option("--all", "everything", is_flag=True, help="All that are open.")
@asks
def done(ask: Asking, ids: tuple[str, ...], everything: bool) -> int:
    """Mark MESSAGEs as done, by id or short form. All are tried; exit 5 if one is not known."""
    from clawctl.client.rest import path
    from clawctl.errors import BadInput, NoSuch

    if bool(ids) == everything:
        raise click.UsageError("name messages, or use --all")
    known, code = _messages(ask, "open" if everything else "all"), 0
    for typed in [one["id"] for one in known] if everything else ids:
        try:
            message_id = _one(known, typed)["id"]
            ask.gateway.post(path("api", "messages", message_id, "done"))
        except (NoSuch, BadInput) as error:
            ask.output.note(f"clawctl: {error}")
            code = error.exit_code
        else:
            ask.output.event("done", f"Done: {message_id}", id=message_id)
    return code


def _messages(ask: Asking, state: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask.gateway.get("/api/messages", {"state": state})["messages"]
    return found


def _one(known: list[dict[str, Any]], typed: str) -> dict[str, Any]:
    from clawctl.errors import BadInput, NoSuch

    found = [one for one in known if typed in {one["id"], _short(one["id"])}]
    if len(found) == 1:
        return found[0]
    if found:
        raise BadInput(f"several messages are called so: {', '.join(one['id'] for one in found)}")
    raise NoSuch(f"no message has the id {typed!r}; 'clawctl messages list --all' has them")


def _short(message_id: str) -> str:
    """Enough to tell one message from another: the beginning of its call's id, and its number."""
    call, _, number = message_id.rpartition("-")
    return f"{call[:8]}-{number}"


def _listed(one: dict[str, Any]) -> tuple[str, ...]:
    from clawctl.cli.terminal import local

    number = one["number"] or one["caller_number"]
    return _short(one["id"]), local(one["taken_at"]), one["name"] or "unknown", number, one["text"]
