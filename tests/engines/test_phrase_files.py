"""Phrases on disk: found again, bounded, and never in the way."""

import os
from pathlib import Path

import pytest

from clawctl.audio.wav import Sound
from clawctl.engines.phrase_files import PhraseFiles

SOUND = Sound(b"\x01\x02" * 500, 16_000)


def kept(place: Path) -> list[Path]:
    return sorted(place.glob("*"))


def test_a_phrase_is_found_again_by_another_who_looks(tmp_path: Path) -> None:
    PhraseFiles(tmp_path / "made").put(b"hello", SOUND)

    assert PhraseFiles(tmp_path / "made").get(b"hello") == SOUND
    assert PhraseFiles(tmp_path / "made").get(b"hell") is None


@pytest.mark.parametrize("key", [b"../../etc/passwd", b"", b"\x00/", "ä".encode() * 9999])
def test_no_text_becomes_a_path(tmp_path: Path, key: bytes) -> None:
    files = PhraseFiles(tmp_path / "here")

    files.put(key, SOUND)

    (file,) = kept(tmp_path / "here")
    assert file.stem.isalnum()
    assert len(file.name) == 71
    assert files.get(key) == SOUND


@pytest.mark.parametrize("wrong", [b"", b"x" * 31, b"x" * 4000, "cut", "flipped"])
def test_a_broken_file_is_as_good_as_none_and_made_anew(tmp_path: Path, wrong: bytes | str) -> None:
    files = PhraseFiles(tmp_path)
    files.put(b"hello", SOUND)
    (file,) = kept(tmp_path)
    whole = file.read_bytes()
    broken = {"cut": whole[:-2], "flipped": whole[:-1] + bytes([whole[-1] ^ 1])}
    file.write_bytes(broken[wrong] if isinstance(wrong, str) else wrong)

    assert files.get(b"hello") is None
    files.put(b"hello", SOUND)
    assert files.get(b"hello") == SOUND


def test_the_phrase_that_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    files = PhraseFiles(tmp_path, most=2)
    for age, key in ((30, b"one"), (20, b"two")):
        before = set(kept(tmp_path))
        files.put(key, SOUND)
        (made,) = set(kept(tmp_path)) - before
        os.utime(made, (made.stat().st_mtime - age,) * 2)

    assert files.get(b"one") == SOUND
    files.put(b"three", SOUND)

    assert [files.get(key) for key in (b"one", b"two", b"three")] == [SOUND, None, SOUND]


def test_phrases_take_no_more_room_than_they_may(tmp_path: Path) -> None:
    files = PhraseFiles(tmp_path, most_bytes=3000)

    for key in (b"one", b"two", b"three", b"four"):
        files.put(key, SOUND)

    assert sum(file.stat().st_size for file in kept(tmp_path)) <= 3000
    assert len(kept(tmp_path)) == 2


def test_a_disk_that_takes_nothing_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    files = PhraseFiles(tmp_path / "file" / "here")

    files.put(b"hello", SOUND)

    assert files.get(b"hello") is None


def test_what_was_left_half_written_goes_in_its_turn(tmp_path: Path) -> None:
    (tmp_path / "tmpabc.new").write_bytes(b"half")
    os.utime(tmp_path / "tmpabc.new", (0, 0))

    PhraseFiles(tmp_path, most=1).put(b"hello", SOUND)

    assert [file.suffix for file in kept(tmp_path)] == [".phrase"]
