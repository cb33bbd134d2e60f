from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from clawctl.engines.api import Worker
from clawctl.errors import EngineFailed
from clawctl_plugins.mlx.swap import open_swap


class Named:
    def __init__(self, model: str) -> None:
        self.model = model

    async def call(self, method: str, *args: Any) -> Any:
        raise NotImplementedError


class Machine:
    """Loads each model in a second; those called "bad" it cannot."""

    def __init__(self) -> None:
        self.log: list[str] = []

    @asynccontextmanager
    async def open(self, model: str) -> AsyncIterator[Worker]:
        self.log.append(f"load {model}")
        await trio.sleep(1)
        if model == "bad":
            raise EngineFailed("bad is no model")
        yield Named(model)
        self.log.append(f"end {model}")


async def settled() -> None:
    await trio.testing.wait_all_tasks_blocked()


async def test_a_model_is_loaded_once(autojump_clock: MockClock) -> None:
    machine = Machine()

    async with open_swap(machine.open, "a") as swap:
        for _ in range(2):
            async with swap.using("a") as worker:
                assert isinstance(worker, Named)
                assert worker.model == "a"

        assert trio.current_time() == 1.0
        assert machine.log == ["load a"]
    assert machine.log == ["load a"]


async def test_the_old_model_ends_after_its_last_reply(autojump_clock: MockClock) -> None:
    machine = Machine()

    async with open_swap(machine.open, "a") as swap:
        async with swap.using("a"):
            async with swap.using("b"):
                await settled()
                assert machine.log == ["load a", "load b"]
            await settled()
            assert machine.log == ["load a", "load b"]
        await settled()
        assert machine.log == ["load a", "load b", "end a"]


async def test_one_that_cannot_be_loaded_leaves_the_old_one(autojump_clock: MockClock) -> None:
    machine = Machine()

    async with open_swap(machine.open, "a") as swap:
        for _ in range(2):
            with pytest.raises(EngineFailed, match="bad is no model"):
                async with swap.using("bad"):
                    pass
        async with swap.using("a"):
            pass

    assert machine.log == ["load a", "load bad", "load bad"]


async def test_whoever_does_not_wait_leaves_the_loading_alone(autojump_clock: MockClock) -> None:
    machine = Machine()

    async with open_swap(machine.open, "a") as swap:
        with trio.move_on_after(0.5):
            async with swap.using("b"):
                raise AssertionError
        async with swap.using("b"):
            assert trio.current_time() == 2.0

    assert machine.log == ["load a", "load b", "end a"]


async def test_a_change_that_is_taken_back_costs_nothing(autojump_clock: MockClock) -> None:
    machine = Machine()

    async with open_swap(machine.open, "a") as swap:
        with trio.move_on_after(0.5):
            async with swap.using("b"):
                raise AssertionError
        async with swap.using("a"):
            assert trio.current_time() == 1.5
        await trio.sleep(1)
        async with swap.using("a"):
            assert machine.log == ["load a", "load b", "end b"]


async def test_a_first_model_that_cannot_be_loaded_is_the_engines_failure(
    autojump_clock: MockClock,
) -> None:
    with pytest.raises(EngineFailed, match="bad is no model"):
        async with open_swap(Machine().open, "bad"):
            pass
