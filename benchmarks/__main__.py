"""Every figure in one run: `make bench`."""

import sys

from benchmarks import engines, sessions, startup, turns

MEASURES = (startup.measure, turns.measure, sessions.measure, engines.measure)


if __name__ == "__main__":
    kept = [measure() for measure in MEASURES]
    sys.exit(0 if all(kept) else 1)
