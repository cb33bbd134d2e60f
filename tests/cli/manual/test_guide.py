"""The takeover guide: every command in it is one, and nothing in it is left to be filled in."""

import shlex

import click
import pytest

from clawctl.cli.main import cli
from clawctl.cli.manual import guide

ROWS = [row for _, rows in guide.PARTS for row in rows]
COMMANDS = sorted({command for row in ROWS for command in row.commands})


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_in_it_is_understood(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "answers.txt").write_text("Yes.\n", encoding="utf-8")
    program, *words = shlex.split(command)
    parent, current = None, cli

    while isinstance(current, click.Group):
        parent = current.make_context(program, words, parent=parent)
        program, current, words = current.resolve_command(
            parent, [*parent._protected_args, *parent.args]
        )
    with current.make_context(program, words, parent=parent) as ctx:
        assert ctx.args == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.term)
def test_every_row_says_how_to_see_it(row):
    assert row.text
    assert row.commands


def test_numbers_are_those_of_the_settings():
    page = guide.pages()["clawctl-takeover.7"]

    assert "$" not in page
    assert "session_ttl (300 seconds)" in page
