"""Settings written as JSON, like the config.json of the manuals."""

import json
import re
from collections.abc import Mapping
from typing import Any

from clawctl.errors import BadSettings

_INDENT = re.compile(r"\{\s*\n([ \t]+)\"")


def read(text: str) -> tuple[dict[str, Any], dict[str, int]]:
    """Values, and the line each key stands on, from 1; BadSettings names every faulty key."""
    twice: list[str] = []

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        twice.extend(f"{key} stands there twice" for key in {*keys} if keys.count(key) > 1)
        return dict(pairs)

    try:
        values = json.loads(text or "{}", object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        raise BadSettings([f"line {error.lineno}: not JSON: {error.msg}"]) from None
    except (ValueError, RecursionError):
        raise BadSettings(["not JSON: a value in it cannot be read"]) from None
    if not isinstance(values, dict):
        raise BadSettings(['must hold settings: {"key": value, …}'])
    if twice:
        raise BadSettings(sorted(twice))
    return values, {key: _line(text, key) for key in values}


def edited(text: str, changes: Mapping[str, Any]) -> str:
    """`text` with some values replaced and new keys at its end; a key that is None goes."""
    values = {**read(text)[0], **changes}
    kept = {key: value for key, value in values.items() if value is not None}
    found = _INDENT.match(text)
    return json.dumps(kept, indent=found[1] if found else 2, ensure_ascii=False) + "\n"


def _line(text: str, key: str) -> int:
    found = re.search(re.escape(json.dumps(key)) + r"\s*:", text)
    return text.count("\n", 0, found.start()) + 1 if found else 1
