"""What the process of a language model does for its callers, and to them."""

import os
import signal
from pathlib import Path

import pytest
import trio
from conftest import ASKED, Set, engine, reply, said

from clawctl.errors import EngineFailed
from clawctl.testing.engine_checks import LLM_CHECKS


@pytest.fixture
def process_host(models, tmp_path):
    return Set(tmp_path, llm_model=models.lm())


@pytest.fixture
async def mind(process_host):
    async with engine("llm", "mlx-lm", process_host) as opened:
        yield opened


def processes():
    tasks = Path("/proc/self/task").iterdir()
    return {int(pid) for task in tasks for pid in (task / "children").read_text().split()}


async def test_it_is_a_fit_model(mind):
    for check in LLM_CHECKS:
        await check(mind)


async def test_another_model_takes_over_with_the_next_turn(mind, models, process_host):
    first = await reply(mind)
    old = processes()
    spoken = []

    async def swap_after_the_first_piece(piece):
        if not spoken:
            process_host.use(llm_model=models.lm("other", seed=5))
        spoken.append(piece)

    await mind.reply(ASKED, swap_after_the_first_piece)
    assert "".join(spoken) == first
    pieces, model = await said(mind)
    assert "".join(pieces) != first
    assert model.endswith("/other")
    with trio.fail_after(5):
        while processes() & old:
            await trio.sleep(0.01)


async def test_a_model_that_cannot_be_loaded_leaves_the_other_at_work(mind, process_host, tmp_path):
    first, model = await reply(mind), process_host.now.llm.llm_model
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "config.json").write_text('{"model_type": "abacus"}')
    (tmp_path / "odd" / "model.safetensors").write_bytes(b"")

    process_host.use(llm_model=str(tmp_path / "odd"))
    with pytest.raises(EngineFailed):
        await reply(mind)
    process_host.use(llm_model=model)

    with trio.fail_after(2):
        assert await reply(mind) == first


async def test_a_caller_who_goes_away_holds_nobody(mind, process_host):
    process_host.use(llm_max_tokens=100_000)
    pids = processes()

    for _ in range(3):
        with trio.move_on_after(0.3):
            await reply(mind)
    process_host.use(llm_max_tokens=24)
    with trio.fail_after(2):
        await reply(mind)

    assert processes() == pids


async def test_replies_to_several_calls_take_turns(mind, process_host):
    process_host.use(llm_max_tokens=60)
    order = []

    async def answer(call):
        async def say(piece):
            order.append(call)

        await mind.reply(ASKED, say)

    async with trio.open_nursery() as nursery:
        for call in range(4):
            nursery.start_soon(answer, call)

    assert {order.count(call) for call in range(4)} == {60}
    assert set(order[:120]) == {0, 1, 2, 3}


async def test_a_process_that_is_killed_costs_that_reply_only(mind, process_host):
    async def kill(piece):
        for pid in processes():
            os.kill(pid, signal.SIGKILL)

    with pytest.raises(EngineFailed, match="its process was"):
        await mind.reply(ASKED, kill)

    assert await reply(mind)
