"""The terminal: one prompt at the bottom for the whole time, lines above it.

The prompt runs in a thread of its own, so that neither waits for the other. It is never begun
anew, so nothing is lost that is typed while something happens.
"""

from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import trio
from prompt_toolkit import PromptSession
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.utils import is_dumb_terminal

from clawctl.cli.output import Output
from clawctl.errors import BadInput

Complete = Callable[[str], Iterable[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Typed:
    """A line, and Enter."""

    text: str


@dataclass(frozen=True, slots=True)
class Edited:
    """What stands at the prompt now."""

    text: str


@dataclass(frozen=True, slots=True)
class Interrupted:
    """Ctrl-C; the line was cleared."""


@dataclass(frozen=True, slots=True)
class Closed:
    """Ctrl-D, or there is no terminal any more."""


Key: TypeAlias = Typed | Edited | Interrupted | Closed


@asynccontextmanager
async def open_screen(output: Output, complete: Complete) -> AsyncIterator["Screen"]:
    """The prompt for the time of the block; raises BadInput where there can be none.

    Lines shown after the block appear all the same.
    """
    if is_dumb_terminal():
        raise BadInput(
            "this terminal cannot keep a prompt below what happens (TERM is dumb or not set);"
            " --pipe and --exec need none"
        )
    screen = Screen(output, complete)
    async with trio.open_nursery() as nursery:
        await nursery.start(screen.run)
        try:
            yield screen
        finally:
            screen.close()


class Screen:
    """Made by `open_screen`. Of its methods only `run` waits."""

    def __init__(self, output: Output, complete: Complete) -> None:
        self._output = output
        self._send, self.keys = trio.open_memory_channel[Key](float("inf"))
        self._token = trio.lowlevel.current_trio_token()
        self._unshown: deque[tuple[str, str]] = deque()
        self._prompt, self._bar = "", ""
        self._session: PromptSession[str] = PromptSession(
            lambda: self._prompt,
            bottom_toolbar=lambda: self._bar,
            completer=_Completer(complete),
            complete_while_typing=False,
            key_bindings=self._bindings(),
            reserve_space_for_menu=4,
            erase_when_done=True,
        )
        buffer = self._session.default_buffer
        buffer.accept_handler = self._accept
        buffer.on_text_changed += lambda changed: self._hear(Edited(changed.text))

    def show(self, line: str, style: str = "") -> None:
        """A line above the prompt."""
        self._unshown.append((line, style))
        if not self._in_thread(self._show_soon):
            self._print()

    def label(self, prompt: str, bar: str) -> None:
        """What stands before the line that is typed, and below it."""
        if (prompt, bar) != (self._prompt, self._bar):
            self._prompt, self._bar = prompt, bar
            self._session.app.invalidate()

    def offer(self, text: str) -> None:
        """Put a text where the operator types, unless they are typing."""
        self._in_thread(partial(self._fill, "", text))

    def withdraw(self, text: str) -> None:
        """Take it away, unless it was changed."""
        self._in_thread(partial(self._fill, text, ""))

    def close(self) -> None:
        """No prompt any more; `run` returns soon."""
        self._in_thread(self._exit)

    async def run(self, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Until closed. Not to be cancelled otherwise: the terminal has to be left as it was."""

        def started() -> None:
            self._token.run_sync_soon(task_status.started)

        with trio.CancelScope(shield=True), suppress(EOFError):
            await trio.to_thread.run_sync(
                partial(self._session.prompt, pre_run=started, set_exception_handler=False)
            )
        self._print()
        self._send.send_nowait(Closed())

    # in the prompt's thread

    def _show_soon(self) -> None:
        self._session.app.create_background_task(self._show_above())

    async def _show_above(self) -> None:
        """Not by `run_in_terminal`: that leaves raw mode for a moment, and a Ctrl-D typed in it is
        swallowed by the terminal."""
        app = self._session.app
        await app.renderer.wait_for_cpr_responses()
        if self._unshown and not app.is_done:
            app.renderer.erase()
            self._print()
            app.renderer.request_absolute_cursor_position()
            app.invalidate()

    def _print(self) -> None:
        while self._unshown:
            self._output.line(*self._unshown.popleft())

    def _fill(self, former: str, text: str) -> None:
        buffer = self._session.default_buffer
        if buffer.text == former:
            buffer.document = Document(text)

    def _exit(self) -> None:
        if not self._session.app.is_done:
            self._session.app.exit(result="")

    def _accept(self, buffer: Buffer) -> bool:
        """Whether the line stays where it is."""
        self._hear(Typed(buffer.text))
        return False

    def _bindings(self) -> KeyBindings:
        bindings = KeyBindings()

        @bindings.add("c-c")
        @bindings.add("<sigint>")
        def interrupt(event: KeyPressEvent) -> None:
            event.app.current_buffer.reset()
            self._hear(Interrupted())

        return bindings

    def _hear(self, key: Key) -> None:
        self._token.run_sync_soon(self._send.send_nowait, key)

    def _in_thread(self, act: Callable[[], object]) -> bool:
        """Whether there is a prompt whose thread can do it."""
        loop = self._session.app.loop
        with suppress(RuntimeError):
            if loop is not None:
                loop.call_soon_threadsafe(act)
                return True
        return False


class _Completer(Completer):
    def __init__(self, complete: Complete) -> None:
        self._complete = complete

    def get_completions(
        self,
        document: Document,
        complete_event: CompleteEvent,  # noqa: ARG002 - prompt_toolkit's signature
    ) -> Iterator[Completion]:
        line = document.text_before_cursor
        for text, about in self._complete(line):
            yield Completion(text, start_position=-len(line), display_meta=about)
