"""Playing a WAV by a program that is there."""

import shutil
import subprocess

from clawctl.errors import ClawError

# Programs that play a WAV from standard input, the best first.
PLAYERS = (
    ("pw-play", "-"),
    ("paplay",),
    ("aplay", "-q"),
    ("ffplay", "-loglevel", "error", "-nodisp", "-autoexit", "-"),
    ("play", "-q", "-t", "wav", "-"),
)
# This one wants a file.
FILE_PLAYER = "afplay"
MISSING = (
    "no program that plays sound was found; install one (on Debian: apt install alsa-utils) or"
    " keep the sound with --save FILE.wav"
)


def player() -> list[str]:
    """The program and its arguments; [] if there is none."""
    for name, *arguments in (*PLAYERS, (FILE_PLAYER,)):
        if shutil.which(name):
            return [name, *arguments]
    return []


def play(sound: bytes) -> None:
    from tempfile import NamedTemporaryFile

    program = player()
    if not program:
        raise ClawError(MISSING)
    if program[0] == FILE_PLAYER:
        with NamedTemporaryFile(suffix=".wav") as file:
            file.write(sound)
            file.flush()
            played = subprocess.run([*program, file.name], check=False)  # noqa: S603 - names of ours
    else:
        played = subprocess.run(program, input=sound, check=False)  # noqa: S603
    if played.returncode:
        raise ClawError(
            f"{program[0]} could not play it (exit code {played.returncode}); keep it with --save"
        )
