"""Who answers at an address: a gateway, some other program, or nobody."""

from dataclasses import dataclass
from typing import Any, Literal

import httpx2
import msgspec

from clawctl.wire.text import safe_text

PATIENCE_S = 5.0
# A gateway's refusal takes some hundred bytes; a stranger may have no end.
MOST_READ = 16 * 1024
# What a stranger says of itself is shown no longer than this.
MOST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Answering:
    """`about` completes the sentence "there answers …" when it is a stranger."""

    kind: Literal["gateway", "stranger", "nobody"]
    about: str = ""


def who_answers(url: str) -> Answering:
    """Asks for /health without a token: a gateway alone refuses that in its own words."""
    try:
        with (
            httpx2.Client(timeout=PATIENCE_S, trust_env=False, verify=False) as http,
            http.stream("GET", f"{url}/health") as reply,
        ):
            code, server = _code(_beginning(reply)), reply.headers.get("server", "")
    except httpx2.TimeoutException:
        return Answering("stranger", f"a program that says nothing for {PATIENCE_S:g} s")
    except (httpx2.ConnectError, httpx2.InvalidURL, httpx2.UnsupportedProtocol):
        return Answering("nobody")
    except httpx2.TransportError:
        return Answering("stranger", "a program that does not speak HTTP")
    if code == "not_authorised":
        return Answering("gateway")
    name = safe_text(server)[:MOST_SHOWN] or "it gives no name"
    return Answering("stranger", f"an HTTP server ({name})")


def _beginning(reply: httpx2.Response) -> bytes:
    beginning = b""
    for piece in reply.iter_bytes():
        beginning += piece
        if len(beginning) > MOST_READ:
            break
    return beginning


def _code(body: bytes) -> Any:
    try:
        content = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return content.get("code") if isinstance(content, dict) else None
