"""Ctrl-C and a polite kill for what waits: whatever is held is let go of before it ends."""

import signal
from collections.abc import Awaitable, Callable

import click
import trio


async def until_interrupted(task: Callable[[], Awaitable[None]]) -> None:
    """Run `task`; at SIGINT or SIGTERM it is cancelled, and Abort is raised when it has ended."""
    interrupted = False
    with trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
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
