"""The profile as the app's two readers find it, each in places of its own."""

import json
from typing import TYPE_CHECKING, NamedTuple

from clawctl.testing.device.condition import PACKAGE
from clawctl.testing.device.files import APP_HOME

if TYPE_CHECKING:
    from clawctl.testing.device.files import Files

NAMES = ("profile.json", "active-profile.json")
INTERNAL = f"{APP_HOME}/files/profiles"
EXTERNAL = f"/sdcard/Android/data/{PACKAGE}/files/profiles"


class Read(NamedTuple):
    """What of a profile a call needs."""

    base_url: str
    bearer: str = ""
    greeting: str = ""


def of_in_call(files: "Files") -> Read | None:
    """Only the internal place; a missing bearer is no fault here."""
    gateway, _ = _first(files, (INTERNAL,))
    base_url = gateway.get("base_url")
    if not isinstance(base_url, str) or not base_url:
        return None
    return Read(base_url, _text(gateway.get("bearer")))


def of_assistant(files: "Files") -> Read | None:
    """External before internal, the first that is there, even if it cannot be used."""
    gateway, profile = _first(files, (EXTERNAL, INTERNAL))
    base_url = _text(gateway.get("base_url")) or _text(gateway.get("baseUrl"))
    bearer = _text(gateway.get("bearer")) or _text(gateway.get("api_key"))
    if not base_url or not bearer.strip():
        return None
    return Read(base_url, bearer, _greeting(profile.get("greeting")))


def _first(files: "Files", places: tuple[str, ...]) -> tuple[dict[str, object], dict[str, object]]:
    for place in places:
        for name in NAMES:
            try:
                content = files.read(f"{place}/{name}", "app")
            except OSError:
                continue
            profile = _object(_parsed(content))
            return _object(profile.get("gateway")), profile
    return {}, {}


def _parsed(content: bytes) -> object:
    try:
        return json.loads(content)
    except ValueError:
        return None


def _object(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _greeting(value: object) -> str:
    said = _object(value)
    return _text(said.get("template")).replace("{owner}", _text(said.get("owner")))
