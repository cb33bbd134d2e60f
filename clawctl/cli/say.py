"""clawctl say: listen to the gateway's voice, or keep what it says."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clawctl.cli.asking import Asking, asks

if TYPE_CHECKING:
    from clawctl.audio.wav import Sound
    from clawctl.client.rest import RestClient

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
# What one preview may be.
MOST_CHARS = 1000
PATIENCE_S = 60.0


@click.command("say")
@click.argument("text")
@click.option("--voice", help="Voice, by the engine's own name for it.")
@click.option("--speed", type=float, help="How fast; 1 is the voice's own.")
@click.option(
    "--save", type=click.Path(dir_okay=False, path_type=Path),
    help="WAV file to write, in place of playing; - is standard output.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@asks
def command(
    ask: Asking, text: str, voice: str | None, speed: float | None, save: Path | None, force: bool
) -> None:
    """Synthesise TEXT as the gateway would say it, and play or save it. - reads standard input.

    Without a running gateway the engines are opened for this once.
    """
    from clawctl.cli.export import may_replace, write
    from clawctl.errors import BadInput

    words = sys.stdin.read() if text == "-" else text
    if not words.strip():
        raise BadInput("there is nothing to say")
    to_pipe = save is not None and str(save) == "-"
    if to_pipe and sys.stdout.isatty():
        raise BadInput("a terminal shows no sound; pipe it, or name a file")
    if save and not to_pipe:
        may_replace(save, force)
    elif not save:
        _player()
    chosen = {"voice": voice, "speed": speed}
    options = {name: value for name, value in chosen.items() if value is not None}
    sound = _spoken(ask, words, options)
    if to_pipe:
        sys.stdout.buffer.write(sound)
        sys.stdout.buffer.flush()
    elif save:
        write(save, [sound])
        ask.output.event("saved", f"Saved to {save}.", path=str(save), bytes=len(sound))
    else:
        _play(sound)


def _spoken(ask: Asking, words: str, options: dict[str, Any]) -> bytes:
    """By the running gateway, else by one that is made for this."""
    from clawctl.client.rest import RestClient
    from clawctl.errors import Unreachable

    try:
        return _asked(ask.gateway, words, options)
    except Unreachable:
        if ask.named:
            raise
    import trio

    from clawctl.cli.serve import private

    async def privately() -> bytes:
        async with private(ask.path) as gateway:
            client = RestClient(gateway.url, gateway.live.now.gateway.agent_token)
            return await trio.to_thread.run_sync(_asked, client, words, options)

    ask.output.note("No gateway runs; opening the engines for this once …")
    return trio.run(privately)


def _asked(gateway: "RestClient", words: str, options: dict[str, Any]) -> bytes:
    from clawctl.audio import wav

    sounds = [
        wav.read(
            gateway.sound("/api/tts/preview", {"text": part, **options}, patience_s=PATIENCE_S)
        )
        for part in parts(words)
    ]
    return wav.write(joined(sounds))


def parts(words: str) -> list[str]:
    """As much at once as a preview may be, cut between sentences."""
    from clawctl.engines.sentences import Sentences

    cut = Sentences()
    sentences = [*cut.feed(words), cut.rest()]
    found = list[str]()
    for sentence in filter(str.strip, sentences):
        if found and len(found[-1]) + 1 + len(sentence) <= MOST_CHARS:
            found[-1] = f"{found[-1]} {sentence}"
        else:
            found.append(sentence)
    return found


def joined(sounds: "list[Sound]") -> "Sound":
    from clawctl.audio.wav import Sound

    return Sound(b"".join(one.pcm for one in sounds), sounds[0].rate)


def _player() -> list[str]:
    from clawctl.errors import ClawError

    for name, *arguments in (*PLAYERS, (FILE_PLAYER,)):
        if shutil.which(name):
            return [name, *arguments]
    raise ClawError(
        "no program that plays sound was found; install one (on Debian: apt install alsa-utils) or"
        " keep the sound with --save FILE.wav"
    )


def _play(sound: bytes) -> None:
    from tempfile import NamedTemporaryFile

    from clawctl.errors import ClawError

    player = _player()
    if player[0] == FILE_PLAYER:
        with NamedTemporaryFile(suffix=".wav") as file:
            file.write(sound)
            file.flush()
            played = subprocess.run([*player, file.name], check=False)  # noqa: S603 - names of ours
    else:
        played = subprocess.run(player, input=sound, check=False)  # noqa: S603
    if played.returncode:
        raise ClawError(
            f"{player[0]} could not play it (exit code {played.returncode}); keep it with --save"
        )
