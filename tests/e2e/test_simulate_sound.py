"""Sound of a simulated call, with players that are programs."""

from collections.abc import Callable
from pathlib import Path

import pytest
import trio

from clawctl.cli.simulate_sound import NO_PLAYER, open_sounds
from clawctl.errors import BadInput
from clawctl.testing.handset_report import Heard, Moment

pytestmark = pytest.mark.journey

PHONE = Heard(at=1.0, number=1, by_phone=True, wav=b"reply")
CALLER = Heard(at=2.0, number=1, by_phone=False, wav=b"words")


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only place programs are found in."""
    place = tmp_path / "bin"
    place.mkdir()
    monkeypatch.setenv("PATH", str(place))
    return place


def program(place: Path, name: str, body: str) -> None:
    (place / name).write_text(f"#!/bin/sh\n{body}\n")
    (place / name).chmod(0o755)


async def played(*heard: Heard, save: Path | None = None) -> list[str]:
    """What was noted while `heard` was played."""
    notes: list[str] = []
    note: Callable[[str], None] = notes.append
    async with open_sounds(save, play=True, note=note) as sounds:
        for each in heard:
            sounds.tell(each)
    return notes


async def test_what_is_heard_is_given_to_the_first_player(programs: Path, tmp_path: Path) -> None:
    program(programs, "paplay", f'echo paplay "${{1##*/}}" >> {tmp_path}/played')
    program(programs, "ffplay", f"echo ffplay >> {tmp_path}/played")

    assert await played(PHONE, CALLER) == []
    assert sorted((tmp_path / "played").read_text().splitlines()) == [
        "paplay 01-caller.wav",
        "paplay 01-phone.wav",
    ]


async def test_without_a_player_the_call_goes_on_unheard(programs: Path) -> None:
    assert await played(PHONE) == [NO_PLAYER]


async def test_a_player_that_cannot_play_is_named_once(programs: Path) -> None:
    program(programs, "aplay", "echo no such device >&2; exit 1")

    assert await played(PHONE, CALLER) == [f"{programs}/aplay cannot play: no such device"]


async def test_what_is_saved_is_kept_when_it_is_played_too(programs: Path, tmp_path: Path) -> None:
    program(programs, "aplay", "exit 0")

    await played(PHONE, CALLER, save=tmp_path / "kept")

    assert (tmp_path / "kept" / "01-phone.wav").read_bytes() == b"reply"
    assert (tmp_path / "kept" / "01-caller.wav").read_bytes() == b"words"


async def test_what_is_no_sound_is_left_alone(tmp_path: Path) -> None:
    async with open_sounds(tmp_path, play=False, note=print) as sounds:
        sounds.tell(Moment(at=0.0, state="ringing"))

    assert list(await trio.Path(tmp_path).iterdir()) == []


async def test_a_place_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(BadInput, match=r"--save .*/file/kept: Not a directory"):
        async with open_sounds(tmp_path / "file" / "kept", play=False, note=print):
            pass
