"""The settings in force: a snapshot that is swapped whole, changed for good or read anew."""

import dataclasses
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Literal

from msgspec import UNSET, json

from clawctl.config import file
from clawctl.config.load import CHANGED, Given, Layer, Loaded, file_layer, resolve
from clawctl.config.schema import Settings
from clawctl.config.table import build, by_key, flat
from clawctl.errors import BadSettings, Conflict, Forbidden

# The owner at an endpoint, an agent, or somebody at the host itself.
Who = Literal["owner", "agent", "host"]
Listener = Callable[[frozenset[str]], None]


class Live:
    """`now` is what holds at this moment; read it when you use it, do not keep it.

    A key that is not live keeps the value the gateway started with until it is started anew; such
    keys are named in `waiting`. `loaded` has the settings as they are configured.
    """

    def __init__(self, loaded: Loaded, *, generated_token: str = "") -> None:
        self.loaded = loaded
        self._generated_token = generated_token
        self._started = flat(loaded.table, loaded.settings)
        self._listeners: list[Listener] = []
        self.now = self._in_force(loaded.settings)

    @property
    def waiting(self) -> frozenset[str]:
        """Keys that are configured otherwise than they are in force, until the next start."""
        configured = flat(self.loaded.table, self.loaded.settings)
        rows = self.loaded.table
        return frozenset(
            r.key for r in rows if not r.live and configured[r.key] != self._started[r.key]
        )

    def on_change(self, listener: Listener) -> None:
        """`listener` is called with the keys that changed, after they did."""
        self._listeners.append(listener)

    def change(
        self,
        changes: Mapping[str, Any],
        *,
        by: Who,
        aliases: Mapping[str, str] = MappingProxyType({}),
        among: Collection[str] | None = None,
    ) -> frozenset[str]:
        """Check all changes, save them, put them in force; returns the keys that are different now.

        `among` are the only keys that may be set this way, None: all. UNSET takes a key back to its
        default. Raises Forbidden for what `by` may not set, BadSettings naming every fault,
        Conflict for a key that a variable or a flag holds (the host may set it for later) or a file
        that is read-only, and
        ClawError when it cannot be saved; after any of them nothing has changed.
        """
        if len(changes) > len(self.loaded.table):
            raise BadSettings([f"there are {len(self.loaded.table)} settings, not {len(changes)}"])
        wanted = {aliases.get(name, name): value for name, value in changes.items()}
        self._permit(wanted.keys(), by)
        loaded = self._wanted(wanted, [*_twice(changes, aliases), *self._strays(wanted, among)])
        if by != "host":
            self._refuse_pinned(wanted.keys())
        if loaded.path is not None and wanted:
            file.save(loaded.path, _as_saved(loaded, wanted))
        return self._apply(loaded)

    def reload(self) -> frozenset[str]:
        """Read the file again; one that is gone or faulty raises BadSettings, nothing changes."""
        path = self.loaded.path
        if path is None:
            return frozenset()
        contents = file.read(path)
        if contents is None and self.loaded.in_file:
            raise BadSettings(["the file is gone"], str(path))
        return self._apply(self._resolved(file_layer(path, contents)))

    def _permit(self, keys: Iterable[str], by: Who) -> None:
        rows = by_key(self.loaded.table)
        known = [rows[key] for key in keys if key in rows]
        host = [row.key for row in known if row.host_only]
        if host and by != "host":
            where = "the file, the environment or a flag"
            raise Forbidden(f"{', '.join(host)} can only be set on the host: in {where}")
        if by == "agent" and (others := [row.key for row in known if not row.agent_may_set]):
            raise Forbidden(f"an agent may not set {', '.join(others)}")

    def _file_with(self, wanted: Mapping[str, Any]) -> Layer:
        changed = {**self.loaded.in_file, **{k: Given(v, CHANGED) for k, v in wanted.items()}}
        known = by_key(self.loaded.table)
        return {k: v for k, v in changed.items() if v.value is not UNSET or k not in known}

    def _strays(self, wanted: Iterable[str], among: Collection[str] | None) -> Iterator[str]:
        """What is wrong with settings that there are, but not among these."""
        rows = by_key(self.loaded.table)
        for key in wanted:
            if among is not None and key in rows and key not in among:
                group = rows[key].group
                yield f"{key}: is a setting of {group}, set elsewhere ('clawctl config set' can)"

    def _wanted(self, wanted: Mapping[str, Any], faults: list[str]) -> Loaded:
        """The settings with some changed; raises BadSettings with `faults` and all it finds."""
        try:
            loaded = self._resolved(self._file_with(wanted))
        except BadSettings as error:
            raise BadSettings(faults + error.faults) from None
        if faults:
            raise BadSettings(faults)
        return loaded

    def _refuse_pinned(self, keys: Iterable[str]) -> None:
        pinned = self.loaded.pinned
        held = [f"{key} is held by {pinned[key].origin}" for key in keys if key in pinned]
        if held:
            raise Conflict(f"{'; '.join(held)}: take that away to change it here")

    def _resolved(self, in_file: Layer) -> Loaded:
        loaded = self.loaded
        settings, origins = resolve(loaded.table, in_file, loaded.pinned)
        return dataclasses.replace(loaded, settings=settings, origins=origins, in_file=in_file)

    def _apply(self, loaded: Loaded) -> frozenset[str]:
        old = flat(loaded.table, self.loaded.settings)
        new = flat(loaded.table, loaded.settings)
        changed = frozenset(key for key in new if new[key] != old[key])
        self.loaded = loaded
        self.now = self._in_force(loaded.settings)
        if changed:
            for listener in self._listeners:
                listener(changed)
        return changed

    def _in_force(self, configured: Settings) -> Settings:
        table = self.loaded.table
        values = flat(table, configured)
        values |= {row.key: self._started[row.key] for row in table if not row.live}
        values["bearer_token"] = values["bearer_token"] or self._generated_token
        return build(table, values)


def _twice(changes: Mapping[str, Any], aliases: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with keys that are given by their short names as well."""
    for name in sorted(changes):
        if (key := aliases.get(name, name)) != name and key in changes:
            yield f"{key}: is given as {name} as well"


def _as_saved(loaded: Loaded, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON has them (no tuples); None for a key that goes back to its default.

    What the file says, though a variable or a flag may say otherwise.
    """
    settings, _ = resolve(loaded.table, loaded.in_file)
    values = flat(loaded.table, settings)
    return {
        key: None if given is UNSET else json.decode(json.encode(values[key]))
        for key, given in wanted.items()
    }
