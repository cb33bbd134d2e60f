"""Where a model is found, and what is said of one that is not."""

import os
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from clawctl.engines.models import PIPER_VOICES, WANTED, Wanted, caches, voice_file, where, why_not

WHOLE = ("config.json", "model.safetensors")
COMMIT = "c0ffee"
Put = Callable[..., Path]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working place of its own, and a hub's home."""
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def put(home: Path) -> Put:
    """Have files of a model in the cache, under a commit."""

    def putting(model: str, *names: str, commit: str = COMMIT, current: str = COMMIT) -> Path:
        kept = home / "hf" / "hub" / f"models--{model.replace('/', '--')}"
        (kept / "refs").mkdir(parents=True, exist_ok=True)
        (kept / "refs" / "main").write_text(current)
        return filled(kept / "snapshots" / commit, *names)

    return putting


def filled(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"{}")
    return folder


def test_a_model_that_is_whole_is_found_by_its_name_at_the_hub(put: Put) -> None:
    folder = put("org/model", *WHOLE)

    assert where("org/model") == folder
    assert why_not("org/model") == ""


def test_a_folder_is_named_by_its_path(home: Path) -> None:
    filled(home / "qwen", *WHOLE)

    for named in (str(home / "qwen"), "./qwen", "qwen"):
        assert where(named) == Path(named)
        assert why_not(named) == ""


@pytest.mark.parametrize(
    ("names", "lacks"),
    [
        (("model.safetensors",), "config.json"),
        (("config.json", "notes.txt"), "weights (*.safetensors and the like)"),
        (
            ("config.json", "model-00001-of-00002.safetensors"),
            "model-00002-of-00002.safetensors",
        ),
    ],
)
def test_what_is_not_whole_is_no_model(
    put: Put, home: Path, names: tuple[str, ...], lacks: str
) -> None:
    put("org/model", *names)
    filled(home / "folder", *names)

    assert where("org/model") is None
    assert why_not("org/model") == (
        f"the model org/model is here in part; no {lacks} yet; try: clawctl models pull org/model"
    )
    assert where("./folder") is None
    assert why_not("./folder") == f"the folder ./folder holds no whole model: it has no {lacks}"


def test_weights_in_several_pieces_are_whole_with_the_last(put: Put) -> None:
    pieces = [f"model-0000{number}-of-00003.safetensors" for number in (1, 2, 3)]

    assert where("org/model") is None
    assert put("org/model", "config.json", *pieces) == where("org/model")


def test_what_was_pulled_is_whole_when_every_file_has_its_size(put: Put) -> None:
    folder = put("org/model", *WHOLE)
    wanted = Wanted(COMMIT, {"config.json": 2, "model.safetensors": 2, "tokenizer.json": 5})
    (folder.parent.parent / WANTED).write_bytes(msgspec.json.encode(wanted))

    assert "no tokenizer.json yet" in why_not("org/model")
    (folder / "tokenizer.json").write_text("four")
    assert "no tokenizer.json yet" in why_not("org/model")
    (folder / "tokenizer.json").write_text("5 now")
    assert where("org/model") == folder


def test_a_newer_commit_that_is_not_whole_leaves_the_older_in_use(put: Put) -> None:
    older = put("org/model", *WHOLE)
    put("org/model", "config.json", commit="beef", current="beef")

    assert where("org/model") == older


def test_a_file_whose_content_has_gone_is_not_there(put: Put) -> None:
    folder = put("org/model", "config.json")
    (folder / "model.safetensors").symlink_to("../../blobs/gone")

    assert where("org/model") is None


@pytest.mark.parametrize("named", ["de_DE-thorsten-high", "thorsten-high"])
def test_a_piper_voice_is_two_files_of_one_repository(put: Put, named: str) -> None:
    file = voice_file("de_DE-thorsten-high")
    folder = put(PIPER_VOICES, file)

    assert why_not(named) == (
        "the model de_DE-thorsten-high (110 MB) is here in part; no de_DE-thorsten-high.onnx.json"
        " yet; try: clawctl models pull de_DE-thorsten-high"
    )
    filled(folder, f"{file}.json")
    assert where(named) == folder / "de/de_DE/thorsten/high/de_DE-thorsten-high.onnx"


def test_a_piper_voice_may_lie_in_voices_of_the_working_place(home: Path) -> None:
    filled(home / "voices", "en_GB-alan-low.onnx", "en_GB-alan-low.onnx.json")

    assert where("en_GB-alan-low") == home / "voices" / "en_GB-alan-low.onnx"


NEITHER = "is neither a folder nor a name like mlx-community/whisper-tiny"
TO_PULL = "is not here; try: clawctl models pull hexgrad/Kokoro-82M"


@pytest.mark.parametrize(
    ("named", "why"),
    [
        ("", "no model is named"),
        (" \t", "no model is named"),
        ("/nowhere/at/all", "there is no folder /nowhere/at/all"),
        ("~nobody-at-all/x", "there is no folder ~nobody-at-all/x"),
        ("whisper", f"'whisper' {NEITHER}"),
        ("a/b/c", f"'a/b/c' {NEITHER}"),
        ("ä/b", f"'ä/b' {NEITHER}"),
        ("a/b--c", f"'a/b--c' {NEITHER}"),
        ("a/b..c", f"'a/b..c' {NEITHER}"),
        ("a\0b", f"'a\\x00b' {NEITHER}"),
        ("x" * 5000, f"'{'x' * 5000}' {NEITHER}"),
        ("hexgrad/Kokoro-82M", f"the model hexgrad/Kokoro-82M (360 MB) {TO_PULL}"),
    ],
)
def test_what_is_not_there_is_told_with_the_way_to_it(named: str, why: str) -> None:
    assert where(named) is None
    assert why_not(named) == why


def test_no_name_leads_out_of_the_cache(put: Put, home: Path) -> None:
    filled(home / "hf" / "hub" / "elsewhere" / "snapshots" / COMMIT, *WHOLE)

    for named in ("../elsewhere", "models--../elsewhere", "..//elsewhere", "x/../elsewhere"):
        assert where(named) is None


def test_models_of_the_working_place_come_before_those_of_everybody(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_HOME")
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    usual = home / "cache" / "huggingface" / "hub"

    assert caches() == [usual]
    (home / ".models").mkdir()
    assert caches() == [home / ".models" / "hub", usual]
    monkeypatch.setenv("HF_HOME", "$XDG_CACHE_HOME/mine")
    assert caches() == [home / "cache" / "mine" / "hub"]
    monkeypatch.setenv("HF_HUB_CACHE", str(home / "there"))
    assert caches() == [home / "there"]


def test_a_folder_that_may_not_be_read_is_a_reason(home: Path) -> None:
    if os.geteuid() == 0:
        # Whom nothing is forbidden.
        assert where(str(home)) is None
        return
    filled(home / "closed", *WHOLE).chmod(0o300)

    assert "Permission denied" in why_not("./closed")
