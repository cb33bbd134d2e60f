"""clawctl engines: who hears, thinks and speaks here, and who could."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clawctl.cli.asking import Asking, asks

if TYPE_CHECKING:
    from clawctl.plugins import Found

STAGES = {"stt": "hears", "llm": "thinks", "tts": "speaks"}


@click.command("engines")
@asks
def command(ask: Asking) -> None:
    """Tell which engines there are, which are used and why, and how to get better ones.

    Works without a gateway; beside a running one it tells their state.
    """
    from clawctl.plugins import find

    found = find()
    states, running = _states(ask, found)
    offers = _offers(found)
    for stage, verb in STAGES.items():
        ask.output.line(f"{verb.capitalize()} ({stage}_engine)", "loud")
        of_stage = [(one, offers.get((stage, one["name"]), {})) for s, one in states if s == stage]
        better = _better(of_stage)
        for one, offer in of_stage if ask.output.as_json else ():
            fields = {"stage": stage, **one, **offer}
            ask.output.data(fields | {"better": one["name"] in better})
        ask.output.rows([] if ask.output.as_json else [_row(*pair) for pair in of_stage])
        for name, why in better.items():
            ask.output.line(f"  Better: {name}, but {why}")
    if not running:
        ask.output.note("No gateway runs: this is what one would use with the settings here.")
    for name, why in found.broken.items():
        ask.output.note(f"The plugin {name} is left out: {why}")


def _states(ask: Asking, found: "Found") -> tuple[list[tuple[str, dict[str, Any]]], bool]:
    """Every engine of every stage, and whether a gateway told so."""
    from clawctl.errors import Unreachable

    try:
        told, running = ask.gateway.get("/api/status")["engines"], True
    except Unreachable:
        told, running = _would_be(ask.path, found), False
    return [(stage, one) for stage in STAGES for one in told[stage]], running


def _would_be(path: Path | None, found: "Found") -> dict[str, list[dict[str, Any]]]:
    """The choice of a gateway that is not there; nothing is opened, nothing is made."""
    import msgspec
    import trio

    from clawctl.config.live import Live
    from clawctl.config.load import load
    from clawctl.gateway import open_engines
    from clawctl.plugins import sections

    async def look() -> dict[str, list[dict[str, Any]]]:
        async with open_engines(live, found) as engines:
            chains = engines.by_stage().items()
            return {stage: msgspec.to_builtins(chain.states()) for stage, chain in chains}

    live = Live(load(path, plugins=sections(found)))
    return trio.run(look)


def _offers(found: "Found") -> dict[tuple[str, str], dict[str, Any]]:
    """What each engine says of itself, and what it lacks."""
    return {
        (stage, name): {
            "about": offer.about,
            "plugin": plugin.name,
            "rank": offer.rank,
            "missing": offer.missing(),
        }
        for plugin in found.plugins
        for stage, offers in (("stt", plugin.stt), ("llm", plugin.llm), ("tts", plugin.tts))
        for name, offer in offers.items()
    }


def _better(of_stage: Sequence[tuple[dict[str, Any], dict[str, Any]]]) -> dict[str, str]:
    """Those that "auto" would prefer to what is used if they could work; and what they lack."""
    from clawctl.cli.terminal import harmless
    from clawctl.engines.choice import preferable

    ranks = {one["name"]: offer["rank"] for one, offer in of_stage if offer}
    used = [one["name"] for one, _ in of_stage if one["chosen"] and one["state"] != "absent"]
    lacking = {one["name"]: harmless(one["why"]) for one, _ in of_stage if one["state"] == "absent"}
    return {name: lacking[name] for name in preferable(ranks, used, lacking)}


def _row(one: dict[str, Any], offer: dict[str, Any]) -> tuple[str, ...]:
    mark = "*" if one["chosen"] else " "
    langs = ", ".join(one["langs"])
    about = f"{one['why']}; {offer['about']}" if offer else one["why"]
    return f"{mark} {one['name']}", one["state"], langs, about
