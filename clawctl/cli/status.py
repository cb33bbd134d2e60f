"""clawctl status: how the running gateway is."""

from pathlib import Path
from typing import Any

import click

from clawctl.cli.output import Output


@click.command("status")
@click.option("--config", "path", type=click.Path(path_type=Path), help="Settings file.")
@click.option("--url", envvar="CLAWCTL_URL", help="Gateway; else the settings tell where it is.")
@click.option("--token", envvar="CLAWCTL_TOKEN", help="Its agent_token, if it has one.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(path: Path | None, url: str | None, token: str | None, as_json: bool) -> None:
    """Tell how the running gateway is; exit 3 if there is none."""
    from clawctl.cli.address import configured_address
    from clawctl.client.rest import RestClient

    output = Output(as_json)
    found = configured_address(path)
    status = RestClient(url or found.url, token or found.agent_token).get("/api/status")
    if output.as_json:
        output.data(status)
        return
    for line in _lines(url or found.url, status):
        output.line(line)


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
