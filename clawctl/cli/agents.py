"""clawctl agents: the programs and operators that steer calls."""

import click

from clawctl.cli.asking import Asking, asks


@click.command("agents")
@asks
def command(ask: Asking) -> None:
    """List who is connected to steer calls, and the calls they took over; as JSON one a line."""
    found = ask.gateway.get("/api/status")["agents"]
    if ask.output.as_json:
        for one in found:
            ask.output.data(one)
        return
    rows = [
        (one["name"], one["role"], ", ".join(sid[:12] for sid in one["sessions"])) for one in found
    ]
    ask.output.rows(rows, ("AGENT", "ROLE", "HOLDS"))
    if not rows:
        ask.output.note("No agent is connected.")
