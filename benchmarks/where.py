"""Where a turn's time goes: the event loop's stack, looked at again and again while it is busy."""

import signal
import sqlite3
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from types import FrameType

from benchmarks.child import Child
from benchmarks.table import Figure, show

# Of processor time; the kernel may make it four.
EVERY_S = 0.001
TURNS = 1500
COMMITS = 200

# The innermost frame that bears one of these names says what is being done; the event loop works
# for whoever called it.
PARTS = (
    ("waiting, and the store's thread", ("_io_epoll.py", "_io_kqueue.py")),
    ("the recording's digest", ("form.py:_digest",)),
    ("the multipart form", ("multipart.py", "phone/form.py")),
    ("JSON and base64 of the answer", ("phone/answers.py", "wire/rest.py")),
    ("WAV and samples", ("clawctl/audio/",)),
    ("log lines", ("structlog/", "clawctl/log.py")),
    ("the store, on the loop", ("clawctl/store/",)),
    ("events", ("clawctl/bus.py", "clawctl/wire/events.py", "web/status.py")),
    (
        "sentences, speakable text",
        ("engines/sentences.py", "engines/speakable.py", "engines/spoken"),
    ),
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


def show_where(gateway: Child, phones: Child, data_dir: Path) -> None:
    """A table of one phone's turns: processor time by part, and the disk."""
    gateway.ask("sample")
    busy_s = gateway.busy_s()
    phones.ask("block", url=gateway.hello["phone_url"], phones=1, turns=TURNS)
    busy_us = (gateway.busy_s() - busy_s) / TURNS * 1e6
    seen: dict[str, int] = gateway.ask("sampled")
    whole = sum(seen.values())
    parts = sorted(seen.items(), key=lambda one: -one[1])
    show(
        f"Where {busy_us:,.0f} µs of processor time a turn go ({whole} samples)",
        [Figure(part, [count / whole * busy_us], "µs") for part, count in parts]
        + [Figure("beside it, a commit of one row on this disk", commits_us(data_dir), "µs")],
    )


def commits_us(data_dir: Path) -> list[float]:
    """How long the disk takes for one row, as the store commits it."""
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
