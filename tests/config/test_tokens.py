import errno
import os
import stat
from pathlib import Path

import pytest

from clawctl.config.tokens import is_example_token, kept_token
from clawctl.errors import CannotStart


def test_a_token_is_made_once_and_kept_to_oneself(tmp_path: Path) -> None:
    token = kept_token(tmp_path / "data")

    path = tmp_path / "data" / "bearer_token"
    assert kept_token(tmp_path / "data") == token
    assert path.read_text() == f"{token}\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(token) == 43


def test_a_token_that_cannot_be_written_is_a_reason_not_to_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(CannotStart, match="No space left on device"):
        kept_token(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_every_gateway_has_its_own(tmp_path: Path) -> None:
    assert kept_token(tmp_path / "one") != kept_token(tmp_path / "other")


def test_a_token_that_cannot_be_read_is_a_reason_not_to_start(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotStart, match="Not a directory"):
        kept_token(tmp_path / "file")

    (tmp_path / "bearer_token").write_text(" \n")
    with pytest.raises(CannotStart, match="bearer_token is empty; delete it"):
        kept_token(tmp_path)

    (tmp_path / "bearer_token").write_bytes(b"\xff")
    with pytest.raises(CannotStart, match="bearer_token cannot be read"):
        kept_token(tmp_path)


@pytest.mark.parametrize(("token", "known"), [("CHANGE_ME", True), ("localdev", True), ("", False)])
def test_the_tokens_of_manuals_are_known(token: str, known: bool) -> None:
    assert is_example_token(token) == known
