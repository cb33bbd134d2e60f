"""Answers by a command of the user's, run anew for each turn."""

import os
import signal
import subprocess
from contextlib import suppress

import trio

from clawctl.cli.output import Output
from clawctl.client.takeover import Turn

# A command that goes on after a whole line, silent for so long, has said its answer.
SETTLED_S = 1.0
# For what is still on its way when the command has ended; its children may hold the pipe open.
REST_S = 0.2
# More is not read; no caller listens for so long.
MOST_BYTES = 100_000
# For a command that is told to end.
TERM_S = 2.0
# One variable may have 128 KiB on Linux; nobody says so much in one turn.
MOST_CHARS = 20_000


class ByCommand:
    """`command` is for the shell. It has the caller's words on its standard input and facts in
    CLAWCTL_* variables; what it writes first is the answer. Nothing, or an exit code that is not
    0, leaves the turn to the reply model."""

    def __init__(self, command: str, url: str, output: Output, nursery: trio.Nursery) -> None:
        self._command = command
        self._url = url
        self._output = output
        self._nursery = nursery

    async def answer(self, turn: Turn, number: int) -> str | None:
        """Cancelled, the command and all it started is ended; one that goes on after its answer is
        when the nursery is cancelled."""
        running = Running()
        facts = os.environ | facts_of(turn, number, self._url)
        self._nursery.start_soon(running.run, self._command, turn.transcript, facts)
        answered = False
        try:
            words = await running.first_words()
            answered = True
        finally:
            if not answered:
                running.end()
        if running.code:
            self._output.note(f"the command ended with {running.code}; the reply model answers")
            return ""
        if not words:
            self._output.note("the command wrote nothing; the reply model answers")
        return words


class Running:
    """One run of a command; `code` is its exit code once it ended, negative for a signal."""

    def __init__(self) -> None:
        self.code: int | None = None
        self._written = b""
        self._news = trio.Event()
        self._over = False
        self._scope = trio.CancelScope()

    async def run(self, command: str, words: str, environment: dict[str, str]) -> None:
        with self._scope:
            process = await trio.lowlevel.open_process(
                ["/bin/sh", "-c", command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                env=environment, start_new_session=True,
            )  # fmt: skip
            try:
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(_feed, process, words)
                    nursery.start_soon(self._read, process)
                    self.code = await process.wait()
                    nursery.cancel_scope.deadline = trio.current_time() + REST_S
            finally:
                if process.returncode is None:
                    await _end(process)
                self._over = True
                self._changed()

    def end(self) -> None:
        self._scope.cancel()

    async def first_words(self) -> str:
        """All it wrote until it ended, or until it was silent after a whole line."""
        while not self._over:
            settling = self._written.endswith(b"\n") and self.code is None
            news = self._news
            with trio.move_on_after(SETTLED_S if settling else float("inf")) as waiting:
                await news.wait()
            if waiting.cancelled_caught:
                break
        return self._written.decode(errors="replace").strip()

    async def _read(self, process: trio.Process) -> None:
        assert process.stdout is not None  # noqa: S101 - asked for as a pipe
        while chunk := await process.stdout.receive_some():
            self._written = (self._written + chunk)[:MOST_BYTES]
            self._changed()

    def _changed(self) -> None:
        self._news.set()
        self._news = trio.Event()


def facts_of(turn: Turn, number: int, url: str) -> dict[str, str]:
    facts = {
        "SESSION_ID": turn.session_id,
        "CALLER_NUMBER": turn.caller_number,
        "TRANSCRIPT": turn.transcript,
        "REQUEST_ID": turn.request_id,
        "DRAFT": turn.draft,
        "TURN": str(number),
        "ANSWER_WITHIN_S": f"{turn.left_s():.1f}",
        "URL": url,
    }
    return {f"CLAWCTL_{name}": _bare(value) for name, value in facts.items()}


def _bare(text: str) -> str:
    """What a variable can hold."""
    return text.replace("\0", "")[:MOST_CHARS]


async def _feed(process: trio.Process, words: str) -> None:
    assert process.stdin is not None  # noqa: S101 - asked for as a pipe
    # A command need not read what the caller said.
    with suppress(trio.BrokenResourceError):
        await process.stdin.send_all(f"{words}\n".encode())
    await process.stdin.aclose()


async def _end(process: trio.Process) -> None:
    """It and what it started: they have a session of their own."""
    with trio.CancelScope(shield=True):
        _signal(process, signal.SIGTERM)
        with trio.move_on_after(TERM_S):
            await process.wait()
        _signal(process, signal.SIGKILL)
        await process.wait()


def _signal(process: trio.Process, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)
