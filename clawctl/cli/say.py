"""clawctl say: listen to the gateway's voice, or keep what it says."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clawctl.cli.asking import Asking, asks

if TYPE_CHECKING:
    from collections.abc import Callable

    from clawctl.audio.wav import Sound
    from clawctl.client.rest import RestClient

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
@click.option("--explain", is_flag=True, help="Show the sentences and what is spoken for each.")
@asks
def command(
    ask: Asking,
    text: str,
    voice: str | None,
    speed: float | None,
    save: Path | None,
    force: bool,
    explain: bool,
) -> None:
    """Synthesise TEXT as the gateway would say it, and play or save it. - reads standard input.

    With --explain it is cut into sentences as a reply is, and each is shown with the words that are
    spoken for it, the engine and the voice. Without a running gateway the engines are opened for
    this once.
    """
    from clawctl.cli.explaining import explain as explained
    from clawctl.errors import BadInput

    words = sys.stdin.read() if text == "-" else text
    if not words.strip():
        raise BadInput("there is nothing to say")
    _check_where(save, force, explain)
    chosen = {"voice": voice, "speed": speed}
    options = {name: value for name, value in chosen.items() if value is not None}

    def spoken(gateway: "RestClient") -> "list[Sound]":
        if explain:
            return explained(gateway, words, options, ask.output)
        return _asked(gateway, words, options)

    if sounds := _by_gateway(ask, spoken):
        _give(joined(sounds), save, ask)
    else:
        ask.output.note("There is nothing in it that can be spoken.")


def _check_where(save: Path | None, force: bool, explain: bool) -> None:
    """Before anything is synthesised: whether the sound can go where it should."""
    from clawctl.cli.export import may_replace
    from clawctl.cli.playing import MISSING, player
    from clawctl.errors import BadInput, ClawError

    if save is None:
        if not (explain or player()):
            raise ClawError(MISSING)
    elif str(save) != "-":
        may_replace(save, force)
    elif explain:
        raise BadInput("what is explained goes to standard output; name a file for the sound")
    elif sys.stdout.isatty():
        raise BadInput("a terminal shows no sound; pipe it, or name a file")


def _give(said: "Sound", save: Path | None, ask: Asking) -> None:
    from clawctl.audio import wav
    from clawctl.cli.export import write
    from clawctl.cli.playing import MISSING, play, player

    sound = wav.write(said)
    if save is None and not player():
        ask.output.note(f"It is only shown, not played: {MISSING}.")
    elif save is None:
        play(sound)
    elif str(save) == "-":
        sys.stdout.buffer.write(sound)
        sys.stdout.buffer.flush()
    else:
        write(save, [sound])
        ask.output.event("saved", f"Saved to {save}.", path=str(save), bytes=len(sound))


def _by_gateway(ask: Asking, work: "Callable[[RestClient], list[Sound]]") -> "list[Sound]":
    """By the running gateway, else by one that is made for this."""
    from clawctl.client.rest import RestClient
    from clawctl.errors import Unreachable

    try:
        return work(ask.gateway)
    except Unreachable:
        if ask.named:
            raise
    import trio

    from clawctl.cli.serve import private

    async def privately() -> "list[Sound]":
        async with private(ask.path) as gateway:
            client = RestClient(gateway.url, gateway.live.now.gateway.agent_token)
            return await trio.to_thread.run_sync(work, client)

    ask.output.note("No gateway runs; opening the engines for this once …")
    return trio.run(privately)


def _asked(gateway: "RestClient", words: str, options: dict[str, Any]) -> "list[Sound]":
    from clawctl.audio import wav

    return [
        wav.read(
            gateway.sound("/api/tts/preview", {"text": part, **options}, patience_s=PATIENCE_S)
        )
        for part in parts(words)
    ]


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
