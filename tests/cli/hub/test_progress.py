"""How far a download is, in words."""

import io

import pytest

from clawctl.cli.hub.progress import Progress, readable
from clawctl.cli.output import Output


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (9_949, "9.9 kB"),
        (880_000_000, "880 MB"), (1_613_000_000, "1.6 GB"), (23_000_000_000, "23 GB"),
    ],
)  # fmt: skip
def test_sizes_are_said_as_people_say_them(size: int, said: str) -> None:
    assert readable(size) == said


def progress(total: int, *clock: float) -> Progress:
    return Progress(Output(out=io.StringIO()), total, iter(clock).__next__)


def test_the_speed_is_of_what_came_and_not_of_what_was_there() -> None:
    it = progress(100_000_000, 0, 1, 2)

    it.told("model", 40_000_000)
    it.told("model", 5_000_000)
    it.told("model", 5_000_000)

    assert it.text(2) == (
        "████████████░░░░░░░░░░░░  50%  50 MB of 100 MB  10 MB/s  0:05 left  model"
    )


def test_a_pause_shows_in_the_speed() -> None:
    it = progress(100_000_000, 0, 1, 9)

    it.told("model", 0)
    it.told("model", 50_000_000)
    it.told("model", 1_000)

    assert "10 kB/s" in it.text(9)


def test_what_begins_anew_is_less_than_before() -> None:
    it = progress(10_000_000, 0, 1)

    it.told("model", 5_000_000)
    it.told("model", -5_000_000)

    assert it.text(1) == "░░░░░░░░░░░░░░░░░░░░░░░░   0%  0 bytes of 10 MB  model"


def test_an_empty_model_is_there_at_once() -> None:
    assert "100%" in progress(0).text(0)
