"""Moments as people write them."""

from datetime import datetime, timedelta, timezone

import click
import pytest

from clawctl.cli.when import WHEN, moment

ZONE = timezone(timedelta(hours=1))
NOW = datetime(2026, 11, 20, 15, 30, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("text", "before_s"),
    [("30s", 30), ("30m", 1800), ("2h", 7200), ("3 D", 259_200), ("1w", 604_800)],
)
def test_a_span_is_counted_back_from_now(text, before_s):
    assert moment(text, NOW) == NOW.timestamp() - before_s


def test_a_day_begins_at_midnight_where_one_is():
    here = datetime.now().astimezone()
    today = datetime(here.year, here.month, here.day).astimezone()

    assert moment("today", here) == today.timestamp()
    assert moment("Yesterday", here) < today.timestamp()


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-20", datetime(2026, 11, 20)),
        ("2026-11-20 14:00", datetime(2026, 11, 20, 14)),
        ("2026-11-20T14:00:05", datetime(2026, 11, 20, 14, 0, 5)),
    ],
)
def test_without_a_zone_local_time_is_meant(text, at):
    assert moment(text, NOW) == at.astimezone().timestamp()


def test_a_zone_counts():
    assert moment("2026-11-20T14:00:00+01:00", NOW) == NOW.timestamp() - 5400
    assert moment("2026-11-20T13:00:00Z", NOW) == NOW.timestamp() - 5400


@pytest.mark.parametrize(
    "text", ["", "soon", "2h30", "-1h", "2026-13-01", "2026-11-20 25:00", "99:99", "1e9", "٢h ago"]
)
def test_what_is_no_moment_is_refused_with_examples(text):
    with pytest.raises(click.BadParameter, match="such as 30m"):
        WHEN.convert(text, None, None)


def test_a_span_longer_than_history_is_refused():
    with pytest.raises(click.BadParameter, match="before there were"):
        WHEN.convert("999999w", None, None)
