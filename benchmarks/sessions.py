"""Twenty thousand calls that nobody ended: what they take, and what a turn costs beside them."""

import tempfile

from benchmarks.child import Child, open_child
from benchmarks.soak import memory_kb
from benchmarks.table import Figure, show
from benchmarks.turns import alternate, ratios
from clawctl.testing.gateway import BEARER

CALLS = 20_000
PHONES = 8
# Memory is looked at after so many; the first ones fill the caches and are not counted.
STEP = 2_000
MOST_RATIO = 1.1
MOST_MB = 10.0
BLOCKS = 40
TURNS = 40
# No call may end by itself meanwhile.
SETTINGS = '{"session_ttl": 86400}'


def measure(calls: int = CALLS, blocks: int = BLOCKS) -> bool:
    """Two gateways in one run, with and without idle calls; whether the limits were kept."""
    with (
        tempfile.TemporaryDirectory() as empty_dir,
        tempfile.TemporaryDirectory() as full_dir,
        open_child("gateway", empty_dir, SETTINGS) as empty,
        open_child("gateway", full_dir, SETTINGS) as full,
        open_child("phones", BEARER) as phones,
    ):
        grown_mb = _fill(full, phones, calls)
        doors = {one: one.hello["phone_url"] for one in (empty, full)}
        series = alternate(phones, doors, 1, TURNS, blocks)
    without, with_ = series[empty], series[full]
    return show(
        f"After {calls:,} calls that nobody ended",
        [
            Figure("memory for each 1,000 of them", grown_mb, "MB", MOST_MB),
            Figure("turn without them, median of a block", without.median_ms, "ms"),
            Figure("turn with them, median of a block", with_.median_ms, "ms"),
            Figure("ratio", ratios(with_.median_ms, without.median_ms), most=MOST_RATIO),
            Figure("processor time of a turn without them", without.busy_ms, "ms"),
            Figure("processor time of a turn with them", with_.busy_ms, "ms"),
        ],
    )


def _fill(gateway: Child, phones: Child, calls: int) -> list[float]:
    """Begin so many calls with a greeting; MB for each thousand."""
    url, grown_mb = gateway.hello["phone_url"], list[float]()
    for _ in range(calls // STEP):
        before = memory_kb(gateway.pid)
        phones.ask("block", url=url, phones=PHONES, turns=STEP // PHONES, act="greet")
        grown_mb.append((memory_kb(gateway.pid) - before) / STEP * 1000 / 1024)
    return grown_mb[1:]
