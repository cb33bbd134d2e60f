"""What a listener receives."""

import json

import msgspec
import pytest

from clawctl.wire import events
from clawctl.wire.events import (
    Event,
    SessionStarted,
    Stamped,
    TurnComplete,
    TurnReply,
    TurnTranscript,
    to_wire,
)

EVERY = [
    value
    for value in vars(events).values()
    if isinstance(value, type) and issubclass(value, Event) and value is not Event
]

# What a complete turn has of which this one has nothing.
NOTHING = {"transcript": "", "model": "", "degraded": "", "metrics": {}}


def test_the_keys_of_data_stand_at_the_top_as_well():
    frame = json.loads(to_wire(Stamped(3, 1.5, TurnComplete(session_id="s", reply="Yes.", turn=2))))

    assert frame == {
        "type": "turn.complete",
        "seq": 3,
        "timestamp": 1.5,
        "session_id": "s",
        "data": {"reply": "Yes.", "turn": 2, **NOTHING},
        "reply": "Yes.",
        "turn": 2,
        **NOTHING,
    }


@pytest.mark.parametrize(
    ("event", "fields"),
    [
        (TurnTranscript(), {"transcript": "", "asr_ms": 0.0}),
        (TurnReply(), {"reply": "", "model": ""}),
        (TurnComplete(), {"reply": "", "turn": 0, **NOTHING}),
    ],
)
def test_what_the_manual_names_of_a_turn_is_there_even_when_it_is_empty(event, fields):
    assert json.loads(to_wire(Stamped(1, 0.0, event)))["data"] == fields


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.type)
def test_every_event_has_a_meaning_a_type_of_its_own_and_defaults(kind):
    assert kind.__doc__
    assert [other for other in EVERY if other.type == kind.type] == [kind]
    assert b"null" not in to_wire(Stamped(1, 0.0, kind()))
    assert not {"type", "seq", "timestamp", "data"} & {f.name for f in msgspec.structs.fields(kind)}


def test_an_empty_field_is_left_out():
    assert json.loads(to_wire(Stamped(1, 0.0, SessionStarted(session_id="s"))))["data"] == {}


def test_the_text_of_an_event_is_made_once_and_is_no_part_of_it():
    one, other = (Stamped(1, 2.0, TurnReply(reply="a")) for _ in range(2))

    assert one.text is one.text
    assert one.text.encode() == to_wire(one)
    assert one == other
