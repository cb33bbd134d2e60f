"""What a proof call proves."""

from dataclasses import replace
from pathlib import Path

import pytest

from clawctl.cli.asking import Asking
from clawctl.cli.doctor.call import judged
from clawctl.cli.doctor.patient import Patient
from clawctl.cli.doctor.words import recorded
from clawctl.cli.output import Output
from clawctl.testing.handset_answer import TurnAnswer
from clawctl.testing.handset_contract import Violation
from clawctl.testing.handset_sound import Clip, Format

GOOD = TurnAnswer(
    outcome="played",
    transcript=recorded()[1],
    reply="Certainly.",
    clip=Clip(Format(1, 1, 16_000, 16), 1.25, silent=False),
)


@pytest.fixture
def patient(tmp_path: Path) -> Patient:
    path = tmp_path / "config.yaml"
    path.write_text("tts_lang: en\n")
    return Patient(Asking(path, None, None, Output(as_json=True)))


def test_words_and_sound_came_back(patient: Patient) -> None:
    verdict = judged(patient, GOOD, [], "it")

    assert verdict.state == "ok"
    assert verdict.why == "100% of the words came back from it, with 1.2 s of speech"


@pytest.mark.parametrize(
    ("answer", "found", "why"),
    [
        (replace(GOOD, transcript="well well"), [], "it heard 0% of the words, not 60%"),
        (replace(GOOD, clip=None), [], "it answered without a sound"),
        (replace(GOOD, reply=" "), [], "it answered without a sound"),
        (replace(GOOD, degraded="record"), [], "it could not store the call"),
        (replace(GOOD, degraded="stt"), [], "it answered with less than its first engine: stt"),
        (GOOD, [Violation("silent_audio", "1 s")], "it broke rules of the phone: silent_audio"),
    ],
)
def test_what_is_missing_is_named_and_no_word_repeated(
    patient: Patient, answer: TurnAnswer, found: list[Violation], why: str
) -> None:
    verdict = judged(patient, answer, found, "it")

    assert (verdict.state, verdict.why) == ("failed", why)
    assert verdict.mend.startswith("clawctl ")


def test_a_caller_who_is_turned_away_proves_nothing(patient: Patient) -> None:
    verdict = judged(patient, replace(GOOD, rejected=True, reason="blocked"), [], "it")

    assert (verdict.state, verdict.why) == ("skipped", "the call policy turns it away (blocked)")


def test_in_another_language_the_words_are_not_compared(patient: Patient) -> None:
    (patient.ask.path or Path()).write_text("tts_lang: de\n")

    assert judged(patient, replace(GOOD, transcript=""), [], "it").state == "ok"
