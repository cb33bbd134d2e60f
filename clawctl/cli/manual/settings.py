"""Section 5: every setting, drawn from the schema and the plugins in the box."""

from itertools import groupby

from clawctl.cli.example import shipped_table
from clawctl.cli.manual import roff
from clawctl.config.scalar import scalar
from clawctl.config.table import Setting
from clawctl.config.values import allowed

ABOUT = """\
Settings are flat keys in a YAML file, or a JSON file as older gateways have it: the one that --config or the variable
CLAWCTL_CONFIG names, else config.yaml or config.json where the gateway is started, else clawctl/config.yaml in the
directory for settings of the platform.

A flag of clawctl serve beats a variable (GATEWAY_ and the key in capitals), a variable beats the file, and what is not
set or null has its default. Lists are written as YAML, in a variable as JSON or separated by commas. A value that does
not fit is refused, with its place and what is allowed; nothing is started or changed then.

'clawctl config' shows, explains and changes settings; a running gateway takes them over at once, unless a restart is
noted here."""


def pages() -> dict[str, str]:
    lines = roff.head("clawctl-config", 5, "settings of the clawctl gateway")
    lines += [roff.section("Description"), *roff.paragraphs(ABOUT)]
    for _, rows in groupby(shipped_table(), key=lambda row: (row.group, row.plugin)):
        group = list(rows)
        lines += [roff.section(_title(group[0])), *_settings(group)]
    lines += [roff.section("See also"), f"{roff.bold('clawctl-config')}(1)"]
    return {"clawctl-config.5": roff.page(lines)}


def _title(row: Setting) -> str:
    said = (row.home.__doc__ or "").partition("\n")[0].rstrip(".")
    return said if said and not row.plugin else f"Plugin {row.group}"


def _settings(rows: list[Setting]) -> list[str]:
    return roff.items((roff.bold(row.key), f"{row.description} {_notes(row)}") for row in rows)


def _notes(row: Setting) -> str:
    said = [f"It is {allowed(row.type)}.", f"Default: {scalar(row.default)}."]
    marks = {
        "Secret: it is shown nowhere.": row.secret,
        "Set on the host only.": row.host_only,
        "Agents may set it.": row.agent_may_set,
        "Needs a restart.": not row.live,
    }
    return " ".join([*said, *(mark for mark, has in marks.items() if has)])
