"""Moments as people write them: "2h", "yesterday", "2026-11-20 14:00"; and lengths of time."""

import re
from datetime import datetime, timedelta
from typing import Any

import click

EXAMPLES = "such as 30m, 2h, 3d, 2w, today, yesterday, 2026-11-20 or '2026-11-20 14:00'"

_SPAN = re.compile(r"(\d{1,6})\s*(s|m|h|d|w)", re.IGNORECASE)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_DAYS = {"today": 0, "yesterday": 1}


def moment(text: str, now: datetime) -> float:
    """Seconds since the epoch; `now` is local time, and what names no zone is local too.

    Raises ValueError for what is no moment.
    """
    bare = text.strip().lower()
    if span := _SPAN.fullmatch(bare):
        return now.timestamp() - int(span[1]) * _SECONDS[span[2]]
    if bare in _DAYS:
        return _midnight(now - timedelta(days=_DAYS[bare])).timestamp()
    if bare == "now":
        return now.timestamp()
    written = datetime.fromisoformat(text.strip())
    return (written if written.tzinfo else written.astimezone()).timestamp()


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None).astimezone()


class When(click.ParamType[float]):
    """An option's value as seconds since the epoch."""

    name = "when"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        if isinstance(value, float):
            return value
        try:
            found = moment(value, datetime.now().astimezone())
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is no moment; write it {EXAMPLES}", param, ctx)
        if found < 0:
            self.fail(f"{value!r} is before there were telephones like this", param, ctx)
        return found


class Seconds(click.FloatRange):
    """A length of time that may pass while somebody waits for it: a day at the most."""

    def __init__(self) -> None:
        super().__init__(0, 86_400.0)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        found = super().convert(value, param, ctx)
        # Not a number is in no range, and out of none.
        if found != found:  # noqa: PLR0124
            self.fail("nan is no number of seconds", param, ctx)
        return found


WHEN = When()
SECONDS = Seconds()
