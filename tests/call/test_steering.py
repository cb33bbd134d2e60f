"""Injects: queued, said, forgotten, and what tells of it."""

import pytest
import trio

from clawctl.call.steering import Queued, Steering
from clawctl.testing.engines import HANG
from clawctl.wire.events import AgentInject, AgentInjectsCleared, AgentInjectSpoken

INJECTS = (AgentInject, AgentInjectSpoken, AgentInjectsCleared)


@pytest.fixture
def steering(room):
    return Steering(
        room.registry, room.store, room.bus, room.live, room.turns.answering.instructions
    )


@pytest.fixture
async def session(room):
    return await room.registry.open("s")


def told(room):
    return [event for event in room.events() if isinstance(event, INJECTS)]


async def test_each_inject_is_told_of_when_it_is_queued_and_when_it_is_said(
    room, steering, session, autojump_clock
):
    one, two = steering.inject(session, "One."), steering.inject(session, "Two.")
    assert (one, two) == (Queued("One.", 1, one.seq), Queued("Two.", 2, one.seq + 1))

    await room.say("hm", "s")
    await room.say("hm", "s")

    assert told(room) == [
        AgentInject(session_id="s", text="One.", position=1),
        AgentInject(session_id="s", text="Two.", position=2),
        AgentInjectSpoken(session_id="s", text="One."),
        AgentInjectSpoken(session_id="s", text="Two."),
    ]


async def test_injects_that_are_forgotten_are_announced_once(
    room, steering, session, autojump_clock
):
    steering.inject(session, "One.")
    steering.inject(session, "Two.")
    told(room)

    assert [steering.uninject(session), steering.uninject(session)] == [2, 0]
    assert told(room) == [AgentInjectsCleared(session_id="s", count=2)]


@pytest.mark.parametrize("trouble", [HANG, RuntimeError("no voice")])
async def test_what_was_not_said_in_time_is_said_at_the_next_turn(
    room, steering, session, autojump_clock, trouble
):
    room.set(engine_timeout_sec=100)
    steering.inject(session, "Important.")
    told(room)
    room.tts.trouble = trouble
    await room.say("hm", "s")
    assert (session.state.injects, told(room)) == (["Important."], [])

    room.tts.trouble = None
    await room.say("hm again", "s")
    assert told(room) == [AgentInjectSpoken(session_id="s", text="Important.")]


class GoingAway:
    """A phone that hears the beginning and is gone."""

    async def session(self, session_id):
        pass

    async def heard(self, transcript, asr_ms):
        pass

    async def reply(self, text, *, final):
        pass

    async def sound(self, sound, *, whole):
        await trio.sleep_forever()


async def test_an_inject_that_the_phone_did_not_take_to_its_end_is_told_of_as_cut_short(
    room, steering, session, autojump_clock
):
    steering.inject(session, "Important.")
    told(room)
    with trio.move_on_after(1):
        await room.turns.run(room.utterance("hi", session_id="s", streamed=True), GoingAway())

    assert told(room) == [AgentInjectSpoken(session_id="s", text="Important.", cut_short=True)]
    assert session.state.injects == []
