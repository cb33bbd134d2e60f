"""What the shell offers while somebody types: ids of calls and messages, settings, engines.

Each answers soon or with nothing: a shell must not hang, nor print a complaint, at a Tab.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from clawctl.client.rest import RestClient

PATIENCE_S = 1.0
# So many of the newest are offered.
MOST = 50
# The settings that choose engines, and the stage each is for.
STAGES = {"stt_engine": "stt", "llm_engine": "llm", "tts_engine": "tts"}

Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]
Offered = Iterable[tuple[str, str]]


def _offers(find: Callable[[click.Context], Offered]) -> Completer:
    """What `find` knows that begins as typed; nothing when that fails, for whatever reason."""

    def complete(ctx: click.Context, _: click.Parameter, typed: str) -> list[CompletionItem]:
        with suppress(Exception):
            return [
                CompletionItem(value, help=about)
                for value, about in find(ctx)
                if value.startswith(typed)
            ]
        return []

    return complete


def _gateway(ctx: click.Context) -> "RestClient":
    from clawctl.cli.asking import Asking
    from clawctl.cli.output import Output
    from clawctl.client.rest import RestClient

    given: dict[str, Any] = ctx.params
    path = given.get("path")
    ask = Asking(
        Path(path) if path else None, given.get("url"), given.get("token"), Output(as_json=True)
    )
    return RestClient(ask.url, ask.token, PATIENCE_S)


def _calls(ctx: click.Context, status: str = "") -> Offered:
    from clawctl.cli.terminal import harmless, local

    asked: dict[str, str | int] = {"limit": MOST}
    if status:
        asked["status"] = status
    for row in _gateway(ctx).get("/api/sessions", asked):
        number = harmless(row["caller_number"]) or "hidden number"
        yield row["session_id"], f"{local(row['created_at'])} {number}"


def _messages(ctx: click.Context) -> Offered:
    from clawctl.cli.terminal import harmless

    for one in _gateway(ctx).get("/api/messages", {"state": "open"})["messages"]:
        yield one["id"], harmless(one["name"] or one["caller_number"])


def _numbers(ctx: click.Context) -> Offered:
    for row in _gateway(ctx).get("/api/caller-history"):
        yield row["number"], f"{row['total_calls']} calls"


def _forgettable(ctx: click.Context) -> Offered:
    yield from _numbers(ctx)
    yield from _calls(ctx, "ended")


def _dialled(ctx: click.Context) -> Offered:
    yield from _numbers(ctx)
    for number in _gateway(ctx).get("/api/config")["settings"]["dial_allowlist"]["value"]:
        yield number, "dial_allowlist"


def _settings(_: click.Context) -> Offered:
    from clawctl.config.table import settings_table
    from clawctl.plugins import find, sections

    for row in settings_table(sections(find())):
        yield row.key, row.description


def _engines(stage: str) -> Offered:
    from clawctl.plugins import find

    yield "auto", "the best of those installed"
    for plugin in find().plugins:
        for name, offer in getattr(plugin, stage).items():
            yield name, offer.about


def _words_to_set(ctx: click.Context) -> Offered:
    """Names of settings; behind that of an engine's setting the engines there are."""
    before: Sequence[str] = ctx.params.get("words") or ()
    stage = STAGES.get(before[0]) if len(before) == 1 else None
    return _engines(stage) if stage else _settings(ctx)


def _models(_: click.Context) -> Offered:
    from clawctl.lines.phone.profile import models, shipped

    for model in models():
        yield model, shipped(model)["profile_id"]


call_ids = _offers(_calls)
live_ids = _offers(lambda ctx: _calls(ctx, "active"))
message_ids = _offers(_messages)
forgettable = _offers(_forgettable)
numbers = _offers(_dialled)
setting_names = _offers(_settings)
words_to_set = _offers(_words_to_set)
phone_models = _offers(_models)
