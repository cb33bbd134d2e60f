"""What another web page in the owner's browser can do with the owner's cookie: nothing."""

import sqlite3
from pathlib import Path

import httpx2
import pytest
import trio

from clawctl.testing.gateway import open_faked_gateway

TOKEN = "the-owners-own"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def owned(tmp_path):
    async with open_faked_gateway(tmp_path, agent_token=TOKEN) as opened:
        yield opened


@pytest.fixture
async def browser(owned):
    """Logged in: it sends the cookie with every request, whoever's page asks."""
    async with httpx2.AsyncClient(base_url=owned.url, trust_env=False, verify=False) as client:
        assert (await client.post("/api/login", json={"token": TOKEN})).status_code == 200
        yield client


async def test_the_owners_own_page_may_read_and_change(browser):
    own = {"Origin": str(browser.base_url).rstrip("/"), "Sec-Fetch-Site": "same-origin"}

    assert (await browser.get("/api/status", headers=own)).status_code == 200
    assert (await browser.post("/api/logout", headers=own)).status_code == 200
    assert (await browser.get("/api/status")).status_code == 401


@pytest.mark.parametrize("origin", ["null", "http://evil.example", "http://127.0.0.1:1", "file://"])
async def test_a_form_of_another_page_changes_nothing(owned, browser, origin):
    before, seq = owned.gateway.live.now, owned.gateway.bus.last_seq

    for path in ("/api/config", "/api/config/call", "/api/logout", "/api/call/inject"):
        reply = await browser.post(path, content=b"a=b", headers=FORM | {"Origin": origin})
        assert (path, reply.status_code) == (path, 403)

    assert (owned.gateway.live.now, owned.gateway.bus.last_seq) == (before, seq)


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_a_link_or_an_image_of_another_page_is_not_taken_for_the_owner(browser, site):
    reply = await browser.get("/api/status", headers={"Sec-Fetch-Site": site})

    assert reply.status_code == 401


LOOKS = (
    *("/", "/health", "/api/status", "/api/config", "/api/config/tts", "/api/config/llm"),
    *("/api/config/call", "/api/sessions", "/api/sessions/s", "/api/search?q=hello"),
    *("/api/caller-history", "/api/agent/sessions", "/api/agent/call/s", "/api/agent/context/s"),
    *("/api/latency",),
    *("/api/instructions", "/api/messages", "/api/events?last=5", "/api/events?after=0"),
)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_nothing_is_changed_by_looking(owned, browser, method):
    await owned.gateway.registry.open("s")
    await owned.gateway.store.caught_up()
    before = everything(owned)
    for path in LOOKS:
        assert (await browser.request(method, path)).status_code < 500

    await owned.gateway.store.caught_up()
    assert everything(owned) == before


def everything(owned):
    gateway = owned.gateway
    data_dir = Path(gateway.live.now.gateway.data_dir)
    with sqlite3.connect(data_dir / "clawctl.db") as database:
        rows = list(database.iterdump())
    return gateway.live.now, gateway.bus.last_seq, list(gateway.registry.sessions), rows


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ("Origin: http://evil.example\r\n", b"HTTP/1.1 403"),
        ("Sec-Fetch-Site: same-site\r\n", b"HTTP/1.1 401"),
        ("", b"HTTP/1.1 101"),
    ],
)
async def test_a_socket_of_another_page_is_refused_at_the_handshake(
    owned, browser, extra, expected
):
    (cookie,) = browser.cookies.jar
    port = owned.url.rpartition(":")[2]
    handshake = (
        f"GET /ws/events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\n"
        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        f"Cookie: {cookie.name}={cookie.value}\r\n{extra}\r\n"
    )
    async with await trio.open_tcp_stream("127.0.0.1", int(port)) as stream:
        await stream.send_all(handshake.encode())
        with trio.fail_after(5):
            answer = await stream.receive_some(4096)
        assert answer.startswith(expected)
        if expected != b"HTTP/1.1 101":
            with trio.fail_after(5):
                while await stream.receive_some(4096):
                    pass
