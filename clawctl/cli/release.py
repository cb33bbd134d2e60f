"""clawctl release: give a call back to the reply model."""

import click

from clawctl.cli.asking import Asking, asks
from clawctl.cli.steering import active_option, call_argument, one_meant


@click.command("release")
@call_argument
@active_option
@asks
def command(ask: Asking, sid: str | None, active: bool) -> None:
    """End whoever's takeover of CALL there is; the reply model answers again.

    CALL is an id, the beginning of one, or '_active', which is --active. Who held the call is told.
    Exit 5 if nobody did, or there is no such call.
    """
    asked = {"session_id": one_meant(ask, sid, active)}
    session_id = ask.gateway.post("/api/agent/release", asked)["session_id"]
    ask.output.event("released", "Released: the reply model answers.", session_id=session_id)
