"""What a broadcast asks of the app: three ways to say it, of which the first present wins."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# The extras of an intent: texts, and real booleans.
Extras = Mapping[str, str | bool]


class BadCommand(Exception):
    """Nothing can be made of it; its text is a Java exception."""


@dataclass(frozen=True, slots=True)
class Command:
    id: str
    type: str
    payload: Mapping[str, Any] = field(default_factory=dict)


def command_of(extras: Extras, now: float) -> Command:
    """Raises BadCommand."""
    encoded, plain = _text(extras, "payload_b64"), _text(extras, "payload")
    if encoded.strip():
        return _from_json(_decoded(encoded), now)
    if plain.strip():
        return _from_json(plain, now)
    kind = _text(extras, "type")
    if not kind.strip():
        raise BadCommand("java.lang.IllegalArgumentException: received empty command payload")
    payload = {key: value for key, value in extras.items() if key not in {"type", "id"}}
    return Command(_text(extras, "id") or _own_id(now), kind, payload)


def _text(extras: Extras, name: str) -> str:
    value = extras.get(name, "")
    return value if isinstance(value, str) else ""


def _decoded(encoded: str) -> str:
    # Android passes over blanks and line ends, and nothing else.
    try:
        return base64.b64decode("".join(encoded.split()), validate=True).decode(errors="replace")
    except (binascii.Error, ValueError):
        raise BadCommand("java.lang.IllegalArgumentException: bad base-64") from None


def _from_json(text: str, now: float) -> Command:
    try:
        content = json.loads(text)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise BadCommand(
            "org.json.JSONException: Value of type java.lang.String cannot be converted to"
            " JSONObject"
        )
    kind, payload = content.get("type"), content.get("payload")
    if kind is None:
        raise BadCommand("org.json.JSONException: No value for type")
    own = content.get("id") or _own_id(now)
    return Command(str(own), str(kind), payload if isinstance(payload, dict) else {})


def _own_id(now: float) -> str:
    return f"adb-{int(now * 1000)}"
