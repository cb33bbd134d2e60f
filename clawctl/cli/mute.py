"""clawctl mute: keep the phone's own microphone out of the call."""

import click

from clawctl.cli.asking import Asking, asks
from clawctl.cli.handset import obeyed, tell

SWITCH = {"on": True, "off": False}


@click.command("mute")
@click.argument("switch", metavar="[on|off]", type=click.Choice(list(SWITCH)), default="on")
@asks
def command(ask: Asking, switch: str) -> None:
    """Mute the phone in its call, so that nobody hears the room it lies in; 'off' undoes it.

    What the gateway says is heard all the same. The app mutes by itself as long as it answers, and
    undoes an 'off' then. Exit 14 if the phone does not.
    """
    muted = SWITCH[switch]
    detail = obeyed(tell(ask, "/api/call/mute", {"muted": muted}))["detail"]
    ask.output.event("muted", f"{detail[:1].upper()}{detail[1:]}.", muted=muted, detail=detail)
