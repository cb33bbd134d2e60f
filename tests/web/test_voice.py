import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import trio
from quart.typing import TestClientProtocol as Client
from trio.testing import MockClock

from clawctl.audio import wav
from clawctl.call.warming import Warming
from clawctl.config.live import Live
from clawctl.config.load import given
from clawctl.door.app import make_app
from clawctl.engines.api import Voice
from clawctl.engines.phrases import Phrases
from clawctl.gateway import open_engines
from clawctl.plugins import Found
from clawctl.testing.engines import EchoLlm, FixedStt, ToneTts, fake_plugin
from clawctl.web import voice

ENGLISH = "Hello, this is a voice preview."
GERMAN = "Hallo, das ist eine Sprachvorschau."
SPEED_AND_STRAY = (
    "speed: must be a number from 0.25 to 4, not text;"
    " 'a\\nb': a preview takes text, voice and speed"
)


@dataclass
class Door:
    client: Client
    live: Live
    stt: FixedStt
    tts: ToneTts
    second: ToneTts

    async def preview(self, body: Any = None, **headers: str) -> tuple[int, dict[str, Any]]:
        json_body = {} if body is None else {"json": body}
        reply = await self.client.post("/api/tts/preview", headers=headers, **json_body)
        return reply.status_code, await reply.get_json()

    async def warm(self) -> list[dict[str, Any]]:
        reply = await self.client.post("/api/warm")
        assert reply.content_type == "application/x-ndjson"
        lines = [json.loads(line) for line in (await reply.get_data()).splitlines()]
        return [line for line in lines if line["event"] != "warming"]


@asynccontextmanager
async def open_door() -> AsyncIterator[Door]:
    live, stt, tts, second = Live(given()), FixedStt(opening_s=3), ToneTts(), ToneTts()
    found = Found(
        (
            fake_plugin("a", stt=stt, llm=EchoLlm(), tts=tts, rank=2),
            fake_plugin("b", tts=second, rank=1),
        ),
        {},
    )
    async with open_engines(live, found) as engines, trio.open_nursery() as nursery:
        warming = Warming(engines.warm, Phrases(engines.tts), live, nursery)
        app = make_app("test", live, [voice.routes(live, engines.tts, warming)])
        yield Door(app.test_client(), live, stt, tts, second)
        nursery.cancel_scope.cancel()


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with open_door() as opened:
        yield opened


async def test_a_preview_says_the_manuals_sample_with_the_voice_that_is_set(door: Door) -> None:
    code, answered = await door.preview()

    sound = wav.read(base64.b64decode(answered.pop("audio_base64")))
    assert (code, len(sound.pcm) > 0) == (200, True)
    assert answered.pop("tts_ms") >= 0
    assert answered == {"ok": True, "engine": "a", "voice": "af_heart", "lang": "en"}
    assert door.tts.calls == [(ENGLISH, Voice("en", "af_heart", 1.2))]


async def test_a_preview_follows_the_request_and_changes_no_setting(door: Door) -> None:
    before = door.live.now
    body = {"voice": "am_michael", "speed": 1, "text": " Hello,\thow are you? "}

    code, answered = await door.preview(body)

    assert (code, answered["voice"]) == (200, "am_michael")
    assert door.tts.calls == [("Hello, how are you?", Voice("en", "am_michael", 1.0))]
    assert door.live.now is before


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": " \n"}])
async def test_a_german_preview_says_the_german_sample(door: Door, body: dict[str, str]) -> None:
    door.live.change({"tts_lang": "de"}, by="owner")

    assert (await door.preview(body))[1]["lang"] == "de"
    assert door.tts.calls[0][0] == GERMAN


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("audio/wav", "audio/wav"),
        ("audio/*", "audio/wav"),
        ("audio/wav;q=0.9, application/json;q=0.1", "audio/wav"),
        ("*/*", "application/json"),
        ("text/html", "application/json"),
        ("application/json", "application/json"),
        (";;,", "application/json"),
    ],
)
async def test_sound_comes_as_it_is_accepted(door: Door, accept: str, kind: str) -> None:
    reply = await door.client.post("/api/tts/preview", headers={"Accept": accept})
    data = await reply.get_data()
    sound = data if kind == "audio/wav" else base64.b64decode(json.loads(data)["audio_base64"])

    assert reply.content_type == kind
    assert wav.read(sound).rate == 16_000


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"text": None}, "text: must be text of at most 1000 characters, not null"),
        ({"text": "x" * 1001}, "text: must be text of at most 1000 characters, not text like that"),
        ({"text": "\x00"}, "text: must not hold control characters or broken Unicode"),
        ({"text": "\U0001f389"}, "text: there is nothing in it that can be spoken"),
        ({"speed": 9}, "speed: must be a number from 0.25 to 4, not a number like that"),
        ({"voice": 1}, "voice: must be text of at most 200 characters, not a number (put it in"),
        ({"lang": "de"}, "'lang': a preview takes text, voice and speed"),
        (
            {"voice": None, "text": []},
            "text: must be text of at most 1000 characters, not a list; voice: must be text",
        ),
        ({"speed": "fast", "a\nb": 1}, SPEED_AND_STRAY),
        ([], "the body must be a JSON object"),
    ],
)
async def test_faults_are_named_at_once_and_nothing_is_spoken(
    door: Door, body: Any, said: str
) -> None:
    code, answered = await door.preview(body)

    assert (code, answered["code"]) == (400, "bad_input")
    assert answered["detail"].startswith(said)
    assert door.tts.calls == []


async def test_a_stand_in_is_named_when_it_had_to_speak(door: Door) -> None:
    door.tts.trouble = OSError()

    assert (await door.preview())[1]["engine"] == "b"


async def test_when_no_voice_works_that_is_said(door: Door) -> None:
    door.tts.trouble = door.second.trouble = OSError()

    code, answered = await door.preview()

    assert (code, answered["code"], answered["ok"]) == (503, "stage_failed", False)
    assert answered["detail"].startswith("tts: a: OSError at ")


async def test_warming_up_tells_of_each_engine_and_of_the_end(
    door: Door, autojump_clock: MockClock
) -> None:
    lines = await door.warm()

    assert [(line["event"], line.get("stage"), line.get("engine")) for line in lines] == [
        ("warmed", lines[0]["stage"], "a"),
        ("warmed", lines[1]["stage"], "a"),
        ("warmed", "stt", "a"),
        ("round_trip", "stt", None),
        ("done", None, None),
    ]
    assert {lines[0]["stage"], lines[1]["stage"]} == {"llm", "tts"}
    assert (lines[2]["ms"], lines[2]["opening_ms"], lines[2]["failure"]) == (3000.0, 3000.0, "")
    assert (lines[3]["words_back"], lines[4]["ok"]) == (0.0, True)


async def test_an_engine_that_failed_is_told_and_so_is_that_not_all_is_well(
    door: Door, autojump_clock: MockClock
) -> None:
    door.stt.opening_trouble = OSError()

    *warmed, done = await door.warm()

    (failed,) = [line for line in warmed if line["failure"]]
    assert failed["stage"] == "stt"
    assert failed["failure"].startswith("OSError at ")
    assert done == {"event": "done", "ok": False}


async def test_two_who_warm_at_once_share_it(door: Door, autojump_clock: MockClock) -> None:
    answers: list[list[dict[str, Any]]] = []

    async def ask() -> None:
        answers.append(await door.warm())

    async with trio.open_nursery() as nursery:
        nursery.start_soon(ask)
        nursery.start_soon(ask)

    assert answers[0] == answers[1]
    assert len(door.stt.calls) == 2
