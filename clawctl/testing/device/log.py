"""What the phone has logged, and what `logcat` makes of it."""

import re
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import trio

KEPT = 5000
LEVELS = "VDIWEFS"
BEGINNING = "--------- beginning of main\n"
_OF_DAY = re.compile(r"(\d\d-\d\d \d\d:\d\d:\d\d\.\d+)")


@dataclass(frozen=True, slots=True)
class Line:
    at: float
    pid: int
    level: str
    tag: str
    text: str


class Log:
    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lines: deque[Line] = deque(maxlen=KEPT)
        self._added = 0
        self._news = trio.Event()

    def add(self, tag: str, text: str, *, level: str = "I", pid: int = 1, ago_s: float = 0) -> None:
        """A text of several lines becomes as many."""
        for each in text.splitlines():
            self._lines.append(Line(self._now() - ago_s, pid, level, tag, each))
            self._added += 1
        self._news.set()
        self._news = trio.Event()

    def clear(self) -> None:
        self._lines.clear()

    def all(self) -> list[Line]:
        return list(self._lines)

    def texts(self, *tags: str) -> list[str]:
        """What these tags said, oldest first."""
        return [line.text for line in self._lines if line.tag in tags]

    async def added_after(self, lines: list[Line]) -> AsyncGenerator[Line, None]:
        """These, then those added since this was called, without an end."""
        seen = self._added
        for line in lines:
            yield line
        while True:
            while seen == self._added:
                await self._news.wait()
            fresh = list(self._lines)[-(self._added - seen) :]
            seen = self._added
            for line in fresh:
                yield line


class BadOption(Exception):
    """What logcat says of it."""


@dataclass(slots=True)
class View:
    """The options of a `logcat`: which lines, in which form, and whether to wait for more.

    `now` is the phone's time: a day without a year is one of this year.
    """

    now: float
    form: str = "threadtime"
    epoch: bool = False
    stays: bool = True
    clears: bool = False
    count: int | None = None
    since: float | None = None
    least: str = "V"
    tags: dict[str, str] | None = None

    @classmethod
    def of(cls, arguments: list[str], now: float) -> "View":
        """Raises BadOption."""
        view = cls(now)
        left = iter(arguments)
        for word in left:
            view._take(word, left)
        return view

    def chosen(self, lines: list[Line]) -> list[Line]:
        """Of what was logged already. The count is taken before the tags are looked at."""
        if self.since is not None:
            lines = [line for line in lines if line.at >= self.since]
        if self.count is not None:
            lines = lines[-self.count :] if self.count else []
        return [line for line in lines if self.shows(line)]

    def shows(self, line: Line) -> bool:
        least = (self.tags or {}).get(line.tag, self.least)
        return LEVELS.index(line.level) >= LEVELS.index(least)

    def written(self, line: Line) -> str:
        when = self._when(line.at)
        forms = {
            "threadtime": f"{when} {line.pid:5d} {line.pid:5d} {line.level} {line.tag:<8}: ",
            "time": f"{when} {line.level}/{line.tag:<8}({line.pid:5d}): ",
            "brief": f"{line.level}/{line.tag:<8}({line.pid:5d}): ",
            "tag": f"{line.level}/{line.tag:<8}: ",
            "raw": "",
        }
        return f"{forms[self.form]}{line.text}\n"

    def _when(self, at: float) -> str:
        ms = int(at * 1000)
        if self.epoch:
            return f"{ms // 1000:19d}.{ms % 1000:03d}"
        return time.strftime("%m-%d %H:%M:%S", time.gmtime(ms // 1000)) + f".{ms % 1000:03d}"

    def _take(self, word: str, left: Iterator[str]) -> None:
        flags: dict[str, Callable[[], None]] = {
            "-d": self._once,
            "-c": self._clear,
            "-s": self._silent,
        }
        valued: dict[str, Callable[[str], None]] = {
            "-v": self._in_form,
            "-T": self._from,
            "-t": self._only_from,
            "-b": lambda _: None,
        }
        name = word[:2]
        if word in flags:
            flags[word]()
        elif name in valued:
            value = word[2:] or next(left, None)
            if value is None:
                raise BadOption(f"logcat: option requires an argument -- '{word[1:]}'")
            valued[name](value)
        elif word.startswith("-"):
            raise BadOption(f"logcat: unknown option -- '{word.lstrip('-')}'")
        else:
            self._filter(word)

    def _once(self) -> None:
        self.stays = False

    def _clear(self) -> None:
        self.clears = True

    def _silent(self) -> None:
        self.least = "S"

    def _in_form(self, name: str) -> None:
        if name == "epoch":
            self.epoch = True
        elif name in {"threadtime", "time", "brief", "tag", "raw"}:
            self.form = name
        else:
            raise BadOption(f'logcat: Invalid parameter "{name}" to -v')

    def _only_from(self, value: str) -> None:
        self.stays = False
        self._from(value)

    def _from(self, value: str) -> None:
        if value.isdecimal():
            self.count = int(value)
        elif found := _OF_DAY.fullmatch(value):
            year = time.gmtime(self.now).tm_year
            at = datetime.strptime(f"{year}-{found[1]}+0000", "%Y-%m-%d %H:%M:%S.%f%z")
            self.since = at.timestamp()
        else:
            try:
                self.since = float(value)
            except ValueError:
                raise BadOption(f'logcat: -T "{value}" not in time format') from None

    def _filter(self, word: str) -> None:
        tag, _, level = word.partition(":")
        level = (level or ("V" if tag != "*" else "D")).upper()[0]
        if level not in LEVELS:
            raise BadOption(f"logcat: Invalid filter expression '{word}'")
        if tag == "*":
            self.least = level
        else:
            self.tags = {**(self.tags or {}), tag: level}
