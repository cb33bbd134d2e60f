"""The gateway's event loop while the embedded recogniser decodes and the voice speaks."""

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from importlib.resources import files

from benchmarks.child import open_child
from benchmarks.phone import Phone
from benchmarks.table import Figure, show
from clawctl.testing.gateway import BEARER
from clawctl.testing.handset_form import TurnFields

PHONES = 4
SECONDS = 20.0
MOST_MS = 20.0
# Where other work keeps even an empty loop waiting for longer, ours may wait so much more.
MOST_RATIO = 1.5

DEMO = files("clawctl.testing") / "data" / "demo"
SPOKEN = ("1-hello", "2-name", "3-message", "4-number", "5-correction", "6-yes", "7-goodbye")


def measure(seconds: float = SECONDS) -> bool:
    """Whether the limit was kept; an empty loop in a process of its own runs at the same time."""
    with (
        tempfile.TemporaryDirectory() as data_dir,
        open_child("gateway", data_dir, "{}", "embedded") as gateway,
        open_child("gaps") as control,
    ):
        gateway.ask("watch")
        control.ask("watch")
        took_ms = _talk(gateway.hello["phone_url"], seconds)
        ours, empty = gateway.ask("watched"), control.ask("watched")
    most_ms = max(MOST_MS, MOST_RATIO * empty["p99.9_ms"])
    return show(
        f"{PHONES} calls at once with the embedded engines, {seconds:g} s",
        [
            Figure("turn", took_ms, "ms"),
            Figure("gateway's loop, gap at p99.9", [ours["p99.9_ms"]], "ms", most_ms),
            Figure("gateway's loop, worst gap", [ours["worst_ms"]], "ms"),
            Figure("empty loop beside it, gap at p99.9", [empty["p99.9_ms"]], "ms"),
            Figure("empty loop beside it, worst gap", [empty["worst_ms"]], "ms"),
        ],
    )


def _talk(url: str, seconds: float) -> list[float]:
    """Milliseconds of every turn that some callers make in this time."""
    until = time.monotonic() + seconds
    with ThreadPoolExecutor(PHONES) as threads:
        calls = threads.map(lambda number: _call(url, number, until), range(PHONES))
        return [took_ms for call in calls for took_ms in call]


def _call(url: str, number: int, until: float) -> list[float]:
    took_ms: list[float] = []
    with closing(Phone(url, BEARER, number)) as phone:
        while time.monotonic() < until:
            wav = (DEMO / f"{SPOKEN[len(took_ms) % len(SPOKEN)]}.wav").read_bytes()
            request = phone.request(TurnFields(session_id=f"engines-{number}"), wav)
            began = time.perf_counter()
            reply = phone.turn(request)
            took_ms.append((time.perf_counter() - began) * 1000)
            if reply.status != 200 or reply.fields().get("degraded"):
                raise RuntimeError(f"answered {reply.status}: {reply.body[:300]!r}")
    return took_ms
