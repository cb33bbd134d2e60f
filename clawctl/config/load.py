"""Settings put together from flags, environment, file and defaults, in that order.

Every faulty key is named, whoever set it, and the origin of every value is kept.
"""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from msgspec.structs import replace

from clawctl.config import file, rules
from clawctl.config.schema import Settings
from clawctl.config.table import Sections, Setting, Table, build, by_key, settings_table
from clawctl.config.values import check, parse
from clawctl.errors import BadInput, BadSettings

# Any other key comes from a stranger and is not repeated as it stands.
_KEY = re.compile(r"[\w.-]{1,60}", re.ASCII)
NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value comes from; `name` is the variable, the flag, or the place in the file."""

    kind: Literal["default", "file", "environment", "flag"]
    name: str = ""

    def __str__(self) -> str:
        return self.name or self.kind


@dataclass(frozen=True, slots=True)
class Given:
    """A value somebody gave, not yet checked; it may be a secret."""

    value: Any = field(repr=False)
    origin: Origin


Layer = Mapping[str, Given]
DEFAULT, CHANGED = Origin("default"), Origin("file")


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings and how they came about.

    `in_file` and `pinned` (environment and flags, which win) are what `Live` needs to change them;
    `path` is where changes are saved, None: nowhere.
    """

    settings: Settings
    table: Table
    origins: Mapping[str, Origin]
    warnings: tuple[str, ...]
    path: Path | None
    in_file: Layer
    pinned: Layer


def load(
    path: Path | None = None,
    *,
    flags: Mapping[str, Any] = NOTHING,
    environ: Mapping[str, str] | None = None,
    plugins: Sections = NOTHING,
) -> Loaded:
    """Read all settings; BadSettings names every fault at once.

    Without `path` the file is the one CLAWCTL_CONFIG names, ./config.yaml, ./config.json, or
    config.yaml in the platform's directory for settings; only a file that was named must exist.
    A flag that is None was not given; a flag that is text is read like a variable.
    """
    environ = os.environ if environ is None else environ
    table = settings_table(plugins)
    path, contents = _found(path, environ)
    in_file = file_layer(path, contents)
    variables, warnings = _environment_layer(table, environ)
    flagged = _flag_layer(table, flags)
    settings, origins = resolve(table, in_file, variables, flagged)
    return Loaded(settings, table, origins, warnings, path, in_file, {**variables, **flagged})


def given(values: Mapping[str, Any] = NOTHING, *, plugins: Sections = NOTHING) -> Loaded:
    """Settings from values alone: no file, no environment, and nowhere to save."""
    table = settings_table(plugins)
    layer = {key: Given(value, CHANGED) for key, value in values.items()}
    settings, origins = resolve(table, layer)
    return Loaded(settings, table, origins, (), None, layer, {})


def resolve(table: Table, *layers: Layer) -> tuple[Settings, dict[str, Origin]]:
    """The settings that layers make, the later the stronger, and where each value is from.

    A value is checked even where a stronger one hides it: it would surprise later.
    """
    rows = by_key(table)
    values: dict[str, Any] = {}
    origins = dict.fromkeys(rows, DEFAULT)
    wrong: set[str] = set()
    faults: list[str] = []
    for key, one in ((key, one) for layer in layers for key, one in layer.items()):
        try:
            values[key] = _checked(rows, key, one.value)
            origins[key] = one.origin
        except BadInput as error:
            wrong.add(key)
            faults.append(_sentence(key, one.origin, str(error)))
    settings = build(table, values)
    sensible = [(key, why) for key, why in rules.faults(settings) if key not in wrong]
    faults += [_sentence(key, origins[key], why) for key, why in sensible]
    if faults:
        raise BadSettings(faults)
    return _settled(settings), origins


def _checked(rows: Mapping[str, Setting], key: str, value: Any) -> Any:
    if key not in rows:
        meant = _nearest(key, rows)
        raise BadInput("there is no such setting" + (f"; did you mean {meant}?" if meant else ""))
    return check(rows[key].type, value)


def file_layer(path: Path, contents: file.Contents | None) -> Layer:
    """What a file sets; nothing when there is none."""
    contents = contents or file.Contents()
    return {
        key: Given(value, Origin("file", f"{path}:{contents.lines.get(key, 1)}"))
        for key, value in contents.values.items()
    }


def settings_path(named: Path | None = None) -> Path:
    """The file that `load` reads, whatever stands in it, or where it would be made."""
    if chosen := named or os.environ.get("CLAWCTL_CONFIG"):
        return _place(chosen)
    return next((path for path in _usual() if path.exists()), _user_file())


def _found(named: Path | None, environ: Mapping[str, str]) -> tuple[Path, file.Contents | None]:
    if chosen := named or environ.get("CLAWCTL_CONFIG"):
        path = _place(chosen)
        if (contents := file.read(path)) is None:
            raise BadSettings(["there is no such file"], str(path))
        return path, contents
    for path in _usual():
        if contents := file.read(path):
            return path, contents
    return _user_file(), None


def _usual() -> list[Path]:
    here = [Path(name).absolute() for name in ("config.yaml", "config.json")]
    return [*here, _user_file()]


def _user_file() -> Path:
    from platformdirs import user_config_path  # noqa: PLC0415 - 40 ms, and only here

    return user_config_path("clawctl") / "config.yaml"


def _environment_layer(
    table: Table, environ: Mapping[str, str]
) -> tuple[dict[str, Given], tuple[str, ...]]:
    """What variables set, and a warning for each that looks like ours and is not."""
    layer: dict[str, Given] = {}
    warnings: list[str] = []
    rows = {row.env: row for row in table}
    for name, text in sorted(environ.items()):
        if row := rows.get(name):
            layer[row.key] = Given(parse(row.type, text), Origin("environment", name))
        elif name.startswith("GATEWAY_"):
            close = _nearest(name.removeprefix("GATEWAY_").lower(), by_key(table))
            meant = f"; did you mean GATEWAY_{close.upper()}?" if close else ""
            warnings.append(f"{name} sets nothing{meant}")
    return layer, tuple(warnings)


def _flag_layer(table: Table, flags: Mapping[str, Any]) -> dict[str, Given]:
    rows = by_key(table)
    layer: dict[str, Given] = {}
    for key, value in flags.items():
        if value is not None:
            is_text = isinstance(value, str) and key in rows
            typed = parse(rows[key].type, value) if is_text else value
            layer[key] = Given(typed, Origin("flag", "--" + key.replace("_", "-")))
    return layer


def _nearest(name: str, known: Iterable[str]) -> str:
    """The key somebody may have meant, or ""."""
    return next(iter(get_close_matches(name, known, n=1)), "")


def _sentence(key: str, origin: Origin, why: str) -> str:
    key = key if _KEY.fullmatch(key) else repr(key[:40])
    return f"{key} ({origin.name}): {why}" if origin.name else f"{key}: {why}"


def _settled(settings: Settings) -> Settings:
    """`data_dir` as the absolute path it stands for."""
    gateway = settings.gateway
    if gateway.data_dir:
        place = _place(gateway.data_dir)
    else:
        from platformdirs import user_data_path  # noqa: PLC0415 - 40 ms, and only here

        place = user_data_path("clawctl")
    return replace(settings, gateway=replace(gateway, data_dir=str(place)))


def _place(written: str | Path) -> Path:
    return Path(os.path.expanduser(written)).absolute()  # noqa: PTH111 - pathlib raises on an unknown ~user
