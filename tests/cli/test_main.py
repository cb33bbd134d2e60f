"""The table of commands."""

import click
import pytest
from click.testing import CliRunner

from clawctl.cli.main import COMMANDS, cli


@pytest.mark.parametrize("name", COMMANDS)
def test_every_row_leads_to_a_command_of_that_name_that_explains_itself(name):
    command = cli.get_command(click.Context(cli), name)

    assert command.name == name
    assert command.help
    options = [param for param in command.params if isinstance(param, click.Option)]
    assert [option.name for option in options if not option.help] == []


def test_an_unknown_command_is_refused_with_the_nearest():
    result = CliRunner().invoke(cli, ["simluate"])

    assert result.exit_code == 2
    assert "There is no command 'simluate'. Did you mean 'simulate'?" in result.output


def test_a_command_within_another_may_be_joined_to_it_by_a_dash():
    joined = CliRunner().invoke(cli, ["profile-init", "lynx", "--json"])
    apart = CliRunner().invoke(cli, ["profile", "init", "lynx", "--json"])

    assert joined.exit_code == 0
    assert joined.output == apart.output


@pytest.mark.parametrize("name", ["profile-", "profiles-push", "push-profile", "stop-now"])
def test_a_dash_makes_no_command_of_what_is_none(name):
    result = CliRunner().invoke(cli, [name])

    assert result.exit_code == 2
    assert f"There is no command '{name}'." in result.output


def test_a_command_that_is_not_in_its_group_is_refused_as_such():
    result = CliRunner().invoke(cli, ["profile-sing"])

    assert result.exit_code == 2
    assert "No such command 'sing'" in result.output


def test_help_lists_every_command():
    result = CliRunner().invoke(cli, ["--help"])

    assert result.exit_code == 0
    assert [name for name in COMMANDS if name not in result.output] == []
