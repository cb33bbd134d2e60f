"""A terminal of a test's own: a program in it, keys for it, and what its screen shows."""

import codecs
import fcntl
import os
import pty
import re
import signal
import struct
import termios
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import trio

PATIENCE_S = 20.0
AGAIN_S = 1.0
# So high that nothing scrolls away.
ROWS, COLUMNS = 100, 100

# A character, or something that steers: CSI with its parameters, OSC, two-character escapes.
TOKEN = re.compile(
    r"\x1b\[([?>=]?)([\d;]*)([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[^\[\]]|.", re.DOTALL
)
UNFINISHED = re.compile(r"\x1b(\[[?>=]?[\d;]*|\][^\x07\x1b]*\x1b?)?\Z")


class Screen:
    """As much of a VT100 as programs use that keep a prompt at the bottom."""

    def __init__(self, answer: Callable[[str], None] = lambda _: None) -> None:
        self._answer = answer
        self._cells: list[list[str]] = [[]]
        self._row = self._column = 0
        self._unread = ""
        # Whether anything was ever coloured.
        self.coloured = False

    def feed(self, text: str) -> None:
        text = self._unread + text
        rest = UNFINISHED.search(text)
        whole, self._unread = (text[: rest.start()], rest[0]) if rest else (text, "")
        for token in TOKEN.finditer(whole):
            if token[3]:
                self._steer(token[1], token[2], token[3])
            elif len(token[0]) == 1:
                self._write(token[0])

    def lines(self) -> list[str]:
        """From the top to the last that is not empty."""
        shown = ["".join(cells).rstrip() for cells in self._cells]
        while shown and not shown[-1]:
            shown.pop()
        return shown

    def _steer(self, private: str, given: str, final: str) -> None:
        number = int(given.split(";", maxsplit=1)[0] or 0) if not private else 0
        move = MOVES.get(final)
        if private:
            return
        if move:
            self._move(self._row + move[0] * (number or 1), self._column + move[1] * (number or 1))
        elif final == "J":
            del self._cells[self._row + 1 :]
            del self._line()[self._column :]
        elif final == "K":
            del self._line()[self._column :]
        elif final == "m":
            self.coloured |= bool(re.search(r"(?:^|;)(3[0-7]|38|4[0-7]|48|9[0-7])(?:;|$)", given))
        elif final == "n":
            self._answer(f"\x1b[{self._row + 1};{self._column + 1}R")

    def _write(self, c: str) -> None:
        if c == "\n":
            self._move(self._row + 1, self._column)
        elif c == "\r":
            self._column = 0
        elif c == "\b":
            self._column = max(0, self._column - 1)
        elif c >= " ":
            if self._column == COLUMNS:
                self._move(self._row + 1, 0)
            line = self._line()
            line.extend(" " * (self._column + 1 - len(line)))
            line[self._column] = c
            self._column += 1

    def _move(self, row: int, column: int) -> None:
        self._row, self._column = max(0, row), max(0, min(column, COLUMNS))

    def _line(self) -> list[str]:
        while len(self._cells) <= self._row:
            self._cells.append([])
        return self._cells[self._row]


MOVES = {"A": (-1, 0), "B": (1, 0), "C": (0, 1), "D": (0, -1)}


class Terminal:
    """Made by `open_terminal`; every wait is bounded."""

    def __init__(self, ours: int, process: trio.Process) -> None:
        self._ours = ours
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._changed = trio.Event()
        self._reading = trio.CancelScope()
        self.process = process
        self.screen = Screen(self.type)

    def hang_up(self) -> None:
        """Its window is closed."""
        self._reading.cancel()
        if self._ours >= 0:
            trio.lowlevel.notify_closing(self._ours)
            os.close(self._ours)
        self._ours = -1

    def type(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    async def shows(self, text: str, times: int = 1) -> None:
        """Returns once that stands on the screen, so often."""
        with trio.move_on_after(PATIENCE_S):
            while self.text().count(text) < times:
                await self._changed.wait()
            return
        raise AssertionError(f"{text!r} is not on the screen:\n{self.text()}")

    async def lacks(self, text: str) -> None:
        """Returns once that does not stand on the screen any more."""
        with trio.move_on_after(PATIENCE_S):
            while text in self.text():
                await self._changed.wait()
            return
        raise AssertionError(f"{text!r} is on the screen:\n{self.text()}")

    async def ends(self) -> int:
        """The exit code."""
        with trio.move_on_after(PATIENCE_S):
            return await self.process.wait()
        raise AssertionError(f"it goes on:\n{self.text()}")

    async def interrupted(self) -> int:
        """The exit code after Ctrl-C, pressed again by who waits: Python's `input` misses one that
        comes in the moment before it reads."""
        with trio.move_on_after(PATIENCE_S):
            while self.process.poll() is None:
                self.type("\x03")
                with trio.move_on_after(AGAIN_S):
                    await self.process.wait()
        return await self.ends()

    def text(self) -> str:
        """What the screen shows, without empty lines."""
        return "\n".join(line for line in self.screen.lines() if line)

    async def read(self) -> None:
        """Until the program is gone."""
        with self._reading, suppress(OSError):
            while True:
                await trio.lowlevel.wait_readable(self._ours)
                self.screen.feed(self._decode(os.read(self._ours, 65536)))
                self._changed.set()
                self._changed = trio.Event()


@asynccontextmanager
async def open_terminal(
    command: Sequence[str], home: Path, environ: Mapping[str, str]
) -> AsyncIterator[Terminal]:
    """The program in a terminal that is its own; killed at the end of the block."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    process = await trio.lowlevel.open_process(
        list(command), cwd=home, env=dict(environ), start_new_session=True,
        stdin=theirs, stdout=theirs, stderr=theirs, preexec_fn=_take_terminal,
    )  # fmt: skip
    os.close(theirs)
    terminal = Terminal(ours, process)
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(terminal.read)
            yield terminal
            nursery.cancel_scope.cancel()
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        with trio.CancelScope(shield=True):
            await process.wait()
        terminal.hang_up()


def _take_terminal() -> None:
    """So that Ctrl-C reaches the program, and a closed window does even where ours was told not to
    mind."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
