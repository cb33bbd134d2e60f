import errno
import os
import stat
from pathlib import Path

import pytest

from clawctl.config.file import MOST_BYTES, Contents, read, save, write
from clawctl.errors import BadSettings, ClawError, Conflict


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def refusal(path: Path) -> str:
    with pytest.raises(BadSettings) as refused:
        read(path)
    return str(refused.value)


def test_a_file_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert read(tmp_path / "gone.yaml") is None


def test_null_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("port: null\nhost: x\n")

    assert read(path) == Contents({"host": "x"}, {"port": 1, "host": 2})


def test_a_byte_order_mark_is_no_part_of_a_key(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_bytes(b'\xef\xbb\xbf{"port": 1}')

    assert read(path) == Contents({"port": 1}, {"port": 1})


def test_what_is_no_file_of_settings_is_refused_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.mkdir()
    assert refusal(path) == f"{path}: is not a file"
    fifo = tmp_path / "fifo.yaml"
    os.mkfifo(fifo)
    assert refusal(fifo) == f"{fifo}: is not a file"
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("port: 1\ngreeting_owner: Jürgen\n".encode("latin-1"))
    assert refusal(latin) == f"{latin}: line 2: not UTF-8"
    large = tmp_path / "large.yaml"
    large.write_bytes(b"#" * (MOST_BYTES + 1))
    assert refusal(large) == f"{large}: is too long to hold settings"
    below = tmp_path / "latin.yaml" / "config.yaml"
    assert refusal(below) == f"{below}: cannot be read: Not a directory"
    loop = tmp_path / "loop.yaml"
    loop.symlink_to(loop)
    assert refusal(loop) == f"{loop}: cannot be read: Too many levels of symbolic links"


def test_a_faulty_line_is_told_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("port: 1\nport: 2\n")

    assert refusal(path) == f"{path}: line 2: port is already on line 1"


def test_a_new_file_is_private_and_so_is_its_directory(tmp_path: Path) -> None:
    path = tmp_path / "new" / "config.yaml"

    save(path, {"auth_passphrase": "blue harvest"})

    assert path.read_text() == 'auth_passphrase: "blue harvest"\n'
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)


def test_a_saved_file_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("port: 1  # one\n")
    path.chmod(0o640)

    save(path, {"port": 2})

    assert path.read_text() == "port: 2  # one\n"
    assert mode(path) == 0o640


def test_json_stays_json(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text('{\n    "port": 1,\n    "bearer_token": "localdev"\n}\n')

    save(path, {"port": 2, "greeting_owner": "Jürgen \ud800"})

    assert path.read_text("utf-8") == (
        '{\n    "port": 2,\n    "bearer_token": "localdev",\n'
        '    "greeting_owner": "Jürgen \\ud800"\n}\n'
    )


def test_a_link_is_written_through(tmp_path: Path) -> None:
    target = tmp_path / "dotfiles" / "claw.yaml"
    target.parent.mkdir()
    link = tmp_path / "config.yaml"
    link.symlink_to(target)

    save(link, {"port": 1})
    save(link, {"port": 2})

    assert link.is_symlink()
    assert target.read_text() == "port: 2\n"


def test_a_disk_that_is_full_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("port: 1\n")

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(ClawError) as refused:
        save(path, {"port": 2})
    assert str(refused.value) == (
        f"{path} cannot be saved: No space left on device; it is as it was"
    )
    assert path.read_text() == "port: 1\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "token"

    with pytest.raises(ClawError, match=r"token cannot be saved: .*; it is as it was"):
        write(path, b"x")


def test_a_file_that_is_read_only_is_meant_to_stay_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("port: 1\n")
    path.chmod(0o444)

    with pytest.raises(Conflict) as refused:
        save(path, {"port": 2})
    assert str(refused.value) == f"{path} cannot be saved: it is read-only; it is as it was"
    assert path.read_text() == "port: 1\n"


def test_a_file_somebody_broke_meanwhile_is_not_saved_over(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("port: [1\n")

    with pytest.raises(Conflict, match=r"was edited and cannot be read any more: .*line 2"):
        save(path, {"port": 2})
    assert path.read_text() == "port: [1\n"


def test_a_file_only_a_person_can_change_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("port: &p 1\nphone_port: *p\n")

    with pytest.raises(ClawError, match=r"with aliases\?\); change it by hand"):
        save(path, {"port": 2})
    assert path.read_text() == "port: &p 1\nphone_port: *p\n"
