"""clawctl config: settings, shown and changed where they stand, in the settings file."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import click

from clawctl.cli.asking import Asking, asks
from clawctl.cli.complete import setting_names, words_to_set
from clawctl.cli.edit import edit

if TYPE_CHECKING:
    from clawctl.client.rest import RestClient
    from clawctl.config.load import Loaded
    from clawctl.config.schema import Settings
    from clawctl.config.table import Setting


@click.group("config")
def command() -> None:
    """Show, explain and change settings.

    The settings file is the one truth: what is set here is written into it, and a gateway that runs
    is asked to read it again.
    """


command.add_command(edit)


@command.command("show")
@click.option("--changed", is_flag=True, help="Only what is not a default.")
@asks
def show(ask: Asking, changed: bool) -> None:
    """Show every setting as it is configured here, and where from; of a secret only whether it is
    set."""
    from clawctl.config.views import configured

    loaded = settings(ask)
    rows = {
        key: one
        for key, one in configured(loaded, frozenset()).items()
        if not changed or one["origin"] != "default"
    }
    if ask.output.as_json:
        ask.output.data({"path": str(loaded.path or ""), "settings": rows})
        return
    ask.output.rows(
        [(key, _written(one), one["origin"]) for key, one in rows.items()],
        ("SETTING", "VALUE", "FROM"),
    )


@command.command("get")
@click.argument("key", shell_complete=setting_names)
@click.option("--reveal", is_flag=True, help="Print a secret all the same.")
@asks
def get(ask: Asking, key: str, reveal: bool) -> None:
    """Print the value of one setting, bare; a list as JSON."""
    from clawctl.config.table import value
    from clawctl.errors import Forbidden

    loaded = settings(ask)
    row = setting(loaded, key)
    if row.secret and not reveal:
        raise Forbidden(f"{key} is a secret; --reveal prints it")
    one = value(loaded.settings, row)
    click.echo(one if isinstance(one, str) else _json(one))


@command.command("set", context_settings={"ignore_unknown_options": True})
@click.argument("words", metavar="KEY VALUE | KEY=VALUE...", nargs=-1, required=True,
                shell_complete=words_to_set)  # fmt: skip
@asks
def set_settings(ask: Asking, words: tuple[str, ...]) -> None:
    """Change settings in the settings file: all of them, or none if one does not fit.

    VALUE is read as in a GATEWAY_* variable: lists as JSON, or separated by commas. A secret is
    better not written on the command line: give - to have it read from standard input, or asked.
    """
    pairs = _pairs(words)
    _known(ask, pairs)
    _change(ask, {key: _typed(ask, key, text) for key, text in pairs.items()})


@command.command("unset")
@click.argument("keys", metavar="KEY...", nargs=-1, required=True, shell_complete=setting_names)
@asks
def unset(ask: Asking, keys: tuple[str, ...]) -> None:
    """Take settings back to their defaults."""
    from msgspec import UNSET

    _known(ask, keys)
    _change(ask, dict.fromkeys(keys, UNSET))


@command.command("explain")
@click.argument("key", required=False, shell_complete=setting_names)
@asks
def explain(ask: Asking, key: str | None) -> None:
    """Say what a setting does, what it may be, what it is and where that comes from."""
    loaded = settings(ask)
    rows = [setting(loaded, key)] if key else list(loaded.table)
    running = _running(ask)
    for number, row in enumerate(rows):
        facts = _facts(loaded, row, running)
        if ask.output.as_json:
            ask.output.data({"key": row.key, **facts})
            continue
        if number:
            ask.output.line()
        ask.output.line(row.key, "loud")
        for name, fact in facts.items():
            ask.output.line(f"  {name:13} {fact}")


@command.command("path")
@asks
def path(ask: Asking) -> None:
    """Print which settings file is used, or would be written, though it may be broken."""
    from clawctl.config.load import settings_path

    place = settings_path(ask.path)
    click.echo(place)
    if not place.exists():
        ask.output.note("It is not there yet; 'clawctl config set' makes it.")


def settings(ask: Asking) -> "Loaded":
    """As they are configured here; raises BadSettings, naming file, line and key."""
    from clawctl.config.load import load
    from clawctl.plugins import find, sections

    return load(ask.path, plugins=sections(find()))


def setting(loaded: "Loaded", key: str) -> "Setting":
    """Raises NoSuch, with the name that may be meant."""
    from clawctl.config.table import by_key
    from clawctl.errors import NoSuch

    rows = by_key(loaded.table)
    if key in rows:
        return rows[key]
    close = get_close_matches(key, rows, n=1)
    meant = f"; did you mean {close[0]}?" if close else ""
    raise NoSuch(f"there is no setting {key[:60]!r}{meant}")


def _known(ask: Asking, keys: Iterable[str]) -> None:
    """Raises NoSuch naming every key that is none."""
    from clawctl.errors import NoSuch

    loaded, strange = settings(ask), list[str]()
    for key in keys:
        try:
            setting(loaded, key)
        except NoSuch as error:
            strange.append(str(error))
    if strange:
        raise NoSuch("; ".join(strange))


def _pairs(words: Sequence[str]) -> dict[str, str]:
    if len(words) == 2 and "=" not in words[0]:
        return {words[0]: words[1]}
    pairs: dict[str, str] = {}
    for word in words:
        key, equals, text = word.partition("=")
        if not equals:
            raise click.UsageError(f"{word[:60]!r} has no value; write KEY VALUE, or KEY=VALUE …")
        if key in pairs:
            raise click.UsageError(f"{key} is given twice")
        pairs[key] = text
    return pairs


def _typed(ask: Asking, key: str, text: str) -> Any:
    """The value meant; that of a secret may come from standard input."""
    from clawctl.config.values import parse

    row = setting(settings(ask), key)
    if row.secret and text == "-":
        asked = sys.stdin.isatty()
        text = click.prompt(key, hide_input=True, err=True) if asked else sys.stdin.readline()
        text = text.rstrip("\n")
    elif row.secret and text:
        ask.output.note(f"{key} is now in your shell's history; 'config set {key} -' asks for it.")
    return parse(row.type, text)


def _change(ask: Asking, wanted: Mapping[str, Any]) -> None:
    """Into the file, then into the gateway, if one runs; what came of it is said."""
    from clawctl.config.live import Live

    loaded = settings(ask)
    # With the token that holds until now.
    gateway = ask.gateway
    live = Live(loaded)
    live.change(wanted, by="host")
    ask.output.event(
        "set", f"Set in {loaded.path}: {', '.join(wanted)}", path=str(loaded.path),
        keys=sorted(wanted),
    )  # fmt: skip
    for key in wanted:
        if key in loaded.pinned:
            held = loaded.pinned[key].origin
            ask.output.note(f"{key} is held by {held} here; the file counts without that.")
    for told in _unknown_engines(live.now, wanted):
        ask.output.note(told)
    tell_gateway(ask, gateway, set(wanted))


def _unknown_engines(now: "Settings", keys: Iterable[str]) -> Iterator[str]:
    """No fault: whoever names an engine may install it afterwards."""
    from clawctl.config.schema import engine_names
    from clawctl.plugins import find

    for stage in ("stt", "llm", "tts"):
        if (key := f"{stage}_engine") not in keys:
            continue
        there = sorted(name for plugin in find().plugins for name in getattr(plugin, stage))
        for name in engine_names(getattr(getattr(now, stage), key)):
            if name not in ("auto", *there):
                yield f"{key}: there is no engine {name!r} here; there are {', '.join(there)}"


def tell_gateway(ask: Asking, gateway: "RestClient", keys: set[str] | None) -> None:
    """Have a running gateway read the file; what became of `keys`, or of all, is said."""
    from clawctl.errors import ClawError, Unreachable

    try:
        answered = gateway.post("/api/config")
    except Unreachable:
        ask.output.note("No gateway runs; it will be so at the next start.")
        return
    except ClawError as error:
        ask.output.note(f"The running gateway did not take it: {error}")
        return
    changed, waiting = set(answered["changed"]), set(answered["waiting"])
    if later := sorted(waiting & (waiting if keys is None else keys)):
        ask.output.note(f"Needs a restart of the gateway: {', '.join(later)}")
    if now := sorted(changed - waiting):
        ask.output.note(f"In force in the running gateway: {', '.join(now)}")


def _running(ask: Asking) -> Mapping[str, Any]:
    """The settings of the gateway that runs; none when there is none, or it does not tell."""
    from clawctl.errors import ClawError

    try:
        found: Mapping[str, Any] = ask.gateway.get("/api/config")["settings"]
    except ClawError:
        return {}
    return found


def _facts(loaded: "Loaded", row: "Setting", running: Mapping[str, Any]) -> dict[str, str]:
    from clawctl.config.values import allowed
    from clawctl.config.views import configured

    one = configured(loaded, frozenset())[row.key]
    facts = {
        "does": row.description,
        "may be": allowed(row.type),
        "default": "secret" if row.secret and row.default else _json(row.default),
        "is": _written(one),
        "from": one["origin"],
        "takes effect": "at once" if row.live else "at the next start",
        "variable": row.env,
    }
    marks = [
        mark
        for mark, has in (
            ("secret", row.secret),
            ("set on the host only", row.host_only),
            ("agents may set it", row.agent_may_set),
        )
        if has
    ]
    if marks:
        facts["marks"] = ", ".join(marks)
    theirs = running.get(row.key)
    if theirs and (_written(theirs), theirs["origin"]) != (_written(one), one["origin"]):
        facts["gateway"] = f"{_written(theirs)} (from {theirs['origin']})"
    if theirs and theirs["waiting"]:
        facts["gateway"] = f"{facts.get('gateway', _written(one))}, waits for a restart"
    return facts


def _written(one: Mapping[str, Any]) -> str:
    if "set" in one:
        return "(set)" if one["set"] else "(not set)"
    return _json(one["value"])


def _json(value: Any) -> str:
    from clawctl.config.scalar import scalar

    return scalar(list(value) if isinstance(value, tuple) else value)
