from collections.abc import Awaitable, Callable
from dataclasses import replace

import msgspec
import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from clawctl.config.schema import LlmSettings, Settings
from clawctl.engines.api import Host, Tts
from clawctl.engines.keeper import Keeper
from clawctl.errors import EngineFailed
from clawctl.testing.engines import HANG, NoHost, ToneTts, fake_plugin

Keep = Callable[[ToneTts], Awaitable[Keeper[Tts]]]


@pytest.fixture
def keep(nursery: trio.Nursery) -> Keep:
    async def run(tts: ToneTts) -> Keeper[Tts]:
        keeper = Keeper[Tts]("tone", fake_plugin("tone", tts=tts).tts["tone"], NoHost())
        keeper.want(True)
        nursery.start_soon(keeper.run)
        await wait_all_tasks_blocked()
        return keeper

    return run


async def test_an_engine_is_opened_when_it_is_first_needed(
    keep: Keep, autojump_clock: MockClock
) -> None:
    tts = ToneTts(opening_s=3)
    keeper = await keep(tts)
    assert (keeper.state, tts.opened) == ("closed", 0)

    assert await keeper.ready() is tts
    assert (keeper.state, tts.opened) == ("ready", 1)
    assert trio.current_time() == 3


async def test_all_who_wait_for_the_opening_get_the_same_engine(
    keep: Keep, autojump_clock: MockClock
) -> None:
    tts = ToneTts(opening_s=3)
    keeper = await keep(tts)

    async with trio.open_nursery() as nursery:
        for _ in range(3):
            nursery.start_soon(keeper.ready)
        await wait_all_tasks_blocked()
        assert keeper.state == "opening"

    assert tts.opened == 1


async def test_one_who_stops_waiting_leaves_the_opening_alone(
    keep: Keep, autojump_clock: MockClock
) -> None:
    tts = ToneTts(opening_s=5)
    keeper = await keep(tts)

    with trio.move_on_after(2):
        await keeper.ready()
    await keeper.ready()

    assert trio.current_time() == 5


async def test_an_engine_that_cannot_be_opened_says_why_and_is_tried_again(
    keep: Keep, autojump_clock: MockClock
) -> None:
    tts = ToneTts(opening_trouble=EngineFailed("no such voice"))
    keeper = await keep(tts)

    with pytest.raises(EngineFailed, match="no such voice"):
        await keeper.ready()
    assert (keeper.state, keeper.failure) == ("failed", "no such voice")
    tts.opening_trouble = None
    await trio.sleep(14.9)
    assert tts.opened == 0
    await trio.sleep(0.2)
    assert (tts.opened, keeper.state) == (1, "ready")


async def test_the_rest_after_a_failure_doubles_up_to_two_minutes(
    keep: Keep, autojump_clock: MockClock
) -> None:
    keeper = await keep(ToneTts())
    await keeper.ready()

    rests = []
    for _ in range(5):
        await trio.sleep(1)
        keeper.failed("it crackles", since=trio.current_time())
        rests.append(keeper.rested_at - trio.current_time())

    assert rests == [15, 30, 60, 120, 120]


async def test_an_engine_that_worked_again_is_as_good_as_new(
    keep: Keep, autojump_clock: MockClock
) -> None:
    keeper = await keep(ToneTts())
    await keeper.ready()

    keeper.failed("it crackles", since=0)
    assert keeper.state == "failed"
    keeper.worked()
    assert (keeper.state, keeper.failure) == ("ready", "")


async def test_a_change_of_the_settings_ends_the_rest(
    nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    tts, host = ToneTts(), SetHost()
    keeper = Keeper[Tts]("tone", fake_plugin("tone", tts=tts).tts["tone"], host)
    keeper.want(True)
    nursery.start_soon(keeper.run)
    await keeper.ready()
    keeper.failed("refuses the key", since=0)
    assert keeper.resting

    host.now = msgspec.structs.replace(host.now, llm=LlmSettings(llm_api_key="another"))

    assert not keeper.resting
    keeper.failed("refuses that one, too", since=1)
    assert keeper.resting


async def test_calls_that_fail_together_count_once(keep: Keep, autojump_clock: MockClock) -> None:
    keeper = await keep(ToneTts())
    await keeper.ready()
    began = trio.current_time()
    await trio.sleep(10)

    for _ in range(4):
        keeper.failed("hangs", since=began)

    assert keeper.rested_at == 25


async def test_an_engine_that_fails_twice_is_opened_anew_once_its_calls_ended(
    keep: Keep, autojump_clock: MockClock
) -> None:
    tts = ToneTts()
    keeper = await keep(tts)
    await keeper.ready()

    with keeper.in_use():
        keeper.failed("it crackles", since=trio.current_time())
        await trio.sleep(1)
        keeper.failed("it crackles", since=trio.current_time())
        await trio.sleep(1)
        assert (tts.opened, tts.closed) == (1, 0)
    await trio.sleep(1)

    assert (tts.opened, tts.closed) == (2, 1)
    assert keeper.state == "failed"


async def test_waiting_for_a_slow_opening_is_no_reason_to_open_anew(
    keep: Keep, autojump_clock: MockClock
) -> None:
    tts = ToneTts(opening_s=40)
    keeper = await keep(tts)
    for _ in range(3):
        began = trio.current_time()
        with trio.move_on_after(10):
            await keeper.ready()
        keeper.failed("nothing came for 10 s", since=began)
    await keeper.ready()

    await trio.sleep(1)
    keeper.failed("it crackles", since=trio.current_time())
    await trio.sleep(1)

    assert tts.closed == 0


async def test_one_failure_does_not_close_an_engine(keep: Keep, autojump_clock: MockClock) -> None:
    tts = ToneTts()
    keeper = await keep(tts)
    await keeper.ready()

    keeper.failed("it crackles", since=0)
    await trio.sleep(60)

    assert (keeper.state, tts.closed) == ("ready", 0)


async def test_an_engine_nobody_wants_any_more_is_closed_after_its_last_call(
    keep: Keep, autojump_clock: MockClock
) -> None:
    tts = ToneTts()
    keeper = await keep(tts)
    await keeper.ready()

    with keeper.in_use():
        keeper.want(False)
        await wait_all_tasks_blocked()
        assert tts.closed == 0
    await wait_all_tasks_blocked()
    assert (tts.closed, keeper.state) == (1, "closed")
    keeper.want(True)
    await keeper.ready()

    assert tts.opened == 2


async def test_an_opening_that_hangs_is_given_up_in_the_end(
    keep: Keep, autojump_clock: MockClock
) -> None:
    keeper = await keep(ToneTts(opening_trouble=HANG))

    with pytest.raises(EngineFailed, match="not open after 1800 s"):
        await keeper.ready()


async def test_an_engine_that_is_missing_is_absent(keep: Keep, autojump_clock: MockClock) -> None:
    offer = fake_plugin("tone", tts=ToneTts(), missing="not installed").tts["tone"]

    keeper = Keeper[Tts]("tone", offer, NoHost())

    assert (keeper.state, keeper.absent) == ("absent", "not installed")


class SetHost(NoHost):
    """With settings that stay what they are."""

    def __init__(self) -> None:
        self.now = Settings()

    def common(self) -> Settings:
        return self.now


def test_what_it_lacks_is_asked_once_for_the_same_settings() -> None:
    asked, host = list[Host](), SetHost()

    def unset(of: Host) -> str:
        asked.append(of)
        return "no server is set"

    keeper = Keeper("one", replace(fake_plugin(tts=ToneTts()).tts["fake"], unset=unset), host)

    assert {keeper.absent for _ in range(9)} == {"no server is set"}
    assert len(asked) == 1
    host.now = Settings()
    assert keeper.absent == "no server is set"
    assert len(asked) == 2
