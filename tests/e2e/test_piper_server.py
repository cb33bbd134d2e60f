"""Piper at an HTTP server, against one that says what a test tells it."""

import gzip
import socket
from contextlib import asynccontextmanager

import msgspec
import pytest
import trio
import trio.testing

from clawctl.audio import wav
from clawctl.audio.wav import Sound
from clawctl.config.schema import Settings
from clawctl.engines.api import Voice
from clawctl.engines.host import PluginHost
from clawctl.errors import EngineFailed
from clawctl.testing.openai_server import open_openai_server, tone
from clawctl.testing.scripted_gateway import answer
from clawctl_plugins.piper import ability, plugin

PATIENCE_S = 10
OFFER = plugin.tts["piper"]
SPOKEN = tone("Hallo.")
SAID = answer(wav.write(SPOKEN), content_type="audio/wav")
NOWHERE = answer(b"<!doctype html>", 404, content_type="text/html")
NOT_SO = answer(b"<!doctype html>", 405, content_type="text/html")
HTML = answer(b"<html>Hallo</html>", content_type="text/html")
VOICES = answer(
    {
        "de_DE-thorsten-high": {"num_speakers": 1, "speaker_id_map": {}, "audio": {}},
        "de_DE-thorsten_emotional-medium": {
            "num_speakers": 2,
            "speaker_id_map": {"amused": 0, "angry": 1},
        },
    }
)
# What the three kinds of Piper's server answer, path by path.
FIRST = {"/voices": NOWHERE, "/": SAID}
MIDDLE = {"/voices": VOICES, "/synthesize": NOWHERE, "/": SAID}


class Set(PluginHost):
    """Settings of a test, changed as a live setting is."""

    def __init__(self, tmp_path, url, **piper):
        self.now = Settings()
        super().__init__("piper", tmp_path, lambda: None, lambda: self.now)
        self.use(piper_base=url, piper_sentence_silence=0.0, **piper)

    def use(self, **piper):
        replace = msgspec.structs.replace
        self.now = replace(self.now, piper=replace(self.now.piper, **piper))

    __setattr__ = object.__setattr__


@pytest.fixture(autouse=True)
def no_library(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.setattr(ability, "has_library", lambda: False)
    monkeypatch.setattr("clawctl_plugins.piper.speaking.has_library", lambda: False)
    ability._listens.cache_clear()


@pytest.fixture
async def server():
    with trio.fail_after(PATIENCE_S):
        async with open_openai_server(fixed=dict(MIDDLE)) as server:
            yield server


@asynccontextmanager
async def opened(host):
    assert not OFFER.missing()
    async with OFFER.open(host) as piper:
        yield piper


async def speak(piper, text="Hallo.", voice=""):
    return await piper.speak(text, Voice("de", voice))


async def test_a_server_that_answers_is_enough(server, tmp_path):
    assert OFFER.unset(Set(tmp_path, server.url)) == ""
    async with opened(Set(tmp_path, server.url)) as piper:
        assert await speak(piper) == SPOKEN


async def test_a_server_that_tells_its_voices_is_asked_as_the_settings_are(server, tmp_path):
    host = Set(
        tmp_path, server.url, piper_voice="thorsten_emotional-medium", piper_speaker=1,
        piper_length_scale=1.5, piper_noise_scale=0.5, piper_noise_w=0.25,
    )  # fmt: skip
    async with opened(host) as piper:
        await speak(piper)
        await speak(piper, voice="thorsten_emotional-medium:amused")
        await speak(piper, voice="thorsten-high")
    asked = [one.fields for one in server.asked if one.path == "/"]
    assert asked[0] == {
        "text": "Hallo.",
        "voice": "de_DE-thorsten_emotional-medium",
        "speaker_id": 1,
        "length_scale": 1.5,
        "noise_scale": 0.5,
        "noise_w_scale": 0.25,
    }
    assert [one["speaker_id"] for one in asked] == [1, 0, 0]
    assert asked[2]["voice"] == "de_DE-thorsten-high"
    assert [one.path for one in server.asked] == ["/voices", "/synthesize", "/", "/", "/"]


async def test_the_newer_kind_is_asked_at_its_own_path(server, tmp_path):
    server.fixed |= {"/synthesize": NOT_SO, "/": HTML}
    async with opened(Set(tmp_path, server.url)) as piper:
        with pytest.raises(EngineFailed, match=r"refuses \(status 405\)"):
            await speak(piper)
    assert [one.path for one in server.asked] == ["/voices", "/synthesize", "/synthesize"]


async def test_the_first_kind_is_given_the_bare_text(server, tmp_path):
    server.fixed = dict(FIRST)
    async with opened(Set(tmp_path, server.url, piper_voice="karlsson-low")) as piper:
        assert await speak(piper, "Grüße aus Köln.") == SPOKEN
    assert server.asked[-1].body == "Grüße aus Köln.".encode()


async def test_the_pause_after_a_sentence_is_ours(server, tmp_path):
    async with opened(Set(tmp_path, server.url)) as piper:
        piper.host.use(piper_sentence_silence=0.5)
        assert (await speak(piper)).pcm == SPOKEN.pcm + bytes(2 * SPOKEN.rate // 2)


async def test_a_packed_answer_is_not_unpacked(server, tmp_path):
    bomb = gzip.compress(bytes(50_000_000))
    server.fixed["/"] = answer(bomb, content_type="audio/wav", content_encoding="gzip")
    async with opened(Set(tmp_path, server.url)) as piper:
        with pytest.raises(EngineFailed, match="packs its answer, though it is asked not to"):
            await speak(piper)
    assert server.asked[0].headers["accept-encoding"] == "identity"


FAULTS = {
    "a web page for voices": ({"/voices": HTML}, "does not answer as Piper's does; look at piper"),
    "a list for voices": ({"/voices": answer([])}, "does not answer as Piper's does"),
    "voices of another make": ({"/voices": answer({"a": 1})}, "does not answer as Piper's does"),
    "no voices": (
        {"/voices": answer({})},
        "has no voice de_DE-thorsten-high; set piper_voice to one it has: none",
    ),
    "a fault with its voices": ({"/voices": answer(b"", 500)}, "refuses (status 500); its log"),
    "a web page for sound": ({"/": HTML}, "sends no sound that can be used: the audio is not a W"),
    "half a WAV": (
        {"/": answer(wav.write(SPOKEN)[:-100])},
        "no sound that can be used: the WAV is",
    ),
    "an empty answer": ({"/": answer(b"")}, "sends no sound that can be used"),
    "a WAV without samples": ({"/": answer(wav.write(Sound(b"", 22050)))}, "sends silence; look"),
    "silence": (
        {"/": answer(wav.write(wav.silence(500, 22050)))},
        "sends silence; look at piper_b",
    ),
    "its own fault": ({"/": answer(b"", 500)}, "refuses (status 500); its log may say why"),
    "a key that is asked for": ({"/": answer(b"", 401)}, "refuses (status 401)"),
    "nothing at all": ({"/": b""}, "broke off in the middle of its answer; look at piper_base"),
    "an answer that is cut": ({"/": SAID[:-10]}, "broke off in the middle of its answer"),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_server_that_fails_is_told_with_a_way_out_and_asked_again(server, tmp_path, fault):
    fixed, told = FAULTS[fault]
    async with opened(Set(tmp_path, server.url)) as piper:
        server.fixed |= fixed
        with pytest.raises(EngineFailed) as failure:
            await speak(piper)
        assert told in str(failure.value)
        assert server.url.removeprefix("http://") in str(failure.value)
        server.fixed = dict(MIDDLE)
        assert await speak(piper) == SPOKEN


async def test_a_voice_the_server_does_not_have_is_told_until_it_has_it(server, tmp_path):
    async with opened(Set(tmp_path, server.url, piper_voice="karlsson-low")) as piper:
        with pytest.raises(EngineFailed) as failure:
            await speak(piper)
        server.fixed["/voices"] = answer({"de_DE-karlsson-low": {}})
        assert await speak(piper) == SPOKEN
    assert str(failure.value).endswith(
        "has no voice de_DE-karlsson-low; set piper_voice to one it has:"
        " de_DE-thorsten-high, de_DE-thorsten_emotional-medium"
    )


async def test_another_server_holds_from_the_next_sentence(server, tmp_path):
    host = Set(tmp_path, server.url)
    async with open_openai_server(fixed=dict(FIRST)) as other, opened(host) as piper:
        await speak(piper)
        host.use(piper_base=f"{other.url}/")
        await speak(piper)
        assert [one.path for one in other.asked] == ["/voices", "/"]


async def test_a_server_in_the_clear_needs_no_certificates(server, tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "nothing.pem"))
    async with opened(Set(tmp_path, server.url)) as piper:
        assert await speak(piper) == SPOKEN


async def test_a_server_that_is_not_there_is_told_with_a_way_out(tmp_path):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        told = f"piper is not installed, and no server answers at {url}; try: "
        assert OFFER.unset(Set(tmp_path, url)).startswith(told)
        async with opened(Set(tmp_path, url)) as piper:
            for _ in range(2):
                with pytest.raises(EngineFailed) as failure:
                    await speak(piper)
                assert str(failure.value).startswith(told)


async def test_what_knocks_is_let_in_once_in_a_while_only(server, tmp_path, monkeypatch):
    monkeypatch.setattr(ability.time, "monotonic", lambda: 100.0)
    host = Set(tmp_path, server.url)
    assert [OFFER.unset(host) for _ in range(5)] == [""] * 5
    await trio.testing.wait_all_tasks_blocked(0.05)
    assert server.connections == 1
