"""clawctl config edit: the settings file in an editor, put in place only when it holds."""

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clawctl.cli.asking import Asking, asks

if TYPE_CHECKING:
    from clawctl.client.rest import RestClient

# Asked in this order; the last is on every system.
VARIABLES, EDITOR = ("VISUAL", "EDITOR"), "vi"


@click.command("edit")
@asks
def edit(ask: Asking) -> None:
    """Open the settings file in $VISUAL, $EDITOR or vi.

    A copy is edited and checked; only when every setting in it holds it takes the file's place.
    Then a gateway that runs is asked to read it.
    """
    from clawctl.cli.config import tell_gateway
    from clawctl.config import file

    if not at_terminal():
        raise click.UsageError("an editor needs a terminal; use 'clawctl config set' instead")
    path = _path(ask)
    before = path.read_bytes() if path.exists() else b""
    gateway = _gateway(ask)
    after = _edited(ask, path, before)
    if after == before:
        ask.output.note("Nothing was changed.")
        return
    file.write(path, after)
    ask.output.event("set", f"Saved {path}.", path=str(path))
    tell_gateway(ask, gateway or ask.gateway, None)


def _gateway(ask: Asking) -> "RestClient | None":
    """Shown the token that holds until now; None while the settings do not tell one."""
    from clawctl.errors import BadSettings

    try:
        return ask.gateway
    except BadSettings:
        return None


def at_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _path(ask: Asking) -> Path:
    """Which file, though it may be broken: that is what is to be mended."""
    from clawctl.config.load import settings_path

    return settings_path(ask.path)


def _edited(ask: Asking, path: Path, before: bytes) -> bytes:
    """What the owner made of it, once it holds; raises Abort when they gave up."""
    from clawctl.config.load import load
    from clawctl.errors import BadSettings
    from clawctl.plugins import find, sections

    with tempfile.TemporaryDirectory(prefix="clawctl-") as place:
        copy = Path(place) / path.name
        copy.touch(mode=0o600)
        copy.write_bytes(before)
        while True:
            _run(copy)
            after = copy.read_bytes()
            if after == before:
                return after
            try:
                load(copy, plugins=sections(find()))
            except BadSettings as error:
                ask.output.note(str(error).replace(str(copy), str(path)))
                click.confirm("Edit again?", default=True, abort=True, err=True)
            else:
                return after


def _run(copy: Path) -> None:
    from clawctl.errors import ClawError

    editor = next((os.environ[name] for name in VARIABLES if os.environ.get(name)), EDITOR)
    try:
        ended = subprocess.run([*shlex.split(editor), str(copy)], check=False)  # noqa: S603 - the owner's own
    except (OSError, ValueError) as error:
        raise ClawError(f"the editor {editor!r} cannot be run: {error}; set $EDITOR") from None
    if ended.returncode:
        raise ClawError(f"the editor ended with {ended.returncode}; nothing was changed")
