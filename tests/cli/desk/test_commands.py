"""What may be typed after a slash."""

import pytest

from clawctl.cli.desk.commands import COMMANDS, complete, help_lines, obey
from clawctl.cli.desk.sitting import Sitting
from clawctl.cli.desk.steps import Answer, Ask, HandBack, Leave, Look, Say, Take
from clawctl.wire import agent as wire

WHISPER = wire.SetInstructions(session_id="s1", scope="turn", instructions="be kind")


@pytest.fixture
def sitting():
    return Sitting("s1", "Ann", quick=("One moment.", "Goodbye."))


@pytest.mark.parametrize(
    ("line", "step"),
    [
        ("/drive", Take("drive")),
        ("/draft", Take("draft")),
        ("  /APPROVE ", Take("approve")),
        ("/watch", HandBack()),
        ("/release", HandBack()),
        ("/whisper be kind", Ask(WHISPER)),
        ("/inject Hold on.", Ask(wire.Inject(session_id="s1", text="Hold on."))),
        ("/context She is 40.", Ask(wire.InjectContext(session_id="s1", context="She is 40."))),
        ("/context", Look("context")),
        ("/history", Look("history")),
        ("/state", Look("state")),
        ("/hangup", Ask(wire.Hangup(session_id="s1"))),
        ("/quit", Leave()),
    ],
)  # fmt: skip
def test_a_command_is_obeyed(sitting, line, step):
    assert obey(sitting, line) == [step]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("/relaese", "There is no /relaese. Did you mean /release?"),
        ("/", "There is no /. /help lists all."),
        ("/whisper", "/whisper needs something behind it: /whisper TEXT"),
        ("/hangup now", "/hangup takes nothing behind it."),
        ("/quick 3", "/quick takes a number from 1 to 2."),
        ("/quick ²", "/quick takes a number from 1 to 2."),
        ("/quick -1", "/quick takes a number from 1 to 2."),
        ("/inject", "There is nothing to be said; /inject TEXT says it."),
    ],
)
def test_what_cannot_be_obeyed_says_why(sitting, line, why):
    assert obey(sitting, line) == [Say("", why, "bad")]


def test_the_next_answer_can_be_said_before(sitting):
    obey(sitting, "I am here.")
    obey(sitting, "Go on.")

    (step,) = obey(sitting, "/inject")

    assert step == Ask(wire.Inject(session_id="s1", text="I am here. Go on."))
    assert sitting.kept == []


def test_a_quick_reply_answers(sitting):
    sitting.asked("r1", "Hello?", until=30.0, draft="", said_at=0.0)

    assert obey(sitting, "/quick 2") == [Answer("r1", "Goodbye.")]


def test_quick_replies_are_listed(sitting):
    assert obey(sitting, "/quick") == [Say("1", "One moment."), Say("2", "Goodbye.")]


def test_without_quick_replies_it_says_where_they_come_from():
    (said,) = obey(Sitting("s1", "Ann"), "/quick 1")

    assert "--quick FILE" in said.text


def test_whoever_watches_holds_nothing():
    watching = Sitting("s1", "Ann", "watch")

    assert obey(watching, "/release")[0].text == "You hold nothing: the reply model answers."


def test_completion_knows_every_command(sitting):
    names = {text.strip() for text, _ in complete("/")}

    assert names == {f"/{row.name}" for row in COMMANDS}
    assert list(complete("/hi")) == [("/history", "the conversation so far")]
    assert list(complete("/quick ", ("One moment.",))) == [("/quick 1", "One moment.")]
    assert list(complete("hi")) == []


def test_help_fits_on_a_screen(sitting):
    lines = help_lines()

    assert len(lines) <= 22
    assert max(map(len, lines)) <= 79
    assert all(any(row.usage in line for line in lines) for row in COMMANDS)
    assert [one.text for one in obey(sitting, "/help")] == lines
