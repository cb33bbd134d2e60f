"""The phone's doors (gateway manual, "Phone API"); every one asks for the bearer token."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Self

import msgspec
import structlog
import trio
from quart import Blueprint, Response, request
from quart.wrappers.response import ResponseBody

from clawctl.call.cold import ColdGate
from clawctl.call.ports import ENDED
from clawctl.call.registry import Registry
from clawctl.call.shared import Job, Shared, Work
from clawctl.config.live import Live
from clawctl.config.views import call_view
from clawctl.door.app import answer, json_object, text_field
from clawctl.door.token import bearer, require, require_owner, same
from clawctl.lines.phone.form import Form, parse
from clawctl.lines.phone.line import PhoneLine

log = structlog.get_logger()

# A line without content keeps the app's read timeout (90 s) from firing.
KEEP_ALIVE_S = 5.0
NDJSON = "application/x-ndjson"


def routes(  # noqa: C901 - a table of doors, each of them a few lines
    line: PhoneLine,
    registry: Registry,
    live: Live,
    health: Callable[[], dict[str, Any]],
    gate: ColdGate,
    *,
    main: bool,
) -> Blueprint:
    """`main` if these doors stand beside the owner's; else they are the phone's own listener."""
    phone = Blueprint("phone", __name__)

    @phone.before_request
    async def who_knocks() -> None:
        gateway = live.now.gateway
        if request.path == "/api/config/call" and request.method == "GET":
            _may_read_policy(gateway.bearer_token, gateway.agent_token, main)
        else:
            require(bearer(request), gateway.bearer_token)

    @phone.get("/health")
    async def get_health() -> Response:
        """How it is, in the words existing clients read; answered from memory."""
        return answer(health())

    @phone.get("/api/config/call")
    async def get_call_policy() -> Response:
        """The call policy: what the phone asks for at every call. The passphrase is not in it. As
        long as no recogniser or no voice is warm, the phone is told not to answer, with `cold`."""
        policy = call_view(live.now)
        if _is_phone(live) and not await gate.may_answer():
            policy |= {"auto_answer": False, "cold": True}
        return answer(policy)

    @phone.post("/api/asr")
    async def post_asr() -> Response:
        """What was said in a recording: multipart, a WAV in `audio`."""
        heard = await line.hear(await _form())
        shown = line.transcript(heard)
        return answer({"ok": True, "transcript": shown, "asr_ms": round(heard.ms, 1)})

    @phone.post("/api/turn")
    async def post_turn() -> Response:
        """One turn: multipart, a WAV in `audio` with the fields of the app; the answer holds a
        WAV."""
        return answer(await line.answer(await _form()))

    @phone.post("/api/turn/stream")
    async def post_turn_stream() -> Response:
        """The same turn, answered as NDJSON while it is made."""
        key, work = line.streaming(await _form())
        response = Response(b"", content_type=NDJSON)
        response.response = Following(line.answers, key, work)
        response.headers.pop("Content-Length", None)
        response.timeout = None
        return response

    @phone.post("/api/session/new")
    async def new_session() -> Response:
        """Begin a call."""
        await json_object()
        session = await registry.open()
        return answer({"ok": True, "session_id": session.id})

    @phone.post("/api/session/reset")
    async def reset_session() -> Response:
        """Begin the conversation of a call afresh."""
        session = registry.find(text_field(await json_object(), "session_id"))
        registry.reset(session)
        return answer({"ok": True, "session_id": session.id})

    @phone.post("/api/session/end")
    async def end_session() -> Response:
        """The call is over; the phone's next turn opens another."""
        session = registry.find(text_field(await json_object(), "session_id"))
        registry.end(session, ENDED)
        return answer({"ok": True, "session_id": session.id})

    return phone


def _is_phone(live: Live) -> bool:
    return same(bearer(request), live.now.gateway.bearer_token)


def _may_read_policy(bearer_token: str, agent_token: str, main: bool) -> None:
    """The phone with its bearer; on the owner's door also whoever may use control endpoints.

    The phone's listener is open to every app on the phone, and the policy holds numbers.
    """
    if not main:
        require(bearer(request), bearer_token)
    elif agent_token or bearer(request):
        require_owner(request, agent_token, bearer_token)


async def _form() -> Form:
    body = await request.get_data(False, False, False)
    return parse(body, request.headers.get("Content-Type", ""))


class Following(ResponseBody, AsyncIterator[bytes]):
    """Sends what a job puts out, as it comes; leaving it early is the phone going away."""

    def __init__(self, shared: Shared[bytes], key: str, work: Work[bytes]) -> None:
        self._joining = shared.join(key, work)
        self._stack = AsyncExitStack()
        self._job: Job[bytes]
        self._next = 0
        self._over = False

    async def __aenter__(self) -> Self:
        self._job = await self._stack.enter_async_context(self._joining)
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        await self._stack.__aexit__(exc_type, exc_value, tb)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        if self._over:
            raise StopAsyncIteration
        part = None
        with trio.move_on_after(KEEP_ALIVE_S) as waiting:
            part = await self._job.part(self._next)
        if waiting.cancelled_caught:
            return b"\n"
        self._next += 1
        return part if part is not None else await self._last()

    async def _last(self) -> bytes:
        """After the last part: nothing, or the event that makes the app post the turn anew."""
        self._over = True
        try:
            await self._job.result()
        except Exception as error:
            log.exception("stream.failed", exc_info=error)
            fault = {
                "event": "error",
                "detail": "the gateway made a mistake; its log has the details",
            }
            return msgspec.json.encode(fault) + b"\n"
        raise StopAsyncIteration
