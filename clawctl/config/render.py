"""Settings as people and programs read them: the example file, and views without secrets."""

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
    return dict(_shown(row, row.key, settings) for row in table_of(settings))


def view(settings: Settings, group: str) -> dict[str, Any]:
    """One group by its short names, as `/api/config/*` shows it; secrets as in `redacted`."""
    rows = [row for row in table_of(settings) if row.group == group and not row.plugin]
    return dict(_shown(row, row.alias or row.key, settings) for row in rows)


def call_view(settings: Settings) -> dict[str, Any]:
    """`GET /api/config/call`: greetings as they are spoken, and as templates."""
    shown = view(settings, "call")
    required = shown.pop("has_auth_passphrase")
    templates = {
        f"{key}_template": shown[key] for key in ("greeting_incoming", "greeting_outgoing")
    }
    spoken = {f"greeting_{way}": settings.call.greeting(way) for way in ("incoming", "outgoing")}
    return {**shown, **templates, **spoken, "auth_required": required}


def _shown(row: Setting, name: str, settings: Settings) -> tuple[str, Any]:
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
