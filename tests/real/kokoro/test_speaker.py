"""What lives in the worker process, without the process."""

from collections.abc import Callable
from pathlib import Path

import pytest
import spacy
import torch

from clawctl.errors import EngineFailed
from clawctl_plugins.kokoro.speaker import TAGGER, Speaker

pytestmark = pytest.mark.filterwarnings("ignore:.*weight_norm:FutureWarning")


@pytest.fixture
def load(model: Path) -> Callable[[], Speaker]:
    return lambda: Speaker("hexgrad/Kokoro-82M", str(model))


def seconds(pcm: bytes) -> float:
    return len(pcm) / 2 / 24_000


def test_each_voice_sounds_its_own_way(load: Callable[[], Speaker]) -> None:
    speaker = load()

    sounds = {speaker.speak("Hello.", name, 1.0) for name in ("af_heart", "am_puck", "bf_lily")}

    assert len(sounds) == 3


def test_it_speaks_without_spacys_model(load: Callable[[], Speaker]) -> None:
    assert not spacy.util.is_package(TAGGER)

    assert load().speak("I read what I had read.", "af_heart", 1.0)


def test_a_british_voice_has_british_sounds(load: Callable[[], Speaker]) -> None:
    speaker = load()

    assert speaker._american("I can't dance.")[0] != speaker._british("I can't dance.")[0]


def test_a_text_beyond_what_the_model_takes_at_once_is_not_cut_off(
    load: Callable[[], Speaker],
) -> None:
    speaker, words = load(), "A few words more, please. "

    few = seconds(speaker.speak(words * 3, "af_heart", 1.0))

    # It takes 510 sounds, and these words have 20.
    assert seconds(speaker.speak(words * 30, "af_heart", 1.0)) == pytest.approx(10 * few, rel=0.1)


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_what_has_no_sounds_has_no_samples(load: Callable[[], Speaker], text: str) -> None:
    assert load().speak(text, "af_heart", 1.0) == b""


def test_a_voice_whose_file_is_missing_or_damaged_fails_alone(
    load: Callable[[], Speaker], model: Path
) -> None:
    speaker, voices = load(), model / "voices"
    torch.save(torch.zeros(3, 4), voices / "am_puck.pt")
    torch.save({"style": "none"}, voices / "am_onyx.pt")
    (voices / "am_adam.pt").write_text("<html>no</html>")
    (voices / "am_echo.pt").touch()

    for name in ("am_puck", "am_onyx", "am_adam", "am_echo"):
        with pytest.raises(EngineFailed, match=f"has a damaged file for the voice {name}; try: "):
            speaker.speak("Hello.", name, 1.0)
    with pytest.raises(EngineFailed) as caught:
        speaker.speak("Hello.", "am_eric", 1.0)
    assert str(caught.value) == (
        "the model hexgrad/Kokoro-82M has no file for the voice am_eric;"
        " try: clawctl models pull hexgrad/Kokoro-82M"
    )
    assert speaker.speak("Hello.", "af_heart", 1.0)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("config.json", b"{}", "cannot be loaded (KeyError)"),
        ("config.json", b"[]", "cannot be loaded (TypeError)"),
        ("config.json", b"<html>", "cannot be loaded (JSONDecodeError)"),
        ("kokoro-v1_0.pth", b"", "cannot be loaded (EOFError)"),
    ],
)
def test_a_damaged_model_is_not_loaded(
    load: Callable[[], Speaker], model: Path, name: str, content: bytes, why: str
) -> None:
    (model / name).write_bytes(content)

    with pytest.raises(EngineFailed) as caught:
        load()

    assert str(caught.value).partition(";")[0] == f"the model hexgrad/Kokoro-82M {why}"


def test_weights_for_another_library_are_no_weights(
    load: Callable[[], Speaker], model: Path
) -> None:
    (model / "kokoro-v1_0.pth").rename(model / "kokoro-v1_0.safetensors")

    with pytest.raises(EngineFailed, match=r"no weights of the kind the library reads \(\*.pth\)"):
        load()
