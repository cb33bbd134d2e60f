"""A turn beside the least that an endpoint can do which takes an upload and keeps a row of it."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.child import Child, open_child
from benchmarks.phone import Phone
from benchmarks.table import Figure, show
from benchmarks.where import commits_us, show_where
from clawctl.testing.gateway import BEARER
from clawctl.testing.handset_form import TurnFields

MOST = 2.5
BLOCKS = 15
# Turns of every phone in a block, by the number of phones.
TURNS = {1: 80, 8: 20}


@dataclass
class Series:
    """Block after block of one door."""

    median_ms: list[float] = field(default_factory=list)
    a_second: list[float] = field(default_factory=list)
    busy_ms: list[float] = field(default_factory=list)


def measure(blocks: int = BLOCKS) -> bool:
    """Whether the limits were kept; TMPDIR says whose disk is written to."""
    with (
        tempfile.TemporaryDirectory() as data_dir,
        open_child("gateway", data_dir, "{}") as gateway,
        open_child("bare", data_dir, str(_size_of_an_answer(gateway))) as bare,
        open_child("phones", BEARER) as phones,
    ):
        doors = {gateway: gateway.hello["phone_url"], bare: bare.hello["url"]}
        kept = [
            _compare(number, alternate(phones, doors, number, turns, blocks), gateway, bare)
            for number, turns in TURNS.items()
        ]
        disk = Figure("commit of one row, alone on this disk", commits_us(Path(data_dir)), "µs")
        show("The disk", [disk])
        show_where(doors, phones)
    return all(kept)


def _size_of_an_answer(gateway: Child) -> int:
    phone = Phone(gateway.hello["phone_url"], BEARER, 0)
    try:
        return len(phone.turn(phone.request(TurnFields())).body)
    finally:
        phone.close()


def alternate(
    phones: Child,
    doors: Mapping[Child, str],
    number: int,
    turns: int,
    blocks: int,
    act: str = "talk",
) -> dict[Child, Series]:
    """Blocks of turns at each door in turn; the first of each only warms up."""
    series = {child: Series() for child in doors}
    for block in range(blocks + 1):
        for child, url in doors.items():
            busy_s = child.busy_s()
            told = phones.ask("block", url=url, phones=number, turns=turns, act=act)
            if block:
                one = series[child]
                one.median_ms.append(told["median_ms"])
                one.a_second.append(told["a_second"])
                one.busy_ms.append((child.busy_s() - busy_s) * 1000 / (number * turns))
    return series


def _compare(number: int, series: Mapping[Child, Series], gateway: Child, bare: Child) -> bool:
    ours, least = series[gateway], series[bare]
    return show(
        f"{number} keep-alive phone{'s' if number > 1 else ''}, a WAV of 3 s, instant engines",
        [
            Figure("bare endpoint, median of a block", least.median_ms, "ms"),
            Figure("gateway, median of a block", ours.median_ms, "ms"),
            Figure("ratio", ratios(ours.median_ms, least.median_ms), most=MOST),
            Figure("bare endpoint, turns a second", least.a_second),
            Figure("gateway, turns a second", ours.a_second),
            Figure("ratio", ratios(least.a_second, ours.a_second), most=MOST),
            Figure("bare endpoint, processor time of a turn", least.busy_ms, "ms"),
            Figure("gateway, processor time of a turn", ours.busy_ms, "ms"),
        ],
    )


def ratios(dividends: list[float], divisors: list[float]) -> list[float]:
    """Neighbours in time, divided."""
    return [a / b for a, b in zip(dividends, divisors, strict=True)]
