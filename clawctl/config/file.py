"""The file settings are kept in: YAML, or JSON as the manuals have it; read whole, saved whole."""

import errno
import os
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from clawctl.config import json_text
from clawctl.errors import BadSettings, ClawError, Conflict

# Nobody writes a megabyte of settings; somebody may name the wrong file.
MOST_BYTES = 1_000_000
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


@dataclass(frozen=True, slots=True)
class Contents:
    """What stands in a file: unchecked values, and the line of each key where that is known."""

    values: Mapping[str, Any] = field(default_factory=dict, repr=False)
    lines: Mapping[str, int] = field(default_factory=dict)


def read(path: Path) -> Contents | None:
    """None when there is no such file. Null counts as not set, so it is left out."""
    text = _text(path)
    if text is None:
        return None
    try:
        values, lines = _format(path).read(text)
    except BadSettings as error:
        raise BadSettings(error.faults, str(path)) from None
    return Contents({key: value for key, value in values.items() if value is not None}, lines)


def save(path: Path, changes: Mapping[str, Any]) -> None:
    """Write some values into the file and leave the rest of it alone; None takes a value back.

    Raises Conflict when the file does not allow it, ClawError when that failed otherwise; then it
    is as it was.
    """
    try:
        text = _format(path).edited(_text(path) or "", changes)
    except BadSettings as error:
        raise Conflict(f"{path} was edited and cannot be read any more: {error}") from None
    except ClawError as error:
        raise ClawError(f"{path} cannot be saved: {error}; change it by hand") from None
    # A lone surrogate is written as JSON escapes it.
    write(path, text.encode("utf-8", "backslashreplace"))


def write(path: Path, data: bytes) -> None:
    """Replace a file whole: a crash leaves the old one or the new one. A new one is private."""
    try:
        target = path.resolve()
        _refuse_read_only(target)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _replace(target, data)
    except (OSError, RuntimeError) as error:
        kind = Conflict if getattr(error, "errno", None) in _FORBIDDEN else ClawError
        raise kind(f"{path} cannot be saved: {_reason(error)}; it is as it was") from error


class Format(Protocol):
    """A way of writing settings: `yaml_text` or `json_text`."""

    def read(self, text: str) -> tuple[dict[str, Any], dict[str, int]]: ...
    def edited(self, text: str, changes: Mapping[str, Any]) -> str: ...


def _format(path: Path) -> Format:
    if path.suffix == ".json":
        return json_text
    from clawctl.config import yaml_text  # noqa: PLC0415 - ruamel takes 50 ms; JSON and no file need none of it

    return yaml_text


def _text(path: Path) -> str | None:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise BadSettings(["is not a file"], str(path))
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BadSettings([f"cannot be read: {_reason(error)}"], str(path)) from None
    if len(data) > MOST_BYTES:
        raise BadSettings(["is too long to hold settings"], str(path))
    return _decoded(path, data)


def _decoded(path: Path, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadSettings([f"line {line}: not UTF-8"], str(path)) from None


def _replace(target: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            _keep_owner_and_mode(target, handle)
            file.write(data)
            file.flush()
            os.fsync(handle)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_directory(target.parent)


def _refuse_read_only(target: Path) -> None:
    """A file can be replaced without the right to write it; its owner meant it to stay."""
    with suppress(FileNotFoundError):
        if not target.stat().st_mode & stat.S_IWUSR:
            raise PermissionError(errno.EACCES, "it is read-only")


def _keep_owner_and_mode(target: Path, handle: int) -> None:
    with suppress(FileNotFoundError):
        old = target.stat()
        os.fchmod(handle, stat.S_IMODE(old.st_mode))
        with suppress(PermissionError):
            os.fchown(handle, old.st_uid, old.st_gid)


def _sync_directory(directory: Path) -> None:
    """So that the new name survives a power cut; some file systems cannot, and need not."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        with suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
