import pytest
import trio
from trio.testing import MockClock

from clawctl.testing.handset_clock import CallClock


@pytest.mark.parametrize(("scale", "cost_s"), [(1.0, 4.0), (0.25, 1.0), (0.0, 0.0)])
async def test_a_pause_counts_in_full_and_costs_its_scale(
    scale: float, cost_s: float, autojump_clock: MockClock
) -> None:
    clock = CallClock(scale)

    await clock.pause(3.0)
    await clock.pause(1.0)

    assert clock.now() == pytest.approx(4.0)
    assert trio.current_time() == pytest.approx(cost_s)


@pytest.mark.parametrize("scale", [1.0, 0.5, 0.0])
async def test_a_moment_is_not_passed_over(scale: float, autojump_clock: MockClock) -> None:
    clock = CallClock(scale)
    woken_at: list[float] = []

    async def wait() -> None:
        await clock.until(2.5)
        woken_at.append(clock.now())

    async with trio.open_nursery() as nursery:
        nursery.start_soon(wait)
        await trio.testing.wait_all_tasks_blocked()
        await clock.pause(60.0)

    assert woken_at == pytest.approx([2.5])


@pytest.mark.parametrize("scale", [1.0, 0.5, 0.0])
async def test_pauses_side_by_side_do_not_add_up(scale: float, autojump_clock: MockClock) -> None:
    clock = CallClock(scale)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(clock.pause, 3.0)
        nursery.start_soon(clock.pause, 2.0)

    assert clock.now() == pytest.approx(3.0)


async def test_a_pause_goes_on_when_the_one_that_drove_is_cancelled(
    autojump_clock: MockClock,
) -> None:
    clock = CallClock(0.5)

    async with trio.open_nursery() as nursery:
        with trio.move_on_after(0.1):
            nursery.start_soon(clock.pause, 3.0)
            await clock.pause(2.0)

    assert clock.now() == pytest.approx(3.0)


async def test_a_pause_that_begins_while_another_runs_ends_at_its_moment(
    autojump_clock: MockClock,
) -> None:
    clock = CallClock(0.5)
    ended_at: list[float] = []

    async def later() -> None:
        await trio.sleep(1.0)
        await clock.pause(1.0)
        ended_at.append(clock.now())

    async with trio.open_nursery() as nursery:
        nursery.start_soon(later)
        await clock.pause(60.0)

    assert ended_at == pytest.approx([3.0])
    assert (clock.now(), trio.current_time()) == pytest.approx((60.0, 30.0))


async def test_nothing_runs_ahead_of_work(autojump_clock: MockClock) -> None:
    clock = CallClock(0.0)
    done_at: list[float] = []

    async def work() -> None:
        await clock.until(1.0)
        with clock.work():
            await trio.sleep(0.5)
        done_at.append(clock.now())

    async with trio.open_nursery() as nursery:
        nursery.start_soon(work)
        await trio.testing.wait_all_tasks_blocked()
        await clock.pause(60.0)

    assert done_at == pytest.approx([1.5])
    assert (clock.now(), trio.current_time()) == pytest.approx((60.0, 0.5))


async def test_what_is_no_pause_takes_its_own_time(autojump_clock: MockClock) -> None:
    clock = CallClock(0.0)

    await trio.sleep(1.5)

    assert clock.now() == 1.5
