"""The handset on real sockets, against a gateway that does as it is told."""

import base64
import gzip
import json
from dataclasses import replace
from typing import Any

import pytest
import trio

from clawctl.errors import BadInput
from clawctl.testing.caller import Caller, Utterance
from clawctl.testing.handset import open_handset
from clawctl.testing.handset_contract import RULES
from clawctl.testing.handset_form import canonical_wav
from clawctl.testing.handset_http import USER_AGENT, Address, Pool, open_pool
from clawctl.testing.handset_phone import Phone
from clawctl.testing.handset_report import CallReport
from clawctl.testing.handset_wire import Mishap, Request, RequestFailed, Response
from clawctl.testing.scripted_gateway import (
    CLOSE,
    ScriptedGateway,
    answer,
    audio_event,
    ndjson,
    serving,
)

WAV = canonical_wav(b"\x01\x02" * 24_000, 24_000)
REPLY = canonical_wav(b"\x05\x00" * 8_000, 16_000)
AUDIO = base64.b64encode(REPLY).decode()
CONFIG = {"auto_answer": True, "greeting_incoming": "Good day.", "max_duration_sec": 0}
SPOKEN = {"ok": True, "session_id": "s1", "reply": "Yes, of course.", "audio_base64": AUDIO}
PHONE = Phone(bearer="secret")
HELLO = Utterance(wav=WAV, seconds=1.0, text="hello")
# Waited for in vain, so short; nothing else here depends on how fast the machine is.
SHORT_S = 0.3


@pytest.fixture
async def gateway() -> ScriptedGateway:
    clean = ScriptedGateway()
    clean.say("/api/config/call", answer(CONFIG))
    clean.say("/api/asr", answer({"transcript": "hello"}))
    clean.say("/api/turn", answer(SPOKEN))
    clean.say(
        "/api/turn/stream",
        ndjson(
            {"event": "session", "session_id": "s1"},
            {"event": "asr", "transcript": "hello", "asr_ms": 3.0},
            {"event": "reply", "reply": "Yes,", "final": False},
            audio_event(0, REPLY[:44]),
            b"",
            {"event": "reply", "reply": "Yes, of course.", "final": True},
            audio_event(1, REPLY[44:9000]),
            audio_event(2, REPLY[9000:]),
            {"event": "done", "session_id": "s1", "model": "tiny", "metrics": {"asr_ms": 3.0}},
        ),
    )
    return clean


async def call(
    gateway: ScriptedGateway,
    *utterances: Utterance,
    phone: Phone = PHONE,
) -> CallReport:
    async with (
        serving(gateway) as url,
        open_pool(url) as pool,
        open_handset(pool, phone, time_scale=0.0) as handset,
    ):
        with trio.fail_after(10):
            return await handset.call(Caller(utterances=utterances))


def rules(report: CallReport) -> list[str]:
    return [violation.rule for violation in report.violations]


# A clean gateway


async def test_a_clean_gateway_breaks_no_rule(gateway: ScriptedGateway) -> None:
    report = await call(gateway, HELLO, HELLO)

    assert report.violations == ()
    assert report.clean
    assert [turn.reply for turn in report.turns] == ["Yes, of course."] * 3


async def test_a_clean_stream_breaks_no_rule(gateway: ScriptedGateway) -> None:
    report = await call(gateway, HELLO, phone=Phone(streaming=True))

    assert report.violations == ()
    assert "/api/turn" not in gateway.paths
    turn = report.turns[1]
    assert (turn.reply, turn.transcript, turn.model) == ("Yes, of course.", "hello", "tiny")
    assert turn.audio_s == pytest.approx(0.5)


async def test_headers_are_those_of_the_platform(gateway: ScriptedGateway) -> None:
    await call(gateway, HELLO)

    config = gateway.seen[0].headers
    turn, body = gateway.seen[-1].headers, gateway.seen[-1].body
    host = config["Host"]
    assert host.startswith("127.0.0.1:")
    platform = {
        "Host": host,
        "User-Agent": USER_AGENT,
        "Connection": "Keep-Alive",
        "Accept-Encoding": "gzip",
        "Authorization": "Bearer secret",
    }
    boundary = body.split(b"\r\n", 1)[0][2:].decode()
    assert config == platform
    assert turn == platform | {
        "Accept": "application/json",
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "Content-Length": str(len(body)),
    }
    assert boundary.startswith("----PhoneBridge1")


async def test_requests_one_after_the_other_share_a_connection(
    gateway: ScriptedGateway,
) -> None:
    await call(gateway, HELLO, HELLO)

    assert gateway.connections == 1
    assert len(gateway.seen) == 7


async def test_an_answer_that_says_close_is_obeyed(gateway: ScriptedGateway) -> None:
    gateway.say("/api/turn", answer(SPOKEN, connection="close"))

    report = await call(gateway, HELLO)

    assert report.violations == ()
    assert gateway.connections == 2


async def test_gzip_is_unpacked(gateway: ScriptedGateway) -> None:
    packed = gzip.compress(json.dumps(SPOKEN).encode())
    gateway.say("/api/turn", answer(packed, content_encoding="gzip"))

    assert (await call(gateway, HELLO)).violations == ()


async def test_white_space_before_an_answer_is_skipped(gateway: ScriptedGateway) -> None:
    gateway.say("/api/turn", answer(b"\n \n" + json.dumps(SPOKEN).encode()))

    assert (await call(gateway, HELLO)).violations == ()


async def test_a_base_address_is_joined_without_normalising(gateway: ScriptedGateway) -> None:
    gateway.say("//api/config/call", answer(CONFIG))
    async with serving(gateway) as url, open_pool(url + "/") as pool:
        await carry(pool)

    assert gateway.paths[0] == "//api/config/call"


# Every rule


def json_answer(**changes: Any) -> bytes:
    return answer({**SPOKEN, **changes})


def wav_answer(wav: bytes) -> bytes:
    return json_answer(audio_base64=base64.b64encode(wav).decode())


TURN_BREACHES: list[tuple[str, bytes]] = [
    ("connection", CLOSE),
    ("connection", answer(SPOKEN, connection="close")[:-7]),
    ("broken_http", b"SOMETHING ELSE\r\n\r\n"),
    ("broken_http", answer(b"not gzip", content_encoding="gzip")),
    ("redirect", answer({}, 307, location="/elsewhere")),
    ("status", answer({"ok": False}, 503)),
    ("content_type", answer(SPOKEN, content_type="text/html")),
    ("content_type", answer(SPOKEN, content_type="")),
    ("not_json", answer(b"")),
    ("not_json", answer(b"", 204, content_length="0")),
    ("not_json", answer(b"{'ok': true}")),
    ("not_json", answer([SPOKEN])),
    ("not_json", answer(b'{"reply": "\xff"}')),
    ("null", json_answer(reason=None)),
    ("null", json_answer(metrics={"asr_ms": None})),
    ("wrong_type", json_answer(transcript=5)),
    ("wrong_type", json_answer(hangup="no")),
    ("session_id", json_answer(session_id="a/b")),
    ("session_id", json_answer(session_id="x" * 129)),
    ("session_changed", json_answer(session_id="s2")),
    ("mute_end", answer({"ok": False, "ended": True, "session_id": "s1"})),
    ("bad_base64", json_answer(audio_base64=AUDIO[:40] + "\n" + AUDIO[40:])),
    ("bad_base64", json_answer(audio_base64="-_" + AUDIO)),
    ("bad_wav", wav_answer(b"ID3" + bytes(60))),
    ("wav_sizes", wav_answer(REPLY[:-2])),
    ("wav_sizes", wav_answer(REPLY + b"\0\0")),
    ("wav_streaming_header", wav_answer(REPLY[:40] + b"\xff\xff\xff\xff" + REPLY[44:])),
    ("wav_streaming_header", wav_answer(REPLY[:40] + b"\0\0\0\0" + REPLY[44:])),
    ("too_long", wav_answer(canonical_wav(b"\x05\x00" * 91_000, 1_000))),
    ("silent_audio", wav_answer(canonical_wav(bytes(3_200), 16_000))),
    ("text_without_audio", json_answer(audio_base64="")),
    ("audio_without_text", json_answer(reply="  ")),
    ("suppressed", json_answer(reply="I couldn't hear that clearly.")),
]


@pytest.mark.parametrize(("rule", "raw"), TURN_BREACHES)
async def test_a_breach_in_a_turn_is_reported_as_such(
    rule: str, raw: bytes, gateway: ScriptedGateway
) -> None:
    gateway.say("/api/turn", answer(SPOKEN), raw, answer(SPOKEN))
    gateway.say("/api/asr", answer({"transcript": "hello"}, connection="close"))

    report = await call(gateway, HELLO)

    # An id that is none is another one as well.
    assert set(rules(report)) - {"session_changed"} | {rule} == {rule}
    assert rule in rules(report)
    assert report.turns[1].violations == report.violations
    assert not report.clean


async def test_no_session_at_all_is_reported(gateway: ScriptedGateway) -> None:
    gateway.say("/api/turn", json_answer(session_id=""))

    assert rules(await call(gateway)) == ["no_session"]


CONFIG_BREACHES: list[tuple[str, bytes]] = [
    ("auto_answer_missing", answer({"greeting_incoming": "Hi."})),
    ("negative_delay", answer({**CONFIG, "auto_answer_delay_ms": -500})),
    ("wrong_type", answer({**CONFIG, "auto_answer": 1})),
    ("wrong_type", answer({**CONFIG, "max_duration_sec": "soon"})),
    ("wrong_type", answer({**CONFIG, "caller_blocklist": "0049"})),
    ("wrong_type", answer({**CONFIG, "caller_blocklist": [49]})),
    ("null", answer({**CONFIG, "greeting_outgoing": None})),
    ("status", answer({"ok": False}, 401)),
]


@pytest.mark.parametrize(("rule", "raw"), CONFIG_BREACHES)
async def test_a_breach_in_the_call_config_is_reported_as_such(
    rule: str, raw: bytes, gateway: ScriptedGateway
) -> None:
    gateway.say("/api/config/call", raw)

    assert set(rules(await call(gateway))) == {rule}


async def test_a_null_greeting_is_spoken(gateway: ScriptedGateway) -> None:
    gateway.say("/api/config/call", answer({**CONFIG, "greeting_incoming": None}))

    await call(gateway)

    assert b'name="forced_reply"\r\n\r\nnull\r\n' in gateway.seen[2].body


STREAM_BREACHES: list[tuple[str, bytes]] = [
    ("content_type", answer(b'{"event":"done"}\n')),
    ("stream_line", ndjson(b"{nonsense", {"event": "done", "session_id": "s1"})),
    ("stream_line", ndjson(["event"], {"event": "done", "session_id": "s1"})),
    ("null", ndjson({"event": "done", "session_id": "s1", "reason": None})),
    ("stream_unfinished", ndjson({"event": "session", "session_id": "s1"})),
    ("mute_end", ndjson({"event": "done", "session_id": "s1", "ended": True})),
    ("no_session", ndjson({"event": "done"})),
    ("bad_base64", ndjson(
        {"event": "audio", "index": 0, "chunk_base64": "?"},
        {"event": "done", "session_id": "s1"},
    )),
    ("wrong_type", ndjson(
        {"event": "audio", "index": "0", "chunk_base64": ""},
        {"event": "done", "session_id": "s1"},
    )),
    ("stream_order", ndjson(
        {"event": "reply", "reply": "Yes."}, audio_event(0, REPLY[:44]), audio_event(2, REPLY[44:]),
        {"event": "done", "session_id": "s1"},
    )),
    ("wav_streaming_header", ndjson(
        {"event": "reply", "reply": "Yes."},
        audio_event(0, REPLY[:40] + b"\x00\xff\xff\x7f"), audio_event(1, REPLY[44:]),
        {"event": "done", "session_id": "s1"},
    )),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "raw"), STREAM_BREACHES)
async def test_a_breach_in_a_stream_is_reported_as_such(
    rule: str, raw: bytes, gateway: ScriptedGateway
) -> None:
    gateway.say("/api/turn/stream", raw)

    report = await call(gateway, phone=Phone(streaming=True))

    assert set(rules(report)) - {"no_session"} == {rule} - {"no_session"}
    assert rule in rules(report)


async def test_a_stream_header_that_cannot_be_played_is_reported(
    gateway: ScriptedGateway,
) -> None:
    floats = REPLY[:20] + b"\x03\x00" + REPLY[22:34] + b"\x20\x00" + REPLY[36:44]
    gateway.say(
        "/api/turn/stream",
        ndjson(
            {"event": "reply", "reply": "Yes."},
            audio_event(0, floats),
            audio_event(1, REPLY[44:]),
            {"event": "done", "session_id": "s1"},
        ),
    )

    report = await call(gateway, phone=Phone(streaming=True))

    assert rules(report) == ["stream_header"]


async def test_a_header_sent_again_with_exact_sizes_makes_a_stream_whole(
    gateway: ScriptedGateway,
) -> None:
    gateway.say(
        "/api/turn/stream",
        ndjson(
            {"event": "reply", "reply": "Yes."},
            audio_event(0, REPLY[:40] + b"\x00\xff\xff\x7f"),
            audio_event(1, REPLY[44:]),
            audio_event(0, REPLY[:44]),
            {"event": "done", "session_id": "s1"},
        ),
    )

    report = await call(gateway, phone=Phone(streaming=True))

    assert report.violations == ()
    assert report.turns[0].audio_s == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("raw", "broken"),
    [
        (ndjson({"event": "session"}, {"event": "error", "detail": "no voice"}), set()),
        (answer({"ok": False}, 500), {"status"}),
        (CLOSE, {"idle_closed", "connection"}),
    ],
)
async def test_what_fails_on_the_stream_is_posted_again(
    raw: bytes, broken: set[str], gateway: ScriptedGateway
) -> None:
    gateway.say("/api/turn/stream", raw)

    report = await call(gateway, phone=Phone(streaming=True))

    assert gateway.paths[-2:] == ["/api/turn/stream", "/api/turn"]
    assert set(rules(report)) == broken
    assert report.turns[0].spoken
    assert report.turns[0].why.startswith("asked again, for the stream failed")


async def test_a_greeting_on_the_stream_carries_no_forced_reply(
    gateway: ScriptedGateway,
) -> None:
    await call(gateway, phone=Phone(streaming=True))

    headers, body = gateway.seen[-1].headers, gateway.seen[-1].body
    assert b"forced_reply" not in body
    assert b'name="transcript_hint"\r\n\r\nGood day.\r\n' in body
    assert headers["Accept"] == "application/x-ndjson"


# Connections that die


async def test_a_connection_closed_while_idle_is_reported_and_the_post_repeated(
    gateway: ScriptedGateway,
) -> None:
    gateway.idle_close = True

    report = await call(gateway, HELLO)

    assert set(rules(report)) == {"idle_closed"}
    assert report.turns[1].spoken


async def test_a_reused_connection_that_dies_makes_the_platform_repeat_the_bytes(
    gateway: ScriptedGateway,
) -> None:
    gateway.say("/api/turn", answer(SPOKEN), CLOSE, answer(SPOKEN))

    report = await call(gateway, HELLO)

    first, second = gateway.seen[-2:]
    assert first[1:] == second[1:]
    assert first[0] != second[0]
    assert rules(report) == ["idle_closed"]
    assert report.turns[1].spoken


async def test_a_fresh_connection_that_dies_is_not_repeated(gateway: ScriptedGateway) -> None:
    gateway.say("/api/asr", answer({"transcript": "hello"}, connection="close"))
    gateway.say("/api/turn", answer(SPOKEN), CLOSE)

    report = await call(gateway, HELLO)

    assert gateway.paths[-2:] == ["/api/asr", "/api/turn"]
    assert rules(report) == ["connection"]
    assert report.turns[1].outcome == "failed"


async def test_a_request_posted_twice_has_identical_bytes(gateway: ScriptedGateway) -> None:
    report = await call(gateway, replace(HELLO, mishap=Mishap(twice=True)))

    lost, repeated = [seen for seen in gateway.seen if seen.path == "/api/turn"][1:]
    assert lost[1:] == repeated[1:]
    assert report.clean


async def test_a_turn_cut_while_it_is_sent_arrives_in_part(gateway: ScriptedGateway) -> None:
    gateway.say("/api/asr", answer({"transcript": "hello"}, connection="close"))

    report = await call(gateway, replace(HELLO, mishap=Mishap(cut_sending_at=5_000)))

    assert gateway.paths[-1] == "/api/asr"
    assert gateway.broken == [2]
    assert (report.violations, report.turns[1].why) == ((), "cut after 5000 bytes sent")


async def test_an_answer_cut_on_its_way_is_given_up(gateway: ScriptedGateway) -> None:
    report = await call(gateway, replace(HELLO, mishap=Mishap(cut_reading_at=100)))

    assert report.turns[1].outcome == "failed"
    assert report.violations == ()


async def test_no_gateway_is_a_breach_of_its_own() -> None:
    async with serving(ScriptedGateway()) as url:
        pass

    assert await carry(Pool(url)) == ["connection"]


async def test_where_a_port_leads_is_asked_at_each_connection(gateway: ScriptedGateway) -> None:
    leads_to: dict[int, int] = {}

    async with serving(gateway) as url:
        pool = Pool("http://127.0.0.1:8996", leads_to.get)
        assert await carry(pool) == ["connection"]
        leads_to[8996] = Address.of(url).port
        assert isinstance(await carry(pool), Response)
        await pool.aclose()


# Patience


GET = Request(method="GET", path="/api/config/call")


async def carry(pool: Pool, request: Request = GET) -> Response | list[str]:
    """The answer, or which rules were broken."""
    try:
        return await pool.carry(request, lambda piece: None)
    except RequestFailed as failed:
        return [breach.rule for breach in failed.breaches]


async def test_the_timeout_counts_each_gap_and_not_the_whole(gateway: ScriptedGateway) -> None:
    gateway.gap_s = 0.55
    async with serving(gateway) as url, open_pool(url) as pool:
        response = await carry(pool, replace(GET, read_s=1.0))

    assert isinstance(response, Response)
    assert response.total_s > 1.0 > response.first_byte_s


async def test_a_gap_that_is_too_long_closes_the_socket(gateway: ScriptedGateway) -> None:
    gateway.gap_s = SHORT_S * 3
    async with serving(gateway) as url, open_pool(url) as pool:
        broken = await carry(pool, replace(GET, read_s=SHORT_S))

    assert broken == ["timeout"]


async def test_a_post_is_not_repeated_after_a_timeout(gateway: ScriptedGateway) -> None:
    post = replace(GET, method="POST", path="/api/turn", body=b"x", read_s=30.0)
    async with serving(gateway) as url, open_pool(url) as pool:
        await carry(pool, post)
        gateway.gap_s = SHORT_S * 3
        broken = await carry(pool, replace(post, read_s=SHORT_S))

    assert broken == ["timeout"]
    assert len(gateway.seen) == 2


async def test_a_cancelled_request_closes_its_connection(gateway: ScriptedGateway) -> None:
    gateway.gap_s = 30.0
    async with serving(gateway) as url, open_pool(url) as pool:
        with trio.move_on_after(SHORT_S):
            await carry(pool)
        gateway.gap_s = 0.0

        await carry(pool)

    assert gateway.connections == 2


async def test_at_most_five_connections_are_kept(gateway: ScriptedGateway) -> None:
    gateway.gap_s = 0.05
    async with serving(gateway) as url, open_pool(url) as pool:
        for _ in range(2):
            async with trio.open_nursery() as nursery:
                for _ in range(7):
                    nursery.start_soon(carry, pool)

    assert gateway.connections == 7 + 2


# Addresses


@pytest.mark.parametrize(
    ("base_url", "address"),
    [
        ("http://127.0.0.1:8996", Address("127.0.0.1", 8996, "127.0.0.1:8996", "")),
        ("http://127.0.0.1:8996/", Address("127.0.0.1", 8996, "127.0.0.1:8996", "/")),
        ("http://localhost:1", Address("localhost", 1, "localhost:1", "")),
        ("http://[::1]:8996", Address("::1", 8996, "[::1]:8996", "")),
    ],
)
def test_what_an_address_means(base_url: str, address: Address) -> None:
    assert Address.of(base_url) == address


@pytest.mark.parametrize(
    "base_url",
    [
        "https://127.0.0.1:8996",
        "http://192.0.2.1:8996",
        "http://gateway.example",
        "127.0.0.1:8996",
        "http://127.0.0.1:many",
        "http://[::1",
        "http://127.0.0.1:8996/a b",
        "http://127.0.0.1@192.0.2.1/",
        "",
    ],
)
def test_only_loopback_is_called(base_url: str) -> None:
    with pytest.raises(BadInput):
        Address.of(base_url)


def test_every_rule_is_shown_to_be_reported() -> None:
    shown = {rule for rule, _ in [*TURN_BREACHES, *CONFIG_BREACHES, *STREAM_BREACHES]}
    elsewhere = {"idle_closed", "timeout", "late", "stream_header"}

    assert shown | elsewhere == set(RULES)
