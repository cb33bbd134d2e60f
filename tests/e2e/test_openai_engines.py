"""The engines that use a server, against one that says what a test tells it."""

import gzip
import json
import ssl
from contextlib import asynccontextmanager, suppress
from functools import partial

import msgspec
import pytest
import trio

from clawctl.audio import wav
from clawctl.audio.wav import Sound
from clawctl.config.schema import Settings
from clawctl.engines.api import Message, Prompt, Voice
from clawctl.engines.host import PluginHost
from clawctl.errors import EngineFailed
from clawctl.testing.engine_checks import LLM_CHECKS, TTS_CHECKS
from clawctl.testing.openai_server import (
    HEAR,
    REPLY,
    SPEAK,
    OpenAiServer,
    open_openai_server,
    tone,
)
from clawctl.testing.scripted_gateway import answer
from clawctl_plugins.openai import plugin
from clawctl_plugins.openai.server import Place

KEY = "sk-very-secret"
PATIENCE_S = 10
SPOKEN = tone("Hello.")
ASKED = Prompt(system="Be kind.", transcript="Who is there?")


class Set(PluginHost):
    """Settings of a test, changed as a live setting is."""

    def __init__(self, tmp_path, url, **llm):
        self.now = Settings()
        super().__init__("openai", tmp_path, lambda: None, lambda: self.now)
        self.use(url, **llm)

    def use(self, url, **llm):
        replace = msgspec.structs.replace
        self.now = replace(
            self.now,
            stt=replace(self.now.stt, mlx_audio_base=url),
            llm=replace(self.now.llm, llm_base_url=url and f"{url}/v1", **llm),
        )

    __setattr__ = object.__setattr__


@pytest.fixture
async def server():
    with trio.fail_after(PATIENCE_S):
        async with open_openai_server() as server:
            yield server


@asynccontextmanager
async def engine(stage, host):
    offer = getattr(plugin, stage)["openai"]
    assert not offer.missing()
    assert not offer.unset(host)
    async with offer.open(host) as opened:
        yield opened


async def replied(mind, prompt=ASKED):
    pieces = []

    async def say(piece):
        pieces.append(piece)

    answered = await mind.reply(prompt, say)
    return pieces, answered.model


async def test_the_model_at_a_server_is_a_fit_one(server, tmp_path):
    async with engine("llm", Set(tmp_path, server.url)) as mind:
        for check in LLM_CHECKS:
            await check(mind)


async def test_the_voice_at_a_server_is_a_fit_one(server, tmp_path):
    async with engine("tts", Set(tmp_path, server.url)) as mouth:
        for check in TTS_CHECKS:
            await check(mouth)


async def test_a_reply_comes_piece_by_piece(server, tmp_path):
    async with engine("llm", Set(tmp_path, server.url, llm_model="m")) as mind:
        assert await replied(mind) == (list(server.tokens), "m")


async def test_the_model_is_told_all_parts_in_their_order(server, tmp_path):
    prompt = Prompt(
        system="Be kind.",
        summary="They talked.",
        history=(Message("user", "Hi."), Message("assistant", "Hello.")),
        knowledge="It is Tuesday.",
        transcript="What day?",
    )
    host = Set(
        tmp_path, server.url, llm_model="m", llm_max_tokens=60, llm_temperature=0.5, llm_top_p=0.9,
        llm_top_k=5, llm_repeat_penalty=1.5, llm_stop=("Caller:",),
    )  # fmt: skip
    async with engine("llm", host) as mind:
        await replied(mind, prompt)
    assert server.asked[0].path == REPLY
    assert server.asked[0].fields == {
        "model": "m",
        "stream": True,
        "max_tokens": 60,
        "temperature": 0.5,
        "top_p": 0.9,
        "stop": ["Caller:"],
        "messages": [
            {"role": "system", "content": "Be kind."},
            {"role": "system", "content": "They talked."},
            {"role": "user", "content": "Hi."},
            {"role": "assistant", "content": "Hello."},
            {"role": "system", "content": "It is Tuesday."},
            {"role": "user", "content": "What day?"},
        ],
    }


@pytest.mark.parametrize(
    "off", [{"llm_top_p": 0.9, "llm_top_p_enabled": False}, {"llm_top_p": 1.0}]
)
async def test_top_p_that_is_switched_off_is_not_sent(server, tmp_path, off):
    async with engine("llm", Set(tmp_path, server.url, **off)) as mind:
        await replied(mind)
    assert "top_p" not in server.asked[0].fields


async def test_what_is_to_be_condensed_is_one_text(server, tmp_path):
    prompt = Prompt(
        system="Condense.", history=(Message("user", "Hi."), Message("assistant", "Hello.")),
        purpose="summary",
    )  # fmt: skip
    async with engine("llm", Set(tmp_path, server.url)) as mind:
        await replied(mind, prompt)
    assert server.asked[0].fields["messages"] == [
        {"role": "system", "content": "Condense."},
        {"role": "user", "content": "user: Hi.\nassistant: Hello."},
    ]


async def test_a_key_is_sent_to_the_server_for_replies_only(server, tmp_path):
    host = Set(tmp_path, server.url, llm_api_key=KEY)
    async with engine("llm", host) as mind, engine("tts", host) as mouth:
        await replied(mind)
        await mouth.speak("Hello.", Voice())
    assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"
    assert "authorization" not in server.asked[1].headers


async def test_a_server_that_does_not_stream_is_heard_out(server, tmp_path):
    server.fixed[REPLY] = answer({"choices": [{"message": {"content": "All at once."}}]})
    async with engine("llm", Set(tmp_path, server.url)) as mind:
        assert (await replied(mind))[0] == ["All at once."]


async def test_words_are_recognised_with_model_and_language(server, tmp_path):
    server.transcript = "  Guten   Tag.\n"
    async with engine("stt", Set(tmp_path, server.url)) as ear:
        assert await ear.hear(SPOKEN, "de-AT") == "Guten Tag."
    body = server.asked[0].body
    assert server.asked[0].path == HEAR
    assert b'name="language"\r\n\r\nde\r\n' in body
    assert b'name="model"\r\n\r\nmlx-community/parakeet-tdt-0.6b-v2\r\n' in body
    assert b'filename="turn.wav"' in body
    assert wav.write(SPOKEN) in body


@pytest.mark.parametrize("lang", ["", "auto"])
async def test_a_server_may_find_out_the_language(server, tmp_path, lang):
    async with engine("stt", Set(tmp_path, server.url)) as ear:
        await ear.hear(SPOKEN, lang)
    assert b'name="language"' not in server.asked[0].body


async def test_a_transcript_in_several_lines_is_one(server, tmp_path):
    lines = [
        {"text": "Hello", "accumulated": "Hello"},
        {"text": "there", "accumulated": "Hello there"},
    ]
    server.fixed[HEAR] = answer("\n".join(map(json.dumps, lines)).encode())
    async with engine("stt", Set(tmp_path, server.url)) as ear:
        assert await ear.hear(SPOKEN, "en") == "Hello there"


async def test_no_sound_is_no_word_and_asks_nobody(server, tmp_path):
    async with engine("stt", Set(tmp_path, server.url)) as ear:
        assert await ear.hear(Sound(b"", 16_000), "en") == ""
    assert not server.asked


async def test_speech_has_voice_speed_and_length(server, tmp_path):
    async with engine("tts", Set(tmp_path, server.url)) as mouth:
        assert await mouth.speak("Hello.", Voice(name="bf_emma", speed=1.5)) == tone("Hello.", 1.5)
        await mouth.speak("Hello.", Voice())
    assert server.asked[0].path == SPEAK
    assert server.asked[0].fields == {
        "model": "mlx-community/Kokoro-82M-bf16",
        "input": "Hello.",
        "voice": "bf_emma",
        "speed": 1.5,
        "response_format": "wav",
    }
    assert server.asked[1].fields["voice"] == "af_heart"


async def test_a_wav_with_the_header_of_a_stream_is_heard_to_its_end(server, tmp_path):
    whole = bytearray(wav.write(SPOKEN))
    whole[40:44] = whole[4:8] = b"\xff\xff\xff\xff"
    server.fixed[SPEAK] = answer(bytes(whole), content_type="audio/wav")
    async with engine("tts", Set(tmp_path, server.url)) as mouth:
        assert await mouth.speak("Hello.", Voice()) == SPOKEN


async def test_one_connection_serves_one_turn_after_the_other(server, tmp_path):
    async with engine("llm", Set(tmp_path, server.url)) as mind:
        for _ in range(3):
            await replied(mind)
    assert [asked.connection for asked in server.asked] == [1, 1, 1]


async def test_a_connection_that_was_let_go_meanwhile_costs_no_turn(server, tmp_path):
    async with engine("llm", Set(tmp_path, server.url)) as mind:
        await replied(mind)
        server.drops = 1
        assert (await replied(mind))[0] == list(server.tokens)
    assert [asked.connection for asked in server.asked] == [1, 1, 2]


async def test_another_server_and_key_hold_from_the_next_turn(server, tmp_path):
    host = Set(tmp_path, server.url, llm_api_key=KEY)
    async with open_openai_server(tokens=("Other.",)) as other, engine("llm", host) as mind:
        await replied(mind)
        host.use(other.url, llm_api_key="")
        assert (await replied(mind))[0] == ["Other."]
        assert "authorization" not in other.asked[0].headers


async def test_a_caller_who_goes_away_is_let_go_at_the_server(server, tmp_path):
    server.tokens, server.token_ms = ("word ",) * 10_000, 1
    async with engine("llm", Set(tmp_path, server.url)) as mind, trio.open_nursery() as nursery:

        async def say(_):
            nursery.cancel_scope.cancel()

        nursery.start_soon(mind.reply, ASKED, say)
    while not server.left:
        await trio.sleep(0.001)
    assert len(server.asked) == 1


HTML = answer(b"<html>Hello</html>", content_type="text/html")
SAID = b'data: {"choices":[{"delta":{"content":"Half a"}}]}\n\n'
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
ERROR = {"error": {"message": f"Incorrect key {KEY}"}}

FAULTS = {
    "a refused key": (answer(ERROR, 401), "refuses the key: look at llm_api_key"),
    "an unknown model": (answer(ERROR, 404), "knows no such model or address"),
    "too many requests": (answer(ERROR, 429), "is asked too much"),
    "its own fault": (answer(ERROR, 500), "look at its log, and at llm_model (status 500)"),
    "a web page": (HTML, "is it an OpenAI-compatible one? look at llm_base_url"),
    "nothing at all": (b"", "closes the connection without an answer"),
    "an empty object": (answer({}), "answered nothing"),
    "no JSON": (answer(b"Hello"), "sends what is no piece of a reply"),
    "an error in a stream": (
        HEAD + b"\r\ndata: " + json.dumps(ERROR).encode() + b"\n\n",
        "reports a fault of its own",
    ),
    "a stream that stops": (HEAD + b"\r\n" + SAID, "broke off in the middle"),
    "a stream that is cut": (
        HEAD + b"content-length: 9999\r\n\r\n" + SAID,
        "broke off in the middle",
    ),
    "a stream of nonsense": (HEAD + b"\r\ndata: {{{\n\n", "sends what is no piece of a reply"),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_server_for_replies_that_fails_is_told_with_a_way_out(server, tmp_path, fault):
    server.fixed[REPLY], told = FAULTS[fault]
    async with engine("llm", Set(tmp_path, server.url, llm_api_key=KEY)) as mind:
        with pytest.raises(EngineFailed) as failure:
            await replied(mind)
    assert told in str(failure.value)
    assert server.url.removeprefix("http://") in str(failure.value)
    assert KEY not in str(failure.value)


async def test_a_server_that_is_not_there_is_told_with_its_setting(tmp_path):
    async with open_openai_server() as gone:
        url = gone.url
    async with engine("llm", Set(tmp_path, url)) as mind:
        with pytest.raises(EngineFailed, match="is not there: start it, or look at llm_base_url"):
            await replied(mind)
    async with engine("stt", Set(tmp_path, url)) as ear:
        with pytest.raises(EngineFailed, match="look at mlx_audio_base"):
            await ear.hear(SPOKEN, "en")


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (answer(wav.write(SPOKEN)[:-100]), "the WAV is truncated"),
        (answer(b"ID3 an mp3"), "not a WAV"),
        (answer(b""), "not a WAV"),
        (HTML, "not a WAV"),
        (answer({}, 422), "does not take the request"),
    ],
)
async def test_sound_that_cannot_be_used_is_a_failure(server, tmp_path, raw, told):
    server.fixed[SPEAK] = raw
    async with engine("tts", Set(tmp_path, server.url)) as mouth:
        with pytest.raises(EngineFailed, match=told):
            await mouth.speak("Hello.", Voice())


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (HTML, "answers no transcript"),
        (answer(b""), "answers no transcript"),
        (answer({}), "answers without a text"),
        (answer({"text": None}), "answers without a text"),
        (answer({"text": 5}), "answers no transcript"),
        (answer([1]), "answers no transcript"),
    ],
)
async def test_a_transcript_that_is_none_is_a_failure(server, tmp_path, raw, told):
    server.fixed[HEAR] = raw
    async with engine("stt", Set(tmp_path, server.url)) as ear:
        with pytest.raises(EngineFailed, match=told):
            await ear.hear(SPOKEN, "en")


def test_without_an_address_an_engine_says_which_setting_it_lacks(tmp_path):
    host = Set(tmp_path, "")
    assert "llm_base_url" in plugin.llm["openai"].unset(host)
    assert "mlx_audio_base" in plugin.stt["openai"].unset(host)
    assert "mlx_audio_base" in plugin.tts["openai"].unset(host)


async def test_a_model_that_knows_no_max_tokens_is_asked_without_from_then_on(server, tmp_path):
    """And without the temperature, which its second refusal names."""
    refusals = {"max_tokens": "max_completion_tokens", "temperature": "temperature"}

    class Choosy:
        def __contains__(self, path):
            return path == REPLY and bool(self.refused())

        def __getitem__(self, path):
            told = f"Unsupported parameter: '{self.refused()[0]}' is not supported ({KEY})."
            return answer({"error": {"message": told}}, 400)

        def refused(self):
            return [name for name in refusals if name in server.asked[-1].fields]

    server.fixed = Choosy()
    async with engine("llm", Set(tmp_path, server.url, llm_max_tokens=60)) as mind:
        assert (await replied(mind))[0] == list(server.tokens)
        assert len(server.asked) == 3
        assert (await replied(mind))[0] == list(server.tokens)
    assert len(server.asked) == 4
    assert server.asked[3].fields["max_completion_tokens"] == 60


async def test_a_template_with_one_system_message_gets_one(server, tmp_path):
    class Strict:
        def __contains__(self, path):
            roles = [each["role"] for each in server.asked[-1].fields["messages"]]
            return "system" in roles[1:]

        def __getitem__(self, path):
            return answer({"error": {"message": "System message must be at the beginning."}}, 500)

    server.fixed = Strict()
    prompt = Prompt(
        system="Be kind.",
        history=(Message("user", "Hi."), Message("assistant", "Hello.")),
        knowledge="It is Tuesday.",
        transcript="What day?",
    )
    async with engine("llm", Set(tmp_path, server.url)) as mind:
        assert (await replied(mind, prompt))[0] == list(server.tokens)
        await replied(mind, prompt)
    assert len(server.asked) == 3
    assert server.asked[2].fields["messages"] == [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Hi."},
        {"role": "assistant", "content": "Hello."},
        {"role": "user", "content": "It is Tuesday.\n\nWhat day?"},
    ]


async def test_a_stream_without_a_word_is_no_answer(server, tmp_path):
    for reason, told in (
        ("stop", "answered nothing$"),
        ("length", "llm_max_tokens were used up: does its model think first"),
    ):
        last = {"choices": [{"delta": None, "finish_reason": reason}]}
        server.fixed[REPLY] = HEAD + b"\r\ndata: " + json.dumps(last).encode() + b"\n\n"
        async with engine("llm", Set(tmp_path, server.url)) as mind:
            with pytest.raises(EngineFailed, match=told):
                await replied(mind)


async def test_a_server_without_a_key_of_ours_that_wants_one_says_so(server, tmp_path):
    server.fixed[HEAR] = answer(ERROR, 401)
    async with engine("stt", Set(tmp_path, server.url)) as ear:
        with pytest.raises(EngineFailed, match="wants a key, and none is kept for this one"):
            await ear.hear(SPOKEN, "en")


async def test_a_server_that_sends_elsewhere_gets_no_second_request(server, tmp_path):
    async with open_openai_server() as other:
        server.fixed[REPLY] = answer({}, 307, location=f"{other.url}{REPLY}")
        async with engine("llm", Set(tmp_path, server.url, llm_api_key=KEY)) as mind:
            with pytest.raises(EngineFailed, match="somewhere else by now: look at llm_base_url"):
                await replied(mind)
        assert not other.asked


@pytest.mark.parametrize("key", ["schlüssel", "two\nlines"])
async def test_a_key_that_cannot_be_one_is_said_to_be_that(server, tmp_path, key):
    async with engine("llm", Set(tmp_path, server.url, llm_api_key=key)) as mind:
        with pytest.raises(EngineFailed, match="cannot be shown such a key: look at llm_api_key"):
            await replied(mind)
    assert not server.asked


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("http://h:1", "http://h:1/v1/x/y"),
        ("http://h:1/", "http://h:1/v1/x/y"),
        ("http://h:1/v1/", "http://h:1/v1/x/y"),
        ("http://h/openai/v1", "http://h/openai/v1/x/y"),
        ("http://h/v1?api-version=7", "http://h/v1/x/y?api-version=7"),
        ("http://h?api-version=7#part", "http://h/v1/x/y?api-version=7"),
        ("http://[::1]:8000", "http://[::1]:8000/v1/x/y"),
    ],
)
def test_an_address_may_be_written_in_several_ways(base, url):
    assert Place(base, "", "llm_base_url", "llm_model").url("x/y") == url


async def test_connections_that_were_all_let_go_cost_no_turn(server, tmp_path):
    """Four phones talked at once; the server keeps none of their connections."""
    async with engine("llm", Set(tmp_path, server.url)) as mind:
        server.first_token_ms = 50
        async with trio.open_nursery() as nursery:
            for _ in range(4):
                nursery.start_soon(replied, mind)
        assert server.connections == 4
        server.drops = 4
        assert (await replied(mind))[0] == list(server.tokens)


async def test_what_was_answered_is_not_asked_again(server, tmp_path):
    server.fixed[REPLY] = b"HTTP/1.1 200 OK\r\nx: " + b"a" * 200_000 + b"\r\n\r\n"
    async with engine("llm", Set(tmp_path, server.url)) as mind:
        with pytest.raises(EngineFailed, match="closes the connection without an answer"):
            await replied(mind)
    assert len(server.asked) == 1


async def test_a_packed_answer_is_not_unpacked(server, tmp_path):
    bomb = gzip.compress(bytes(50_000_000))
    server.fixed[SPEAK] = answer(bomb, content_type="audio/wav", content_encoding="gzip")
    async with engine("tts", Set(tmp_path, server.url)) as mouth:
        with pytest.raises(EngineFailed, match="packs its answer, though it is asked not to"):
            await mouth.speak("Hello.", Voice())
    assert server.asked[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("line", [b"data: ", b": ", b"", b"data: a\n"])
async def test_a_line_or_event_without_end_is_a_failure(server, tmp_path, line):
    server.fixed[REPLY] = HEAD + b"\r\n" + line * 200_000 + b"a" * 2_000_000
    async with engine("llm", Set(tmp_path, server.url)) as mind:
        with pytest.raises(EngineFailed, match="sends a line without end"):
            await replied(mind)


async def test_a_reply_without_end_ends_even_while_nobody_takes_it(server, tmp_path, monkeypatch):
    monkeypatch.setattr("clawctl_plugins.openai.replying.MOST_STREAMED_BYTES", 1_000_000)
    server.fixed[REPLY] = HEAD + b"\r\n" + SAID * 100_000

    async def say(_):
        await trio.sleep_forever()

    async with engine("llm", Set(tmp_path, server.url)) as mind:
        with pytest.raises(EngineFailed, match="answers without end"):
            await mind.reply(ASKED, say)


async def test_an_answer_without_end_is_a_failure(server, tmp_path, monkeypatch):
    monkeypatch.setattr("clawctl_plugins.openai.hearing.MOST_BYTES", 100_000)
    server.fixed[HEAR] = answer({"text": "a" * 300_000})
    async with engine("stt", Set(tmp_path, server.url)) as ear:
        with pytest.raises(EngineFailed, match="answers without end"):
            await ear.hear(SPOKEN, "en")


@asynccontextmanager
async def sealed_server(tmp_path):
    """TLS with a certificate that nobody but who is told of it trusts."""
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    await trio.run_process(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", key, "-out", certificate],
        capture_stderr=True,
    )  # fmt: skip
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    server = OpenAiServer()

    async def serve(stream):
        with suppress(trio.BrokenResourceError):
            await server.serve(trio.SSLStream(stream, context, server_side=True))

    async with trio.open_nursery() as nursery:
        listener = await nursery.start(partial(trio.serve_tcp, serve, 0, host="127.0.0.1"))
        server.url = f"https://127.0.0.1:{listener[0].socket.getsockname()[1]}"
        yield server, certificate
        nursery.cancel_scope.cancel()


async def test_a_certificate_that_nobody_trusts_is_said_to_be_that(server, tmp_path):
    async with sealed_server(tmp_path) as (sealed, _):
        async with engine("llm", Set(tmp_path, sealed.url, llm_api_key=KEY)) as mind:
            with pytest.raises(EngineFailed, match="a certificate that nobody here trusts"):
                await replied(mind)
        assert not sealed.asked
        async with engine("llm", Set(tmp_path, server.url.replace("http:", "https:"))) as mind:
            with pytest.raises(EngineFailed, match="speaks no TLS that is understood"):
                await replied(mind)


async def test_an_address_that_becomes_https_is_reached_as_the_environment_says(
    server, tmp_path, monkeypatch
):
    """Its certificates and proxies count from then on; a server in the clear knows no proxy."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    host = Set(tmp_path, server.url)
    async with sealed_server(tmp_path) as (sealed, certificate), engine("llm", host) as mind:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert (await replied(mind))[0] == list(server.tokens)
        host.use(sealed.url)
        assert (await replied(mind))[0] == list(sealed.tokens)
        host.use(server.url)
        assert (await replied(mind))[0] == list(server.tokens)


@pytest.mark.parametrize("held", [None, "no certificate"])
async def test_certificates_that_are_none_are_said_to_be_that(tmp_path, monkeypatch, held):
    file = tmp_path / "trusted.pem"
    if held:
        file.write_text(held)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    async with engine("llm", Set(tmp_path, "https://127.0.0.1:1")) as mind:
        with pytest.raises(EngineFailed, match="SSL_CERT_FILE names no certificates"):
            await replied(mind)


async def test_a_proxy_that_is_none_is_said_to_be_that(tmp_path, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "carrier-pigeon://nowhere")
    async with engine("llm", Set(tmp_path, "https://127.0.0.1:1")) as mind:
        with pytest.raises(EngineFailed, match="HTTPS_PROXY or ALL_PROXY names no proxy of use"):
            await replied(mind)
