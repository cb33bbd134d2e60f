"""Where a turn's time goes: the event loop's stack, looked at again and again while it is busy."""

import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from types import FrameType

from benchmarks.child import Child
from benchmarks.table import tell

# Of processor time; the kernel may make it four.
EVERY_S = 0.001
TURNS = 1500
COMMITS = 200

# The innermost frame that bears one of these names says what is being done; the event loop works
# for whoever called it.
PARTS = (
    ("waiting, and the store's thread", ("_io_epoll.py", "_io_kqueue.py")),
    ("the recording's digest", ("form.py:_digest",)),
    (
        "the multipart form",
        ("multipart.py", "phone/form.py", "formparser.py", "quart_trio/formparser"),
    ),
    ("JSON and base64 of the answer", ("phone/answers.py", "wire/rest.py")),
    ("WAV and samples", ("clawctl/audio/",)),
    ("log lines", ("structlog/", "clawctl/log.py")),
    ("the store, on the loop", ("clawctl/store/",)),
    ("events", ("clawctl/bus.py", "clawctl/wire/events.py", "web/status.py")),
    (
        "sentences, speakable text",
        ("engines/sentences.py", "engines/speakable.py", "engines/spoken"),
    ),
    ("requests to servers of engines", ("/httpx2/", "/httpcore2/", "clawctl_plugins/openai/")),
    ("engine chains", ("clawctl/engines/",)),
    ("the fakes in place of engines", ("clawctl/testing/",)),
    ("shared work, repeats", ("call/shared.py",)),
    ("call, session, turn", ("clawctl/call/",)),
    ("our doors and routes", ("clawctl/door/", "clawctl/lines/", "clawctl/config/")),
    ("HTTP: hypercorn, h11", ("/hypercorn/", "/h11/")),
    ("web framework: quart, werkzeug", ("/quart/", "/quart_trio/", "/werkzeug/", "/flask/")),
)
NOBODY = "the event loop, between tasks"


class Sampler:
    """Counts what the process was doing while it was busy."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def start(self) -> None:
        self._seen.clear()
        signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, EVERY_S, EVERY_S)

    def stop(self) -> dict[str, int]:
        signal.setitimer(signal.ITIMER_PROF, 0)
        return dict(self._seen)

    def _look(self, _: int, frame: FrameType | None) -> None:
        part = ""
        while frame is not None and not part:
            part = part_of(f"{frame.f_code.co_filename}:{frame.f_code.co_name}")
            frame = frame.f_back
        self._seen[part or NOBODY] += 1


def part_of(place: str) -> str:
    """What a function is there for; "" if that is for whoever called it to say."""
    for part, names in PARTS:
        if any(name in place for name in names):
            return part
    return ""


def show_where(doors: Mapping[Child, str], phones: Child) -> None:
    """A table of one phone's turns: microseconds of processor time by part, a column a door."""
    spent = [_spent(child, url, phones) for child, url in doors.items()]
    whole = [sum(parts.values()) for parts in spent]
    tell(f"\nWhere a turn's processor time goes, µs{'':9}{'gateway':>10}{'bare':>10}{'more':>10}")
    for part in sorted(set().union(*spent), key=lambda name: -spent[0].get(name, 0)):
        tell(_line(part, [parts.get(part, 0) for parts in spent]))
    tell(_line("all of it", whole))


def _spent(child: Child, url: str, phones: Child) -> dict[str, float]:
    """Microseconds a turn, by part."""
    child.ask("sample")
    busy_s = child.busy_s()
    phones.ask("block", url=url, phones=1, turns=TURNS)
    busy_us = (child.busy_s() - busy_s) * 1e6 / TURNS
    seen: dict[str, int] = child.ask("sampled")
    whole = sum(seen.values())
    return {part: count / whole * busy_us for part, count in seen.items()}


def _line(part: str, spent: Sequence[float]) -> str:
    ours, least = spent
    return f"{part:46}{ours:>10,.0f}{least:>10,.0f}{ours - least:>+10,.0f}"


def commits_us(data_dir: Path) -> list[float]:
    """How long the disk takes for one row, committed as the store does it."""
    with closing(sqlite3.connect(data_dir / "commits.db", isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("CREATE TABLE turns (id INTEGER PRIMARY KEY, reply TEXT)")
        took_us = []
        for _ in range(COMMITS):
            began = time.perf_counter()
            db.execute("INSERT INTO turns (reply) VALUES ('After 8 messages.')")
            took_us.append((time.perf_counter() - began) * 1e6)
    return took_us
