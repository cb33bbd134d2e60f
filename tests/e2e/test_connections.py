"""What becomes of a connection: recycled, timed out, or closed after a refusal; never stuck."""

import httpx2
import pytest
import trio

from clawctl.testing.gateway import BEARER, open_faked_gateway

pytestmark = pytest.mark.journey

GET = f"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {BEARER}\r\n\r\n".encode()


async def connect(url):
    host, port = url.removeprefix("http://").split(":")
    return await trio.open_tcp_stream(host, int(port))


async def answer(stream):
    """One response head and its body, by its Content-Length."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += await receive(stream)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += await receive(stream)
    return head, body


async def receive(stream):
    with trio.fail_after(5):
        data = await stream.receive_some(65536)
    assert data, "the connection was closed too early"
    return data


async def closed(stream, within_s):
    """Read to the end; fails if the other side keeps it open."""
    with trio.fail_after(within_s):
        while await stream.receive_some(65536):
            pass


async def test_a_connection_is_used_again(faked):
    async with await connect(faked.phone_url) as stream:
        for _ in range(3):
            await stream.send_all(GET)
            head, _ = await answer(stream)
            assert head.startswith(b"HTTP/1.1 200")


async def test_an_idle_connection_times_out_after_its_first_request(tmp_path, monkeypatch):
    """quart-trio cancelled the recycling, so hypercorn's timer was never armed again."""
    monkeypatch.setattr("clawctl.door.serving.KEEP_ALIVE_S", 0.2)
    async with open_faked_gateway(tmp_path) as faked, await connect(faked.phone_url) as stream:
        await stream.send_all(GET)
        await answer(stream)
        await closed(stream, within_s=2)


async def test_an_idle_connection_does_not_hold_up_a_stop(tmp_path):
    async with open_faked_gateway(tmp_path, graceful_timeout=60) as faked:
        stream = await connect(faked.phone_url)
        await stream.send_all(GET)
        await answer(stream)
        began = trio.current_time()

    assert trio.current_time() - began < 5
    await stream.aclose()


async def test_a_call_in_flight_is_finished_before_the_stop(tmp_path):
    answers = []

    async def hear(url):
        headers = {"Authorization": f"Bearer {BEARER}"}
        async with httpx2.AsyncClient(
            base_url=url, headers=headers, trust_env=False, verify=False
        ) as phone:
            files = {"audio": ("turn.wav", b"", "audio/wav")}
            data = {"forced_reply": "Goodbye."}
            answers.append((await phone.post("/api/turn", files=files, data=data)).json()["reply"])

    async with trio.open_nursery() as nursery, open_faked_gateway(tmp_path) as faked:
        faked.tts.delay_s = 0.5
        nursery.start_soon(hear, faked.phone_url)
        while not faked.tts.calls:
            await trio.sleep(0.01)

    assert answers == ["Goodbye."]


@pytest.mark.parametrize("announced", [11 << 20, 11 << 30])
async def test_too_large_an_upload_is_refused_unread_and_the_connection_closed(faked, announced):
    head = (
        f"POST /api/turn HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {BEARER}\r\n"
        f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {announced}\r\n\r\n"
    )
    async with await connect(faked.phone_url) as stream:
        await stream.send_all(head.encode())
        status, body = await answer(stream)
        await closed(stream, within_s=5)

    assert status.startswith(b"HTTP/1.1 413")
    assert b"max_audio_mb" in body


async def test_a_chunked_upload_is_cut_off_at_the_limit_as_well(faked):
    head = (
        f"POST /api/turn HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {BEARER}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    async with await connect(faked.phone_url) as stream:
        await stream.send_all(head.encode())
        async with trio.open_nursery() as nursery:

            async def flood():
                try:
                    while True:
                        await stream.send_all(chunk)
                except (trio.BrokenResourceError, trio.ClosedResourceError):
                    pass

            nursery.start_soon(flood)
            status, _ = await answer(stream)
            nursery.cancel_scope.cancel()

    assert status.startswith(b"HTTP/1.1 413")


async def test_a_client_still_sending_can_read_why_it_was_refused(faked):
    """The refusal must not be lost in a reset because the upload was not read."""
    async with httpx2.AsyncClient(
        base_url=faked.phone_url, trust_env=False, verify=False
    ) as nobody:
        reply = await nobody.post("/api/turn", content=b"x" * (8 << 20))

    assert reply.status_code == 401


async def test_no_host_header_is_no_way_in(faked):
    async with await connect(faked.phone_url) as stream:
        await stream.send_all(b"GET /health HTTP/1.0\r\n\r\n")
        head, _ = await answer(stream)

    assert head.startswith(b"HTTP/1.1 403")


@pytest.mark.parametrize("garbage", [b"\x16\x03\x01garbage\r\n\r\n", b"GET\r\n\r\n"])
async def test_what_is_no_http_is_answered_and_closed(faked, garbage):
    async with await connect(faked.phone_url) as stream:
        await stream.send_all(garbage)
        await closed(stream, within_s=5)


H2C = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
WEBSOCKET = "Connection: Upgrade\r\nUpgrade: websocket\r\n"


@pytest.mark.parametrize(
    "hostile",
    [
        H2C + "HTTP2-Settings: AAAA\r\n",
        H2C + "HTTP2-Settings: A\r\n",
        H2C + "HTTP2-Settings: AAIAAAAF\r\n",
        WEBSOCKET + "Sec-WebSocket-Extensions: \xff\r\n",
        WEBSOCKET + "Sec-WebSocket-Protocol: \xff\r\n",
    ],
)
async def test_no_request_ends_the_gateway(faked, phone, hostile):
    """hypercorn let what a single connection broke break all of them."""
    async with await connect(faked.phone_url) as stream:
        await stream.send_all(
            f"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n{hostile}\r\n".encode("latin-1")
        )
        with trio.fail_after(5):
            await stream.receive_some(65536)

    assert (await phone.get("/health")).status_code == 200


async def test_http_2_is_not_spoken(faked):
    async with await connect(faked.phone_url) as stream:
        await stream.send_all(b"PRI * HTTP/2.0\r\n\r\n")
        head, _ = await answer(stream)

    assert head.startswith(b"HTTP/1.1 403")


async def test_an_offer_of_http_2_is_passed_over(faked):
    offer = GET[:-2] + f"{H2C}HTTP2-Settings: AAMAAABk\r\n\r\n".encode()
    async with await connect(faked.phone_url) as stream:
        await stream.send_all(offer)
        head, _ = await answer(stream)

    assert head.startswith(b"HTTP/1.1 200")


async def test_a_refused_handshake_leaves_no_connection_behind(faked):
    async with await connect(faked.phone_url) as stream:
        await stream.send_all(f"GET /x HTTP/1.1\r\nHost: 127.0.0.1\r\n{WEBSOCKET}\r\n".encode())
        head, _ = await answer(stream)
        await closed(stream, within_s=2)

    assert head.startswith(b"HTTP/1.1 400")


async def unread(path, stream):
    """Ask for an answer too long for any buffer, and read none of it."""
    form = (
        '--x\r\nContent-Disposition: form-data; name="audio"\r\n\r\n\r\n'
        '--x\r\nContent-Disposition: form-data; name="forced_reply"\r\n\r\n'
        f"{'A long goodbye. ' * 400}\r\n--x--\r\n"
    )
    await stream.send_all(
        (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {BEARER}\r\n"
            "Content-Type: multipart/form-data; boundary=x\r\n"
            f"Content-Length: {len(form)}\r\n\r\n{form}"
        ).encode()
    )
    with trio.fail_after(5):
        await stream.receive_some(100)


@pytest.mark.parametrize("path", ["/api/turn", "/api/turn/stream"])
async def test_a_client_that_does_not_read_does_not_hold_up_a_stop(tmp_path, path):
    """hypercorn shields what it sends, from the end of the server too."""
    async with open_faked_gateway(tmp_path, graceful_timeout=0.5) as faked:
        faked.tts.character_s = 0.1
        stream = await connect(faked.phone_url)
        await unread(path, stream)
        began = trio.current_time()

    assert trio.current_time() - began < 5
    await stream.aclose()


async def test_a_client_that_does_not_read_is_let_go(faked, monkeypatch):
    monkeypatch.setattr("clawctl.door.tcp.UNREAD_S", 0.2)
    faked.tts.character_s = 0.1
    async with await connect(faked.phone_url) as stream:
        await unread("/api/turn/stream", stream)
        with trio.fail_after(5):
            while not faked.gateway.registry.sessions:
                await trio.sleep(0.01)
            (session,) = faked.gateway.registry.sessions.values()
            while session.in_flight:
                await trio.sleep(0.01)


async def test_when_too_many_connect_the_one_quiet_longest_goes(faked, phone, monkeypatch):
    """Anybody may connect, and every connection takes a file of the process."""
    monkeypatch.setattr("clawctl.door.tcp.MOST", 3)
    async with (
        await connect(faked.phone_url) as first,
        await connect(faked.phone_url) as second,
        await connect(faked.phone_url) as third,
    ):
        await first.send_all(GET)
        await answer(first)

        assert (await phone.get("/health")).status_code == 200
        await closed(second, within_s=2)
        for kept in (first, third):
            await kept.send_all(GET)
            head, _ = await answer(kept)
            assert head.startswith(b"HTTP/1.1 200")


async def test_a_connection_closed_by_the_client_leaves_nothing_behind(faked, phone):
    """hypercorn kept its file and its tasks until the connection would have been idle too long."""
    await phone.get("/health")
    before = trio.lowlevel.current_statistics().tasks_living
    for request in (b"", GET, GET[:20]):
        async with await connect(faked.phone_url) as stream:
            await stream.send_all(request)

    with trio.fail_after(5):
        while trio.lowlevel.current_statistics().tasks_living > before:
            await trio.sleep(0.01)


async def test_a_call_in_flight_is_not_hung_up_for_another_connection(faked, phone, monkeypatch):
    monkeypatch.setattr("clawctl.door.tcp.MOST", 1)
    faked.tts.delay_s = 0.5
    said = {}

    async def talk():
        files = {"audio": ("turn.wav", b"", "audio/wav")}
        said.update(
            (await phone.post("/api/turn", files=files, data={"forced_reply": "Hi."})).json()
        )

    async with trio.open_nursery() as nursery:
        nursery.start_soon(talk)
        while not faked.tts.calls:
            await trio.sleep(0.01)
        async with await connect(faked.phone_url) as stream:
            await closed(stream, within_s=2)

    assert said["reply"] == "Hi."


@pytest.mark.parametrize("target", ["http://[evil/health", "http://evil.example/health", "?x", "*"])
async def test_a_request_target_that_is_no_path_is_the_clients_mistake(faked, target):
    async with await connect(faked.phone_url) as stream:
        await stream.send_all(GET.replace(b"/health", target.encode()))
        head, _ = await answer(stream)

    assert head.startswith(b"HTTP/1.1 400")


async def test_a_doubled_slash_within_the_path_leads_nowhere(phone):
    assert (await phone.get("/api//config/call")).json()["code"] == "not_found"
