"""Standard streams that somebody closed, that are full, or that nobody reads any more."""

import codecs
import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

STANDARD = 3
# How often somebody who says nothing looks whether anybody still reads.
LOOK_S = 1.0
# How a disk refuses what is written to it.
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


def open_closed() -> None:
    """What was closed (`>&-`) swallows everything, or is empty.

    Otherwise the next file or socket would take its number, and our words.
    """
    number = os.open(os.devnull, os.O_RDWR)
    while number < STANDARD:
        os.set_inheritable(number, True)
        number = os.dup(number)
    os.close(number)
    sys.stdin = sys.stdin or os.fdopen(0)
    sys.stdout = sys.stdout or os.fdopen(1, "w")
    sys.stderr = sys.stderr or os.fdopen(2, "w")


def bear_any_text() -> None:
    """UTF-8 where the locale names no letters at all; what another lacks is written as a number."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            bare = codecs.lookup(stream.encoding).name == "ascii"
            stream.reconfigure(encoding="utf-8" if bare else None, errors="backslashreplace")


def silence() -> None:
    """What is still buffered for standard output must not complain at the exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def insist_on_a_reader() -> None:
    """Raises BrokenPipeError when who read a pipe is gone: `head` had enough."""
    import select

    poll = select.poll()
    poll.register(sys.stdout.fileno(), 0)
    if any(what & (select.POLLERR | select.POLLHUP) for _, what in poll.poll(0)):
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))


async def while_read() -> None:
    """Ends it all when nobody reads it any more, though nothing happens that could be told."""
    import trio

    while True:
        await trio.sleep(LOOK_S)
        insist_on_a_reader()


@contextmanager
def read_enough() -> Iterator[None]:
    """Who stops reading has seen what they wanted; click would call that a failure."""
    try:
        yield
    except BrokenPipeError:
        silence()
        raise click.exceptions.Exit(0) from None
