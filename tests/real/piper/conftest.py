"""Voices of Piper's kind, and nothing else anywhere."""

from pathlib import Path

import pytest
from tiny import EMOTIONS, make_voice


@pytest.fixture
def voices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The place `voices/` with two voices, and nothing else anywhere."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    place = tmp_path / "voices"
    make_voice(place / "de_DE-thorsten-high.onnx")
    make_voice(place / "de_DE-thorsten_emotional-medium.onnx", len(EMOTIONS))
    return place
