"""The keys by which phones know this computer: the same files as every adb program's."""

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from clawctl.errors import BadInput, NoHandset
from clawctl.lines.phone import adb_wire as wire


def host_keys() -> list[RSAPrivateKey]:
    """Ours first, made where there is none, then those of ADB_VENDOR_KEYS. Blocks.

    Raises NoHandset if ours cannot be had, for then no phone can; of the others, one that cannot be
    read counts for nothing.
    """
    path = Path.home() / ".android" / "adbkey"
    try:
        ours = wire.load_or_make_key(path)
    except BadInput as error:
        raise NoHandset(str(error)) from None
    except OSError as error:
        raise NoHandset(
            f"phones know this computer by a key, which cannot be kept in {path}: {error.strerror}"
        ) from None
    return [ours, *_vendor_keys(os.environ.get("ADB_VENDOR_KEYS", ""))]


def _vendor_keys(places: str) -> list[RSAPrivateKey]:
    keys = []
    for place in map(Path, filter(None, places.split(os.pathsep))):
        for path in sorted(place.glob("*.adb_key")) if place.is_dir() else [place]:
            try:
                keys.append(wire.load_key(path))
            except BadInput:
                continue
    return keys
