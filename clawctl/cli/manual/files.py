"""Everything that is drawn and checked in, by its path from the top of the project."""

from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete

from clawctl.cli.main import cli
from clawctl.cli.manual import commands, guide, interface, settings

SHELLS: dict[str, type[ShellComplete]] = {
    "completions/clawctl.bash": BashComplete,
    "completions/_clawctl": ZshComplete,
    "completions/clawctl.fish": FishComplete,
}


def files() -> dict[str, str]:
    pages = {**commands.pages(), **settings.pages(), **interface.pages(), **guide.pages()}
    return {
        **{f"man/{name}": text for name, text in pages.items()},
        **{name: _completion(shell) for name, shell in SHELLS.items()},
    }


def _completion(shell: type[ShellComplete]) -> str:
    """Not by way of `source()`: that asks which bash there is, and a file must not depend on it."""
    one = shell(cli, {}, "clawctl", "_CLAWCTL_COMPLETE")
    return one.source_template % one.source_vars()
