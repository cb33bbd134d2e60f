"""Which engines can work, and what is said of one that does not."""

from pathlib import Path

import pytest

from clawctl.cli.asking import Asking
from clawctl.cli.doctor.check import Verdict
from clawctl.cli.doctor.engines import able, proven
from clawctl.cli.doctor.patient import Patient
from clawctl.cli.output import Output
from clawctl.engines.api import NAMED_ONLY
from clawctl.engines.chain import Warmed
from clawctl.engines.round_trip import RoundTrip
from clawctl.plugins import Found, Plugin
from clawctl.testing.engines import EchoLlm, FixedStt, ToneTts, fake_plugin

MISSING = "its library is not installed; try: pip install good-ears"


def patient(place: Path, text: str, *plugins: Plugin) -> Patient:
    path = place / "config.yaml"
    path.write_text(f"data_dir: {place / 'data'}\n{text}")
    one = Patient(Asking(path, None, None, Output(as_json=True)))
    one.found = Found(plugins, {})
    return one


GOOD = fake_plugin("good", stt=FixedStt(), llm=EchoLlm(), tts=ToneTts())
WEAK = "plain is weak: good for trying out, not for a busy line"
EMBEDDED = fake_plugin("plain", stt=FixedStt(), rank=10)
SERVED = fake_plugin("served", stt=FixedStt(), rank=NAMED_ONLY)
ABSENT = fake_plugin("ears", stt=FixedStt(), rank=2000, missing=MISSING)
GERMAN = fake_plugin("deutsch", stt=FixedStt(), langs=("de",))


@pytest.mark.parametrize(
    ("text", "plugins", "state", "why"),
    [
        ("", (GOOD,), "ok", "good: does what a test says"),
        ("", (ABSENT, GOOD), "ok", "good: does what a test says"),
        ("", (EMBEDDED,), "warning", WEAK),
        ("stt_engine: served\n", (ABSENT, SERVED), "ok", "served: does what a test says"),
        ("", (ABSENT, EMBEDDED), "warning", f"{WEAK}; better is ears, but {MISSING}"),
        ("", (), "failed", "no engine can work: there are none"),
        ("", (ABSENT,), "failed", f"no engine can work: ears: {MISSING}"),
        ("stt_engine: [good, ears]\n", (ABSENT, GOOD), "warning", f"ears: {MISSING}"),
        ("stt_engine: [ears, good]\n", (ABSENT, GOOD), "failed", f"ears: {MISSING}"),
        ("", (GERMAN,), "failed", "deutsch: none knows the language 'en'"),
        ("stt_language: de\n", (GERMAN,), "ok", "deutsch: does what a test says"),
    ],
)
def test_whether_a_stage_can_work(
    tmp_path: Path, text: str, plugins: tuple[Plugin, ...], state: str, why: str
) -> None:
    verdict = able("stt", patient(tmp_path, text, *plugins))

    assert (verdict.state, verdict.why) == (state, why)


def test_the_command_that_installs_a_library_is_the_engines_own(tmp_path: Path) -> None:
    assert able("stt", patient(tmp_path, "", ABSENT)).mend == "pip install good-ears"
    assert able("stt", patient(tmp_path, "", ABSENT, EMBEDDED)).mend == "pip install good-ears"


def test_a_name_that_no_engine_has_is_mended_by_another_choice(tmp_path: Path) -> None:
    one = patient(tmp_path, "stt_engine: nonsense\n", GOOD, ABSENT)
    verdict = able("stt", one)

    assert verdict.why == ("no engine can work: nonsense: no such engine; there are ears, good")
    assert verdict.mend == f"clawctl config set stt_engine auto --config {one.ask.path}"


def test_a_setting_that_a_variable_holds_is_mended_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEWAY_STT_ENGINE", "nonsense")

    assert able("stt", patient(tmp_path, "", GOOD)).mend == "export GATEWAY_STT_ENGINE=auto"


def tried(place: Path, *warmed: Warmed) -> Patient:
    one = patient(place, "stt_engine: [good, plain]\n", GOOD, EMBEDDED)
    for each in warmed:
        one.proof.told("stt", each)
    return one


def test_engines_that_passed_are_told_with_their_times(tmp_path: Path) -> None:
    one = tried(tmp_path, Warmed("good", 12.4, ""), Warmed("plain", 350, ""))
    one.proof.words_back = 0.875

    assert proven("stt", one) == Verdict(
        "ok", "good in 12 ms, plain in 350 ms, 88% of the words came back"
    )


def test_the_first_engine_that_fails_is_a_failure_one_in_reserve_a_warning(
    tmp_path: Path,
) -> None:
    first = tried(tmp_path, Warmed("good", 1, "boom"), Warmed("plain", 1, ""))
    reserve = tried(tmp_path, Warmed("good", 1, ""), Warmed("plain", 1, "boom"))
    mend = f"clawctl config set stt_engine plain --config {first.ask.path}"

    assert proven("stt", first) == Verdict("failed", "good: boom", mend)
    assert proven("stt", reserve) == Verdict("warning", "plain: boom", mend)


def test_a_voice_is_told_with_how_it_is_understood(tmp_path: Path) -> None:
    one = patient(tmp_path, "", GOOD)
    one.proof.told("tts", Warmed("good", 12.4, ""))
    one.proof.told("stt", RoundTrip("good", "plain", 300, 0.4))

    assert proven("tts", one) == Verdict(
        "ok", "good in 12 ms; plain understands 40% of what good says"
    )


def test_words_that_do_not_come_back_are_a_failure_of_whoever_heard(tmp_path: Path) -> None:
    one = tried(tmp_path, Warmed("good", 1, ""))
    one.proof.words_back = 0.5

    assert proven("stt", one).state == "failed"
    assert proven("stt", one).why == "only 50% of a recording's words came back"


def test_a_voice_that_speaks_silence_is_a_failure(tmp_path: Path) -> None:
    one = patient(tmp_path, "", GOOD)
    one.proof.told("tts", Warmed("good", 1, ""))
    one.proof.sound = False

    assert proven("tts", one).why == "it speaks silence"


def test_an_engine_that_fails_after_its_first_test_has_failed(tmp_path: Path) -> None:
    one = tried(tmp_path, Warmed("good", 1, ""))
    one.proof.failures["stt"] = "stt: good: boom"

    assert proven("stt", one).state == "failed"
    assert proven("stt", one).why == "stt: good: boom"
