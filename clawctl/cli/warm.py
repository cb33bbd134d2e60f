"""clawctl warm: make a running gateway ready for its next call."""

import click

from clawctl.cli.asking import Asking, asks

# Opening a large model from a slow disk; the gateway itself bounds each engine.
PATIENCE_S = 300.0


@click.command("warm")
@asks
def command(ask: Asking) -> int:
    """Open every chosen engine of the running gateway and prove each by a round trip.

    Exit 1 if one of them failed. Engines that are warm already are proven again.
    """
    output, ok = ask.output, False
    try:
        output.progress("Warming up …")
        with ask.gateway.lines("/api/warm", {}, patience_s=PATIENCE_S) as lines:
            for line in lines:
                output.progress("")
                if line["event"] == "warmed":
                    _tell(ask, line)
                    output.progress("Warming up …")
                elif line["event"] == "done":
                    ok = line["ok"]
    finally:
        output.progress("")
    output.event(
        "done", "Ready for calls." if ok else "An engine failed; see 'clawctl doctor'.", ok=ok
    )
    return 0 if ok else 1


def _tell(ask: Asking, line: dict[str, object]) -> None:
    from clawctl.cli.terminal import harmless

    failure = harmless(str(line["failure"]))
    ending = f"failed: {failure}" if failure else f"ready in {line['ms']:.0f} ms"
    text = f"{line['stage']:5} {line['engine']:14} {ending}"
    fields = {name: value for name, value in line.items() if name != "event"}
    ask.output.event("warmed", ask.output.styled(text, "bad" if failure else ""), **fields)
