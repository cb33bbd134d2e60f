"""Text fit for a terminal: without what would steer it, cut to its width, in columns."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime

# A column narrower than this tells nothing; one wider, but the last, leaves no room to the others.
NARROWEST, WIDEST = 8, 40
GAP = "  "
# Those of `output.STYLES`, and none that hides what follows.
_OUR_COLOURS = re.compile(r"(\x1b\[(?:0|1|2|31|32)m)")


def harmless(text: str) -> str:
    """What a caller said cannot move the cursor, set the title or turn the writing around.

    Control and format characters are shown as what they are; white space is folded.
    """
    shown = (c if c.isprintable() or c == " " else _named(c) for c in text)
    return "".join(shown).strip()


def escaped(text: str) -> str:
    """What would steer a terminal as JSON writes it in a string; lines stay lines."""
    return "".join(c if c.isprintable() or c == "\n" else _in_json(c) for c in text)


def painted(text: str) -> str:
    """The same for a text that is styled already: our colours stay."""
    return "".join(
        part if _OUR_COLOURS.fullmatch(part) else escaped(part) for part in _OUR_COLOURS.split(text)
    )


def _in_json(c: str) -> str:
    units = c.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _named(c: str) -> str:
    return " " if c in "\t\n\r" else f"\\x{ord(c):02x}"


def width(text: str) -> int:
    """Columns a text takes."""
    return sum(_columns(c) for c in text)


def _columns(c: str) -> int:
    if unicodedata.combining(c) or unicodedata.category(c) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(c) in {"W", "F"} else 1


def clip(text: str, columns: int) -> str:
    """At most so many columns; an ellipsis stands for what was left out."""
    if width(text) <= columns:
        return text
    kept, room = "", columns - 1
    for c in text:
        room -= _columns(c)
        if room < 0:
            break
        kept += c
    return kept + "…"


def columns(rows: Sequence[Sequence[str]], across: int) -> list[str]:
    """Rows as lines of aligned columns; the last column takes, and gives, what there is."""
    if not rows:
        return []
    clean = [[harmless(cell) for cell in row] for row in rows]
    widths = [min(WIDEST, max(map(width, column))) for column in zip(*clean, strict=True)]
    widths[-1] = max(width(row[-1]) for row in clean)
    before = sum(widths[:-1]) + len(GAP) * (len(widths) - 1)
    widths[-1] = max(NARROWEST, min(widths[-1], across - before))
    return [GAP.join(_padded(row, widths)).rstrip() for row in clean]


def _padded(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    cells = [clip(cell, most) for cell, most in zip(row, widths, strict=True)]
    return [cell + " " * (most - width(cell)) for cell, most in zip(cells, widths, strict=True)]


def local(at: float) -> str:
    """Seconds since the epoch as local time, "2026-11-20 14:00:05"."""
    return datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def span(seconds: float) -> str:
    """How long something took, "2 min 5 s"."""
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
