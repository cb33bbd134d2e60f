"""Which models are wanted, and which are here."""

from dataclasses import replace
from pathlib import Path

import pytest

from clawctl.cli.hub.shelf import Shelved, shelved
from clawctl.config.schema import Settings
from clawctl.engines.api import Host
from clawctl.engines.models import PIPER_VOICES, storage, voice_file
from clawctl.plugins import Found, Plugin
from clawctl.testing.engines import EchoLlm, FixedStt, ToneTts, fake_plugin

COMMIT = "c0ffee"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "cache"


def put(cache: Path, model: str, name: str, content: bytes) -> Path:
    kept = storage(cache, model)
    blob, place = kept / "blobs" / name.replace("/", "-"), kept / "snapshots" / COMMIT / name
    for each in (blob, place):
        each.parent.mkdir(parents=True, exist_ok=True)
    blob.write_bytes(content)
    place.symlink_to(blob)
    return place


def wanting(missing: str = "") -> Plugin:
    plugin = fake_plugin("ears", stt=FixedStt(), llm=EchoLlm(), tts=ToneTts(), missing=missing)

    def settings_of(host: Host) -> tuple[str, ...]:
        return (host.common().llm.llm_model,)

    return replace(
        plugin,
        stt={"ears": replace(plugin.stt["ears"], models=lambda _: ("org/heard",))},
        llm={"ears": replace(plugin.llm["ears"], models=settings_of)},
        tts={"ears": replace(plugin.tts["ears"], models=lambda _: ("thorsten-low", "org/heard"))},
    )


def test_what_the_engines_want_comes_first_then_what_else_is_here(cache: Path) -> None:
    put(cache, "org/heard", "config.json", b"{}")
    place = put(cache, "org/old", "config.json", b"{}").parent
    put(cache, "org/old", "model.safetensors", b"12345")

    assert shelved(Found((wanting(),), {}), Settings()) == [
        Shelved("org/heard", None, 2, ("stt ears", "tts ears")),
        Shelved("mlx-community/Qwen2.5-1.5B-Instruct-4bit", None, 0, ("llm ears",)),
        Shelved("de_DE-thorsten-low", None, 0, ("tts ears",)),
        Shelved("org/old", place, 7, ()),
    ]


@pytest.mark.parametrize(
    ("place", "size", "state"),
    [(Path("x"), 5, "here"), (None, 5, "in part"), (None, 0, "not here")],
)
def test_a_model_is_here_or_in_part_or_not(place: Path | None, size: int, state: str) -> None:
    assert Shelved("a/b", place, size, ()).state == state


def test_an_engine_that_is_not_installed_wants_nothing() -> None:
    assert shelved(Found((wanting(missing="not installed"),), {}), Settings()) == []


def test_each_piper_voice_is_a_model_of_its_own(cache: Path) -> None:
    file = voice_file("de_DE-thorsten-low")
    place = put(cache, PIPER_VOICES, file, b"onnx")
    put(cache, PIPER_VOICES, f"{file}.json", b"{}")

    assert shelved(Found((), {}), Settings()) == [Shelved("de_DE-thorsten-low", place, 4, ())]
