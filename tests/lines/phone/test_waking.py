"""A quiet call is woken for a sentence that waits, and nothing is left on the phone."""

from types import SimpleNamespace

import pytest
import trio

from clawctl.bus import Bus
from clawctl.config.live import Live
from clawctl.config.load import given
from clawctl.lines.phone.profile_install import OWN
from clawctl.lines.phone.waking import LISTENS_S, NAME, PLACE, SILENCE, Waking
from clawctl.testing.calls import EPOCH
from clawctl.wire.events import AgentInject, AgentInjectSpoken, TurnStarted

AUDIO = f"{OWN}/{PLACE}/{NAME}"


@pytest.fixture
async def at(inside, autojump_clock):
    """A phone with a call in which as many sentences wait as `waiting`."""
    bus = Bus(lambda: EPOCH + trio.current_time())
    live = Live(given({"wake_quiet_calls": True}))
    here = SimpleNamespace(bus=bus, live=live, inside=inside, waiting=1)
    waking = Waking(inside, bus, live, lambda session_id: here.waiting > 0)
    here.stop = trio.CancelScope()

    async def run():
        with here.stop:
            await waking.run()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(run)
        await trio.sleep(1)
        yield here
        nursery.cancel_scope.cancel()


def audio(at):
    try:
        return at.inside.system.files.read(AUDIO)
    except OSError:
        return None


def speak(at):
    at.waiting -= 1
    at.bus.publish(AgentInjectSpoken(session_id="s"))


async def test_what_the_app_sends_by_itself_is_there_until_a_turn_begins(at, autojump_clock):
    at.bus.publish(AgentInject(session_id="s"))
    await trio.sleep(1)
    assert audio(at) == SILENCE

    at.bus.publish(TurnStarted(session_id="another"))
    await trio.sleep(1)
    assert audio(at) == SILENCE

    at.bus.publish(TurnStarted(session_id="s"))
    await trio.sleep(1)
    assert audio(at) is None


async def test_several_sentences_take_a_turn_each(at, autojump_clock):
    at.waiting = 2
    at.bus.publish(AgentInject(session_id="s"))
    for _ in range(2):
        await trio.sleep(1)
        assert audio(at) == SILENCE
        at.bus.publish(TurnStarted(session_id="s"))
        await trio.sleep(1)
        assert audio(at) is None
        speak(at)

    await trio.sleep(1)
    assert audio(at) is None


async def test_a_phone_that_does_not_listen_is_left_alone_after_a_while(at, autojump_clock):
    at.bus.publish(AgentInject(session_id="s"))
    await trio.sleep(LISTENS_S + 1)

    assert audio(at) is None


async def test_nothing_is_left_when_the_gateway_stops(at, autojump_clock):
    at.bus.publish(AgentInject(session_id="s"))
    await trio.sleep(1)
    assert audio(at) == SILENCE
    at.stop.cancel()
    await trio.sleep(1)

    assert audio(at) is None


@pytest.mark.parametrize("off", ["setting", "call"])
async def test_only_a_call_on_the_phone_is_woken_and_only_where_it_is_wanted(
    at, off, autojump_clock
):
    if off == "setting":
        at.live.change({"wake_quiet_calls": False}, by="owner")
    else:
        at.waiting = 0
    at.inside.commands.clear()
    at.bus.publish(AgentInject(session_id="s"))
    await trio.sleep(1)

    assert at.inside.commands == []


async def test_a_release_build_is_reached_as_root(inside, autojump_clock):
    inside.condition.debuggable = False
    bus, live = Bus(lambda: EPOCH), Live(given({"wake_quiet_calls": True}))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(Waking(inside, bus, live, lambda _: True).run)
        await trio.sleep(1)
        bus.publish(AgentInject(session_id="s"))
        await trio.sleep(1)

        assert inside.system.files.read(AUDIO, "app") == SILENCE
        nursery.cancel_scope.cancel()


async def test_a_phone_without_a_way_in_loses_nothing_but_the_waking(inside, autojump_clock):
    inside.condition.debuggable, inside.condition.su = False, "missing"
    bus, live = Bus(lambda: EPOCH), Live(given({"wake_quiet_calls": True}))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(Waking(inside, bus, live, lambda _: True).run)
        for _ in range(3):
            bus.publish(AgentInject(session_id="s"))
            await trio.sleep(5)
        nursery.cancel_scope.cancel()
