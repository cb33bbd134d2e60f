from pathlib import Path

import pytest

from clawctl.errors import EngineFailed
from clawctl.testing.engines import NoHost
from clawctl_plugins.piper import plugin
from clawctl_plugins.piper.voices import Chosen, chosen, speaker_number, voices

EMOTIONS = {"amused": 0, "angry": 1}
VOICE = "de_DE-thorsten_emotional-medium"


@pytest.fixture(autouse=True)
def nothing_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    return tmp_path


def test_german_has_the_voices_of_the_gateway_manual_and_emotions_by_name() -> None:
    assert voices("de") == {
        "Male": (
            *("thorsten-high", "thorsten-medium", "thorsten-low"),
            *("karlsson-low", "pavoque-low"),
        ),
        "Female": ("eva_k-x_low", "kerstin-low", "ramona-low"),
        "Emotional": ("thorsten_emotional-medium",),
        "Emotions": tuple(
            f"thorsten_emotional-medium:{emotion}"
            for emotion in (
                *("amused", "angry", "disgusted", "drunk"),
                *("neutral", "sleepy", "surprised", "whisper"),
            )
        ),
    }
    assert voices("en") == {}
    assert plugin.tts["piper"].voices("de", NoHost()) == voices("de")


def test_a_voice_that_is_here_is_offered_for_its_language(nothing_here: Path) -> None:
    loose = nothing_here / "voices"
    kept = (
        nothing_here / "hub/hub/models--rhasspy--piper-voices/snapshots/c0ffee/de/de_DE/mls/medium"
    )
    for file in (
        loose / "de_DE-karlsson-low.onnx",
        loose / "en_US-lessac-medium.onnx",
        loose / "de_notes.onnx",
        kept / "de_DE-mls-medium.onnx",
    ):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()

    assert voices("de")["Here"] == ("de_DE-mls-medium",)
    assert voices("en") == {"Here": ("en_US-lessac-medium",)}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("thorsten-high", Chosen("de_DE-thorsten-high", 3)),
        ("eva_k-x_low", Chosen("de_DE-eva_k-x_low", 3)),
        ("en_US-lessac-medium", Chosen("en_US-lessac-medium", 3)),
        ("thorsten_emotional-medium:angry", Chosen(VOICE, "angry")),
        ("thorsten_emotional-medium:", Chosen(VOICE, 3)),
        ("af_heart", None),
        ("", None),
        ("../thorsten-high", None),
        ("thorsten-huge", None),
        ("/etc/passwd", None),
    ],
)
def test_a_name_is_one_of_pipers_or_none(name: str, expected: Chosen | None) -> None:
    assert chosen(name, 3) == expected


def test_every_voice_that_is_offered_can_be_chosen() -> None:
    assert all(chosen(name, 0) for names in voices("de").values() for name in names)


@pytest.mark.parametrize(
    ("speaker", "count", "expected"),
    [(0, 2, 0), (1, 2, 1), ("angry", 2, 1), (7, 1, 0), ("angry", 1, 0), (7, 0, 0)],
)
def test_a_speaker_goes_by_number_or_name(speaker: int | str, count: int, expected: int) -> None:
    assert speaker_number(VOICE, speaker, count, EMOTIONS) == expected


@pytest.mark.parametrize("speaker", [2, -1, "happy", "Angry"])
def test_a_speaker_that_a_voice_does_not_have_is_told_with_those_it_has(speaker: int | str) -> None:
    with pytest.raises(EngineFailed) as caught:
        speaker_number(VOICE, speaker, 2, EMOTIONS)

    assert str(caught.value) == (
        f"the voice {VOICE} has no speaker {speaker};"
        " set piper_speaker to one of: amused 0, angry 1"
    )


def test_speakers_without_names_are_told_by_number() -> None:
    with pytest.raises(EngineFailed, match="set piper_speaker to one of: 0 to 3"):
        speaker_number(VOICE, 4, 4, {})
