"""Can calls be kept, and is what was kept whole?"""

import errno
import os
import shlex
import shutil
import tempfile
from pathlib import Path

from clawctl.cli.doctor.check import Check, Group, Verdict, failed, in_thread, ok, skipped, warning
from clawctl.cli.doctor.database import CHECKED_FOR_S, database
from clawctl.cli.doctor.patient import Patient
from clawctl.cli.doctor.private import close, closing, readable_by_others
from clawctl.store.database import FILE_NAME

MB = 1 << 20
ENOUGH_MB, LEAST_MB = 500, 50
# Written and gone again, to learn whether the disk takes it: a quota shows in no other way.
TRIED = b"\0" * (256 << 10)
# From here on somebody should know that nothing is ever deleted.
LARGE_MB = 2_000


def data_dir(patient: Patient) -> Verdict:
    place = patient.data_dir
    if not place.exists():
        above = _existing(place)
        if not (above.is_dir() and os.access(above, os.W_OK | os.X_OK)):
            why = f"{place} is not there and cannot be made: {above} cannot be written"
            return failed(why, patient.change("data_dir"))
        why = f"{place} is not there yet: the first start makes it"
        return warning(why, patient.command("doctor", "--fix"))
    if not place.is_dir():
        return failed(f"{place} is not a directory", patient.change("data_dir"))
    if not os.access(place, os.R_OK | os.W_OK | os.X_OK):
        return failed(f"{place} cannot be written", shlex.join(["chmod", "u+rwx", str(place)]))
    return ok(str(place))


def _make(patient: Patient) -> str:
    if patient.data_dir.exists():
        return ""
    patient.data_dir.mkdir(mode=0o700, parents=True)
    return f"made {patient.data_dir}"


def _kept(place: Path) -> list[Path]:
    """What of ours lies in a data directory; the directory itself may serve others as well."""
    return [place / "bearer_token", *sorted(place.glob(f"{FILE_NAME}*"))]


def private_data(patient: Patient) -> Verdict:
    if not patient.data_dir.exists():
        return skipped("nothing is kept yet")
    if open_ones := readable_by_others(_kept(patient.data_dir)):
        names = ", ".join(path.name for path in open_ones)
        return warning(f"others can read {names}", closing(open_ones))
    return ok("nobody else can read what is in it")


def room(patient: Patient) -> Verdict:
    """On the disk that holds the data, or will."""
    place = _existing(patient.data_dir)
    if error := _refusal(patient.data_dir):
        limited = error.errno == errno.EFBIG
        mend = "ulimit -f unlimited" if limited else _make_room(place)
        return failed(f"{place} takes no more: {error.strerror}", mend)
    return enough(shutil.disk_usage(place).free / MB, place)


def enough(free_mb: float, place: Path) -> Verdict:
    why = f"{free_mb:,.0f} MB are free at {place}"
    if free_mb < LEAST_MB:
        return failed(f"{why}: soon nothing can be stored", _make_room(place))
    if free_mb < ENOUGH_MB:
        return warning(why, _make_room(place))
    return ok(why)


def _make_room(place: Path) -> str:
    return f"du -xh {shlex.quote(str(place))} | sort -h | tail"


def _refusal(place: Path) -> OSError | None:
    """Why something of ordinary size cannot be written; a file without a name leaves no trace."""
    if not place.exists():
        return None
    try:
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(TRIED)
    except OSError as error:
        return error
    return None


def _existing(place: Path) -> Path:
    return next(path for path in (place, *place.parents) if path.exists())


def size(patient: Patient) -> Verdict:
    path, days = patient.data_dir / FILE_NAME, patient.settings.gateway.retention_days
    if not path.exists():
        return skipped("nothing is kept yet")
    size_mb = sum(file.stat().st_size for file in path.parent.glob(f"{FILE_NAME}*")) / MB
    kept = f"calls are kept {days} days" if days else "calls are kept for ever"
    why = f"{size_mb:,.1f} MB; {kept}"
    if size_mb > LARGE_MB and not days:
        return warning(why, patient.set_to("retention_days", "90"))
    return ok(why)


STORE = Group(
    "store",
    (
        Check(name="data_dir", look=in_thread(data_dir), needs=("file",), fix=in_thread(_make)),
        Check(
            name="private_data",
            look=in_thread(private_data),
            needs=("data_dir",),
            fix=in_thread(lambda patient: close(_kept(patient.data_dir))),
        ),
        Check(name="room", look=in_thread(room), needs=("data_dir",)),
        Check(
            name="database",
            look=in_thread(database),
            needs=("data_dir",),
            within_s=CHECKED_FOR_S + 15,
        ),
        Check(name="size", look=in_thread(size), needs=("database",)),
    ),
)
