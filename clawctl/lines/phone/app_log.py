"""The app's lines in the phone's log. They hold numbers: nothing of them goes into ours."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from clawctl.call.admission import normalise

IN_CALL, TELECOM = "BridgeInCallService", "AndroidTelecomCtrl"
EXECUTOR, RECEIVER = "CallCommandExecutor", "CallCommandReceiver"
# What tells how calls stand: without the tags that quote what was said in them.
CALLS = f"-s {IN_CALL}:I {TELECOM}:I"
COMMANDS = f"{CALLS} {EXECUTOR}:E {RECEIVER}:E"

_LINE = re.compile(r"^\s*([0-9]{1,12}\.[0-9]{1,9})\s+\d+\s+\d+\s+([A-Z])\s+(\S+?)\s*: (.*)$")
_STATE = re.compile(r"\bstate=(\w+)", re.IGNORECASE)
# Any program on the phone may write such a line: none may take long to look at.
_EXECUTED = re.compile(r"(.+?) command executed\b:?(.*)$", re.IGNORECASE)
_NUMBER = re.compile(r"\+?[0-9*#]{1,20}")


class Line(NamedTuple):
    """`phone_s` is the phone's clock in seconds since the epoch."""

    phone_s: float
    level: str
    tag: str
    text: str

    @property
    def state(self) -> str:
        """The state of a call that the in-call service tells, or ""."""
        found = _STATE.search(self.text) if self.tag == IN_CALL else None
        return found[1].lower() if found else ""

    @property
    def executed(self) -> tuple[str, str]:
        """Which command the app carried out, in its words and small letters, and with what; or two
        empty texts."""
        found = _EXECUTED.match(self.text.strip()) if self.tag == TELECOM else None
        return (found[1].lower(), found[2].strip()) if found else ("", "")


def parsed(raw: bytes) -> Line | None:
    """One line as `logcat -v epoch` writes it; None for its headings and whatever else it says."""
    found = _LINE.match(raw.decode(errors="replace"))
    return Line(float(found[1]), found[2], found[3], found[4]) if found else None


def lines(output: bytes) -> Iterator[Line]:
    return filter(None, map(parsed, output.splitlines()))


def logcat(tags: str, *, since_s: float | None = None, follow: bool = False) -> str:
    """The command that reads the log, from a time by the phone's clock on."""
    end = "" if follow else " -d"
    since = "" if since_s is None else f" -T {whole_ms(since_s):.3f}"
    # Without a time, what was logged before is not news.
    return f"logcat{end} -v epoch{since or follow * ' -T 1'} {tags}"


def whole_ms(seconds: float) -> float:
    """Downwards, as the log has it: the line that is sought may be of this very millisecond."""
    return int(seconds * 1000) / 1000


def number(text: str) -> str:
    """A number as it was dialled, without separators; "" for anything else."""
    bare = normalise(text)
    return bare if _NUMBER.fullmatch(bare) else ""
