"""clawctl latency: how long callers wait, and for whom."""

import click

from clawctl.cli.asking import Asking, asks
from clawctl.cli.when import WHEN

# What a span is, in a word or two.
TOLD = {
    "hear": "until the words were known",
    "think": "until the model's first word",
    "write": "until its first sentence",
    "speak": "until that was sound",
    "send": "until all was said",
    "record": "until it was written down",
    "silence": "what the caller waited for",
    "turn": "from end to end",
}


@click.command("latency")
@click.option("--since", type=WHEN, help="Of turns since: 2h, 3d, today, 2026-11-20 …")
@click.option(
    "--limit",
    type=click.IntRange(1, 100_000),
    default=1000,
    show_default=True,
    help="The newest so many turns.",
)
@asks
def command(ask: Asking, since: float | None, limit: int) -> None:
    """Tell how long turns took, in ms: half of them, 19 of 20, and 99 of 100 took at the most.

    Of each stage by engine, of the silence that callers heard, and of whole turns.
    """
    told = ask.gateway.get("/api/latency", {"limit": limit, **({"since": since} if since else {})})
    if ask.output.as_json:
        ask.output.data(told)
        return
    ask.output.rows(
        [
            (
                one["span"],
                one["engine"],
                str(one["turns"]),
                *(f"{one[column]:,.0f}" for column in ("p50", "p95", "p99")),
                TOLD[one["span"]],
            )
            for one in told["spans"]
        ],
        ("SPAN", "ENGINE", "TURNS", "P50", "P95", "P99", ""),
    )
    if not told["spans"]:
        ask.output.note("No turn with a caller's words" + (" since then." if since else " yet."))
