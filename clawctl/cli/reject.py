"""clawctl reject: have the phone turn the call away that rings."""

import click

from clawctl.cli.asking import Asking, asks
from clawctl.cli.handset import obeyed, tell


@click.command("reject")
@asks
def command(ask: Asking) -> None:
    """Have the phone turn the call away that rings; a call that was taken is for 'clawctl hangup'.

    Exit 14 if the phone does not.
    """
    detail = obeyed(tell(ask, "/api/call/reject", {}))["detail"]
    ask.output.event("rejected", f"{detail[:1].upper()}{detail[1:]}.", detail=detail)
