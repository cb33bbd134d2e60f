import pytest
import trio
import trio.testing
from trio.testing import MockClock

from clawctl.engines.attempt import Attempt
from clawctl.errors import EngineFailed


async def after(seconds: float) -> str:
    await trio.sleep(seconds)
    return "done"


async def test_the_result_is_what_the_work_returns(
    nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    assert await Attempt[str](10).result(nursery, lambda: after(9)) == "done"
    assert trio.current_time() == 9


async def test_an_error_of_the_work_comes_out_as_it_is(
    nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    async def fails() -> None:
        await trio.lowlevel.checkpoint()
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        await Attempt[None](10).result(nursery, fails)


async def test_an_engine_cannot_end_the_gateway(
    nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    async def ends() -> None:
        await trio.lowlevel.checkpoint()
        raise SystemExit(3)

    with pytest.raises(EngineFailed, match="tried to end the gateway"):
        await Attempt[None](10).result(nursery, ends)


async def test_silent_work_is_given_up_and_cancelled(
    nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    cancelled_at = []

    async def hangs() -> None:
        try:
            await trio.sleep_forever()
        finally:
            cancelled_at.append(trio.current_time())

    with pytest.raises(EngineFailed, match="nothing came for 10 s"):
        await Attempt[None](10).result(nursery, hangs)
    await trio.testing.wait_all_tasks_blocked()

    assert cancelled_at == [10]


async def test_work_that_cannot_be_interrupted_holds_nobody(
    nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    async def deaf() -> None:
        with trio.CancelScope(shield=True):
            await trio.sleep(300)

    with pytest.raises(EngineFailed):
        await Attempt[None](10).result(nursery, deaf)

    assert trio.current_time() == 10


async def test_a_caller_who_goes_away_is_free_at_once(
    nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    async def deaf() -> None:
        with trio.CancelScope(shield=True):
            await trio.sleep(300)

    with trio.move_on_after(3) as gone:
        await Attempt[None](10).result(nursery, deaf)

    assert gone.cancelled_caught
    assert trio.current_time() == 3


async def test_each_piece_renews_the_patience(
    nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    attempt = Attempt[str](10)

    async def slow_but_steady() -> str:
        for _ in range(5):
            await trio.sleep(9)
            with attempt.passing_on("piece"):
                await trio.lowlevel.checkpoint()
        return "done"

    assert await attempt.result(nursery, slow_but_steady) == "done"
    assert trio.current_time() == 45


async def test_a_slow_listener_is_not_the_engines_fault(
    nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    attempt = Attempt[str](10)

    async def quick() -> str:
        with attempt.passing_on("piece"):
            await trio.sleep(100)
        return "done"

    assert await attempt.result(nursery, quick) == "done"


async def test_a_piece_that_comes_after_its_time_is_refused(
    nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    attempt = Attempt[None](10)
    told = trio.Event()

    async def deaf() -> None:
        with trio.CancelScope(shield=True):
            await trio.sleep(11)
        with pytest.raises(EngineFailed, match="too late"), attempt.passing_on("piece"):
            pass
        told.set()

    with pytest.raises(EngineFailed, match="nothing came"):
        await attempt.result(nursery, deaf)
    await told.wait()

    assert not attempt.passed_on


async def test_blank_pieces_pass_nothing_on(
    nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    attempt = Attempt[str](10)

    async def blank() -> str:
        with attempt.passing_on(" \n"):
            await trio.lowlevel.checkpoint()
        return "done"

    await attempt.result(nursery, blank)

    assert not attempt.passed_on


async def test_what_the_caller_raises_is_kept_apart(
    nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    attempt = Attempt[None](10)

    async def work() -> None:
        with attempt.passing_on("piece"):
            raise BrokenPipeError

    with pytest.raises(BrokenPipeError) as caught:
        await attempt.result(nursery, work)

    assert attempt.refusal is caught.value
