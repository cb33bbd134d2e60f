"""What the command refuses, and how a call is told."""

import io
import json
from typing import Any

import pytest
from click.testing import CliRunner

from clawctl.cli.output import Output
from clawctl.cli.simulate import command
from clawctl.cli.simulate_view import View
from clawctl.testing.handset_contract import RULES, Violation
from clawctl.testing.handset_report import CallReport, Moment, TurnReport

TURN = TurnReport(
    number=1,
    kind="utterance",
    outcome="played",
    said_at=4.04,
    said="Hello, it's me.",
    transcript="hello its me",
    reply="Good day.\x1b[2J How are you?",
    audio_s=2.0,
    heard_s=0.75,
    model="tiny",
    stages_ms={"asr_ms": 12.4, "total_ms": 20.0},
)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("NO_COLOR", "1")
    return Terminal()


def told(screen: io.StringIO, *happened: Any) -> list[str]:
    view = View(Output(out=screen))
    for each in happened:
        view.tell(each)
    return screen.getvalue().splitlines()


# What is refused


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "What is said? Give one of --say, --wav, --script and --demo."),
        (["--demo", "--say", "x"], "Give one of"),
        (["--demo", "--play", "--fast"], "--play takes real time"),
        (["--demo", "--direction", "up"], "'up' is not one of"),
        (["--say", " "], "--say wants words"),
        (["--save", __file__, "--demo"], "is a file"),
    ],
)
def test_what_makes_no_sense_is_a_usage_error(arguments: list[str], sentence: str) -> None:
    result = CliRunner().invoke(command, arguments)

    assert result.exit_code == 2
    assert sentence in result.output


# How it is told to people


def test_a_turn_is_told_in_the_order_it_was_heard(screen: Terminal) -> None:
    assert told(screen, TURN) == [
        "   4.0 s  caller  Hello, it's me.",
        "                  understood as: hello its me",
        "   4.8 s  phone   Good day.[2J How are you?",
        "                  heard after 0.75 s, 2.0 s of speech, asr 12 ms, total 20 ms, tiny",
    ]


def test_a_transcript_that_fits_is_not_repeated(screen: Terminal) -> None:
    same = TurnReport(
        number=1,
        kind="utterance",
        outcome="echo",
        said_at=1.0,
        said="Yes, so.",
        transcript="yes so",
    )

    assert told(screen, same) == [
        "   1.0 s  caller  Yes, so.",
        "                  the reply was never asked for",
    ]


def test_what_went_wrong_stands_below_its_turn(screen: Terminal) -> None:
    bad = TurnReport(
        number=2,
        kind="utterance",
        outcome="failed",
        said_at=9.0,
        missed="(?i)name",
        why="status 503",
        violations=(Violation("status", "status 503"),),
    )

    assert told(screen, bad)[1:] == [
        "                  the reply did not come (status 503)",
        "                  not as expected: (?i)name",
        f"                  broke status: status 503 ({RULES['status']})",
    ]


def test_a_recording_is_called_one(screen: Terminal) -> None:
    turn = TurnReport(number=1, kind="utterance", outcome="empty", said_at=1.0)

    assert told(screen, turn)[0] == "   1.0 s  caller  (a recording)"


def test_a_moment_says_why_the_call_ended(screen: Terminal) -> None:
    moments = [
        Moment(at=0.0, state="ringing", detail="incoming"),
        Moment(at=0.5, state="active"),
        Moment(at=33.0, state="ended", detail="silence"),
    ]

    assert told(screen, *moments) == [
        "   0.0 s  call    ringing: incoming",
        "   0.5 s  call    active",
        "  33.0 s  call    ended: the phone hung up on a silent line",
    ]


ANSWERED = "utterances were answered with speech, at the longest after"
REPORT = CallReport(
    ended="caller",
    duration_s=31.26,
    turns=(TURN,),
    longest_wait_s=0.75,
    longest_silence_s=2.5,
    median_ms={"asr_ms": 12.4},
)


def summary(screen: Terminal, report: CallReport) -> list[str]:
    View(Output(out=screen)).summary(report)
    return screen.getvalue().splitlines()


def test_the_summary_of_a_good_call(screen: Terminal) -> None:
    assert summary(screen, REPORT) == [
        "",
        "Over after 31.3 s: the caller hung up.",
        f"1 of 1 {ANSWERED} 0.75 s; longest silence 2.5 s.",
        "Medians: asr 12 ms.",
        "The gateway kept every rule of the phone.",
    ]


def test_the_summary_names_the_broken_rules_once(screen: Terminal) -> None:
    broken = (Violation("null", "$.a"), Violation("late", "41 s"), Violation("null", "$.b"))
    report = CallReport(ended="caller", duration_s=1.0, violations=broken)

    assert summary(screen, report)[-1] == "The gateway broke the phone's rules: late, null."


def test_the_summary_of_a_call_that_went_wrong_without_a_breach(screen: Terminal) -> None:
    report = CallReport(ended="rejected", detail="blocked", duration_s=1.0, unsaid=2)

    assert summary(screen, report)[1:] == [
        "Over after 1.0 s: the gateway turned the caller away (blocked).",
        f"0 of 2 {ANSWERED} 0.00 s; longest silence 0.0 s.",
        "No rule was broken, but the call did not go through as it should.",
    ]


def test_degraded_turns_are_counted(screen: Terminal) -> None:
    turn = TurnReport(number=1, kind="utterance", outcome="played", said_at=1.0, degraded="stt")
    report = CallReport(ended="caller", duration_s=1.0, turns=(turn, turn))

    assert "2 turns were degraded: stt." in summary(screen, report)


# How it is told to programs


def test_off_a_terminal_every_line_is_an_object() -> None:
    out = io.StringIO()
    view = View(Output(out=out))

    view.tell(Moment(at=0.0, state="ringing"))
    view.tell(TURN)
    view.summary(REPORT)

    call, turn, total = [json.loads(line) for line in out.getvalue().splitlines()]
    assert (call["event"], call["state"]) == ("call", "ringing")
    assert (turn["event"], turn["said"], turn["heard_s"]) == ("turn", "Hello, it's me.", 0.75)
    assert (total["event"], total["turns"], total["clean"]) == ("summary", 1, True)
