"""Every command we tell people to type is one that this program understands."""

import ast
import re
import shlex
from contextlib import suppress
from functools import cache
from pathlib import Path

import click
import pytest

import clawctl
from clawctl.cli.main import COMMANDS, cli

PACKAGE = Path(clawctl.__file__).parent
QUOTED = re.compile(r"'clawctl ([a-z][^'{}]*)'")
DEFAULT = ("--config", "settings.yaml")


def understood(words):
    """Raises UsageError for a command, an option or an argument there is not; one may be left out,
    as in "use 'clawctl config set'"."""
    command, name, rest = cli, "clawctl", list(words)
    context = click.Context(cli, info_name=name)
    while isinstance(command, click.Group) and rest:
        name, command, rest = command.resolve_command(context, rest)
        context = click.Context(command, parent=context, info_name=name)
    with suppress(click.MissingParameter):
        command.make_context(name, rest, resilient_parsing=isinstance(command, click.Group))


def texts(tree):
    return (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))


def sources(place):
    return [(path, ast.parse(path.read_text("utf-8"))) for path in sorted(place.rglob("*.py"))]


@cache
def quoted():
    """What errors and help suggest, such as 'clawctl serve'."""
    found = {
        words
        for _, tree in sources(PACKAGE)
        for text in texts(tree)
        if isinstance(text, str)
        for words in QUOTED.findall(re.sub(r"\s+", " ", text))
    }
    return sorted(found)


def word(node):
    """A word of a mend; what is only known when it is made stands for itself."""
    return node.value if isinstance(node, ast.Constant) else "1"


@cache
def mends():
    """What doctor suggests: the words it makes commands of."""
    found = set()
    for _, tree in sources(PACKAGE / "cli" / "doctor"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "command":
                parts = node.args
            elif isinstance(node, ast.Tuple):
                parts = node.elts
            else:
                continue
            words = tuple(map(word, parts))
            if words and words[0] in COMMANDS:
                found.add(words)
    return sorted(found)


@pytest.mark.parametrize("words", mends(), ids=" ".join)
def test_a_mend_of_doctor_can_be_typed_and_minds_the_same_settings(words):
    understood([*words, *DEFAULT])


@pytest.mark.parametrize("line", quoted())
def test_a_command_in_an_error_or_in_help_can_be_typed(line):
    understood(shlex.split(line))


def test_doctor_and_errors_suggest_something():
    assert ("doctor", "--fix") in mends()
    assert {"serve", "calls list", "config set"} <= {
        " ".join(line.split()[:2]) for line in quoted()
    }


def test_what_does_not_exist_is_noticed():
    with pytest.raises(click.UsageError):
        understood(["doctor", "--mend"])
