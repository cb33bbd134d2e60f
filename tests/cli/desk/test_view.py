"""What an operator reads."""

from math import inf

import pytest

from clawctl.cli.desk import view
from clawctl.cli.desk.sitting import Question, Sitting
from clawctl.cli.desk.steps import Say
from clawctl.wire import events

STATE = {
    "session_id": "0123456789abcdef",
    "history": [
        {"role": "user", "content": "Hello?"},
        {"role": "assistant", "content": "Hello, this is Ann."},
    ],
    "turn_count": 1,
    "instructions": {"base": "Be brief.", "session": "", "pending_turn": "Ask for the name."},
    "agent_takeover": False,
    "created_at": 1000.0,
    "caller_number": "+4930123",
    "direction": "incoming",
    "summary": "",
    "knowledge": "She is 40.",
    "injects": ["One moment."],
}


def lines(says):
    return [view.line(one) for one in says]


def event(kind, **data):
    return {"type": kind, "seq": 1, "session_id": "s1", "data": data, **data}


def told(kind, holding=True, **data):
    return lines(view.told(event(kind, **data), "Ann", holding=holding))


def test_an_arrival_tells_who_calls_and_what_was_said():
    assert lines(view.arrival(STATE, now=1065.0)) == [
        "call       +4930123, incoming, for 1 min 5 s, 0123456789ab",
        "caller     Hello?",
        "assistant  Hello, this is Ann.",
    ]


def test_a_hidden_number_and_a_silent_call():
    state = STATE | {"caller_number": "", "history": [], "direction": ""}

    assert lines(view.arrival(state, now=1000.0)) == [
        "call       hidden number, for 0 s, 0123456789ab",
        "Nothing was said yet.",
    ]


def test_of_a_long_conversation_the_end_is_shown():
    state = STATE | {"history": STATE["history"] * 20}

    shown = lines(view.arrival(state, now=1000.0))

    assert (shown[1], len(shown)) == ("(30 lines before: /history)", 12)
    assert len(lines(view.history(state))) == 40


def test_the_state_of_a_call():
    assert lines(view.situation(STATE | {"takeover": {"agent": "a1", "name": "Bob"}})) == [
        "answers    Bob",
        "turns      1",
        "base       Be brief.",
        "turn       Ask for the name.",
        "queued     One moment.",
    ]


@pytest.mark.parametrize(
    ("model", "holding", "who"),
    [
        ("agent", True, "you"),
        ("agent", False, "agent"),
        ("inject", True, "inject"),
        ("filler", True, "filler"),
        ("receptionist", True, "assistant"),
    ],
)
def test_a_reply_tells_whose_it_is(model, holding, who):
    assert told("turn.reply", holding, reply="Hi.", model=model) == [f"{who:9}  Hi."]


def test_what_others_do_with_the_call_is_told():
    assert told("agent.takeover", agent="Ann", mode="draft") == []
    assert told("agent.takeover", agent="Bob", mode="draft") == ["Bob answers this call."]
    assert told("agent.release", agent="Ann", reason="released") == []
    assert told("agent.release", agent="Bob", reason="released") == [
        "Bob no longer answers this call."
    ]


def test_what_callers_say_steers_no_terminal():
    assert view.line(view.caller("\x1b[2J\x9b31mboo\u202e\x07")) == (
        "caller     \\x1b[2J\\x9b31mboo\\u202e\\x07".replace("\\u202e", "\\x202e")
    )


@pytest.mark.parametrize("kind", sorted(events.kinds(), key=lambda kind: kind.type))
def test_every_event_can_be_shown_with_nothing_in_it(kind):
    data = events.data_of(kind())

    for one in view.told(event(kind.type, **data), "Ann", holding=True):
        assert view.line(one)


class TestTheBar:
    @pytest.fixture
    def sitting(self):
        return Sitting("s1", "Ann", "drive", "+4930123")

    def test_tells_the_mode_and_the_caller(self, sitting):
        assert view.bar(sitting, 0.0) == "drive · +4930123 · /help"
        assert view.prompt(sitting) == "drive> "

    def test_counts_down_what_is_really_left(self, sitting):
        sitting.question = Question("r1", until=130.0)

        assert view.bar(sitting, 100.4) == "drive · +4930123 · 30 s left"
        assert view.bar(sitting, 140.0) == "drive · +4930123 · 0 s left"
        assert view.prompt(sitting) == "answer> "

    def test_tells_when_the_draft_is_said_by_itself(self, sitting):
        sitting.question = Question("r1", until=130.0, draft="Hi.", said_at=105.0)

        assert view.bar(sitting, 101.0).endswith("draft is said in 4 s, Ctrl-C stops it")
        sitting.question.said_at = inf
        assert view.bar(sitting, 101.0).endswith("29 s left")

    def test_tells_what_is_kept_and_left(self, sitting):
        sitting.kept, sitting.offered = ["a", "b"], ["c"]

        assert view.bar(sitting, 0.0).endswith("/help · 2 kept · 1 too late: /inject")

    def test_tells_that_the_connection_is_lost(self, sitting):
        assert view.bar(sitting, 0.0, away=True).endswith("connection lost, trying again")


def test_long_words_of_a_caller_stay_in_their_column():
    said = view.line(view.caller("It is about the appointment on Friday."), across=40)

    assert said.splitlines() == ["caller     It is about the appointment", "           on Friday."]
    assert view.line(view.caller("It is me. " * 9), across=1).count("\n") == 4


def test_a_say_without_who_is_a_sentence():
    assert view.line(Say("", "Handed back.")) == "Handed back."
