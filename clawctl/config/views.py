"""The views of `/api/config/*`: what each shows, and which settings it may change.

A view shows the keys that have a short name, as the gateway manual does; `configured` shows all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clawctl.config.load import Loaded
from clawctl.config.render import shown
from clawctl.config.schema import Settings
from clawctl.config.table import Setting, Table, aliases, table_of, value

# The voices of an engine under headings, such as {"American Female": ("af_heart",)}.
Voices = Mapping[str, tuple[str, ...]]

# Speakers of the model thorsten_emotional (gateway manual, "TTS Config API").
EMOTIONS = {
    "amused": 0,
    "angry": 1,
    "disgusted": 2,
    "drunk": 3,
    "neutral": 4,
    "sleepy": 5,
    "surprised": 6,
    "whisper": 7,
}


@dataclass(frozen=True, slots=True)
class View:
    """Settings that are changed together: whole groups, and single keys of others."""

    groups: tuple[str, ...]
    also: tuple[str, ...] = ()

    def rows(self, table: Table) -> list[Setting]:
        return [
            row
            for row in table
            if not row.plugin and (row.group in self.groups or row.key in self.also)
        ]

    def keys(self, table: Table) -> frozenset[str]:
        return frozenset(row.key for row in self.rows(table))

    def aliases(self, table: Table) -> dict[str, str]:
        """The full key of every short name."""
        return {short: key for group in self.groups for short, key in aliases(table, group).items()}


TTS = View(("tts", "piper"))
LLM = View(("llm",), ("max_history_turns",))
CALL = View(("call",))


def tts_view(settings: Settings, voices: Voices) -> dict[str, Any]:
    """`GET /api/config/tts`; its shape depends on the language."""
    rows = TTS.rows(table_of(settings))
    named = {row.alias: value(settings, row) for row in rows if row.alias}
    groups = {heading: list(names) for heading, names in voices.items()}
    if settings.tts.tts_lang == "en":
        return {**named, "voices": groups}
    piper = _shown(settings, [row for row in rows if row.group == "piper"])
    del piper["piper_base"]
    both = {name: named[name] for name in ("lang", "model")}
    return {**both, **piper, "voices": groups, "emotions": EMOTIONS}


def llm_view(settings: Settings, window: int = 0) -> dict[str, Any]:
    """`GET /api/config/llm`. The narrower window of the model's and ours counts; 0 is no limit."""
    rows = [row for row in LLM.rows(table_of(settings)) if row.alias or row.key in LLM.also]
    return {
        **_shown(settings, rows),
        "context_tokens_effective": settings.llm.window(window),
        "is_local": not settings.llm.llm_base_url,
    }


def call_view(settings: Settings) -> dict[str, Any]:
    """`GET /api/config/call`: greetings as they are spoken, and as templates."""
    policy = _shown(settings, CALL.rows(table_of(settings)))
    required = policy.pop("has_auth_passphrase")
    templates = {
        f"{key}_template": policy[key] for key in ("greeting_incoming", "greeting_outgoing")
    }
    spoken = {f"greeting_{way}": settings.call.greeting(way) for way in ("incoming", "outgoing")}
    return {**policy, **templates, **spoken, "auth_required": required}


def configured(loaded: Loaded, waiting: frozenset[str]) -> dict[str, Any]:
    """Every setting as it is configured, and where from; of a secret only whether it is set.

    `waiting` are the keys that are in force otherwise until the next start.
    """
    return {
        row.key: {
            **_said(loaded.settings, row),
            "origin": str(loaded.origins[row.key]),
            "live": row.live,
            "waiting": row.key in waiting,
        }
        for row in loaded.table
    }


def _said(settings: Settings, row: Setting) -> dict[str, Any]:
    _, one = shown(row, row.key, settings)
    return {"set" if row.secret else "value": one}


def _shown(settings: Settings, rows: list[Setting]) -> dict[str, Any]:
    return dict(shown(row, row.alias or row.key, settings) for row in rows)
