from http.cookies import SimpleCookie

import pytest
from quart import Blueprint, Response, websocket
from quart.testing.connections import WebsocketResponseError
from quart.typing import TestClientProtocol as Client

from clawctl.config.live import Live
from clawctl.config.load import given
from clawctl.door.app import answer, make_app
from clawctl.door.guard import guard
from clawctl.web import auth

TOKEN = "the-owners-own"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def guarded() -> Blueprint:
    room = Blueprint("room", __name__)

    @room.get("/api/room")
    async def look() -> Response:
        return answer({"ok": True})

    @room.websocket("/ws/room")
    async def listen() -> None:
        await websocket.send("heard")

    return room


def door(token: str = TOKEN) -> Client:
    """A client of a new door with the login and one guarded room; it keeps no cookies."""
    live = Live(given({"agent_token": token}))
    room = guarded()
    guard(room, live)
    return make_app("test", live, [auth.routes(live), room]).test_client(use_cookies=False)


async def logged_in(client: Client) -> dict[str, str]:
    reply = await client.post("/api/login", json={"token": TOKEN})
    (cookie,) = SimpleCookie(reply.headers["Set-Cookie"]).values()
    return {"Cookie": f"{cookie.key}={cookie.value}"}


async def status(client: Client, headers: dict[str, str]) -> int:
    return (await client.get("/api/room", headers=headers)).status_code


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ({}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": "Bearer"}, 401),
        ({"Authorization": "Basic dGhlOm93bmVycw=="}, 401),
        ({"Authorization": f"Bearer {TOKEN}é"}, 401),
        ({"Cookie": f"clawctl_80={TOKEN}"}, 401),
        ({"Cookie": "clawctl_80=é; ;=;"}, 401),
        (BEARER, 200),
        ({"Authorization": f"bearer  {TOKEN} "}, 200),
    ],
)
async def test_only_the_token_opens_a_guarded_room(shown: dict[str, str], expected: int) -> None:
    assert await status(door(), shown) == expected


async def test_a_refusal_says_how_to_come_in() -> None:
    reply = await door().get("/api/room")

    assert await reply.get_json() == {
        "ok": False,
        "detail": "the token is missing or wrong: show agent_token as bearer, or log in at"
        " /api/login",
        "code": "not_authorised",
    }
    assert reply.headers["WWW-Authenticate"] == "Bearer"


async def test_without_a_token_everybody_comes_in_and_a_login_says_so() -> None:
    client = door(token="")
    reply = await client.post("/api/login", json={"token": "anything"})

    assert await reply.get_json() == {"ok": True, "token_needed": False}
    assert "Set-Cookie" not in reply.headers
    assert await status(client, {}) == 200


async def test_the_cookie_of_a_login_opens_the_room() -> None:
    client = door()
    reply = await client.post("/api/login", json={"token": f" {TOKEN} "})
    cookie = reply.headers["Set-Cookie"]

    assert await reply.get_json() == {"ok": True, "token_needed": True}
    assert await status(client, await logged_in(client)) == 200
    assert {part.strip() for part in cookie.split(";")[1:]} >= {
        "HttpOnly",
        "Path=/",
        "SameSite=Strict",
        "Max-Age=2592000",
    }
    assert "Secure" not in cookie
    assert TOKEN not in cookie


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"token": "wrong"}, 401),
        ({"token": TOKEN + "\u00e9"}, 401),
        ({"token": TOKEN.upper()}, 401),
        ({}, 400),
        ({"token": ""}, 401),
        ({"token": TOKEN, "user": "root"}, 400),
        ({"token": None}, 400),
        ({"token": [TOKEN]}, 400),
    ],
)
async def test_a_login_with_anything_else_gets_no_cookie(body: object, code: int) -> None:
    reply = await door().post("/api/login", json=body)

    assert (reply.status_code, "Set-Cookie" in reply.headers) == (code, False)


async def test_a_cookie_holds_over_a_restart_and_dies_with_its_token() -> None:
    cookie = await logged_in(door())

    assert await status(door(), cookie) == 200
    assert await status(door("another-token"), cookie) == 401


async def test_a_wrong_bearer_is_refused_though_a_good_cookie_lies_beside_it() -> None:
    client = door()
    cookie = await logged_in(client)

    assert await status(client, cookie | {"Authorization": "Bearer wrong"}) == 401
    assert await status(client, {"Cookie": "clawctl_80=wrong"} | BEARER) == 200


@pytest.mark.parametrize(
    ("site", "expected"),
    [("same-origin", 200), ("none", 200), ("same-site", 401), ("cross-site", 401), ("", 401)],
)
async def test_a_page_of_another_site_or_port_cannot_use_the_cookie(
    site: str, expected: int
) -> None:
    client = door()

    assert await status(client, await logged_in(client) | {"Sec-Fetch-Site": site}) == expected


async def test_gateways_on_two_ports_do_not_take_each_others_cookies() -> None:
    client = door()
    names = []
    for host in ("127.0.0.1:8996", "127.0.0.1:9000", "localhost", "[::1]", "[::1]:8996"):
        reply = await client.post("/api/login", json={"token": TOKEN}, headers={"Host": host})
        names.append(reply.headers["Set-Cookie"].partition("=")[0])

    assert names == ["clawctl_8996", "clawctl_9000", "clawctl_80", "clawctl_80", "clawctl_8996"]


async def test_a_logout_takes_the_cookie_back() -> None:
    reply = await door().post("/api/logout", headers={"Host": "127.0.0.1:8996"})
    (cookie,) = SimpleCookie(reply.headers["Set-Cookie"]).values()

    assert await reply.get_json() == {"ok": True}
    assert (cookie.key, cookie.value, cookie["max-age"], cookie["path"]) == (
        "clawctl_8996",
        "",
        "0",
        "/",
    )


@pytest.mark.parametrize("shown", ["bearer", "cookie"])
async def test_a_socket_opens_with_either(shown: str) -> None:
    client = door()
    headers = BEARER if shown == "bearer" else await logged_in(client)

    async with client.websocket("/ws/room", headers=headers) as socket:
        assert await socket.receive() == "heard"


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/ws/room", (401, "not_authorised")), ("/ws/nowhere", (404, "not_found"))],
)
async def test_a_socket_that_may_not_open_is_refused_at_the_handshake(
    path: str, expected: tuple[int, str]
) -> None:
    with pytest.raises(ExceptionGroup) as raised:
        async with door().websocket(path) as socket:
            await socket.receive()

    (refused,) = raised.value.exceptions
    assert isinstance(refused, WebsocketResponseError)
    reply = refused.response
    assert (reply.status_code, (await reply.get_json())["code"]) == expected


@pytest.mark.parametrize("path", ["/api/room", "/api/login", "/nowhere"])
async def test_no_cache_keeps_an_answer_and_no_browser_guesses_what_it_is(path: str) -> None:
    headers = (await door().get(path)).headers

    assert (headers["Cache-Control"], headers["X-Content-Type-Options"]) == ("no-store", "nosniff")
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
