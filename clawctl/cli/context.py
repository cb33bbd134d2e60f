"""clawctl context: what a live call was given to know."""

import click

from clawctl.cli.asking import Asking, asks
from clawctl.cli.steering import active_option, aimed, call_argument, one_meant, text_argument


@click.group("context")
def command() -> None:
    """Show, set and clear what the reply model knows about a live call.

    CALL is an id, the beginning of one, or '_active', which is --active.
    """


@command.command("get")
@call_argument
@active_option
@asks
def get(ask: Asking, sid: str | None, active: bool) -> None:
    """Show what CALL was given to know."""
    from clawctl.cli.terminal import harmless

    known = ask.gateway.get(_path(one_meant(ask, sid, active)))
    if ask.output.as_json:
        ask.output.data(known)
    elif known["has_knowledge"]:
        ask.output.line(harmless(known["knowledge"]))
    else:
        ask.output.note("This call was given nothing to know.")


@command.command("set")
@call_argument
@text_argument
@active_option
@asks
def set_context(ask: Asking, sid: str | None, text: str | None, active: bool) -> None:
    """Give CALL TEXT to know, in place of what it had; from the next turn on.

    TEXT - is standard input. The setting context_max_chars says how long it may be.
    """
    session_id, known = aimed(ask, sid, text, active)
    told = ask.gateway.post(_path(session_id), {"context": known})
    ask.output.event("set", "Known from the next turn on.", session_id=told["session_id"])


@command.command("clear")
@call_argument
@active_option
@asks
def clear(ask: Asking, sid: str | None, active: bool) -> None:
    """Take away what CALL was given to know."""
    told = ask.gateway.delete(_path(one_meant(ask, sid, active)))
    ask.output.event("cleared", "Forgotten.", session_id=told["session_id"])


def _path(session_id: str) -> str:
    from clawctl.client.rest import path

    return path("api", "agent", "context", session_id)
