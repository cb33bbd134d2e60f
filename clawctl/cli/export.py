"""clawctl calls export: calls as a file."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from clawctl.cli.asking import Asking, asks
from clawctl.cli.complete import call_ids
from clawctl.cli.when import WHEN

Call = dict[str, Any]
COLUMNS = ("session_id", "began", "number", "direction", "turn", "at", "said_by", "text", "model")
# What a spreadsheet would take for a formula; a caller may say such a thing.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@click.command("export")
@click.argument("sids", metavar="[CALL]...", nargs=-1, shell_complete=call_ids)
@click.option("--all", "everything", is_flag=True, help="Every call there is.")
@click.option("--since", type=WHEN, help="Calls begun since: 2h, 3d, today, 2026-11-20 …")
@click.option("--until", type=WHEN, help="Calls begun before.")
@click.option("--number", help="Calls of this number.")
@click.option(
    "--format", "form", type=click.Choice(["json", "ndjson", "text", "csv"]), default="ndjson",
    show_default=True, help="One JSON list, a JSON object a line, text to read, or a table.",
)  # fmt: skip
@click.option(
    "-o", "--output", "target", type=click.Path(dir_okay=False, path_type=Path),
    help="File to write; else standard output.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@asks
def export(
    ask: Asking,
    sids: tuple[str, ...],
    everything: bool,
    since: float | None,
    until: float | None,
    number: str | None,
    form: str,
    target: Path | None,
    force: bool,
) -> None:
    """Write CALLs to a file or to standard output: those named, or --all, or by --since, --number.

    A file appears when it is whole, readable by its owner only; one that is there is replaced after
    a question, or with --force.
    """
    if not (sids or everything or since or until or number):
        raise click.UsageError("which calls? Name some, or use --all, --since or --number")
    if sids and (everything or since or until or number):
        raise click.UsageError("name calls, or choose them by --all, --since, --number; not both")
    if target:
        may_replace(target, force)
    lines = FORMS[form](_calls(ask, sids, since=since, until=until, number=number))
    if target is None:
        for line in lines:
            ask.output.text(line)
        return
    count = write(target, (line.encode() for line in lines))
    ask.output.note(f"Wrote {count} bytes to {target}.")


def _calls(ask: Asking, sids: tuple[str, ...], **asked: Any) -> Iterator[Call]:
    """Oldest first where they are chosen, else as they are named."""
    from clawctl.cli.calls import one_call, pages
    from clawctl.client.rest import path

    if sids:
        paths = [one_call(ask, sid) for sid in sids]
    else:
        rows = list(pages(ask, None, **asked))
        paths = [path("api", "sessions", row["session_id"]) for row in reversed(rows)]
    for one in paths:
        yield ask.gateway.get(one)


def may_replace(target: Path, force: bool) -> None:
    """Ask on a terminal; elsewhere only --force will do, and Conflict is raised."""
    from clawctl.errors import Conflict

    if force or not target.exists() or _takes_in_place(target):
        return
    if not sys.stdin.isatty():
        raise Conflict(f"{target} is there already; --force writes over it")
    click.confirm(f"{target} is there already. Write over it?", abort=True, err=True)


def write(target: Path, pieces: Iterable[bytes]) -> int:
    """A private file, whole or not at all; the number of bytes. Pipes and devices stay such."""
    from clawctl.errors import ClawError

    try:
        if _takes_in_place(target):
            with target.open("wb") as file:
                return sum(map(file.write, pieces))
        return _written_beside(target, pieces)
    except OSError as error:
        raise ClawError(f"{target} cannot be written: {error.strerror}") from None


def _takes_in_place(target: Path) -> bool:
    """Whether it is no file that could be replaced: /dev/stdout, a pipe."""
    return target.exists() and not target.is_file()


def _written_beside(target: Path, pieces: Iterable[bytes]) -> int:
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            count = sum(map(file.write, pieces))
            file.flush()
            os.fsync(handle)
        Path(temporary).replace(target)
    finally:
        Path(temporary).unlink(missing_ok=True)
    return count


def _ndjson(calls: Iterator[Call]) -> Iterator[str]:
    import msgspec

    for call in calls:
        yield msgspec.json.encode(call).decode() + "\n"


def _json(calls: Iterator[Call]) -> Iterator[str]:
    before = "["
    for line in _ndjson(calls):
        yield before + line.rstrip("\n")
        before = ",\n"
    yield "[]\n" if before == "[" else "]\n"


def _text(calls: Iterator[Call]) -> Iterator[str]:
    from clawctl.cli.calls import transcript

    for number, call in enumerate(calls):
        lines = [line for line, _ in transcript(call)]
        yield "\n" * bool(number) + "\n".join(lines) + "\n"


def _csv(calls: Iterator[Call]) -> Iterator[str]:
    import csv
    import io

    from clawctl.cli.terminal import local

    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    for call in calls:
        began = local(call["created_at"])
        head = (call["session_id"], began, call["caller_number"], call["direction"])
        for turn in call["turns"]:
            for who, text in (("caller", turn["transcript"]), ("assistant", turn["reply"])):
                if text:
                    cells = (
                        *head,
                        turn["turn"],
                        local(turn["timestamp"]),
                        who,
                        text,
                        turn["model"],
                    )
                    table.writerow([_inert(cell) for cell in cells])
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()


def _inert(cell: Any) -> Any:
    """A text that a spreadsheet reads as text; a telephone number may keep its plus."""
    if not isinstance(cell, str) or not cell.startswith(FORMULA):
        return cell
    return cell if cell[0] == "+" and cell[1:].isdecimal() else f"'{cell}"


FORMS: dict[str, Callable[[Iterator[Call]], Iterator[str]]] = {
    "json": _json,
    "ndjson": _ndjson,
    "text": _text,
    "csv": _csv,
}
