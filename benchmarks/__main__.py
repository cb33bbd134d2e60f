"""Every figure in one run (`make bench`), or those that are named."""

import argparse
import os
import platform
import sys
from collections.abc import Callable

from benchmarks import engines, sessions, startup, turns
from benchmarks.table import tell

MEASURES: dict[str, Callable[[], bool]] = {
    "startup": startup.measure,
    "turns": turns.measure,
    "sessions": sessions.measure,
    "engines": engines.measure,
}


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    options.add_argument("what", nargs="*", choices=MEASURES)
    chosen = options.parse_args().what or MEASURES
    load = "/".join(f"{one:.1f}" for one in os.getloadavg())
    tell(f"Python {platform.python_version()}, {os.cpu_count()} processors, load {load}")
    kept = [MEASURES[name]() for name in chosen]
    sys.exit(0 if all(kept) else 1)


if __name__ == "__main__":
    main()
