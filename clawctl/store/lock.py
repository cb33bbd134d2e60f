"""One gateway to a data directory: a lock the kernel lets go of, however the gateway ends."""

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

from clawctl.errors import CannotStart


@dataclass(frozen=True, slots=True)
class Holder:
    """The gateway that runs on a data directory; the URLs are "" until its doors are open."""

    pid: int
    url: str = ""
    phone_url: str = ""


def holder(data_dir: Path) -> Holder | None:
    """Who runs on a data directory, None if nobody does."""
    try:
        seen = os.open(data_dir / "lock", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(seen, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _holder(os.read(seen, 1000).decode("ascii", "replace").split())
    finally:
        os.close(seen)
    return None


def tell_where(data_dir: Path, url: str, phone_url: str) -> None:
    """Said by the gateway that holds the lock, once its doors are open."""
    text = f"{os.getpid()}\n{url}\n{phone_url}\n".encode("ascii")
    with (data_dir / "lock").open("r+b") as file:
        file.write(text)
        file.truncate()


def _holder(words: list[str]) -> Holder | None:
    if not words or not words[0].isdecimal():
        return None
    return Holder(int(words[0]), *words[1:3])


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
        pid = os.read(held, 20).decode("ascii", "replace").partition("\n")[0] or "unknown"
        raise CannotStart(
            f"another gateway (pid {pid}) uses {data_dir}; stop it, or give this one a data_dir of"
            " its own"
        ) from None
    os.ftruncate(held, 0)
    os.write(held, f"{os.getpid()}\n".encode())
