"""Work asked for by several is done once."""

import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from clawctl.call.shared import Shared


@pytest.fixture
async def shared(autojump_clock, nursery):
    return Shared(nursery, keep_s=60, limit=3, limit_bytes=100)


class Work:
    """Takes a second, counts, and puts out what it is told to."""

    def __init__(self, *parts, fails=None):
        self.parts, self.fails = parts, fails
        self.begun = self.finished = 0

    async def __call__(self, job):
        self.begun += 1
        for part in self.parts:
            job.put(part)
        await trio.sleep(1)
        if self.fails:
            raise self.fails
        self.finished += 1
        return self.finished


async def test_two_who_ask_share_one_run(shared, autojump_clock):
    work, results = Work(), []

    async def ask():
        results.append(await shared.get("k", work))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(ask)
        nursery.start_soon(ask)

    assert (results, work.begun) == ([1, 1], 1)


async def test_a_result_is_remembered_for_a_while(shared, autojump_clock):
    work = Work()
    await shared.get("k", work)
    await shared.get("k", work)
    await trio.sleep(61)
    await shared.get("k", work)

    assert work.begun == 2


async def test_a_failure_is_everybodys(shared, autojump_clock):
    work = Work(fails=ValueError("no"))
    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            await shared.get("k", work)

    assert work.begun == 1


async def test_it_goes_on_while_one_still_waits(shared, autojump_clock):
    work, results = Work(), []

    async def ask():
        results.append(await shared.get("k", work))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(ask)
        with trio.move_on_after(0.5):
            await shared.get("k", work)

    assert (results, work.finished) == ([1], 1)


async def test_it_is_given_up_when_nobody_waits(shared, autojump_clock):
    work = Work()
    with trio.move_on_after(0.5):
        await shared.get("k", work)
    await wait_all_tasks_blocked()

    assert work.finished == 0
    assert await shared.get("k", work) == 1
    assert work.begun == 2


async def test_who_asks_while_it_is_given_up_gets_what_it_still_finished(shared, autojump_clock):
    begun = 0

    async def work(_):
        nonlocal begun
        begun += 1
        with trio.CancelScope(shield=True):
            await trio.sleep(1)
        return begun

    with trio.move_on_after(0.5):
        await shared.get("k", work)

    assert await shared.get("k", work) == 1


async def test_memory_is_bounded_in_number(shared, autojump_clock):
    work = Work()
    for key in "abcd":
        await shared.get(key, work)
    await shared.get("d", work)
    await shared.get("a", work)

    assert work.begun == 5


async def test_memory_is_bounded_in_bytes(shared, autojump_clock):
    big = Work(b"x" * 60)
    for key in "ab":
        await shared.get(key, big)
    await shared.get("b", big)
    await shared.get("a", big)

    assert big.begun == 3


async def test_parts_are_followed_as_they_come_and_by_latecomers_too(shared, autojump_clock):
    async def work(job):
        for part in (b"1", b"2"):
            job.put(part)
            await job.taken()
            await trio.sleep(1)

    async def follow():
        got = []
        async with shared.join("k", work) as job:
            while (part := await job.part(len(got))) is not None:
                got.append(part)
        return got

    assert await follow() == [b"1", b"2"]
    assert trio.current_time() == 2.0
    assert await follow() == [b"1", b"2"]
