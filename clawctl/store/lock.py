"""One gateway to a data directory: a lock the kernel lets go of, however the gateway ends."""

import fcntl
import os
from pathlib import Path

from clawctl.errors import CannotStart


def lock(data_dir: Path) -> int:
    """The descriptor that holds the lock until it is closed; the file stays and means nothing."""
    held = os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _claim(held, data_dir)
    except BaseException:
        os.close(held)
        raise
    return held


def _claim(held: int, data_dir: Path) -> None:
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pid = os.read(held, 20).decode("ascii", "replace").strip() or "unknown"
        raise CannotStart(
            f"another gateway (pid {pid}) uses {data_dir}; stop it, or give this one a data_dir of"
            " its own"
        ) from None
    os.ftruncate(held, 0)
    os.write(held, f"{os.getpid()}\n".encode())
