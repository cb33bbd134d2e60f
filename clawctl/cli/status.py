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
    from clawctl.client.rest import RestClient

    output = Output(as_json)
    settings_url, settings_token = located(path)
    status = RestClient(url or settings_url, token or settings_token).get("/api/status")
    if output.as_json:
        output.data(status)
        return
    for line in _lines(url or settings_url, status):
        output.line(line)


def located(path: Path | None) -> tuple[str, str]:
    """Where the settings say the gateway is, and the token of its control endpoints."""
    from clawctl.config.load import load
    from clawctl.plugins import find, sections

    gateway = load(path, plugins=sections(find())).settings.gateway
    host = f"[{gateway.host}]" if ":" in gateway.host else gateway.host
    return f"http://{host}:{gateway.port}", gateway.agent_token


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
