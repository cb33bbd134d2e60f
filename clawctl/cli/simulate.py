"""clawctl simulate: be the phone, and say what the caller heard and what the gateway did wrong."""

import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import click

from clawctl.cli.output import Output
from clawctl.cli.serve import private_gateway

if TYPE_CHECKING:
    from clawctl.audio.wav import Sound
    from clawctl.testing.caller import Caller, Utterance
    from clawctl.testing.handset_report import CallReport, Heard, Moment, TurnReport
    from clawctl.testing.script import Step

# The address of a gateway and the bearer token of its phones.
Where: TypeAlias = tuple[str, str]
Private: TypeAlias = Callable[[Path | None], AbstractAsyncContextManager[Where]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The options of the command; `number` is None for one of our own choice."""

    say: tuple[str, ...]
    wav: tuple[Path, ...]
    script: Path | None
    demo: bool
    number: str | None
    direction: Literal["incoming", "outgoing"]
    stream: bool
    play: bool
    save: Path | None
    fast: bool
    url: str | None
    token: str | None
    config: Path | None

    def check(self) -> None:
        sources = [self.say, self.wav, self.script, self.demo]
        if sum(map(bool, sources)) != 1:
            raise click.UsageError("What is said? Give one of --say, --wav, --script and --demo.")
        if not all(words.strip() for words in self.say):
            raise click.UsageError("A caller says more than nothing: --say wants words.")
        if self.play and self.fast:
            raise click.UsageError("--play takes real time, --fast does not: give one of them.")


@click.command("simulate")
@click.option("--say", multiple=True, metavar="TEXT...", help="Words of the caller.")
@click.option(
    "--wav", multiple=True, metavar="FILE...", type=click.Path(path_type=Path),
    help="Recordings of the caller.",
)  # fmt: skip
@click.option(
    "--script", metavar="FILE", type=click.Path(path_type=Path),
    help="What the caller does, a step a line: say, wav, pause, expect.",
)  # fmt: skip
@click.option("--demo", is_flag=True, help="A caller who leaves a message and corrects it.")
@click.option(
    "--caller", "number", metavar="NUMBER", help="The number shown; '' hides it. [+15550142]"
)
@click.option(
    "--direction", type=click.Choice(["incoming", "outgoing"]), default="incoming",
    show_default=True, help="Who rings whom.",
)  # fmt: skip
@click.option("--stream", is_flag=True, help="Be an app that was built to stream replies.")
@click.option("--play", is_flag=True, help="Let the call be heard here.")
@click.option(
    "--save", metavar="DIR", type=click.Path(file_okay=False, path_type=Path),
    help="Keep what either side said as WAV files.",
)  # fmt: skip
@click.option("--fast", is_flag=True, help="Do not take the time that speaking takes.")
@click.option("--json", "as_json", is_flag=True, help="JSON lines, on a terminal too.")
@click.option("--url", envvar="CLAWCTL_URL", help="Gateway to call; else the settings tell.")
@click.option("--token", help="Its bearer_token; else that of the settings.")
@click.option("--config", metavar="FILE", type=click.Path(path_type=Path), help="Settings file.")
@click.argument("more", nargs=-1, metavar="")
def command(as_json: bool, more: tuple[str, ...], **options: Any) -> None:
    """Be the phone: play a call against the gateway and judge what it answers.

    Without a gateway at the address in the settings, a private one takes the call. Exit 0 only
    if every utterance was answered with speech and no rule of the phone was broken; 3 if there is
    no gateway at --url, 4 if the token is not its own.

    \b
    A script has one step a line:
      say: Hello, this is a test.
      expect: (?i)hello
      pause: 2
      wav: question.wav
    """
    import trio

    wanted = Wanted(**_with_more(options, more))
    wanted.check()
    output = Output(as_json)
    where = running(wanted, output)
    if not trio.run(simulate, wanted, where, output).clean:
        sys.exit(1)


def _with_more(options: dict[str, Any], more: tuple[str, ...]) -> dict[str, Any]:
    """`--say A B` means the same as `--say A --say B`, and so with --wav."""
    for name, kind in (("say", str), ("wav", Path)):
        if more and options[name]:
            return {**options, name: (*options[name], *map(kind, more))}
    if more:
        raise click.UsageError(f"'{more[0]}' belongs to no option; words go behind --say.")
    return options


def running(wanted: Wanted, output: Output) -> Where | None:
    """The gateway to call; None if there is none and nobody asked for a certain one.

    Raises Unreachable or NotAuthorised, and BadInput for one that is not on this machine.
    """
    from clawctl.client.rest import RestClient
    from clawctl.errors import NotAuthorised, Unreachable
    from clawctl.testing.handset_http import Address

    url, bearer = _configured(wanted)
    Address.of(url)
    try:
        RestClient(url, bearer).get("/health")
    except Unreachable:
        if wanted.url:
            raise
        output.note(f"No gateway answers at {url}: a private one takes this call.")
        return None
    except NotAuthorised as error:
        raise NotAuthorised(f"{url}: {error}; give its bearer_token with --token") from None
    return url, bearer


def _configured(wanted: Wanted) -> Where:
    if wanted.url and wanted.token:
        return wanted.url, wanted.token
    from clawctl.cli.address import configured_address

    found = configured_address(wanted.config)
    return wanted.url or found.url, wanted.token or found.bearer_token


async def simulate(
    wanted: Wanted, where: Where | None, output: Output, private: Private = private_gateway
) -> "CallReport":
    """Play the call and tell it; `private` takes it if `where` is None."""
    caller = await _caller(wanted, output)
    if where is not None:
        return await _call(wanted, where, caller, output)
    async with private(wanted.config) as ours:
        return await _call(wanted, ours, caller, output)


async def _call(wanted: Wanted, where: Where, caller: "Caller", output: Output) -> "CallReport":
    from clawctl.cli.simulate_sound import open_sounds
    from clawctl.cli.simulate_view import View
    from clawctl.testing.handset import open_handset
    from clawctl.testing.handset_http import open_pool
    from clawctl.testing.handset_phone import Phone

    url, bearer = where
    view = View(output)
    phone = Phone(bearer=bearer, streaming=wanted.stream)
    async with open_sounds(wanted.save, wanted.play, output.note) as sounds, open_pool(url) as pool:

        def tell(happened: "Moment | Heard | TurnReport") -> None:
            view.tell(happened)
            sounds.tell(happened)

        time_scale = 0.0 if wanted.fast else 1.0
        async with open_handset(pool, phone, time_scale=time_scale, tell=tell) as handset:
            report = await handset.call(caller)
    view.summary(report)
    return report


async def _caller(wanted: Wanted, output: Output) -> "Caller":
    from dataclasses import replace

    from clawctl.testing.caller import Caller
    from clawctl.testing.demo import demo_caller
    from clawctl.testing.script import Script, Step, read

    if wanted.demo:
        caller = demo_caller()
    else:
        steps = [Step(words=words) for words in wanted.say] + [
            Step(wav=path) for path in wanted.wav
        ]
        script = read(wanted.script) if wanted.script else Script(tuple(steps))
        utterances = await _spoken(script.steps, output)
        caller = Caller(utterances=utterances, lingers_s=script.lingers_s)
    number = caller.number if wanted.number is None else wanted.number
    return replace(caller, number=number, direction=wanted.direction)


async def _spoken(steps: "tuple[Step, ...]", output: Output) -> "tuple[Utterance, ...]":
    """Recordings as they are, words by the best voice there is."""
    if not any(step.words for step in steps):
        return tuple([_recorded(step, output) for step in steps])
    from clawctl.testing.voices import open_voice

    async with open_voice() as voice:
        if voice.poor:
            output.note(f"A poor caller: {voice.poor}.")
        return tuple(
            [
                _captured(await voice.speak(step.words), step, output)
                if step.words
                else _recorded(step, output)
                for step in steps
            ]
        )


def _recorded(step: "Step", output: Output) -> "Utterance":
    """Raises BadInput or BadAudio naming the file."""
    from clawctl.audio import wav
    from clawctl.errors import BadAudio, BadInput

    path = step.wav or Path()
    try:
        return _captured(wav.read(path.read_bytes()), step, output)
    except OSError as error:
        raise BadInput(f"the recording {path} cannot be read: {error.strerror}") from None
    except BadAudio as error:
        raise BadAudio(f"{path}: {error}") from None


def _captured(sound: "Sound", step: "Step", output: Output) -> "Utterance":
    from clawctl.testing.caller import captured, lost_s

    name = step.words or str(step.wav)
    if lost := lost_s(sound):
        output.note(f"{name!r}: the phone captures 8 s at most; the last {lost:.1f} s are lost.")
    return captured(sound, name if step.words else "", step.pause_s, step.expect)
