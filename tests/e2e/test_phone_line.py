"""The phone's doors over real sockets, as the app uses them (phone page, 4 to 9)."""

import base64
import itertools
import json

import httpx2
import pytest
import trio

from clawctl.audio import wav
from clawctl.audio.wav import Sound
from clawctl.testing.engines import HANG
from clawctl.testing.gateway import BEARER, open_faked_gateway
from clawctl.testing.handset_form import TurnFields, form
from clawctl.wire.events import SessionEnded

SEPARATOR = "----PhoneBridge1"
TYPE = {"Content-Type": f"multipart/form-data; boundary={SEPARATOR}"}
MORE = itertools.count(1)


def recording():
    """A second of sound that no other test has."""
    return wav.write(Sound(next(MORE).to_bytes(4, "little") * 8000, 16_000))


async def post(phone, path="/api/turn", audio=None, **fields):
    body = form(SEPARATOR, TurnFields(**fields).parts(), audio or recording())
    return await phone.post(path, content=body, headers=TYPE)


def lines_of(reply):
    return [json.loads(line) for line in reply.text.splitlines() if line.strip()]


async def test_a_turn_is_answered_with_all_the_manuals_fields(faked, phone):
    faked.stt.text = "good morning"
    reply = await post(phone, session_id="abc")
    body = reply.json()

    assert reply.status_code == 200
    assert {k: body[k] for k in ("ok", "session_id", "transcript", "reply", "hangup")} == {
        "ok": True,
        "session_id": "abc",
        "transcript": "good morning",
        "reply": "You said: good morning.",
        "hangup": False,
    }
    assert body["rejected"] is False
    assert set(body["metrics"]) == {"asr_ms", "llm_ms", "tts_ms", "total_ms", "llm_model"}
    assert len(wav.read(base64.b64decode(body["audio_base64"])).pcm) > 0
    assert "null" not in reply.text


async def test_both_doors_serve_the_same_call(faked, phone):
    await post(phone, session_id="abc")
    main = httpx2.AsyncClient(
        base_url=faked.url, headers=phone.headers, trust_env=False, verify=False
    )
    async with main:
        assert (await post(main, session_id="abc")).json()["turn"] == 2


async def test_the_phones_door_has_nothing_but_the_phones_routes(faked, phone):
    async with httpx2.AsyncClient(base_url=faked.url, trust_env=False, verify=False) as main:
        assert (await main.get("/api/status")).status_code == 200
    assert (await phone.get("/api/status")).status_code == 404


async def test_one_recognition_serves_asr_and_turn(faked, phone):
    audio = recording()
    heard = await post(phone, "/api/asr", audio)
    await post(phone, "/api/turn", audio)

    assert heard.json()["transcript"] == "hello"
    assert len(faked.stt.calls) == 1


async def test_a_repeat_byte_for_byte_shares_the_answer(faked, phone):
    body = form(SEPARATOR, TurnFields(session_id="abc").parts(), recording())
    first = await phone.post("/api/turn", content=body, headers=TYPE)
    again = await phone.post("/api/turn", content=body, headers=TYPE)

    assert again.content == first.content
    assert len(faked.llm.calls) == 1


async def test_a_repeat_while_the_first_is_at_work_shares_it_too(faked, phone):
    faked.llm.delay_s = 0.2
    body = form(SEPARATOR, TurnFields(session_id="abc").parts(), recording())
    answers = []

    async def ask():
        answers.append((await phone.post("/api/turn", content=body, headers=TYPE)).content)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(ask)
        nursery.start_soon(ask)

    assert answers[0] == answers[1]
    assert len(faked.llm.calls) == 1


async def test_a_phone_that_goes_away_cancels_its_turn(faked, phone):
    faked.llm.trouble = HANG
    with trio.move_on_after(0.3):
        await post(phone, session_id="abc")
    faked.llm.trouble = None
    with trio.fail_after(3):
        reply = await post(phone, session_id="abc")

    assert reply.json()["turn"] == 1


async def test_a_greeting_damaged_on_its_way_is_said_as_configured(tmp_path):
    settings = {"greeting_incoming": "Grüß Gott – {owner}’s Büro", "greeting_owner": "Jürgen"}
    async with open_faked_gateway(tmp_path, **settings) as faked:
        headers = {"Authorization": "Bearer a-token-for-tests"}
        async with httpx2.AsyncClient(base_url=faked.url, headers=headers, verify=False) as phone:
            greeting = (await phone.get("/api/config/call")).json()["greeting_incoming"]
            body = (await post(phone, reset_session=True, forced_reply=greeting)).json()

    assert greeting == "Grüß Gott – Jürgen’s Büro"
    assert body["reply"] == "Grüß Gott - Jürgen's Büro"


async def test_sessions_can_be_made_reset_and_ended(faked, phone):
    sid = (await phone.post("/api/session/new")).json()["session_id"]
    await post(phone, session_id=sid)
    reset = await phone.post("/api/session/reset", json={"session_id": sid})
    with faked.gateway.bus.listen() as listener:
        ended = await phone.post("/api/session/end", json={"session_id": sid})
        told = [stamped.event for stamped in listener.take_nowait()]
    again = await phone.post("/api/session/end", json={"session_id": sid})
    turn = (await post(phone, session_id=sid)).json()

    assert (reset.json()["ok"], ended.json()["ok"]) == (True, True)
    assert told == [SessionEnded(session_id=sid, reason="ended")]
    assert again.status_code == 404
    assert turn["ok"]
    assert turn["session_id"] != sid


async def test_health_tells_the_fields_clients_read(faked, phone):
    await post(phone)
    health = (await phone.get("/health")).json()

    assert health["ok"]
    assert health["mlx_audio"] == {"ok": True}
    assert health["llm"] == {"loaded": True, "model": "fake"}
    assert [one["name"] for one in health["engines"]["stt"]] == ["fake"]


class TestStream:
    async def test_the_answer_comes_in_lines(self, faked, phone):
        faked.llm.answer = lambda _: ("One sentence. ", "Another one.")
        reply = await post(phone, "/api/turn/stream", session_id="abc")
        lines = lines_of(reply)

        assert reply.headers["content-type"] == "application/x-ndjson"
        assert [line["event"] for line in lines[:2]] == ["session", "asr"]
        assert lines[0]["session_id"] == "abc"
        assert [line["reply"] for line in lines if line["event"] == "reply"][-1] == (
            "One sentence. Another one."
        )
        assert lines[-1]["event"] == "done"
        assert lines[-1]["turn"] == 1
        assert "audio_base64" not in lines[-1]

    async def test_the_chunks_joined_by_index_are_an_exact_wav(self, faked, phone):
        faked.llm.answer = lambda _: ("One sentence. ", "Another one.")
        chunks = {
            line["index"]: base64.b64decode(line["chunk_base64"])
            for line in lines_of(await post(phone, "/api/turn/stream"))
            if line["event"] == "audio"
        }

        assert sorted(chunks) == [0, 1, 2]
        assert len(chunks[0]) == 44
        sound = wav.read(b"".join(chunks[index] for index in sorted(chunks)))
        assert sound.pcm == chunks[1] + chunks[2]

    async def test_a_reply_known_at_once_has_its_exact_size_first(self, faked, phone):
        lines = lines_of(await post(phone, "/api/turn/stream", forced_reply="Hello."))
        audio = [line for line in lines if line["event"] == "audio"]

        assert [line["index"] for line in audio] == [0, 1]

    async def test_while_it_waits_blank_lines_keep_the_phone_waiting(
        self, faked, phone, monkeypatch
    ):
        monkeypatch.setattr("clawctl.lines.phone.routes.KEEP_ALIVE_S", 0.05)
        faked.llm.delay_s = 0.3
        reply = await post(phone, "/api/turn/stream")

        assert "\n\n" in reply.text
        assert lines_of(reply)[-1]["event"] == "done"

    async def test_a_stream_that_is_left_is_stored_as_interrupted(self, faked, phone):
        faked.llm.answer = lambda _: ("One sentence. ", "Another one. ", "Third.")
        faked.llm.piece_s = 0.3
        body = form(SEPARATOR, TurnFields(session_id="abc").parts(), recording())
        head = (
            f"POST /api/turn/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {BEARER}"
            f"\r\nContent-Type: {TYPE['Content-Type']}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        host, port = faked.phone_url.removeprefix("http://").split(":")
        async with await trio.open_tcp_stream(host, int(port)) as stream:
            await stream.send_all(head.encode() + body)
            seen = b""
            while b'"audio","index":1' not in seen:
                seen += await stream.receive_some(65536)
        with trio.fail_after(3):
            while not (stored := await faked.gateway.store.call("abc")) or not stored.turns:
                await trio.sleep(0.02)

        assert [(t.status, t.reply) for t in stored.turns] == [("interrupted", "One sentence.")]


def form_without(name):
    return form(SEPARATOR, TurnFields().parts(), recording()).replace(
        f'name="{name}"'.encode(), b'name="other"'
    )


REFUSED = {
    "no bearer": (401, "not_authorised", {"headers": {"Authorization": ""}}),
    "wrong bearer": (401, "not_authorised", {"headers": {"Authorization": "Bearer wrong"}}),
    "no audio part": (400, "bad_input", {"content": form_without("audio"), "headers": TYPE}),
    "broken multipart": (400, "bad_input", {"content": b"--x", "headers": TYPE}),
    "json": (415, "wrong_media_type", {"json": {}}),
    "garbage audio": (
        400,
        "bad_audio",
        {"content": form(SEPARATOR, [], b"not a wav"), "headers": TYPE},
    ),
    "an id that is a path": (
        400,
        "bad_input",
        {"content": form(SEPARATOR, [("session_id", "../x")], recording()), "headers": TYPE},
    ),
    "foreign origin": (403, "forbidden", {"headers": {"Origin": "http://evil.example"}}),
    "null origin": (403, "forbidden", {"headers": {"Origin": "null"}}),
    "foreign host": (403, "forbidden", {"headers": {"Host": "evil.example"}}),
}


@pytest.mark.parametrize("path", ["/api/turn", "/api/turn/stream", "/api/asr"])
@pytest.mark.parametrize("case", REFUSED)
async def test_bad_input_is_refused_with_a_reason(faked, phone, path, case):
    status, code, request = REFUSED[case]
    reply = await phone.post(path, **request)

    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert reply.json()["ok"] is False
    assert len(reply.json()["detail"]) > 10
    assert (await post(phone)).status_code == 200


@pytest.mark.parametrize("body", [b"[]", b"7", b"{", b"\xff", b'"x"', b"[" * 5000])
async def test_json_that_is_no_object_is_refused(faked, phone, body):
    reply = await phone.post(
        "/api/session/end", content=body, headers={"Content-Type": "application/json"}
    )

    assert (reply.status_code, reply.json()["code"]) == (400, "bad_input")


async def test_json_that_would_take_long_to_read_is_refused(faked, phone):
    reply = await phone.post("/api/session/end", json={"session_id": [{}] * 100_000})

    assert (reply.status_code, reply.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize("value", [None, 7, "", "  ", [], {"a": 1}])
async def test_a_field_of_the_wrong_type_is_named(faked, phone, value):
    reply = await phone.post("/api/session/end", json={"session_id": value})

    assert reply.status_code == 400
    assert "session_id" in reply.json()["detail"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing", 404), ("GET", "/api/turn", 405), ("PUT", "/api/config/call", 405)],
)
async def test_a_door_that_is_not_there_answers_in_json(faked, phone, method, path, status):
    reply = await phone.request(method, path)

    assert (reply.status_code, reply.json()["ok"]) == (status, False)


async def test_a_base_url_that_ends_in_a_slash_is_understood(faked, phone):
    reply = await phone.get(f"{faked.phone_url}//api/config/call")

    assert reply.json()["auto_answer"] is True


class TestPolicyDoor:
    async def test_the_owners_door_is_open_without_an_agent_token(self, faked):
        async with httpx2.AsyncClient(trust_env=False, verify=False) as anybody:
            reply = await anybody.get(f"{faked.url}/api/config/call")

        assert reply.status_code == 200

    async def test_the_phones_door_asks_for_the_bearer(self, faked):
        async with httpx2.AsyncClient(trust_env=False, verify=False) as anybody:
            reply = await anybody.get(f"{faked.phone_url}/api/config/call")

        assert reply.status_code == 401

    async def test_with_an_agent_token_either_token_will_do(self, tmp_path):
        async with open_faked_gateway(tmp_path, agent_token="agents-only") as faked:
            got = []
            for token in ("", "wrong", "agents-only", "a-token-for-tests"):
                headers = {"Authorization": f"Bearer {token}"} if token else {}
                async with httpx2.AsyncClient(trust_env=False, verify=False) as client:
                    reply = await client.get(f"{faked.url}/api/config/call", headers=headers)
                got.append(reply.status_code)

        assert got == [401, 401, 200, 200]

    async def test_the_owners_page_sees_it_with_its_cookie_on_the_owners_door_only(self, tmp_path):
        got = []
        async with (
            open_faked_gateway(tmp_path, agent_token="agents-only") as faked,
            httpx2.AsyncClient(trust_env=False, verify=False) as page,
        ):
            await page.post(f"{faked.url}/api/login", json={"token": "agents-only"})
            (cookie,) = page.cookies.jar
            for url in (faked.url, faked.phone_url):
                port = url.rpartition(":")[2]
                headers = {"Cookie": f"clawctl_{port}={cookie.value}"}
                reply = await page.get(f"{url}/api/config/call", headers=headers)
                got.append(reply.status_code)

        assert got == [200, 401]

    async def test_the_phone_reads_it_and_cannot_change_it(self, faked, phone):
        reply = await phone.post("/api/config/call", json={"max_duration_sec": 1})

        assert (reply.status_code, reply.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
        assert faked.gateway.live.now.call.max_duration_sec == 300
