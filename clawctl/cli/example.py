"""config.example.yaml with the sections of the plugins in the box: python -m clawctl.cli.example"""

import sys
from importlib.metadata import entry_points

from clawctl.config.render import example
from clawctl.config.table import settings_table
from clawctl.plugins import GROUP, find, sections


def shipped() -> str:
    """The example file as it is checked in, whatever other plugins are installed."""
    ours = [e for e in entry_points(group=GROUP) if e.module.startswith("clawctl_plugins.")]
    return example(settings_table(sections(find(ours))))


if __name__ == "__main__":
    sys.stdout.write(shipped())
