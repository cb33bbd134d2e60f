"""What the commands share that have the gateway tell the phone something."""

from typing import Any

from clawctl.cli.asking import Asking

# The gateway tells the phone, and looks whether it obeyed.
PHONE_S = 30.0


def tell(ask: Asking, path: str, body: Any) -> dict[str, Any]:
    """What the gateway says to it; `ok` tells whether the phone obeyed."""
    told: dict[str, Any] = ask.gateway.post(path, body, patience_s=PHONE_S)
    return told


def obeyed(told: dict[str, Any]) -> dict[str, Any]:
    """The same; raises NoHandset, with what the phone said, when it did not obey."""
    from clawctl.errors import NoHandset

    if not told["ok"]:
        raise NoHandset(told["detail"])
    return told
