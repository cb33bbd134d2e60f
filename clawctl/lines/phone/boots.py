"""Since which start of a phone it is set up: every restart takes some of that away."""

from pathlib import Path

import msgspec

from clawctl.config import file

# Another text at every start of the phone.
TELL = "cat /proc/sys/kernel/random/boot_id"
FILE_NAME = "phone_boots.json"


def remembered(data_dir: Path, serial: str) -> str:
    """What TELL said then; "" when it was never kept."""
    return _kept(data_dir).get(serial, "")


def remember(data_dir: Path, serial: str, boot: str) -> None:
    """Raises ClawError when it cannot be written."""
    kept = {**_kept(data_dir), serial: boot}
    file.write(data_dir / FILE_NAME, msgspec.json.encode(kept) + b"\n")


def _kept(data_dir: Path) -> dict[str, str]:
    """What somebody spoilt counts as never kept."""
    try:
        return msgspec.json.decode((data_dir / FILE_NAME).read_bytes(), type=dict[str, str])
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return {}
