"""A prompt as messages, in the prompt's own order and by turns."""

from clawctl.engines.api import Message, Prompt
from clawctl.engines.messages import by_turns, chat

TALK = Prompt(
    system="Be kind.",
    summary="They talked.",
    history=(
        Message("assistant", "Good morning."),
        Message("user", "Hi."),
        Message("user", "Are you there?"),
        Message("assistant", "Hello."),
    ),
    knowledge="It is Tuesday.",
    transcript="What day?",
)


def test_parts_that_are_empty_leave_no_message():
    assert chat(Prompt(system="", transcript="Hi.")) == [{"role": "user", "content": "Hi."}]


def test_by_turns_what_the_system_says_opens_the_callers_next_words():
    assert by_turns(chat(TALK)) == [
        {"role": "system", "content": "Be kind.\n\nThey talked."},
        {"role": "assistant", "content": "Good morning."},
        {"role": "user", "content": "Hi.\n\nAre you there?"},
        {"role": "assistant", "content": "Hello."},
        {"role": "user", "content": "It is Tuesday.\n\nWhat day?"},
    ]


def test_without_a_system_message_the_caller_speaks_first():
    assert by_turns(chat(TALK), system=False)[:3] == [
        {"role": "user", "content": "Be kind.\n\nThey talked."},
        {"role": "assistant", "content": "Good morning."},
        {"role": "user", "content": "Hi.\n\nAre you there?"},
    ]


def test_what_is_by_turns_already_stays_as_it_is():
    plain = chat(Prompt(system="Be kind.", transcript="Hi."))
    assert by_turns(plain) == plain
    assert by_turns([]) == []
