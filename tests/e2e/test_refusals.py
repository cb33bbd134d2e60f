"""Whatever a stranger sends to the owner's door is refused in words, and changes nothing."""

import json
from itertools import product

import pytest
import trio

from clawctl.testing.gateway import open_faked_gateway

pytestmark = pytest.mark.journey

IDS = (
    "nope", "a%2Fb", "a/b", "..", "%2e%2e", "%00", "%0a", "%ff", "%ed%a0%80", "%F0%9F%98%80",
    "x" * 4096, "live%00", "%20live", "_ACTIVE", "", "*", "%22;drop",
)  # fmt: skip
OF_A_CALL = (
    ("GET", "/api/sessions/{}"),
    ("DELETE", "/api/sessions/{}"),
    ("GET", "/api/agent/call/{}"),
    ("POST", "/api/instructions/{}"),
    ("POST", "/api/instructions/{}/turn"),
    ("DELETE", "/api/instructions/{}"),
    ("GET", "/api/agent/context/{}"),
    ("POST", "/api/agent/context/{}"),
    ("DELETE", "/api/agent/context/{}"),
    ("DELETE", "/api/caller-history/{}"),
    ("POST", "/api/messages/{}/done"),
    ("POST", "/api/config/{}"),
)
# What a body of that door holds when it is right.
BODIES = {"/api/instructions": b'{"text":"x"}', "/api/agent/context": b'{"context":"x"}'}

DOORS_WITH_A_BODY = (
    "/api/instructions", "/api/instructions/live", "/api/instructions/live/turn",
    "/api/agent/context/live", "/api/call/inject", "/api/agent/inject", "/api/agent/release",
    "/api/call/dial", "/api/call/hangup", "/api/config", "/api/config/tts", "/api/config/llm",
    "/api/config/call", "/api/tts/preview", "/api/warm", "/api/messages/m/done", "/api/login",
    "/api/logout",
)  # fmt: skip
NONSENSE = (
    b"[]", b"null", b"1", b'"x"', b"{", b" ", b"\0", b"\xff\xfe", b'\xef\xbb\xbf{"text":"x"}',
    b'{"text":NaN}', b'{"text":Infinity}', b'{"text":1e400}', b'{"text":"\\ud800"}',
    b'{"text":9223372036854775808,"context":-1}', b'{"text":"x"} more', b'{"text":' + b"9" * 5000,
    b"[" * 100_000, b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    b'{"text":"' + b"x" * 300_000 + b'"}',
    b'{"a":1,"text":[],"context":{},"token":null,"number":1,"session_id":2}',
    b"{" + b",".join(b'"%d":1' % n for n in range(20_000)) + b"}",
)  # fmt: skip

QUERIES = {
    "/api/sessions": ("limit", "since", "until", "status", "colour", "%00"),
    "/api/search": ("q", "since", "said_by", "limit", "offset", "colour"),
    "/api/latency": ("since", "limit", "colour"),
    "/api/messages": ("state", "colour"),
    "/api/events": ("after", "last", "since", "limit", "type", "colour"),
}
VALUES = (
    "", "-1", "1e400", "nan", "99999999999999999999999", "%00", "%0a", "(", "%22", "x" * 4096, ",",
    "*", "a%20AND",
)  # fmt: skip

METHODS = ("PUT", "PATCH", "TRACE", "CONNECT", "PROPFIND", "X" * 50)
LOST = ("/nope", "/api", "/api/", "/api//status", "/api/status/", "/static/../app.py", "*")


class Stranger:
    """Writes what it likes to a gateway, a connection for each request."""

    def __init__(self, gateway):
        self.gateway = gateway
        self.host, _, self.port = gateway.url.removeprefix("http://").partition(":")

    async def ask(self, method, path, body=b"", *headers, host=True):
        """The status, the type and the body of the answer."""
        lines = [f"{method} {path} HTTP/1.1".encode(), b"Connection: close", *headers]
        lines += [b"Host: 127.0.0.1:" + self.port.encode()] if host else []
        if body and not any(line.startswith(b"Content-Type") for line in headers):
            lines.append(b"Content-Type: application/json")
        if body or method in {"POST", "DELETE"}:
            lines.append(b"Content-Length: %d" % len(body))
        return await self.send(b"\r\n".join(lines) + b"\r\n\r\n" + body)

    async def send(self, request):
        got = b""
        with trio.fail_after(10):
            async with await trio.open_tcp_stream(self.host, int(self.port)) as stream:
                await stream.send_all(request)
                async for piece in stream:
                    got += piece
        head, _, body = got.partition(b"\r\n\r\n")
        kind = head.lower().partition(b"content-type: ")[2].partition(b"\r\n")[0]
        return int(head.split()[1]), kind.decode(), body

    async def refused(self, *request, **options):
        """The detail of a refusal; fails if it is anything else, or if anything came of it."""
        before = self.state()
        status, kind, body = await self.ask(*request, **options)
        refusal = json.loads(body)
        told = [str(part)[:60] for part in request]
        assert 400 <= status < 500, (told, status)
        assert (kind, set(refusal), refusal["ok"]) == (
            "application/json", {"ok", "detail", "code"}, False,
        ), told  # fmt: skip
        assert 0 < len(refusal["detail"]) < 2000, told
        assert self.state() == before, told
        return status, refusal["detail"]

    def state(self):
        (call,) = self.gateway.registry.sessions.values()
        told = self.gateway.bus.last_seq, self.gateway.steering.base(), repr(call.state)
        return *told, self.gateway.live.loaded


@pytest.fixture
async def stranger(tmp_path):
    async with open_faked_gateway(tmp_path, agent_token="") as faked:
        await faked.gateway.registry.open("live", caller_number="+4930123456")
        yield Stranger(faked.gateway)


async def test_an_id_of_nothing_is_refused(stranger):
    for (method, door), sid in product(OF_A_CALL, IDS):
        body = next((b for d, b in BODIES.items() if method == "POST" and door.startswith(d)), b"")
        if (door, sid) != ("/api/instructions/{}", ""):
            await stranger.refused(method, door.format(sid), body)


async def test_a_body_that_does_not_fit_is_refused(stranger):
    for door, body in product(DOORS_WITH_A_BODY, NONSENSE):
        await stranger.refused("POST", door, body)


async def test_a_body_of_another_type_is_refused(stranger):
    for door in DOORS_WITH_A_BODY:
        for kind in (b"text/plain", b"application/x-www-form-urlencoded", b"\xff\xfe", b""):
            told = await stranger.refused("POST", door, b"{}", b"Content-Type: " + kind)
            assert told == (415, "send application/json")


async def test_a_query_that_does_not_fit_is_refused(stranger):
    fits = {("q", "nan"), ("q", "1e400"), ("q", "99999999999999999999999"), ("type", "*")}
    for door, names in QUERIES.items():
        for name, value in product(names, VALUES):
            if (name, value) not in fits:
                await stranger.refused("GET", f"{door}?{name}={value}")
        await stranger.refused("GET", f"{door}?" + "&".join(f"x{n}=1" for n in range(900)))
        await stranger.refused("GET", f"{door}?{names[0]}=1&{names[0]}=1")


async def test_every_fault_of_a_query_is_named(stranger):
    asked = "/api/events?after=-1&colour=red&limit=0&type=a,,b&hue=1"
    _, told = await stranger.refused("GET", asked)

    assert told.split("; ") == [
        "'colour', 'hue' cannot be asked",
        "there are after, session_id, type, last, since, limit",
        "after must be a whole number from 0 and below 9007199254740992, not a number like that",
        "limit must be a whole number from 1 to 1000, not a number like that",
        "type has an empty place in its list",
    ]


async def test_where_there_is_no_door_the_refusal_says_where_they_are(stranger):
    for path in LOST:
        await stranger.refused("GET", path)
    for method, door in product(METHODS, ["/", "/api/status", "/api/login"]):
        await stranger.refused(method, door)

    assert await stranger.refused("GET", "/nope") == (
        404, "GET /nope: there is no such door; clawctl-http(7) lists them all",
    )  # fmt: skip
    assert await stranger.refused("GET", "/api/login") == (
        405,
        "GET /api/login: this door takes OPTIONS, POST only; clawctl-http(7) lists them all",
    )
    status, told = await stranger.refused("GET", "/ws/events")
    assert (status, "takes a WebSocket" in told) == (400, True)


@pytest.mark.parametrize(
    ("request_line", "headers", "status", "why"),
    [
        ("GET /api/status?ü HTTP/1.1", [], 400, "percent-encoded"),
        ("GET  HTTP/1.1", [], 400, "no HTTP/1.1"),
        ("nonsense", [], 400, "no HTTP/1.1"),
        ("POST /api/warm HTTP/1.1", ["Content-Length: -1"], 400, "no HTTP/1.1"),
        ("POST /api/warm HTTP/1.1", ["Host: 127.0.0.1"], 400, "one Host"),
        ("POST /api/warm HTTP/1.1", ["Transfer-Encoding: gzip"], 501, "Content-Length"),
        ("GET /ws/events HTTP/1.1", ["Connection: Upgrade", "Upgrade: websocket"], 400, "Version"),
    ],
)
async def test_what_is_no_http_is_refused_in_json_as_well(
    stranger, request_line, headers, status, why
):
    lines = [request_line, "Host: 127.0.0.1", *headers, "", ""]
    refusal = await stranger.send("\r\n".join(lines).encode())
    told = json.loads(refusal[2])

    assert refusal[:2] == (status, "application/json")
    assert (told["ok"], why in told["detail"]) == (False, True)


async def test_headers_without_end_are_refused(stranger):
    request = b"GET /api/status HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: " + b"x" * 20_000
    status, kind, body = await stranger.send(request)

    assert (status, kind) == (431, "application/json")
    assert "fewer cookies" in json.loads(body)["detail"]
