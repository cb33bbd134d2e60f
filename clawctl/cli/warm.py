"""clawctl warm: make a running gateway ready for its next call."""

from typing import Any

import click

from clawctl.cli.asking import Asking, asks
from clawctl.cli.output import Output

# Opening a large model from a slow disk; the gateway itself bounds each engine.
PATIENCE_S = 300.0


@click.command("warm")
@asks
def command(ask: Asking) -> int:
    """Open every chosen engine of the running gateway and prove each by a round trip.

    What a voice says is put to a recogniser, and how many of the words come back is told. Exit 1 if
    an engine failed; one that is only hard to understand has not. Engines that are warm already are
    proven again.
    """
    output, ok = ask.output, False
    try:
        output.progress("Warming up …")
        with ask.gateway.lines("/api/warm", {}, patience_s=PATIENCE_S) as lines:
            for line in lines:
                output.progress("")
                if line["event"] == "done":
                    ok = line["ok"]
                    continue
                tell_line(output, line)
                seconds = f"{line['seconds']} s" if line["event"] == "warming" else ""
                output.progress(f"Warming up … {seconds}")
    finally:
        output.progress("")
    output.event(
        "done", "Ready for calls." if ok else "An engine failed; see 'clawctl doctor'.", ok=ok
    )
    return 0 if ok else 1


def tell_line(output: Output, line: dict[str, Any]) -> None:
    """One line of the answer; those that only say that it goes on are passed over."""
    from msgspec import convert

    from clawctl.cli.warmed import tell
    from clawctl.engines.chain import Warmed
    from clawctl.engines.round_trip import RoundTrip

    if line["event"] == "warmed":
        tell(output, line["stage"], convert(line, Warmed))
    elif line["event"] == "round_trip":
        tell(output, line["stage"], convert(line, RoundTrip))
