"""Ctrl-C, a closed window and a polite kill for what waits: what is held is let go of first."""

import signal
from collections.abc import Awaitable, Callable

import click
import trio


async def until_interrupted(task: Callable[[], Awaitable[None]]) -> None:
    """Run `task`; at a signal it is cancelled, and Abort is raised when it has ended."""
    interrupted = False
    with trio.open_signal_receiver(*_meant()) as signals:
        async with trio.open_nursery() as nursery:

            async def listen() -> None:
                nonlocal interrupted
                await anext(signals)
                interrupted = True
                nursery.cancel_scope.cancel()

            nursery.start_soon(listen)
            await task()
            nursery.cancel_scope.cancel()
    if interrupted:
        raise click.Abort


def _meant() -> set[signal.Signals]:
    ends = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    # Under nohup a closed window ends nothing.
    return ends - ({signal.SIGHUP} if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN else set())
