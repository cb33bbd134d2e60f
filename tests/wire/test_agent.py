"""Messages of the agent protocol, transcribed from the manuals' tables and examples."""

import json

import msgspec
import pytest

from clawctl.wire import agent as wire
from clawctl.wire.agent import Misunderstood, decode

# The takeover guide, "Send (agent → gateway)", and the gateway manual, "agent sends JSON messages".
GOLDEN = [
    ('{"type": "dial", "number": "+49..."}', wire.Dial(number="+49...")),
    (
        '{"type": "inject", "session_id": "...", "text": "Custom greeting"}',
        wire.Inject(session_id="...", text="Custom greeting"),
    ),
    ('{"type": "takeover", "session_id": "..."}', wire.Takeover(session_id="...")),
    ('{"type": "release", "session_id": "..."}', wire.Release(session_id="...")),
    ('{"type": "hangup", "session_id": "..."}', wire.Hangup(session_id="...")),
    ('{"type": "hangup"}', wire.Hangup()),
    ('{"type": "get_call_state", "session_id": "abc123"}', wire.GetCallState(session_id="abc123")),
    ('{"type": "end_session", "session_id": "abc123"}', wire.EndSession(session_id="abc123")),
    (
        (
            '{"type": "inject_context", "session_id": "abc123",'
            ' "context": "Caller is John Smith, account #12345. Balance: €1,234.56."}'
        ),
        wire.InjectContext(
            session_id="abc123",
            context="Caller is John Smith, account #12345. Balance: €1,234.56.",
        ),
    ),
    ('{"type": "clear_context", "session_id": "abc123"}', wire.ClearContext(session_id="abc123")),
    ('{"type": "ping"}', wire.Ping()),
    (
        '{"type": "set_instructions", "instructions": "Be brief.", "scope": "global"}',
        wire.SetInstructions(instructions="Be brief.", scope="global"),
    ),
    (
        (
            '{"type": "set_instructions", "instructions": "Be brief.",'
            ' "session_id": "abc123", "scope": "session"}'
        ),
        wire.SetInstructions(instructions="Be brief.", session_id="abc123", scope="session"),
    ),
    (
        (
            '{"type": "set_instructions", "instructions": "Be brief.",'
            ' "session_id": "abc123", "scope": "turn"}'
        ),
        wire.SetInstructions(instructions="Be brief.", session_id="abc123", scope="turn"),
    ),
    (
        '{"type": "set_call_config", "config": {"greeting_owner": "Markus", "tts_speed": 1.2}}',
        wire.SetCallConfig(config={"greeting_owner": "Markus", "tts_speed": 1.2}),
    ),
    # "No type field needed in the reply — just reply + request_id."
    (
        '{"reply": "Hi there!", "request_id": "a1b2c3"}',
        wire.Reply(reply="Hi there!", request_id="a1b2c3"),
    ),
    (
        '{"reply": "the agent\'s response text", "request_id": "a1b2c3d4..."}',
        wire.Reply(reply="the agent's response text", request_id="a1b2c3d4..."),
    ),
    ('{"reply": "Hi there!"}', wire.Reply(reply="Hi there!")),
    # The gateway page's own.
    (
        '{"request_id": "a1b2c3", "reply": "One. ", "partial": true}',
        wire.Reply(request_id="a1b2c3", reply="One. ", partial=True),
    ),
    (
        '{"type": "hello", "name": "desk", "role": "operator"}',
        wire.Hello(name="desk", role="operator"),
    ),
    ('{"type": "uninject", "session_id": "abc123"}', wire.Uninject(session_id="abc123")),
    (
        '{"type": "subscribe", "sessions": ["abc123"], "types": ["turn.*"], "after": 7}',
        wire.Subscribe(sessions=("abc123",), types=("turn.*",), after=7),
    ),
    (
        '{"type": "takeover", "session_id": "abc123", "mode": "approve", "approve_after_s": 3}',
        wire.Takeover(session_id="abc123", mode="approve", approve_after_s=3),
    ),
    ('{"type": "hold", "request_id": "a1b2c3"}', wire.Hold(request_id="a1b2c3")),
]


@pytest.mark.parametrize(("frame", "message"), GOLDEN, ids=[frame for frame, _ in GOLDEN])
def test_what_the_manuals_print_is_understood(frame, message):
    assert decode(frame) == message
    assert decode(frame.encode()) == message


def test_no_message_is_without_a_golden_frame():
    assert {type(message) for _, message in GOLDEN} == set(wire.Command.__subclasses__())


@pytest.mark.parametrize("frame", [frame for frame, _ in GOLDEN])
def test_an_id_and_fields_of_newer_clients_do_no_harm(frame):
    sent = json.loads(frame)

    assert decode(json.dumps(sent | {"id": 7, "newer": {"a": [1]}})) == msgspec.structs.replace(
        decode(frame), id=7
    )


def test_a_request_reads_as_printed():
    request = wire.TurnRequest(
        session_id="abc123",
        transcript="what the caller said",
        request_id="a1b2c3d4...",
        answer_within_s=34,
    )

    assert json.loads(msgspec.json.encode(request)) == {
        "type": "turn.request",
        "session_id": "abc123",
        "transcript": "what the caller said",
        "request_id": "a1b2c3d4...",
        "answer_within_s": 34,
    }


@pytest.mark.parametrize(
    ("frame", "why"),
    [
        ('{"type": "takeover"}', "Object missing required field `session_id`"),
        ('{"type": "takeover", "session_id": 5}', "Expected `str`, got `int` - at `$.session_id`"),
        ('{"type": "sing"}', "Invalid value 'sing' - at `$.type`"),
        ('{"type": "takeover", "session_id": "a", "mode": "fly"}', "at `$.mode`"),
        ('{"type": "set_call_config", "config": []}', "Expected `object`, got `array`"),
        ('{"type": "subscribe", "after": -1}', "at `$.after`"),
        ('{"reply": null, "request_id": "a"}', "Expected `str`, got `null` - at `$.reply`"),
        ("[]", "not a message: Expected `object`, got `array`"),
        ("", "not a message: Input data was truncated"),
        (b"\xff\x00", "not a message: JSON is malformed"),
        ('{"type": "ping"} x', "not a message: JSON is malformed"),
        ('{"type": "ping", "id": 1.5}', "at `$.id`"),
        ('{"config": ' + "[" * 100_000, "not a message: maximum recursion depth"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(frame, why):
    with pytest.raises(Misunderstood) as refused:
        decode(frame)

    assert why in str(refused.value)


def test_a_refusal_knows_which_message_it_is_about():
    with pytest.raises(Misunderstood) as refused:
        decode('{"type": "takeover", "id": "mine"}')

    assert refused.value.id == "mine"


def test_a_refusal_quotes_no_more_than_one_reads():
    with pytest.raises(Misunderstood) as refused:
        decode(json.dumps({"type": "x" * 100_000}))

    assert len(str(refused.value)) == wire.MOST_WHY + 1
