"""All figures in one run (`make bench`)."""

import os
import platform
import sys
from collections.abc import Callable

import click

from benchmarks import (
    agents,
    crowd,
    dial,
    engines,
    fanout,
    listeners,
    search,
    sessions,
    silence,
    startup,
    turns,
)
from benchmarks.table import tell

MEASURES: dict[str, Callable[[], bool]] = {
    "startup": startup.measure,
    "turns": turns.measure,
    "sessions": sessions.measure,
    "engines": engines.measure,
    "search": search.measure,
    "listeners": listeners.measure,
    "fanout": fanout.measure,
    "agents": agents.measure,
    "crowd": crowd.measure,
    "stuck": listeners.measure_agents,
    "dial": dial.measure,
    "silence": silence.measure,
    "served": silence.measure_instant,
}


@click.command()
@click.argument("what", nargs=-1, type=click.Choice(list(MEASURES)))
def main(what: tuple[str, ...]) -> None:
    """Measure everything, or WHAT is named; exit code 1 if a limit was not kept."""
    load = "/".join(f"{one:.1f}" for one in os.getloadavg())
    tell(f"Python {platform.python_version()}, {os.cpu_count()} processors, load {load}")
    kept = [MEASURES[name]() for name in what or MEASURES]
    sys.exit(0 if all(kept) else 1)


if __name__ == "__main__":
    main()
