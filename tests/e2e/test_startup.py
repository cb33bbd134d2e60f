"""`clawctl --help` answers at once, for it loads click and nothing else."""

import subprocess
import sys
from pathlib import Path

CLAWCTL = Path(sys.executable).with_name("clawctl")

# What the console script does; at the end it tells what was loaded.
OURS = """
import sys
from clawctl.cli.main import main
try:
    main()
finally:
    print(*sys.modules, file=sys.stderr)
"""

# The least a program with click's help can be.
LEAST = """
import sys
import click
try:
    click.command()(click.option("--version", is_flag=True)(lambda version: None))()
finally:
    print(*sys.modules, file=sys.stderr)
"""


def loaded_for_help(program: str) -> set[str]:
    command = [sys.executable, "-c", program, "--help"]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    return set(ended.stderr.split())


def test_help_loads_click_and_the_table_of_commands_only() -> None:
    extra = loaded_for_help(OURS) - loaded_for_help(LEAST)

    assert extra == {"clawctl", "clawctl.cli", "clawctl.cli.main", "clawctl.cli.streams"}


def test_the_installed_program_helps() -> None:
    ended = subprocess.run(
        [CLAWCTL, "--help"], capture_output=True, text=True, check=True, timeout=30
    )

    assert ended.stderr == ""
    assert "serve" in ended.stdout
