from collections.abc import AsyncIterator

import pytest
import trio

from clawctl.testing.device.condition import Condition
from clawctl.testing.device.console import Console
from clawctl.testing.device.system import System

EPOCH = 1_800_000_000.0


@pytest.fixture
def condition() -> Condition:
    """Change it before or after the phone is up."""
    return Condition()


@pytest.fixture
async def phone(condition: Condition) -> AsyncIterator[System]:
    """From which nothing is forwarded; its clock begins at EPOCH and is the test's own."""
    start = trio.current_time()
    async with trio.open_nursery() as nursery:
        yield System(condition, {}.get, nursery, lambda: EPOCH + trio.current_time() - start)
        nursery.cancel_scope.cancel()


@pytest.fixture
def console(phone: System) -> Console:
    return Console(phone)
