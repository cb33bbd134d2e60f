"""What every room's tests may use."""

import signal

import pytest

from clawctl.testing.calls import CallRoom, open_call_room

# What a shell runs in the background ignores Ctrl-C, and so would every program that we start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
async def room(autojump_clock):
    """Calls with fake engines and a store in memory, on a virtual clock."""
    async with open_call_room() as opened:
        yield opened


__all__ = ["CallRoom"]
