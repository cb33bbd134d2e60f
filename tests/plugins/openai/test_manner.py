"""What a refusal teaches about the next request."""

import pytest

from clawctl_plugins.openai.manner import Manner
from clawctl_plugins.openai.server import Refused

FIELDS = {"model": "m", "max_tokens": 60, "temperature": 0.3}
TALK = [
    {"role": "system", "content": "Be kind."},
    {"role": "user", "content": "Hi."},
    {"role": "system", "content": "It is Tuesday."},
    {"role": "user", "content": "What day?"},
]


def refused(words, status=400):
    return Refused("told", status, words)


def test_a_length_that_is_unknown_goes_by_its_other_name():
    words = (
        '{"error": {"message": "Unsupported parameter: \'max_tokens\' is not supported with this'
        ' model. Use \'max_completion_tokens\' instead.", "param": "max_tokens"}}'
    )
    manner = Manner().after(refused(words))
    assert manner is not None
    assert manner.asked(TALK, FIELDS) == {
        "messages": TALK,
        "model": "m",
        "temperature": 0.3,
        "max_completion_tokens": 60,
    }


def test_what_is_unknown_by_every_name_is_left_out():
    manner = Manner(unknown=frozenset({"max_tokens", "max_completion_tokens", "temperature"}))
    assert manner.asked(TALK, FIELDS) == {"messages": TALK, "model": "m"}


def test_a_field_that_a_form_does_not_know_is_left_out():
    words = '{"detail":[{"type":"extra_forbidden","loc":["body","temperature"],"input":0.3}]}'
    assert Manner().after(refused(words, 422)) == Manner(unknown=frozenset({"temperature"}))


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("System message must be at the beginning.", 400),
        ("Jinja Exception: System message must be at the beginning.", 500),
        ("system message must be at the beginning", 500),
        ("Conversation roles must alternate user/assistant/user/assistant/...", 400),
    ],
)
def test_an_order_that_is_refused_gives_way_to_another(words, status):
    once = Manner().after(refused(words, status))
    twice = once.after(refused("System role not supported", 400))
    assert [each["role"] for each in once.asked(TALK, FIELDS)["messages"]] == ["system", "user"]
    assert [each["role"] for each in twice.asked(TALK, FIELDS)["messages"]] == ["user"]
    assert twice.after(refused(words, status)) is None


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("", 400),
        ("<html>Internal system failure</html>", 500),
        ("'max_tokens' is too large: 400", 400),
        ("model 'stop' not found", 404),
        ("unsupported 'max_tokens'", 500),
    ],
)
def test_what_nothing_helps_against_is_not_asked_again(words, status):
    assert Manner().after(refused(words, status)) is None
