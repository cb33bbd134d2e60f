"""What `clawctl --help` costs beside the least that a program with click can."""

import subprocess
import sys
import time
from pathlib import Path

from benchmarks.table import Figure, show

TIMES = 25
MOST = 1.5

HELP = (str(Path(sys.executable).with_name("clawctl")), "--help")
CLICK = (sys.executable, "-c", "import click")


def measure(times: int = TIMES) -> bool:
    """Both once unmeasured, then in turns; whether the limit was kept."""
    _took_ms(HELP), _took_ms(CLICK)
    pairs = [(_took_ms(CLICK), _took_ms(HELP)) for _ in range(times)]
    click = Figure("python -c 'import click'", [one for one, _ in pairs], "ms")
    help_ = Figure("clawctl --help", [other for _, other in pairs], "ms")
    ratio = Figure("ratio of the medians", [help_.median / click.median], most=MOST)
    return show("Start-up", [click, help_, ratio])


def _took_ms(command: tuple[str, ...]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - began) * 1000
