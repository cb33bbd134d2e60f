"""clawctl hangup: end a live call."""

import click

from clawctl.cli.asking import Asking, asks
from clawctl.cli.complete import live_ids
from clawctl.cli.handset import obeyed, tell
from clawctl.cli.steering import live_call


@click.command("hangup")
@click.argument("sid", metavar="[CALL]", required=False, shell_complete=live_ids)
@asks
def command(ask: Asking, sid: str | None) -> None:
    """End CALL now; without one, the live call in which something happened last, or the one that is
    being dialled.

    CALL is an id, the beginning of one, or '_active'. The session ends whatever the phone does; the
    answer says what that is.
    """
    asked = {} if sid is None else {"session_id": live_call(ask, sid)}
    told = obeyed(tell(ask, "/api/call/hangup", asked))
    # None while nobody has answered yet.
    session_id, detail = told.get("session_id", ""), told["detail"]
    about = f"{session_id[:12]}: {detail}." if session_id else f"{detail[:1].upper()}{detail[1:]}."
    ask.output.event("hung_up", about, session_id=session_id, detail=detail)
