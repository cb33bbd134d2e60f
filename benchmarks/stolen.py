"""What the host takes from a virtual machine: time in which nothing here could run."""

import os
from pathlib import Path
from time import perf_counter

_STAT = Path("/proc/stat")
# Behind "cpu": user, nice, system, idle, iowait, irq, softirq, steal (proc(5)).
_STEAL = 8


class Stolen:
    """From its making on; nothing where the system does not tell."""

    def __init__(self) -> None:
        self._from = perf_counter(), _ticks()

    def percent(self) -> float:
        """Of the time of all processors."""
        began, ticks = self._from
        had = (perf_counter() - began) * (os.cpu_count() or 1) * os.sysconf("SC_CLK_TCK")
        return 100 * (_ticks() - ticks) / had


def _ticks() -> int:
    if not _STAT.exists():
        return 0
    return int(_STAT.read_text().split(maxsplit=_STEAL + 1)[_STEAL])
