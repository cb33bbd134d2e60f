"""A model for each test, which may damage it."""

from pathlib import Path

import pytest
from tiny import make_kokoro


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return make_kokoro(tmp_path / "kokoro")
