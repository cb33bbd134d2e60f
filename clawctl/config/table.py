"""The table of all settings, drawn from the schema and from the sections of plugins."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, cast, get_type_hints

import msgspec
from msgspec import NODEFAULT, Meta, structs

from clawctl.config.schema import Settings
from clawctl.config.values import check
from clawctl.errors import BadInput, BadSettings

Sections = Mapping[str, type[msgspec.Struct]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting.

    It is the field `field` of `Settings.<group>`, or of the section of a plugin; then `group` is
    the plugin's name. `home` is the class of either.
    """

    key: str
    group: str
    plugin: bool
    home: type[msgspec.Struct]
    field: str
    type: Any
    default: Any
    description: str
    live: bool
    secret: bool
    agent_may_set: bool
    host_only: bool
    alias: str

    @property
    def env(self) -> str:
        return f"GATEWAY_{self.key.upper()}"

    @property
    def flag(self) -> str:
        return "--" + self.key.replace("_", "-")


Table = tuple[Setting, ...]


def settings_table(plugins: Sections = MappingProxyType({})) -> Table:
    """Every setting, in the order of the example file; a plugin's come last.

    Raises BadSettings when a plugin's section is not fit to hold settings.
    """
    rows: dict[str, Setting] = {row.key: row for row in _core()}
    faults: list[str] = []
    for plugin, section in sorted(plugins.items()):
        own = _rows(plugin, section, prefix=plugin.replace("-", "_") + "_")
        faults += _section_faults(plugin, section, own, rows)
        rows |= {row.key: row for row in own}
    if faults:
        raise BadSettings(faults)
    return tuple(rows.values())


def build(table: Table, values: Mapping[str, Any]) -> Settings:
    """Settings from checked values; a key that is not among them has its default."""
    homes: dict[tuple[str, bool], tuple[type[msgspec.Struct], dict[str, Any]]] = {}
    for row in table:
        _, fields = homes.setdefault((row.group, row.plugin), (row.home, {}))
        fields[row.field] = values.get(row.key, row.default)
    core = {name: kind(**fields) for (name, plugin), (kind, fields) in homes.items() if not plugin}
    own = {name: kind(**fields) for (name, plugin), (kind, fields) in homes.items() if plugin}
    return Settings(plugins=MappingProxyType(own), **cast("dict[str, Any]", core))


def flat(table: Table, settings: Settings) -> dict[str, Any]:
    """Every value by its key, secrets included."""
    return {row.key: value(settings, row) for row in table}


def value(settings: Settings, row: Setting) -> Any:
    home = settings.plugins[row.group] if row.plugin else getattr(settings, row.group)
    return getattr(home, row.field)


def table_of(settings: Settings) -> Table:
    """The table these settings were built from."""
    return settings_table({name: type(section) for name, section in settings.plugins.items()})


def by_key(table: Table) -> dict[str, Setting]:
    return {row.key: row for row in table}


def aliases(table: Table, group: str) -> dict[str, str]:
    """The full key of every short name that the views of `group` know."""
    rows = [row for row in table if row.group == group and not row.plugin]
    return {row.alias: row.key for row in rows if row.alias}


def _core() -> Iterator[Setting]:
    for group, kind in get_type_hints(Settings).items():
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            yield from _rows(group, kind)


@cache
def _rows(group: str, home: type[msgspec.Struct], prefix: str = "") -> Table:
    hints = get_type_hints(home, include_extras=True)
    return tuple(_row(group, home, prefix, f, hints[f.name]) for f in structs.fields(home))


def _row(
    group: str, home: type[msgspec.Struct], prefix: str, field: structs.FieldInfo, hint: Any
) -> Setting:
    metas = [meta for meta in getattr(hint, "__metadata__", ()) if isinstance(meta, Meta)]
    marks = {name: mark for meta in metas for name, mark in (meta.extra or {}).items()}
    return Setting(
        key=prefix + field.name,
        group=group,
        plugin=bool(prefix),
        home=home,
        field=field.name,
        type=hint,
        default=_default(field),
        description=next((meta.description for meta in metas if meta.description), ""),
        live=bool(marks.get("live")),
        secret=bool(marks.get("secret")),
        agent_may_set=bool(marks.get("agent_may_set")),
        host_only=bool(marks.get("host_only")),
        alias=str(marks.get("alias", "")),
    )


def _default(field: structs.FieldInfo) -> Any:
    return field.default if field.default_factory is NODEFAULT else field.default_factory()


def _section_faults(
    plugin: str, section: type[msgspec.Struct], own: Table, rows: Mapping[str, Setting]
) -> Iterator[str]:
    if not section.__struct_config__.frozen:
        yield f"plugin {plugin}: its section {section.__name__} must be frozen"
    for row in own:
        if row.key in rows:
            yield f"plugin {plugin}: {row.key} is a setting of {rows[row.key].group} already"
        elif row.default is NODEFAULT:
            yield f"plugin {plugin}: {row.key} needs a default"
        elif not row.description:
            yield f"plugin {plugin}: {row.key} needs a description"
        elif why := _unfit_default(row):
            yield f"plugin {plugin}: the default of {row.key} {why}"


def _unfit_default(row: Setting) -> str:
    try:
        check(row.type, row.default)
    except BadInput as unfit:
        return str(unfit)
    return ""
