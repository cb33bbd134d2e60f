"""Loopback is no boundary: every browser tab on the host can reach it (gateway page, section 6)."""

import ipaddress
import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import msgspec

from clawctl.wire.rest import Fault

# An ASGI application; the frameworks in front and behind disagree on finer types.
Scope = Any
Receive = Any
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MAX_PORT = 65_535
# A name and a port, no user and no path: what else there is has no business in a Host header.
_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([0-9A-Za-z.-]+))(?::(\d{0,5}))?", re.ASCII)


def loopback(host: str) -> bool:
    """Whether a Host header names this machine; any port (the phone's side has its own)."""
    found = _HOST.fullmatch(host)
    if not found or int(found[3] or 0) > MAX_PORT:
        return False
    name = found[1] or found[2]
    if name.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def foreign(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Why a request may not come in, or ""."""
    hosts, origins = list[str](), list[str]()
    for name, value in headers:
        if name == b"host":
            hosts.append(value.decode("latin-1"))
        elif name == b"origin":
            origins.append(value.decode("latin-1"))
    if len(hosts) != 1 or not loopback(hosts[0]):
        return "the Host header must be a loopback name, such as 127.0.0.1 or localhost"
    if any(origin.lower() != f"http://{hosts[0]}".lower() for origin in origins):
        return "requests from other web pages are refused: Origin is not the gateway's own"
    return ""


class OwnOriginOnly:
    """In front of an application: foreign Host or Origin is answered 403 and goes no further.

    A doubled slash at the start of the path is folded: the app joins a base_url that ends in one
    with the path as it is (phone page, 4.1).
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in {"http", "websocket"}:
            if why := foreign(scope["headers"]):
                await _refuse(scope, send, 403, Fault(detail=why, code="forbidden"))
                return
            if not scope["path"].startswith("/"):
                await _refuse(scope, send, 400, NO_PATH)
                return
            if scope["path"].startswith("//"):
                scope = {**scope, "path": "/" + scope["path"].lstrip("/")}
        await self._app(scope, receive, send)


# Another host's name in place of Host, or nothing at all.
NO_PATH = Fault(detail="the request target must be a path", code="bad_input")


async def _refuse(scope: Scope, send: Send, status: int, fault: Fault) -> None:
    body = msgspec.json.encode(fault)
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    if scope["type"] == "websocket":
        prefix = "websocket.http.response"
    else:
        prefix = "http.response"
        headers.append((b"connection", b"close"))
    await send({"type": f"{prefix}.start", "status": status, "headers": headers})
    await send({"type": f"{prefix}.body", "body": body, "more_body": False})
