"""A simulated call as sound: played on this machine, or kept as files."""

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import trio

from clawctl.errors import BadInput, ClawError
from clawctl.testing.handset_report import Heard, Moment, TurnReport

# The first that is installed plays; each takes a file as its last argument.
PLAYERS = (
    ("aplay", "-q"),
    ("paplay",),
    ("afplay",),
    ("ffplay", "-nodisp", "-autoexit", "-loglevel", "quiet"),
)
NO_PLAYER = (
    "Nothing here can play sound: --play needs aplay (Debian: alsa-utils), paplay, afplay or "
    "ffplay. The call goes on unheard; --save keeps it."
)

Note = Callable[[str], None]


@dataclass(slots=True)
class Sounds:
    """Writes what is heard to `place` and plays it from there; without a place it does neither."""

    place: Path | None
    player: tuple[str, ...] | None
    note: Note
    heard: trio.MemorySendChannel[Heard]

    def tell(self, happened: Moment | Heard | TurnReport) -> None:
        if isinstance(happened, Heard) and self.place is not None:
            self.heard.send_nowait(happened)

    async def work(self, heard: trio.MemoryReceiveChannel[Heard]) -> None:
        """Until nothing more can be heard; what still plays is played to its end."""
        async with trio.open_nursery() as nursery, heard:
            async for sound in heard:
                path = await self._write(sound)
                if self.player is not None:
                    nursery.start_soon(self._play, [*self.player, str(path)])

    async def _write(self, sound: Heard) -> Path:
        side = "phone" if sound.by_phone else "caller"
        path = (self.place or Path()) / f"{sound.number:02}-{side}.wav"
        try:
            await trio.Path(path).write_bytes(sound.wav)
        except OSError as error:
            raise ClawError(f"{path} cannot be written: {error.strerror}") from None
        return path

    async def _play(self, command: list[str]) -> None:
        played = await trio.run_process(
            command, check=False, stdin=b"", capture_stdout=True, capture_stderr=True
        )
        if played.returncode and self.player is not None:
            self.player = None
            why = played.stderr.decode(errors="replace").strip().splitlines()
            self.note(f"{command[0]} cannot play: {why[-1] if why else 'it does not say why'}")


@asynccontextmanager
async def open_sounds(save: Path | None, play: bool, note: Note) -> AsyncIterator[Sounds]:
    """Leaving waits until all is written and played. Raises BadInput if `save` cannot be used."""
    with ExitStack() as stack:
        player = _player(note) if play else None
        place = save
        if place is None and player is not None:
            place = Path(stack.enter_context(TemporaryDirectory(prefix="clawctl-")))
        if save is not None:
            _make(save)
        sender, receiver = trio.open_memory_channel[Heard](10_000)
        async with trio.open_nursery() as nursery:
            sounds = Sounds(place, player, note, sender)
            nursery.start_soon(sounds.work, receiver)
            with sender:
                yield sounds


def _player(note: Note) -> tuple[str, ...] | None:
    for name, *arguments in PLAYERS:
        if program := shutil.which(name):
            return (program, *arguments)
    note(NO_PLAYER)
    return None


def _make(place: Path) -> None:
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"--save {place}: {error.strerror}") from None
