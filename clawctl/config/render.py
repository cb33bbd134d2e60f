"""Settings as people and programs read them: the example file, and values without secrets."""

import textwrap
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from clawctl.config.scalar import scalar
from clawctl.config.schema import Settings
from clawctl.config.table import Setting, Table, table_of, value
from clawctl.config.values import allowed

_HEAD = """\
# Settings of the clawctl gateway, every one with its default. This file is drawn from
# clawctl/config/schema.py; copy it to config.yaml and keep what you change.
#
# A flag beats a variable (GATEWAY_PORT=9000), a variable beats this file, and what is not set or
# null has its default. Tokens and keys are secrets: keep the file to yourself (chmod 600).
"""


def example(table: Table) -> str:
    """config.example.yaml: every setting with its meaning and default, under headings."""
    groups = groupby(table, key=lambda row: (row.group, row.plugin))
    return _HEAD + "".join(_group(list(rows)) for _, rows in groups)


def redacted(settings: Settings) -> dict[str, Any]:
    """Every value by its key; of a secret only whether there is one ("has_bearer_token")."""
    return dict(shown(row, row.key, settings) for row in table_of(settings))


def shown(row: Setting, name: str, settings: Settings) -> tuple[str, Any]:
    """A value under a name; of a secret whether there is one, under "has_" and the name."""
    one = value(settings, row)
    if row.secret:
        return f"has_{name}", bool(one)
    return name, list(one) if isinstance(one, tuple) else one


def _group(rows: list[Setting]) -> str:
    first = rows[0]
    title = (first.home.__doc__ or f"Plugin {first.group}").partition("\n")[0].rstrip(".")
    return f"\n# {title}\n# {'-' * len(title)}\n" + "".join(map(_setting, rows))


def _setting(row: Setting) -> str:
    about = " ".join([row.description, *_notes(row)])
    lines = textwrap.wrap(about, 98, initial_indent="# ", subsequent_indent="# ")
    return "\n".join(["", *lines, f"{row.key}: {scalar(row.default)}", ""])


def _notes(row: Setting) -> Iterator[str]:
    words = allowed(row.type)
    if words.startswith(("a number", "a whole", "one of")):
        yield words[0].upper() + words[1:] + "."
    if row.secret:
        yield "Secret."
    if row.host_only:
        yield "Set on the host only."
    if row.agent_may_set:
        yield "Agents may set it."
    if not row.live:
        yield "Needs a restart."
