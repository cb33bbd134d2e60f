"""Who holds a port."""

from pathlib import Path

import pytest

from clawctl.cli.doctor.listening import owner_of

HEAD = "  sl  local_address rem_address   st tx_queue tr tm->when retrnsmt   uid  timeout inode\n"
ROW = "   0: 0100007F:2324 00000000:0000 {state} 00000000:0 00:00000000 00000000  1000 0 4711 1\n"


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "tcp").write_text(HEAD + ROW.format(state="0A"))
    for pid, name, link in (("12", "nginx", "socket:[4711]"), ("7", "sshd", "socket:[1]")):
        (tmp_path / pid / "fd").mkdir(parents=True)
        (tmp_path / pid / "comm").write_text(f"{name}\x1b[2J\n")
        (tmp_path / pid / "fd" / "3").symlink_to(link)
    return tmp_path


def test_the_program_that_listens_is_named(proc: Path) -> None:
    assert owner_of(0x2324, proc) == "nginx[2J (pid 12)"


def test_a_port_nobody_listens_on_has_no_owner(proc: Path) -> None:
    assert owner_of(0x2325, proc) == ""
    (proc / "net" / "tcp").write_text(HEAD + ROW.format(state="01"))
    assert owner_of(0x2324, proc) == ""


def test_a_system_that_does_not_tell(tmp_path: Path) -> None:
    assert owner_of(8996, tmp_path) == ""
