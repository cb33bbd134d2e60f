"""clawctl hangup: end a live call."""

import click

from clawctl.cli.asking import Asking, asks
from clawctl.cli.complete import live_ids
from clawctl.cli.steering import ACTIVE, live_call


@click.command("hangup")
@click.argument("sid", metavar="[CALL]", required=False, shell_complete=live_ids)
@asks
def command(ask: Asking, sid: str | None) -> None:
    """End CALL now; without one, the live call in which something happened last.

    CALL is an id, the beginning of one, or '_active'. The session ends whatever the phone does; the
    answer says what that is.
    """
    from clawctl.errors import ClawError

    asked = {"session_id": live_call(ask, ACTIVE if sid is None else sid)}
    told = ask.gateway.post("/api/call/hangup", asked)
    if not told["ok"]:
        raise ClawError(told["detail"])
    session_id, detail = told["session_id"], told["detail"]
    ask.output.event(
        "hung_up", f"{session_id[:12]}: {detail}.", session_id=session_id, detail=detail
    )
