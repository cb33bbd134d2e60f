from typing import Any

import pytest

from clawctl.testing.handset_contract import Violation
from clawctl.testing.handset_report import CallReport, Timeline, TurnReport, medians


def test_silence_is_where_neither_side_is_heard() -> None:
    timeline = Timeline()
    timeline.sound(1.0, 3.0, by_phone=True)
    timeline.sound(4.0, 5.0, by_phone=False)
    timeline.sound(2.0, 2.5, by_phone=False)
    timeline.sound(7.0, 9.0, by_phone=True)

    assert timeline.longest_gap(0.0, 10.0) == 2.0
    assert timeline.unheard(0.0, 10.0) == 6.0


def test_what_sounds_beyond_the_end_does_not_count() -> None:
    timeline = Timeline()
    timeline.sound(4.0, 60.0, by_phone=True)

    assert timeline.unheard(0.0, 10.0) == 4.0
    assert timeline.longest_gap(0.0, 3.0) == 3.0


def test_a_line_without_a_sound_is_one_silence() -> None:
    assert Timeline().longest_gap(2.0, 12.0) == 10.0


def turn(**changes: Any) -> TurnReport:
    said: dict[str, Any] = {
        "number": 1, "kind": "utterance", "outcome": "played", "said_at": 1.0,
        "heard_s": 0.5, "audio_s": 1.0,
    }  # fmt: skip
    return TurnReport(**{**said, **changes})


def test_medians_are_those_of_the_callers_turns() -> None:
    turns = [
        turn(asr_s=0.2, stages_ms={"asr_ms": 10.0, "tts_ms": 5.0}),
        turn(asr_s=0.1, stages_ms={"asr_ms": 30.0}),
        turn(asr_s=0.3, heard_s=0.8, stages_ms={"asr_ms": 20.0}),
        turn(kind="greeting", stages_ms={"asr_ms": 900.0}),
        turn(heard_s=None, stages_ms={"asr_ms": 900.0}),
    ]

    assert medians(turns) == {
        "wait_ms": 500.0,
        "recognition_ms": 200.0,
        "asr_ms": 20.0,
        "tts_ms": 5.0,
    }


@pytest.mark.parametrize(
    ("report", "clean"),
    [
        (CallReport(ended="caller", duration_s=9.0, turns=(turn(),)), True),
        (CallReport(ended="hangup", duration_s=9.0, turns=(turn(),)), True),
        (CallReport(ended="caller", duration_s=9.0, turns=(turn(heard_s=None),)), False),
        (CallReport(ended="caller", duration_s=9.0, turns=(turn(missed="x"),)), False),
        (CallReport(ended="caller", duration_s=9.0, turns=(turn(),), unsaid=1), False),
        (CallReport(ended="not_answered", duration_s=0.0), False),
        (CallReport(ended="rejected", duration_s=0.0, turns=(turn(),)), False),
        (
            CallReport(ended="caller", duration_s=9.0, violations=(Violation("null", "$.x"),)),
            False,
        ),
    ],
)
def test_which_calls_went_through(report: CallReport, clean: bool) -> None:
    assert report.clean is clean
