"""Standard streams that somebody closed, that are full, or that nobody reads any more."""

import errno
import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

STANDARD = 3
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
    """What the locale has no letter for is written as its number."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")


def silence() -> None:
    """What is still buffered for standard output must not complain at the exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def unread() -> bool:
    """Whether who read our output is gone: `head` had enough. Never of a file or a terminal."""
    poll = select.poll()
    poll.register(sys.stdout.fileno(), 0)
    return any(what & select.POLLERR for _, what in poll.poll(0))


@contextmanager
def read_enough() -> Iterator[None]:
    """Who stops reading has seen what they wanted; click would call that a failure."""
    try:
        yield
    except BrokenPipeError:
        silence()
        raise click.exceptions.Exit(0) from None
