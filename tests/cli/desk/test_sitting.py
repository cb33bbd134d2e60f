"""What follows from what an operator types and hears, without a terminal or a gateway."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawctl.cli.desk import view
from clawctl.cli.desk.sitting import TWICE_S, Sitting
from clawctl.cli.desk.steps import Answer, Hold, Leave, Offer, Say, Withdraw
from clawctl.client.takeover import Reply
from clawctl.errors import Conflict, Unreachable


@pytest.fixture
def sitting():
    return Sitting("s1", "Ann", "drive", "+4930123")


def asked(sitting, transcript="Who is there?", request_id="r1", draft="", said_at=inf):
    return sitting.asked(request_id, transcript, until=30.0, draft=draft, said_at=said_at)


def event(kind, **data):
    return {"type": kind, "seq": 1, "session_id": "s1", "data": data, **data}


def words(steps):
    return [(one.who, one.text) for one in steps if isinstance(one, Say)]


class TestALine:
    def test_answers_the_turn_that_waits(self, sitting):
        asked(sitting)

        assert sitting.typed(" It is Ann. ") == [Answer("r1", "It is Ann.")]
        assert sitting.question is None

    def test_typed_before_the_caller_spoke_is_the_next_answer(self, sitting):
        kept = sitting.typed("I am here.") + sitting.typed("Go on.")

        assert [text for _, text in words(kept)] == [
            f"I am here. ({view.KEPT})", f"Go on. ({view.KEPT})",
        ]  # fmt: skip
        assert asked(sitting)[-1] == Answer("r1", "I am here. Go on.")
        assert sitting.kept == []

    def test_that_comes_too_late_is_offered(self, sitting):
        asked(sitting)
        assert sitting.over("r1") == []

        assert words(sitting.typed("It was red.")) == [("late", f"It was red. ({view.OFFERED})")]
        assert (sitting.to_inject(), sitting.to_inject()) == ("It was red.", "")

    def test_after_the_late_one_is_kept_for_the_next_turn(self, sitting):
        asked(sitting)
        sitting.over("r1")
        sitting.typed("It was red.")

        sitting.typed("Anything else?")

        assert sitting.kept == ["Anything else?"]

    def test_says_nothing_to_a_caller_who_is_only_watched(self, sitting):
        sitting.took("watch")

        assert words(sitting.typed("Psst.")) == [("unsaid", f"Psst. ({view.ONLY_WATCHING})")]
        assert (sitting.kept, sitting.offered) == ([], [])

    def test_that_is_empty_is_no_answer(self, sitting):
        asked(sitting)

        assert sitting.typed("  ") == []
        assert sitting.question is not None


class TestADraft:
    def test_stands_where_the_operator_types(self, sitting):
        steps = asked(sitting, draft="Hello.")

        assert steps[-2:] == [Say("draft", "Hello.", "dim"), Offer("Hello.")]

    def test_is_sent_by_an_empty_line(self, sitting):
        asked(sitting, draft="Hello.")

        assert sitting.typed("") == [Withdraw("Hello."), Answer("r1", "Hello.")]

    def test_that_is_edited_is_sent_as_edited(self, sitting):
        asked(sitting, draft="Hello.")

        assert sitting.typed("Hello you.")[-1] == Answer("r1", "Hello you.")

    def test_goes_away_with_its_turn(self, sitting):
        asked(sitting, draft="Hello.")

        assert sitting.over("r1") == [Withdraw("Hello.")]
        assert sitting.over("r1") == []

    def test_is_not_shown_when_the_answer_was_kept(self, sitting):
        sitting.typed("I am here.")

        assert not any(isinstance(one, Offer) for one in asked(sitting, draft="Hello."))


class TestApproving:
    def test_editing_stops_the_draft(self, sitting):
        asked(sitting, draft="Hello.", said_at=5.0)

        assert sitting.edited("Hello.") == []
        assert sitting.edited("Hello!")[0] == Hold("r1")
        assert sitting.edited("Hello!!") == []
        assert sitting.question.said_at == inf

    def test_whoever_is_writing_already_is_not_overtaken(self, sitting):
        sitting.edited("Wai")

        assert Hold("r1") in asked(sitting, draft="Hello.", said_at=5.0)

    def test_ctrl_c_stops_the_draft_and_hangs_up_on_nobody(self, sitting):
        asked(sitting, draft="Hello.", said_at=5.0)

        steps = sitting.interrupted(now=100.0)

        assert steps[0] == Hold("r1")
        assert words(steps) == [("", view.HELD), ("", view.AGAIN)]
        assert sitting.typed("")[-1] == Answer("r1", "Hello.")


class TestCtrlC:
    def test_twice_leaves(self, sitting):
        assert words(sitting.interrupted(now=100.0)) == [("", view.AGAIN)]
        assert sitting.interrupted(now=100.0 + TWICE_S) == [Leave(interrupted=True)]

    def test_long_ago_does_not_count(self, sitting):
        sitting.interrupted(now=100.0)

        assert words(sitting.interrupted(now=100.1 + TWICE_S)) == [("", view.AGAIN)]

    def test_before_a_line_does_not_count(self, sitting):
        sitting.interrupted(now=100.0)
        sitting.typed("I am here.")

        assert words(sitting.interrupted(now=101.0)) == [("", view.AGAIN)]


class TestWhatBecameOfAnAnswer:
    def test_spoken_it_is_heard_as_an_event(self, sitting):
        assert sitting.answered(Answer("r1", "Hi."), Reply(ok=True)) == []

    def test_after_a_filler_it_is_said_later(self, sitting):
        asked(sitting)
        sitting.heard(event("turn.reply", reply="One moment.", model="filler"))
        (answer,) = sitting.typed("Hi.")

        assert answer == Answer("r1", "Hi.", filled=True)
        assert words(sitting.answered(answer, Reply(ok=True))) == [
            ("kept", f"Hi. ({view.NEXT_TURN})")
        ]

    def test_too_late_it_is_offered(self, sitting):
        steps = sitting.answered(Answer("r1", "Hi."), Reply(ok=False, late=True, error="too late"))

        assert words(steps) == [("late", f"Hi. ({view.OFFERED})")]
        assert sitting.offered == ["Hi."]

    def test_too_late_but_queued_it_needs_no_offer(self, sitting):
        steps = sitting.answered(Answer("r1", "Hi."), Reply(ok=False, late=True, queued=True))

        assert words(steps) == [("late", f"Hi. ({view.QUEUED})")]
        assert sitting.offered == []

    def test_refused_it_is_offered_with_the_reason(self, sitting):
        steps = sitting.answered(Answer("r1", "Hi."), Reply(ok=False, error="no such request"))

        assert words(steps) == [("late", f"Hi. (no such request; {view.INJECTABLE})")]
        assert sitting.offered == ["Hi."]


class TestTheCallersWords:
    def test_are_shown_once_whichever_tells_first(self, sitting):
        heard = event("turn.transcript", transcript="Yes.")

        assert words(sitting.heard(heard) + asked(sitting, "Yes.")) == [("caller", "Yes.")]
        assert words(asked(sitting, "Yes.") + sitting.heard(heard)) == [("caller", "Yes.")]

    def test_of_other_calls_are_not(self, sitting):
        assert (
            sitting.heard(event("turn.transcript", transcript="Yes.") | {"session_id": "s2"}) == []
        )

    def test_without_words_are_said_to_be_none(self, sitting):
        steps = sitting.heard(event("turn.transcript", transcript=""))

        assert words(steps) == [("caller", "(nothing that was understood)")]


class TestTheEnd:
    def test_of_the_call(self, sitting):
        steps = sitting.heard(event("session.ended", reason="hangup"))

        assert words(steps) == [("", "The call is over: it was hung up.")]
        assert steps[-1] == Leave()

    def test_when_another_took_it(self, sitting):
        (leave,) = sitting.let_go("revoked", "Bob")

        assert isinstance(leave.failure, Conflict)
        assert str(leave.failure) == "Bob has taken this call from you"

    @pytest.mark.parametrize(
        ("why", "failure"), [("revoked", Conflict), ("lost", Unreachable), ("ended", type(None))]
    )
    def test_of_the_takeover_is_the_end(self, sitting, why, failure):
        leave = sitting.let_go(why)[-1]

        assert type(leave.failure) is failure

    def test_what_was_kept_for_the_next_answer_is_not_said_by_surprise_later(self, sitting):
        sitting.typed("I am here.")

        sitting.let_go("released")

        assert (sitting.kept, sitting.offered) == ([], ["I am here."])

    def test_handed_back_it_goes_on_being_watched(self, sitting):
        asked(sitting, draft="Hello.")

        assert sitting.let_go("released") == [
            Withdraw("Hello."), Say("", view.HANDED_BACK, "loud"),
        ]  # fmt: skip
        assert (sitting.mode, sitting.missed) == ("watch", False)


@given(
    st.lists(st.sampled_from(["type", "ask", "over", "late", "go", "take", "inject"]), max_size=40)
)
def test_no_word_of_an_operator_is_lost_or_said_twice(doings):
    sitting, said, typed, last = Sitting("s1", "Ann"), [], [], None
    for number, doing in enumerate(doings):
        steps = []
        if doing == "type" and sitting.holding:
            typed.append(f"line{number}")
            steps = sitting.typed(typed[-1])
        elif doing == "ask" and sitting.holding:
            steps = asked(sitting, request_id=f"r{number}", draft="Draft.")
        elif doing == "over" and sitting.question:
            steps = sitting.over(sitting.question.request_id)
        elif doing == "late" and last:
            said = said[: -len(last.text.split())]
            steps, last = sitting.answered(last, Reply(ok=False, late=True)), None
        elif doing == "go" and sitting.holding:
            steps = sitting.let_go("released")
        elif doing == "take":
            steps = sitting.took("draft")
        elif doing == "inject":
            said, last = said + sitting.to_inject().split(), None
        for answer in (one for one in steps if isinstance(one, Answer)):
            said, last = said + answer.text.split(), answer

    assert sorted(said + sitting.kept + " ".join(sitting.offered).split()) == sorted(typed)
