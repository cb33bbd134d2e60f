"""What every room's tests may use."""

import pytest

from clawctl.testing.calls import CallRoom, open_call_room


@pytest.fixture
async def room(autojump_clock):
    """Calls with fake engines and a store in memory, on a virtual clock."""
    async with open_call_room() as opened:
        yield opened


__all__ = ["CallRoom"]
