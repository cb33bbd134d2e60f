"""The only place that prints: data on stdout, everything else on stderr."""

import os
import shutil
import sys
from collections.abc import Sequence
from typing import Any, TextIO

import click
import msgspec

STYLES: dict[str, dict[str, Any]] = {
    "good": {"fg": "green"},
    "bad": {"fg": "red", "bold": True},
    "dim": {"dim": True},
    "loud": {"bold": True},
}


class Output:
    """Pretty on a terminal; JSON lines when piped or asked for. Colours only on a terminal."""

    def __init__(self, as_json: bool = False, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self.as_json = as_json or not self._out.isatty()
        self._colours = self._out.isatty() and not os.environ.get("NO_COLOR")

    def data(self, value: Any) -> None:
        """One JSON object on a line, whatever the mode."""
        self.text(msgspec.json.encode(value).decode() + "\n")

    def text(self, text: str) -> None:
        """Data as it is; on a terminal without what would steer it."""
        from clawctl.cli.terminal import escaped

        click.echo(escaped(text) if self._out.isatty() else text, file=self._out, nl=False)

    def line(self, text: str = "", style: str = "") -> None:
        """A line for people, in which strangers may be quoted; nothing when JSON is wanted."""
        if not self.as_json:
            self._write(self.styled(text, style))

    def rows(self, rows: Sequence[Sequence[str]], heads: Sequence[str] = ()) -> None:
        """Aligned columns for people, cut to the terminal's width; nothing when JSON is wanted."""
        from clawctl.cli.terminal import columns

        across = shutil.get_terminal_size().columns
        lines = columns([heads, *rows] if heads else rows, across)
        for number, text in enumerate(lines):
            self.line(text, "dim" if heads and not number else "")

    def event(self, name: str, text: str, /, **fields: Any) -> None:
        """Something happened: a line for people, or an object with `event` for programs."""
        if self.as_json:
            self.data({"event": name, **fields})
        else:
            self._write(text)

    def note(self, text: str) -> None:
        """What is no data: warnings, hints, progress. It may quote what strangers sent."""
        from clawctl.cli.terminal import harmless

        click.echo("\n".join(map(harmless, text.split("\n"))), err=True)

    def progress(self, text: str) -> None:
        """A passing word on a terminal, wiped out by the next; "" only wipes."""
        if sys.stderr.isatty():
            click.echo(f"\r\x1b[K{text}", nl=False, err=True)

    def styled(self, text: str, style: str) -> str:
        return click.style(text, **STYLES[style]) if style and self._colours else text

    def _write(self, text: str) -> None:
        from clawctl.cli.terminal import painted

        click.echo(painted(text), file=self._out)
