"""How far a download is: a bar on a terminal, a line for each file elsewhere."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from clawctl.cli.output import Output

BAR = 24
# Often enough to move, too seldom to flicker.
EVERY_S = 0.1
# Speed is that of so many seconds, so that a pause shows.
SPEED_OF_S = 5.0


def readable(size: float) -> str:
    """Bytes as people say it: 880 MB, 1.6 GB."""
    for unit, of in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= of:
            return f"{size / of:.1f} {unit}" if size < 10 * of else f"{size / of:.0f} {unit}"
    return f"{size:.0f} bytes"


@dataclass
class Progress:
    """Of `total` bytes; what was there from before counts, but not for the speed."""

    output: Output
    total: int
    clock: Callable[[], float] = time.monotonic
    done: int = 0
    file: str = ""
    _came: list[tuple[float, int]] = field(default_factory=list)
    _drawn_at: float = float("-inf")

    def told(self, file: str, size: int) -> None:
        """Of a file that is begun the first time is what was there."""
        now = self.clock()
        if file != self.file:
            self.file = file
        else:
            self._came.append((now, size))
        self.done += size
        self._came = [one for one in self._came if now - one[0] <= SPEED_OF_S]
        if now - self._drawn_at >= EVERY_S or self.done >= self.total:
            self._drawn_at = now
            self.output.progress(self.text(now))

    def text(self, now: float) -> str:
        share = min(1.0, self.done / self.total) if self.total else 1.0
        full = round(share * BAR)
        bar = "█" * full + "░" * (BAR - full)
        counted = f"{readable(self.done)} of {readable(self.total)}"
        return f"{bar} {share:4.0%}  {counted}{self._pace(now)}  {self.file}"

    def _pace(self, now: float) -> str:
        if not self._came:
            return ""
        speed = sum(size for _, size in self._came) / max(now - self._came[0][0], EVERY_S)
        if speed <= 0:
            return ""
        left_s = (self.total - self.done) / speed
        return f"  {readable(speed)}/s  {left_s // 60:.0f}:{left_s % 60:02.0f} left"
