"""What waits for an agent: in order, answers never lost."""

import json

import trio

from clawctl.agents.outbox import Outbox
from clawctl.wire.events import Stamped, TurnReply


def stamped(seq, session_id="s"):
    return Stamped(seq, 1.0, TurnReply(session_id=session_id, reply=f"r{seq}"))


def told(outbox):
    return [json.loads(frame) for frame in outbox.take_nowait()]


def everything(_):
    return True


def test_events_and_acks_keep_their_order():
    outbox = Outbox(everything)

    outbox.put(stamped(1))
    outbox.send(b'{"type": "pong"}')
    outbox.put(stamped(2))

    assert [frame.get("seq", frame["type"]) for frame in told(outbox)] == [1, "pong", 2]


def test_only_the_oldest_events_are_lost_and_their_number_is_told():
    outbox = Outbox(everything, most_events=2)

    outbox.put(stamped(1))
    outbox.send(b'{"type": "pong"}')
    for seq in (2, 3, 4):
        outbox.put(stamped(seq))

    frames = told(outbox)
    assert [frame["type"] for frame in frames] == [
        "pong",
        "events.dropped",
        "turn.reply",
        "turn.reply",
    ]
    assert frames[1]["count"] == 2
    assert frames[1]["seq"] == 2
    assert [frame["seq"] for frame in frames[2:]] == [3, 4]


def test_a_loss_is_told_once():
    outbox = Outbox(everything, most_events=1)
    outbox.put(stamped(1))
    outbox.put(stamped(2))
    outbox.take_nowait()

    outbox.put(stamped(3))

    assert [frame["type"] for frame in told(outbox)] == ["turn.reply"]


def test_what_nobody_asked_for_is_left_out():
    outbox = Outbox(lambda one: one.event.session_id == "mine")

    outbox.put(stamped(1, "other"))
    outbox.put(stamped(2, "mine"))

    assert [frame["seq"] for frame in told(outbox)] == [2]


async def test_whoever_writes_waits_for_the_next_frame(autojump_clock):
    outbox, taken = Outbox(everything), []

    async def write():
        await outbox.filled()
        taken.extend(outbox.take_nowait())

    async with trio.open_nursery() as nursery:
        nursery.start_soon(write)
        await trio.sleep(1)
        outbox.send(b"a")
        outbox.send(b"b")

    assert taken == [b"a", b"b"]
