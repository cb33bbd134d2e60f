"""Files that nobody but their owner may read."""

import os
import shlex
import stat
from collections.abc import Iterable
from pathlib import Path

# Whatever others may do with it.
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def readable_by_others(paths: Iterable[Path]) -> list[Path]:
    """Those of the paths that exist and are open to others."""
    return [path for path in paths if _mode(path) & OTHERS]


def closing(paths: Iterable[Path]) -> str:
    """The command that closes them."""
    return f"chmod go= {shlex.join(map(str, paths))}"


def close(paths: Iterable[Path]) -> str:
    """Close those that are ours, and say which."""
    ours = [path for path in readable_by_others(paths) if path.stat().st_uid == os.getuid()]
    for path in ours:
        path.chmod(_mode(path) & ~OTHERS)
    return f"made private: {', '.join(map(str, ours))}" if ours else ""


def _mode(path: Path) -> int:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return 0
