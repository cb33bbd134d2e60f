"""Programs for files: as their namesakes of toybox put things."""

import fnmatch
import hashlib
import posixpath
import time
from collections.abc import Callable, Iterator

from clawctl.testing.device.files import DIRECTORY, UIDS, Node, spelled
from clawctl.testing.device.options import options
from clawctl.testing.device.process import FAILED, PIECE_BYTES, Process, Said
from clawctl.testing.device.shell import Program, answering

_NAMES = {0: "root", 2000: "shell", UIDS["app"]: "u0_a234"}
_DISK_KB = 115_000_000
_BLOCK = 1024
# Stands for the name that was given in what is said of it.
_ASKED = "\0"


def each(process: Process, names: list[str], do: Callable[[str], str]) -> Said:
    """What `do` says of every name, and of those that fail why; one failure is the status."""
    out, err = [], []
    for name in names:
        try:
            out.append(do(process.path(name)).replace(_ASKED, name))
        except OSError as error:
            err.append(f"{process.name}: {name}: {error.strerror}\n")
    return Said("".join(out), FAILED if err else 0, "".join(err))


async def cat(process: Process) -> int:
    status = 0
    if not process.arguments:
        while piece := await process.stdin.receive_some(PIECE_BYTES):
            await process.out(piece)
    for name in process.arguments:
        try:
            await process.out(process.system.files.read(process.path(name), process.user))
        except OSError as error:
            status = await process.say(Said(err=f"cat: {name}: {error.strerror}\n", status=FAILED))
    return status


def ls(process: Process) -> Said:
    flags, _, operands = options(process.arguments)
    files = process.system.files

    def shown(path: str) -> str:
        listed = [path] if "d" in flags or not files.is_directory(path) else None
        names = listed or [posixpath.join(path, name) for name in files.names(path, process.user)]
        rows = [(name, files.node(name, process.user)) for name in names]
        if "l" not in flags:
            return "".join(f"{_named(name, listed)}\n" for name, _ in rows)
        total = "" if listed else f"total {len(rows) * 4}\n"
        return total + "".join(f"{_long(node)} {_named(name, listed)}\n" for name, node in rows)

    return each(process, operands or ["."], shown)


def _named(path: str, listed: list[str] | None) -> str:
    return _ASKED if listed else posixpath.basename(path)


def _long(node: Node) -> str:
    when = time.strftime("%Y-%m-%d %H:%M", time.gmtime(node.mtime_s))
    owner = _NAMES.get(node.uid, str(node.uid))
    return f"{_letters(node)} 1 {owner} {owner} {node.size} {when}"


def _letters(node: Node) -> str:
    kind = "d" if node.data is None else "-"
    return kind + "".join(
        letter if node.mode & (1 << (8 - index)) else "-"
        for index, letter in enumerate("rwxrwxrwx")
    )


def mkdir(process: Process) -> Said:
    flags, _, operands = options(process.arguments, "m")

    def made(path: str) -> str:
        process.system.files.make(path, user=process.user, parents="p" in flags)
        return ""

    return each(process, operands, made)


def rm(process: Process) -> Said:
    flags, _, operands = options(process.arguments)
    files = process.system.files

    def removed(path: str) -> str:
        if files.exists(path) or "f" not in flags:
            files.remove(path, process.user, all_below=bool(flags & {"r", "R"}))
        return ""

    return each(process, operands, removed)


def mv(process: Process) -> Said:
    *sources, target = options(process.arguments).operands or [""]

    def moved(path: str) -> str:
        process.system.files.move(path, process.path(target), process.user)
        return ""

    return each(process, sources, moved)


def cp(process: Process) -> Said:
    *sources, target = options(process.arguments).operands or [""]
    files, place = process.system.files, process.path(target)

    def copied(path: str) -> str:
        data, name = files.read(path, process.user), posixpath.basename(path)
        goal = posixpath.join(place, name) if files.is_directory(place) else place
        files.write(goal, data, mtime_s=int(process.system.now()), user=process.user)
        return ""

    return each(process, sources, copied)


def touch(process: Process) -> Said:
    files = process.system.files

    def touched(path: str) -> str:
        data = files.read(path, process.user) if files.exists(path) else b""
        files.write(path, data, mtime_s=int(process.system.now()), user=process.user)
        return ""

    return each(process, options(process.arguments).operands, touched)


def chmod(process: Process) -> Said:
    """Octal modes only."""
    _, _, (mode, *names) = options(process.arguments)

    def changed(node: Node) -> None:
        node.mode = (node.mode & ~0o7777) | int(mode, 8)

    return _change(process, names, changed)


def chown(process: Process) -> Said:
    """Only root may; owner and group are numbers or names."""
    _, _, (owner, *names) = options(process.arguments)
    known = {name: uid for uid, name in _NAMES.items()}
    user = owner.partition(":")[0]

    def changed(node: Node) -> None:
        if process.user != "root":
            raise PermissionError(1, "Operation not permitted")
        node.uid = known[user] if user in known else int(user)

    return _change(process, names, changed)


def restorecon(process: Process) -> Said:
    flags, _, names = options(process.arguments)

    def changed(node: Node) -> None:
        node.labelled = True

    return _change(process, names, changed, all_below="R" in flags)


def _change(
    process: Process, names: list[str], change: Callable[[Node], None], *, all_below: bool = False
) -> Said:
    def changed(path: str) -> str:
        for _, node in _meant(process, path, all_below=all_below):
            if process.user != "root" and node.uid != UIDS[process.user]:
                raise PermissionError(1, "Operation not permitted")
            change(node)
        return ""

    return each(process, names, changed)


def _meant(process: Process, path: str, *, all_below: bool) -> Iterator[tuple[str, Node]]:
    files = process.system.files
    # Root may look at what the app itself could not.
    if all_below:
        yield from files.below(path, process.user)
    else:
        yield path, files.node(path, process.user)


def stat(process: Process) -> Said:
    _, values, operands = options(process.arguments, "c")

    def told(path: str) -> str:
        node = process.system.files.node(path, process.user)
        marks = {
            "%u": str(node.uid),
            "%g": str(node.uid),
            "%U": _NAMES.get(node.uid, str(node.uid)),
            "%G": _NAMES.get(node.uid, str(node.uid)),
            "%a": f"{node.mode & 0o7777:o}",
            "%A": _letters(node),
            "%s": str(node.size),
            "%Y": str(node.mtime_s),
            "%n": _ASKED,
        }
        text = values.get("c", "  File: %n\n  Size: %s\nAccess: (%a/%A) Uid: (%u/%U)")
        for mark, value in marks.items():
            text = text.replace(mark, value)
        return text + "\n"

    return each(process, operands, told)


def digest(process: Process) -> Said:
    flags, _, operands = options(process.arguments)

    def told(path: str) -> str:
        data = process.system.files.read(path, process.user)
        name = "" if "b" in flags else f"  {_ASKED}"
        return f"{hashlib.sha256(data).hexdigest()}{name}\n"

    return each(process, operands, told)


def df(process: Process) -> Said:
    flags, _, operands = options(process.arguments)
    free_kb = process.system.condition.free_mb * _BLOCK
    used_kb = _DISK_KB - free_kb
    percent = round(100 * used_kb / _DISK_KB)
    blocks, unit = ("1M-blocks", _BLOCK) if "m" in flags else ("1K-blocks", 1)
    sizes = [number // unit for number in (_DISK_KB, used_kb, free_kb)]
    place = operands[0] if operands else "/data"
    head = f"{'Filesystem':<20} {blocks:>10} {'Used':>10} {'Available':>10} Use% Mounted on\n"
    row = " ".join(f"{number:>10}" for number in sizes)
    return Said(f"{head}{'/dev/block/dm-53':<20} {row} {percent:>3}% {place}\n")


def du(process: Process) -> Said:
    """Sums only, in kilobytes, or megabytes with -m."""
    flags, _, operands = options(process.arguments)
    unit = _BLOCK * (_BLOCK if "m" in flags else 1)

    def told(path: str) -> str:
        nodes = [node for _, node in process.system.files.below(path, process.user)]
        return f"{-(-sum(node.size for node in nodes) // unit)}\t{_ASKED}\n"

    return each(process, operands or ["."], told)


def find(process: Process) -> Said:
    """`find PLACE [-type f|d] [-name PATTERN]`."""
    place, *tests = process.arguments or ["."]
    asked = dict(zip(tests[::2], tests[1::2], strict=False))
    start = process.path(place)

    def fits(path: str, node: Node) -> bool:
        kind = "d" if node.mode & DIRECTORY == DIRECTORY else "f"
        name = fnmatch.fnmatchcase(posixpath.basename(path), asked.get("-name", "*"))
        return name and asked.get("-type", kind) == kind

    def told(path: str) -> str:
        found = process.system.files.below(path, process.user)
        return "".join(
            f"{place}{each_path[len(spelled(start)) :]}\n"
            for each_path, node in found
            if fits(each_path, node)
        )

    return each(process, [place], told)


PROGRAMS: dict[str, Program] = {
    "cat": cat,
    "ls": answering(ls),
    "mkdir": answering(mkdir),
    "rm": answering(rm),
    "rmdir": answering(rm),
    "mv": answering(mv),
    "cp": answering(cp),
    "touch": answering(touch),
    "chmod": answering(chmod),
    "chown": answering(chown),
    "restorecon": answering(restorecon),
    "stat": answering(stat),
    "sha256sum": answering(digest),
    "df": answering(df),
    "du": answering(du),
    "find": answering(find),
}
