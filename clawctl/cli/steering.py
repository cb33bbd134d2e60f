"""What the commands that steer a live call share: which call is meant, and the words for it."""

import sys

import click

from clawctl.cli.asking import Asking
from clawctl.cli.complete import live_ids

# Stands for the live call in which something happened last.
ACTIVE = "_active"
# Of an id so much is enough, if only one live call's begins with it.
SHORTEST = 4
# More than any limit of the gateway; what goes on for ever is not read for ever.
MOST_BYTES = 200_000

call_argument = click.argument(
    "sid", metavar="CALL|--active", required=False, shell_complete=live_ids
)
text_argument = click.argument("text", metavar="TEXT|-", required=False)
active_option = click.option("--active", is_flag=True, help="The call with the newest activity.")


def one_meant(ask: Asking, sid: str | None, active: bool) -> str:
    """The id of the live call; raises UsageError, NoSuch, or BadInput when it may be several."""
    if active and sid is not None:
        raise click.UsageError("CALL and --active both say which call; give one of them.")
    if active:
        return ACTIVE
    if sid is None:
        raise click.UsageError("Which call? Give its id, or --active.")
    return live_call(ask, sid)


def aimed(ask: Asking, sid: str | None, text: str | None, active: bool) -> tuple[str, str]:
    """The id of the live call, and the words for it; nothing is asked before both are there."""
    if active and text is not None:
        raise click.UsageError(
            "With --active only a TEXT is given; one of several words stands in quotation marks."
        )
    if active:
        sid, text = ACTIVE, sid
    if sid is None or text is None:
        raise click.UsageError("Give a CALL and a TEXT, or --active and a TEXT.")
    said = words(text)
    return live_call(ask, sid), said


def live_call(ask: Asking, sid: str) -> str:
    """The id that is meant by one, or by the beginning of one; `_active` is the gateway's to find.

    An empty one is refused: it is a variable of a script that was not set, and no call is ended or
    spoken in by mistake.
    """
    from clawctl.errors import BadInput, NoSuch

    if not sid:
        raise BadInput("the id of the call is empty; give it, or --active")
    if sid == ACTIVE:
        return sid
    live: list[str] = ask.gateway.get("/api/agent/sessions")
    if sid in live:
        return sid
    begun = [one for one in live if one.startswith(sid)] if len(sid) >= SHORTEST else []
    if not begun:
        raise NoSuch(
            f"no live call has the id {sid[:40]!r}; 'clawctl calls list --live' has those that are"
        )
    if len(begun) > 1:
        raise BadInput(f"several live calls begin so: {', '.join(begun[:10])}")
    return begun[0]


def words(text: str) -> str:
    """TEXT, or standard input for "-"; raises BadInput for what holds no words."""
    from clawctl.errors import BadInput

    said = _standard_input() if text == "-" else _argument(text)
    if not said.strip():
        raise BadInput(f"{'standard input' if text == '-' else 'TEXT'} is empty")
    return said


def _argument(text: str) -> str:
    """What the shell gave us, if it was text at all."""
    from clawctl.errors import BadInput

    if not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text):
        raise BadInput("TEXT is not UTF-8")
    return text


def _standard_input() -> str:
    from clawctl.errors import BadInput

    if sys.stdin.isatty():
        click.echo("Type the text; Ctrl-D on a line of its own ends it.", err=True)
    found = sys.stdin.buffer.read(MOST_BYTES + 1)
    if len(found) > MOST_BYTES:
        raise BadInput(f"standard input holds more than {MOST_BYTES} bytes")
    try:
        return found.decode()
    except UnicodeDecodeError as error:
        raise BadInput(f"standard input is not UTF-8 (at byte {error.start})") from None
