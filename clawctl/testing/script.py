"""A caller's script: one step a line, `what: value`.

    # What the caller says, in order. A line that begins with # is left out.
    say: Hello, I would like to leave a message.
    expect: (?i)name
    pause: 2
    wav: name.wav

`say` is spoken by a synthetic voice, `wav` is a recording (a path beside the script). `pause` is
how many seconds the caller is quiet before the next one; after the last one it keeps the line
open, and `inf` waits until the phone hangs up. `expect` is a regular expression that the reply to
the words above must contain.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from clawctl.errors import BadInput
from clawctl.testing.caller import DEFAULT_PAUSE_S

# Longer than any call; a pause of more is a slip of the pen, `inf` apart.
MOST_PAUSE_S = 3600.0


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to be said: words for a voice, or the path of a recording."""

    words: str = ""
    wav: Path | None = None
    pause_s: float = DEFAULT_PAUSE_S
    expect: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Script:
    steps: tuple[Step, ...]
    lingers_s: float = 0.0


def read(path: Path) -> Script:
    """Raises BadInput: unreadable, or every faulty line with its number."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise BadInput(f"the script {path} cannot be read: {why}") from None
    return parse(text, path)


def parse(text: str, path: Path) -> Script:
    """`path` is where it came from: recordings are looked for beside it."""
    reading, faults = _Reading(path.parent), []
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            reading.line(line.strip())
        except ValueError as fault:
            faults.append(f"{path}:{number}: {fault}")
    if not faults and not reading.steps:
        faults.append(f"{path}: nobody says anything; begin with 'say: Hello.'")
    if faults:
        raise BadInput("\n".join(faults))
    return Script(tuple(reading.steps), reading.pause_s or 0.0)


class _Reading:
    def __init__(self, beside: Path) -> None:
        self._beside = beside
        self.steps: list[Step] = []
        self.pause_s: float | None = None

    def line(self, line: str) -> None:
        """Raises ValueError with what is wrong."""
        if not line or line.startswith("#"):
            return
        name, colon, value = line.partition(":")
        if not colon or name.strip() not in STEPS:
            raise ValueError(f"{line[:40]!r} is no step; those are {', '.join(STEPS)}")
        if not value.strip():
            raise ValueError(f"'{name.strip()}:' needs something after it")
        STEPS[name.strip()](self, value.strip())

    def say(self, words: str) -> None:
        self._add(Step(words=words))

    def wav(self, name: str) -> None:
        self._add(Step(wav=self._beside / name))

    def pause(self, seconds: str) -> None:
        try:
            pause_s = float(seconds)
        except ValueError:
            raise ValueError(f"{seconds!r} is no number of seconds") from None
        if not (0 <= pause_s <= MOST_PAUSE_S or pause_s == math.inf):
            raise ValueError(f"a pause lasts from 0 to {MOST_PAUSE_S:g} s, or inf")
        self.pause_s = (self.pause_s or 0.0) + pause_s

    def expect(self, pattern: str) -> None:
        if not self.steps:
            raise ValueError("'expect:' belongs under what the caller says")
        if self.steps[-1].expect is not None:
            raise ValueError("there is an 'expect:' already; join them with |")
        try:
            compiled = re.compile(pattern)
        except re.error as error:
            raise ValueError(f"{pattern!r} is no regular expression: {error}") from None
        self.steps[-1] = replace(self.steps[-1], expect=compiled)

    def _add(self, step: Step) -> None:
        if self.pause_s is not None:
            step = replace(step, pause_s=self.pause_s)
        self.steps.append(step)
        self.pause_s = None


STEPS: dict[str, Callable[[_Reading, str], None]] = {
    "say": _Reading.say,
    "wav": _Reading.wav,
    "pause": _Reading.pause,
    "expect": _Reading.expect,
}
