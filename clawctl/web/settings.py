"""Settings over HTTP: the views of the gateway manual, all of them, and reading the file again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from quart import Blueprint, Response

from clawctl.bus import Bus
from clawctl.config import views
from clawctl.config.live import Live
from clawctl.config.schema import Settings
from clawctl.config.views import View
from clawctl.door.app import answer, json_object
from clawctl.engines.chain import TtsChain
from clawctl.errors import BadInput
from clawctl.wire.events import CallConfigUpdated, LlmConfigUpdated, StatusUpdate, TtsConfigUpdated

log = structlog.get_logger()


@dataclass(frozen=True)
class Row:
    """A view, who shows it, and what is announced when it was changed."""

    view: View
    shown: Callable[[], dict[str, Any]]
    changed: type[TtsConfigUpdated | LlmConfigUpdated | CallConfigUpdated]


def routes(live: Live, bus: Bus, tts: TtsChain, window: Callable[[], int]) -> Blueprint:
    """`window` is that of the reply model, in tokens; 0 if nobody knows."""
    web = Blueprint("settings", __name__)
    rows = {
        "tts": Row(views.TTS, lambda: _voice(live, tts), TtsConfigUpdated),
        "llm": Row(views.LLM, lambda: views.llm_view(_saved(live), window()), LlmConfigUpdated),
        "call": Row(views.CALL, lambda: views.call_view(_saved(live)), CallConfigUpdated),
    }

    # The call policy is shown at the phone's doors, for the phone reads it too.
    @web.get("/api/config/<any(tts, llm):name>")
    async def get_view(name: str) -> Response:
        """The settings of the voice, or of the reply model, by their short names."""
        return answer(rows[name].shown())

    @web.post("/api/config/<any(tts, llm, call):name>")
    async def change_view(name: str) -> Response:
        """Change settings of a view: all of them, or none if one does not fit."""
        change(live, bus, rows[name], await json_object())
        return answer(rows[name].shown())

    @web.get("/api/config")
    async def get_all() -> Response:
        """Every setting, where its value is from, and what waits for a restart; no secrets."""
        path = live.loaded.path
        shown = views.configured(live.loaded, live.waiting)
        return answer({"path": str(path) if path else "", "settings": shown})

    @web.post("/api/config")
    async def read_again() -> Response:
        """Read the settings file again."""
        if await json_object():
            raise BadInput(
                "this reads the settings file again and takes no body; to change a setting post it"
                " to /api/config/tts, /api/config/llm or /api/config/call"
            )
        changed = reread(live, bus)
        return answer({"ok": True, "changed": sorted(changed), "waiting": sorted(live.waiting)})

    return web


def change(live: Live, bus: Bus, row: Row, wanted: dict[str, Any]) -> None:
    """Announced by the keys that are different now; what was so already is no news."""
    table = live.loaded.table
    changed = live.change(
        wanted, by="owner", aliases=row.view.aliases(table), among=row.view.keys(table)
    )
    if changed:
        bus.publish(row.changed(keys=sorted(changed)))
        log.info("settings.changed", keys=sorted(changed))


def reread(live: Live, bus: Bus) -> frozenset[str]:
    """Put the file in force as it is now; raises BadSettings, and nothing has changed."""
    changed = live.reload()
    bus.publish(StatusUpdate(keys=sorted(changed)))
    log.info("settings.read_again", keys=sorted(changed))
    return changed


def _saved(live: Live) -> Settings:
    """As they are configured: what waits for a restart is shown as it was set."""
    return live.loaded.settings


def _voice(live: Live, tts: TtsChain) -> dict[str, Any]:
    return views.tts_view(_saved(live), tts.voices(live.now.tts.tts_lang))
