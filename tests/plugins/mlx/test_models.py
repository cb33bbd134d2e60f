import json
from pathlib import Path

import pytest

from clawctl.errors import EngineFailed
from clawctl_plugins.mlx.models import folder, why_no_lm, why_no_whisper, window


def model(place: Path, **said: object) -> str:
    place.mkdir()
    (place / "config.json").write_text(json.dumps(said))
    (place / "model.safetensors").write_bytes(b"weights")
    return str(place)


def test_a_model_of_the_kind_can_be_loaded(tmp_path: Path) -> None:
    lm = model(tmp_path / "lm", model_type="qwen2", max_position_embeddings=32_768)
    whisper = model(tmp_path / "whisper", n_mels=80)

    assert (why_no_lm(lm), why_no_whisper(whisper)) == ("", "")
    assert folder(lm, why_no_lm) == Path(lm)


def test_a_model_of_another_kind_is_told_by_the_setting_that_names_it(tmp_path: Path) -> None:
    lm = model(tmp_path / "lm", model_type="qwen2")
    whisper = model(tmp_path / "whisper", n_mels=80, model_type="whisper")
    torch = model(tmp_path / "torch", num_mel_bins=80, model_type="whisper")

    assert why_no_lm(whisper) == f"{whisper} is no language model: look at llm_model"
    for other in (lm, torch):
        assert why_no_whisper(other).startswith(f"{other} is no Whisper model in the form of MLX")


def test_a_model_that_is_not_there_is_told_with_how_to_get_it() -> None:
    assert why_no_lm("someone/no-such").endswith("try: clawctl models pull someone/no-such")
    with pytest.raises(EngineFailed, match="clawctl models pull"):
        folder("someone/no-such", why_no_lm)


@pytest.mark.parametrize(
    "said",
    ["", "{", "[1]", '{"max_position_embeddings": "many"}', '{"max_position_embeddings": -1}'],
)
def test_a_config_that_is_none_is_told(tmp_path: Path, said: str) -> None:
    odd = model(tmp_path / "odd")
    (tmp_path / "odd" / "config.json").write_text(said)

    assert why_no_lm(odd) == "odd has no config.json of a model"


def test_the_window_is_that_of_the_part_for_text(tmp_path: Path) -> None:
    model(tmp_path / "plain", max_position_embeddings=4096)
    model(tmp_path / "seeing", text_config={"max_position_embeddings": 8192})
    model(tmp_path / "silent", model_type="mamba")

    windows = [window(str(tmp_path / name)) for name in ("plain", "seeing", "silent", "none")]
    assert windows == [4096, 8192, 0, 0]
