"""clawctl status: how the running gateway is."""

from typing import Any

import click

from clawctl.cli.asking import Asking, asks


@click.command("status")
@asks
def command(ask: Asking) -> None:
    """Tell how the running gateway is; exit 3 if there is none."""
    status = ask.gateway.get("/api/status")
    if ask.output.as_json:
        ask.output.data(status)
        return
    for line in _lines(ask.url, status):
        ask.output.line(line)


def _lines(url: str, status: dict[str, Any]) -> list[str]:
    lines = [
        f"Gateway   {url}, up for {_span(status['uptime_s'])}",
        f"Calls     {status['active_sessions']} live, {status['total_calls']} since the start",
        f"Errors    {status['error_count']}",
    ]
    for stage, engines in status["engines"].items():
        chosen = [f"{one['name']} ({one['state']})" for one in engines if one["chosen"]]
        lines.append(f"{stage:9} {', '.join(chosen) or 'none'}")
    return lines


def _span(seconds: float) -> str:
    hours, minutes = divmod(int(seconds) // 60, 60)
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
