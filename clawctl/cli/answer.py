"""clawctl answer: have the phone take the call that rings."""

import click

from clawctl.cli.asking import Asking, asks
from clawctl.cli.handset import obeyed, tell


@click.command("answer")
@asks
def command(ask: Asking) -> None:
    """Have the phone take the call that rings: the reply model, or who takes it over, talks to it.

    For calls that call_auto_answer, or a list, leaves ringing. Exit 14 if the phone does not.
    """
    detail = obeyed(tell(ask, "/api/call/answer", {}))["detail"]
    ask.output.event("answered", f"{detail[:1].upper()}{detail[1:]}.", detail=detail)
