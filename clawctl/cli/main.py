"""clawctl: the table of commands; each is imported when it is used."""

import sys
from importlib import import_module
from typing import Any

import click

from clawctl.cli import streams

# One row a command: where it lives, and what it is for.
COMMANDS = {
    "serve": ("clawctl.cli.serve", "Answer calls: run the gateway until it is stopped."),
    "stop": ("clawctl.cli.stop", "Stop the running gateway."),
    "status": ("clawctl.cli.status", "Tell how the running gateway is."),
    "calls": ("clawctl.cli.calls", "List, read, search, export and forget calls."),
    "messages": ("clawctl.cli.messages", "Read what callers left for you."),
    "tail": ("clawctl.cli.tail", "Show what happened, and what happens."),
    "trace": ("clawctl.cli.trace", "Draw where the time of a call's turns went."),
    "latency": ("clawctl.cli.latency", "Tell how long callers wait, and for whom."),
    "dial": ("clawctl.cli.dial", "Have the phone call somebody."),
    "answer": ("clawctl.cli.answer", "Have the phone take the call that rings."),
    "reject": ("clawctl.cli.reject", "Have the phone turn the call away that rings."),
    "mute": ("clawctl.cli.mute", "Keep the phone's own microphone out of the call."),
    "takeover": ("clawctl.cli.takeover", "Answer a live call, by hand or by a program."),
    "agents": ("clawctl.cli.agents", "List who steers calls, and what they hold."),
    "inject": ("clawctl.cli.inject", "Have a sentence said to a caller."),
    "context": ("clawctl.cli.context", "Give a live call something to know."),
    "instructions": ("clawctl.cli.instructions", "Tell the reply model how to behave."),
    "release": ("clawctl.cli.release", "Give a call back to the reply model."),
    "hangup": ("clawctl.cli.hangup", "End a live call."),
    "phone": (
        "clawctl.cli.phone",
        "See how the phone is; connect it, forward its port, read its log.",
    ),
    "engines": ("clawctl.cli.engines", "Tell who hears, thinks and speaks, and who could."),
    "models": ("clawctl.cli.models", "List models, fetch them, and tell where they lie."),
    "warm": ("clawctl.cli.warm", "Make the running gateway ready for its next call."),
    "say": ("clawctl.cli.say", "Listen to the gateway's voice, or keep what it says."),
    "config": ("clawctl.cli.config", "Show, explain and change settings."),
    "profile": ("clawctl.cli.profile", "Install, read and check the profile on the phone."),
    "doctor": ("clawctl.cli.doctor", "Say what is wrong here, and the command that mends it."),
    "simulate": ("clawctl.cli.simulate", "Be the phone: play a call against the gateway."),
}


class Lazy(click.Group):
    """Shows every command without importing any."""

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        with streams.read_enough():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        with streams.read_enough():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            group, _, inner = args[0].partition("-")
            if not inner or not isinstance(self.get_command(ctx, group), click.Group):
                ctx.fail(f"There is no command '{args[0]}'.{_nearest(args[0])}")
            # profile-push is profile push.
            args = [group, inner, *args[1:]]
        return super().resolve_command(ctx, args)


def _nearest(name: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, COMMANDS, n=1)
    return f" Did you mean '{close[0]}'?" if close else ""


def _show_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        click.echo(f"clawctl {version('clawctl')}")
        ctx.exit()


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version,
    help="Show the version and exit.",
)  # fmt: skip
def cli() -> None:
    """An AI on a real telephone line, and you ready to take the call over.

    Begin with 'clawctl simulate --demo': a call, played and answered on this machine.
    """


def main() -> None:
    """The program: errors are sentences, and the exit code says what kind (man 7 clawctl)."""
    streams.open_closed()
    streams.bear_any_text()
    try:
        code = cli.main(standalone_mode=False)
    except SystemExit:
        raise
    except BaseException as error:  # noqa: BLE001 - the last door: no traceback for what we foresaw
        sys.exit(_explain(_alone(error)))
    sys.exit(code if isinstance(code, int) else 0)


def _alone(error: BaseException) -> BaseException:
    """An error that trio wrapped because it left a nursery, bare again; Ctrl-C before any other."""
    if isinstance(error, BaseExceptionGroup) and error.subgroup(KeyboardInterrupt):
        return KeyboardInterrupt()
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


def _explain(error: BaseException) -> int:
    from clawctl.errors import ClawError

    match error:
        case click.ClickException():
            error.show()
            return error.exit_code
        case KeyboardInterrupt() | click.Abort():
            return 130
        case BrokenPipeError():
            # Whoever reads has seen enough.
            streams.silence()
            return 0
        case ClawError():
            _complain(str(error))
            return error.exit_code
        case OSError(filename=None, errno=number, strerror=why) if number in streams.FULL:
            streams.silence()
            _complain(f"standard output takes no more: {why}")
            return 1
        case OSError(filename=place, strerror=why) if place is not None:
            _complain(f"{place}: {why}")
            return 1
    raise error


def _complain(why: str) -> None:
    """A sentence may quote what a stranger sent."""
    from clawctl.cli.terminal import harmless

    click.echo(f"clawctl: {harmless(why)}", err=True)
