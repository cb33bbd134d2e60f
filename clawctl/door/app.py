"""An HTTP application with our manners: JSON refusals, bounded uploads, connections that end."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import msgspec
import structlog
from quart import Blueprint, Response, has_request_context, request, websocket
from quart_trio import QuartTrio
from quart_trio.asgi import TrioASGIHTTPConnection
from werkzeug.exceptions import HTTPException
from werkzeug.routing import WebsocketMismatch

from clawctl.config.live import Live
from clawctl.door.connection import WholeExchange
from clawctl.errors import BadInput, ClawError, NotAuthorised, TooLarge, WrongMediaType
from clawctl.wire.rest import Fault
from clawctl.wire.text import some

log = structlog.get_logger()

JSON = "application/json"
MEGABYTE = 1 << 20
# Reading more than this as JSON would hold up every call; nobody has so much to say.
MAX_JSON_BYTES = 256 * 1024
# What a browser is told about every answer.
MANNERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}
MAX_TOLD_CHARS = 100
DOORS_ARE = "clawctl-http(7) lists them all"


class JsonApp(QuartTrio):
    asgi_http_class: type[TrioASGIHTTPConnection] = WholeExchange


def make_app(name: str, live: Live, blueprints: list[Blueprint]) -> JsonApp:
    app = JsonApp(name, static_folder=None)
    # What is no door is refused in JSON, not led elsewhere by a page of HTML.
    app.url_map.merge_slashes = False
    app.config["MAX_CONTENT_LENGTH"] = upload_limit(live)
    live.on_change(lambda _: app.config.update(MAX_CONTENT_LENGTH=upload_limit(live)))
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    app.after_request(_kept_to_itself)
    app.after_request(_logged)
    app.register_error_handler(ClawError, _refused)
    app.register_error_handler(HTTPException, _no_such_door)
    app.register_error_handler(Exception, _our_fault)
    return app


def upload_limit(live: Live) -> int:
    """Bytes a request may have."""
    return int(live.now.gateway.max_audio_mb * MEGABYTE)


def answer(body: Any, status: int = 200) -> Response:
    """`body`, anything msgspec can encode, as JSON; bytes are taken for JSON already."""
    data = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return Response(data, status=status, content_type=JSON)


async def json_object() -> dict[str, Any]:
    """The body as a JSON object; no body at all is an empty one."""
    body = await request.get_data()
    if not body:
        return {}
    if request.mimetype != JSON:
        raise WrongMediaType(f"send {JSON}")
    if len(body) > MAX_JSON_BYTES:
        raise TooLarge(f"the JSON holds more than {MAX_JSON_BYTES} bytes")
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(f"the body is no JSON: {error}") from None
    if not isinstance(found, dict):
        raise BadInput("the body must be a JSON object")
    return found


async def texts(*needed: str, maybe: Sequence[str] = ()) -> dict[str, str]:
    """The fields of a body that are all texts; one that `maybe` is there is else "".

    Raises BadInput naming every fault. Without any names: the body holds nothing.
    """
    body, known = await json_object(), (*needed, *maybe)
    faults = [f"{name} is missing" for name in needed if name not in body]
    given = [name for name in known if name in body]
    faults += [f"{name} must be a text" for name in given if not isinstance(body[name], str)]
    if unknown := [name for name in body if name not in known]:
        fields = ", ".join(known) or "no fields"
        faults.append(f"{some(unknown)}: not expected here; there are {fields}")
    if faults:
        raise BadInput("; ".join(faults))
    return {name: body.get(name, "") for name in known}


def flag(body: dict[str, Any], name: str) -> bool:
    """The only field of a body; raises BadInput unless it is true or false."""
    said = body.get(name)
    if set(body) != {name} or not isinstance(said, bool):
        raise BadInput(f'send {{"{name}": true}} or {{"{name}": false}}, and nothing else')
    return said


def text_field(body: dict[str, Any], key: str) -> str:
    """A required field that must be a text."""
    value = body.get(key)
    if not isinstance(value, str) or not value.strip():
        raise BadInput(f"{key} must be a text that is not empty")
    return value.strip()


async def _kept_to_itself(response: Response) -> Response:
    """No cache keeps it, no other page shows, loads or guesses at it."""
    for name, value in MANNERS.items():
        response.headers.setdefault(name, value)
    return response


async def _logged(response: Response) -> Response:
    """The rule and not the path: that may hold a number or a name."""
    log.debug(
        "request", method=request.method, rule=str(request.url_rule), status=response.status_code
    )
    return response


async def _refused(error: ClawError) -> Response:
    refusal = answer(Fault(detail=str(error), code=error.code), error.status)
    if isinstance(error, NotAuthorised):
        refusal.headers["WWW-Authenticate"] = "Bearer"
    return refusal


async def _no_such_door(error: HTTPException) -> Response:
    status = error.code or 500
    if status == TooLarge.status:
        limit = (request.max_content_length or 0) / MEGABYTE
        return await _refused(
            TooLarge(f"the upload is larger than max_audio_mb allows ({limit:g})")
        )
    code = error.name.lower().replace(" ", "_").replace("-", "_")
    allowed = ", ".join(sorted(getattr(error, "valid_methods", None) or ()))
    refusal = answer(Fault(detail=_why(error, allowed), code=code), status)
    if allowed:
        refusal.headers["Allow"] = allowed
    return refusal


def _why(error: HTTPException, allowed: str) -> str:
    """The path, but not the whole of one that somebody made up."""
    on_http = has_request_context()
    asked = f"{request.method} {request.path}" if on_http else f"WS {websocket.path}"
    asked = asked if len(asked) <= MAX_TOLD_CHARS else f"{asked[:MAX_TOLD_CHARS]}..."
    if isinstance(error, WebsocketMismatch):
        wanted = "a WebSocket, and this is a plain request" if on_http else "no WebSocket"
        return f"{asked}: this door takes {wanted}; {DOORS_ARE}"
    if allowed:
        return f"{asked}: this door takes {allowed} only; {DOORS_ARE}"
    if error.code == HTTPStatus.NOT_FOUND:
        return f"{asked}: there is no such door; {DOORS_ARE}"
    return f"{asked}: {error.name}"


async def _our_fault(error: Exception) -> Response:
    asked = request if has_request_context() else websocket
    log.error("request.failed", method=asked.method, rule=str(asked.url_rule), exc_info=error)
    fault = Fault(detail="the gateway made a mistake; its log has the details", code="internal")
    return answer(fault, 500)
