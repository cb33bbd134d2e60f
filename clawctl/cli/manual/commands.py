"""Section 1: a page for every command, drawn from the click objects."""

from collections.abc import Iterator

import click

from clawctl.cli.main import cli
from clawctl.cli.manual import roff

EXITS = "clawctl-exit-codes"


def pages() -> dict[str, str]:
    """Every page by its file name."""
    return {f"{ctx.command_path.replace(' ', '-')}.1": _page(ctx) for ctx in _every(_top())}


def _top() -> click.Context:
    settings = cli.context_settings
    return click.Context(
        cli, info_name="clawctl", max_content_width=80, terminal_width=80, **settings
    )


def _every(ctx: click.Context) -> Iterator[click.Context]:
    yield ctx
    for name, command in _subcommands(ctx):
        yield from _every(click.Context(command, parent=ctx, info_name=name))


def _subcommands(ctx: click.Context) -> list[tuple[str, click.Command]]:
    group = ctx.command
    if not isinstance(group, click.Group):
        return []
    found = [(name, group.get_command(ctx, name)) for name in group.list_commands(ctx)]
    return [(name, command) for name, command in found if command]


def _page(ctx: click.Context) -> str:
    command, name = ctx.command, ctx.command_path.replace(" ", "-")
    text = (command.help or "").replace("\f", "")
    first, _, rest = text.partition("\n\n")
    lines = roff.head(name, 1, " ".join(first.split()).rstrip("."))
    lines += [roff.section("Synopsis"), f"{roff.bold(ctx.command_path)} {_usage(ctx)}"]
    lines += [roff.section("Description"), *roff.paragraphs(first), *roff.paragraphs(rest)]
    if options := _options(ctx):
        lines += [roff.section("Options"), *roff.items(options)]
    if subcommands := _subcommands(ctx):
        about = [
            (f"{roff.bold(f'{name}-{sub}')}(1)", command.get_short_help_str(200))
            for sub, command in subcommands
        ]
        lines += [roff.section("Commands"), *roff.items(about)]
    if command.epilog:
        lines += [roff.section("Examples"), *roff.paragraphs(command.epilog)]
    lines += [roff.section("Exit status"), f"See {roff.bold(EXITS)}(7)."]
    lines += [roff.section("See also"), ", ".join(_also(ctx))]
    return roff.page(lines)


def _usage(ctx: click.Context) -> str:
    return " ".join(roff.italic(piece) for piece in ctx.command.collect_usage_pieces(ctx))


def _options(ctx: click.Context) -> list[tuple[str, str]]:
    # Not by get_params: click keeps the help option as whoever asked first would have it.
    records = [param.get_help_record(ctx) for param in ctx.command.params]
    records.append((", ".join(ctx.help_option_names), "Show this message and exit."))
    return [(roff.bold(record[0]), record[1]) for record in records if record]


def _also(ctx: click.Context) -> list[str]:
    above = [f"{roff.bold(ctx.parent.command_path.replace(' ', '-'))}(1)"] if ctx.parent else []
    return [*above, f"{roff.bold('clawctl-config')}(5)", f"{roff.bold('clawctl-http')}(7)"]
