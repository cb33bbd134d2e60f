"""What a plugin is, and where plugins are found: ours and strangers' at the same door.

A distribution names its plugin under the entry-point group `clawctl.plugins`; the object it names
is a `Plugin`. Importing a plugin registers nothing and must stay cheap: its heavy library is
imported when one of its engines is opened.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points

import msgspec

from clawctl.engines.api import Llm, Offer, Stt, Tts

GROUP = "clawctl.plugins"


@dataclass(frozen=True)
class Plugin:
    """Engines by name, and the settings that travel with them.

    `settings` is a msgspec class whose every field has a default and a `Meta`, as in
    `clawctl.config.schema`; field `speed` of plugin `acme` is the setting `acme_speed`.
    """

    name: str
    stt: Mapping[str, Offer[Stt]] = field(default_factory=dict)
    llm: Mapping[str, Offer[Llm]] = field(default_factory=dict)
    tts: Mapping[str, Offer[Tts]] = field(default_factory=dict)
    settings: type[msgspec.Struct] | None = None


@dataclass(frozen=True)
class Found:
    """Every plugin that could be loaded, and for each that could not, why."""

    plugins: tuple[Plugin, ...]
    broken: Mapping[str, str]


def find(entries: Iterable[EntryPoint] | None = None) -> Found:
    """Load what is installed; a plugin that cannot be imported is reported, never raised."""
    plugins: dict[str, Plugin] = {}
    broken: dict[str, str] = {}
    for entry in sorted(entry_points(group=GROUP) if entries is None else entries):
        try:
            plugin = entry.load()
        except Exception as error:  # noqa: BLE001 - the plugin door: a stranger's import may raise anything
            broken[entry.name] = f"{type(error).__name__}: {error}"
            continue
        if not isinstance(plugin, Plugin):
            broken[entry.name] = f"{entry.value} is a {type(plugin).__name__}, not a Plugin"
        elif plugin.name in plugins:
            broken[entry.name] = f"a plugin named {plugin.name!r} is already there"
        else:
            plugins[plugin.name] = plugin
    return Found(tuple(plugins.values()), broken)


def sections(found: Found) -> dict[str, type[msgspec.Struct]]:
    """The settings that plugins bring, by plugin."""
    return {plugin.name: plugin.settings for plugin in found.plugins if plugin.settings}
