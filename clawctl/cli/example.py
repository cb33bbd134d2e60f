"""config.example.yaml with the sections of the plugins in the box: python -m clawctl.cli.example"""

import sys
from importlib.metadata import entry_points

from clawctl.config.render import example
from clawctl.config.table import Table, settings_table
from clawctl.plugins import GROUP, find, sections


def shipped_table() -> Table:
    """The settings of clawctl and the plugins in the box, whatever others are installed."""
    ours = [e for e in entry_points(group=GROUP) if e.module.startswith("clawctl_plugins.")]
    return settings_table(sections(find(ours)))


def shipped() -> str:
    """The example file as it is checked in."""
    return example(shipped_table())


if __name__ == "__main__":
    sys.stdout.write(shipped())
