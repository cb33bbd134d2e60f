"""The four requests a phone app sends, and no other."""

from clawctl.testing.handset_form import Endpoint, TurnFields, boundary, form
from clawctl.testing.handset_wire import SMOOTH, Mishap, Request

_READ_S: dict[Endpoint, float] = {"/api/asr": 45.0, "/api/turn": 45.0, "/api/turn/stream": 90.0}


def call_config(bearer: str) -> Request:
    return Request(
        method="GET",
        path="/api/config/call",
        headers=_authorization(bearer),
        connect_s=5.0,
        read_s=5.0,
    )


def recognition(bearer: str, wav: bytes, epoch_ms: int) -> Request:
    return _post("/api/asr", bearer, [], wav, epoch_ms)


def turn(
    bearer: str, fields: TurnFields, wav: bytes, epoch_ms: int, mishap: Mishap = SMOOTH
) -> Request:
    return _post("/api/turn", bearer, fields.parts(), wav, epoch_ms, mishap=mishap)


def streamed_turn(
    bearer: str, fields: TurnFields, wav: bytes, epoch_ms: int, mishap: Mishap = SMOOTH
) -> Request:
    """The streaming build sends no `forced_reply`, not even for a greeting."""
    parts = [part for part in fields.parts() if part[0] != "forced_reply"]
    return _post("/api/turn/stream", bearer, parts, wav, epoch_ms, mishap=mishap)


def _post(
    endpoint: Endpoint,
    bearer: str,
    parts: list[tuple[str, str]],
    wav: bytes,
    epoch_ms: int,
    *,
    mishap: Mishap = SMOOTH,
) -> Request:
    separator = boundary(endpoint, epoch_ms)
    accept = "application/x-ndjson" if endpoint == "/api/turn/stream" else "application/json"
    return Request(
        method="POST",
        path=endpoint,
        headers=(
            *_authorization(bearer),
            ("Accept", accept),
            ("Content-Type", f"multipart/form-data; boundary={separator}"),
        ),
        body=form(separator, parts, wav),
        read_s=_READ_S[endpoint],
        mishap=mishap,
    )


def _authorization(bearer: str) -> tuple[tuple[str, str], ...]:
    return (("Authorization", f"Bearer {bearer}"),) if bearer.strip() else ()
