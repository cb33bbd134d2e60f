import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import trio
from quart.typing import TestClientProtocol as Client

from clawctl.bus import Bus, Listener
from clawctl.config.live import Live
from clawctl.config.load import load
from clawctl.door.app import make_app
from clawctl.gateway import open_engines
from clawctl.plugins import Found
from clawctl.testing.calls import CallRoom
from clawctl.testing.engines import EchoLlm, ToneTts, fake_plugin
from clawctl.web import settings
from clawctl.wire.events import to_wire

FLAGS = {"session_ttl": "60", "llm_top_k": "5"}
ENVIRON = {"GATEWAY_TTS_SPEED": "1.5", "GATEWAY_AUTH_PASSPHRASE": "blue harvest"}
VOICES = {"en": {"American Female": ("af_heart",)}, "de": {"Male": ("thorsten-high",)}}


@dataclass
class Door:
    """The doors of settings, and all that may change behind them."""

    client: Client
    live: Live
    path: Path | None
    listener: Listener

    async def get(self, path: str) -> Any:
        return await (await self.client.get(path)).get_json()

    async def post(self, path: str, body: Any = None) -> tuple[int, Any]:
        reply = await self.client.post(path, **({} if body is None else {"json": body}))
        return reply.status_code, await reply.get_json()

    def events(self) -> list[dict[str, Any]]:
        """What was told since the last look."""
        frames = [json.loads(to_wire(one)) for one in self.listener.take_nowait()]
        return [{"type": frame["type"], **frame["data"]} for frame in frames]

    def as_it_is(self) -> tuple[object, ...]:
        return self.live.loaded, self.live.now, self.path.read_bytes(), self.events()


@asynccontextmanager
async def open_door(path: Path | None, **pinned: Any) -> AsyncIterator[Door]:
    live, bus = Live(load(path, **pinned)), Bus(lambda: 0.0)
    tts = ToneTts(voices=VOICES)
    found = Found((fake_plugin(tts=tts, llm=EchoLlm()),), {})
    async with open_engines(live, found) as engines:
        app = make_app("test", live, [settings.routes(live, bus, engines.tts, lambda: 0)])
        with bus.listen() as listener:
            yield Door(app.test_client(), live, path, listener)


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    path = tmp_path / "config.yaml"
    path.write_text(f"data_dir: {tmp_path}\n# Mine.\ntts_voice: af_sky\n")
    async with open_door(path, environ=ENVIRON, flags=FLAGS) as opened:
        yield opened


async def test_the_voice_is_shown_with_those_to_choose_from(door: Door) -> None:
    assert await door.get("/api/config/tts") == {
        "lang": "en",
        "model": "mlx-community/Kokoro-82M-bf16",
        "voice": "af_sky",
        "speed": 1.5,
        "voices": {"American Female": ["af_heart"]},
    }


async def test_a_change_is_answered_like_a_look_saved_and_announced_by_its_keys(
    door: Door,
) -> None:
    code, answered = await door.post("/api/config/tts", {"lang": "de", "piper_speaker": 3})

    assert (code, answered) == (200, await door.get("/api/config/tts"))
    assert (answered["lang"], answered["piper_speaker"]) == ("de", 3)
    assert answered["voices"] == {"Male": ["thorsten-high"]}
    assert door.events() == [{"type": "config.tts_updated", "keys": ["piper_speaker", "tts_lang"]}]
    assert door.path.read_text().endswith(
        '# Mine.\ntts_voice: af_sky\ntts_lang: "de"\npiper_speaker: 3\n'
    )


@pytest.mark.parametrize(
    ("view", "short", "full", "value"),
    [
        ("tts", "voice", "tts_voice", "am_adam"),
        ("tts", "lang", "tts_lang", "de"),
        ("tts", "", "piper_voice", "karlsson-low"),
        ("tts", "", "piper_noise_w", 0.5),
        ("tts", "", "piper_noise_scale", 0.5),
        ("tts", "", "piper_length_scale", 0.5),
        ("tts", "", "piper_sentence_silence", 0.5),
        ("llm", "model", "llm_model", "qwen2.5:1.5b"),
        ("llm", "base_url", "llm_base_url", "http://127.0.0.1:11434/v1"),
        ("llm", "api_key", "llm_api_key", "sk-1"),
        ("llm", "max_tokens", "llm_max_tokens", 100),
        ("llm", "temperature", "llm_temperature", 0.5),
        ("llm", "top_p", "llm_top_p", 0.9),
        ("llm", "top_p_enabled", "llm_top_p_enabled", False),
        ("llm", "top_k_enabled", "llm_top_k_enabled", False),
        ("llm", "repeat_penalty", "llm_repeat_penalty", 1.1),
        ("llm", "stop", "llm_stop", ["END"]),
        ("llm", "context_tokens", "llm_context_tokens", 4096),
        ("llm", "", "max_history_turns", 4),
        ("llm", "", "llm_system_prompt", "Be brief."),
        ("call", "auto_answer", "call_auto_answer", False),
        ("call", "auto_answer_delay_ms", "call_auto_answer_delay_ms", 0),
        ("call", "", "greeting_incoming", "Hi!"),
        ("call", "", "max_duration_sec", 600),
        ("call", "", "caller_blocklist", ["+49 30 1"]),
    ],
)
async def test_the_manuals_names_are_understood_short_and_full(
    door: Door, view: str, short: str, full: str, value: Any
) -> None:
    for name in filter(None, (full, short)):
        await door.post(f"/api/config/{view}", {full: value})
        code, answered = await door.post(f"/api/config/{view}", {name: value})
        kept = (await door.get("/api/config"))["settings"][full]

        assert code == 200
        assert kept.get("value", value) == value
        assert answered.get(short or full, value) == value
    assert door.events() == [{"type": f"config.{view}_updated", "keys": [full]}]


async def test_what_is_so_already_is_no_news(door: Door) -> None:
    before = door.live.now

    assert (await door.post("/api/config/tts", {"voice": "af_sky"}))[0] == 200
    assert (await door.post("/api/config/tts", {}))[0] == 200
    assert (await door.post("/api/config/tts"))[0] == 200
    assert door.events() == []
    assert door.live.now == before


async def test_a_setting_that_waits_for_a_restart_is_shown_as_it_was_saved(door: Door) -> None:
    _, answered = await door.post("/api/config/tts", {"model": "another/voice"})
    kept = (await door.get("/api/config"))["settings"]["tts_model"]

    assert answered["model"] == "another/voice"
    assert kept == {"value": "another/voice", "origin": "file", "live": False, "waiting": True}
    assert door.live.now.tts.tts_model == "mlx-community/Kokoro-82M-bf16"


async def test_every_fault_is_named_at_once_and_nothing_is_changed(door: Door) -> None:
    before = door.as_it_is()
    code, answered = await door.post(
        "/api/config/tts",
        {"voice": None, "lang": "fr", "piper_noise_w": 99, "temprature": 1, "session_ttl": 5},
    )

    assert (code, answered) == (
        400,
        {
            "ok": False,
            "code": "bad_settings",
            "detail": "session_ttl: is a setting of session, set elsewhere ('clawctl config set'"
            " can); tts_voice: must be text of at most 200 characters, not null; tts_lang: must be"
            " one of de, en, not text; piper_noise_w: must be a number from 0 to 5, not a"
            " number like that; temprature: there is no such setting; did you mean"
            " llm_temperature?",
        },
    )
    assert door.as_it_is() == before


@pytest.mark.parametrize(
    ("view", "body", "code", "said"),
    [
        ("tts", {"speed": 1.0}, 409, "tts_speed is held by GATEWAY_TTS_SPEED"),
        ("llm", {"top_k": 1, "temperature": 1}, 409, "llm_top_k is held by --llm-top-k"),
        ("call", {"auth_passphrase": "x"}, 409, "auth_passphrase is held by GATEWAY_AUTH"),
        ("tts", {"voice": "x", "adb_path": "/bin/sh"}, 403, "adb_path can only be set on the host"),
        ("llm", {"agent_token": "x"}, 403, "agent_token can only be set on the host"),
        ("call", {"notify_command": ["sh"]}, 403, "notify_command can only be set on the host"),
        ("call", {"dial_blocklist": []}, 400, "dial_blocklist: is a setting of phone"),
        ("tts", {"voice": "x", "tts_voice": "y"}, 400, "tts_voice: is given as voice as well"),
        ("llm", {"lang": "de"}, 400, "lang: there is no such setting"),
        ("call", {"caller_blocklist": "+49301"}, 400, "caller_blocklist: must be a list of text"),
        ("call", [], 400, "the body must be a JSON object"),
        ("call", "x", 400, "the body must be a JSON object"),
    ],
)
async def test_what_may_not_be_changed_here_says_why(
    door: Door, view: str, body: Any, code: int, said: str
) -> None:
    before = door.as_it_is()
    got, answered = await door.post(f"/api/config/{view}", body)

    assert (got, answered["ok"]) == (code, False)
    assert said in answered["detail"]
    assert door.as_it_is() == before


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (b"{", "application/json", 400),
        (b'{"voice": "\xff"}', "application/json", 400),
        (b"[" * 10_000, "application/json", 400),
        (b'{"voice": "x"}', "text/plain", 415),
        (b"voice=x", "application/x-www-form-urlencoded", 415),
        (b'{"voice": "' + b"x" * 300_000 + b'"}', "application/json", 413),
    ],
)
async def test_a_body_that_is_no_json_is_refused(
    door: Door, content: bytes, kind: str, code: int
) -> None:
    before = door.as_it_is()
    reply = await door.client.post("/api/config/tts", data=content, headers={"Content-Type": kind})

    assert reply.status_code == code
    assert door.as_it_is() == before


async def test_there_are_three_views(door: Door) -> None:
    assert (await door.post("/api/config/stt", {}))[0] == 404
    assert (await door.client.get("/api/config/stt")).status_code == 404
    assert (await door.client.put("/api/config/tts")).status_code == 405


async def test_the_first_change_makes_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    async with open_door(None, environ={}) as door:
        named = (await door.get("/api/config"))["path"]
        before = await trio.Path(named).exists()
        assert (await door.post("/api/config/tts", {"voice": "am_adam"}))[0] == 200

    assert (before, await trio.Path(named).read_text()) == (False, 'tts_voice: "am_adam"\n')


async def test_a_file_that_is_read_only_refuses_a_change(door: Door) -> None:
    door.path.chmod(0o444)
    before = door.as_it_is()

    code, answered = await door.post("/api/config/tts", {"voice": "am_adam"})

    assert (code, answered["code"]) == (409, "conflict")
    assert answered["detail"] == f"{door.path} cannot be saved: it is read-only; it is as it was"
    assert door.as_it_is() == before


async def test_what_was_edited_meanwhile_is_kept_and_waits_for_a_reload(door: Door) -> None:
    door.path.write_text(door.path.read_text() + "greeting_owner: Ada\n")

    await door.post("/api/config/tts", {"voice": "am_adam"})
    assert door.live.now.call.greeting_owner == "the owner"
    assert await door.post("/api/config") == (
        200,
        {"ok": True, "changed": ["greeting_owner"], "waiting": []},
    )
    assert door.events()[1:] == [{"type": "status.update", "keys": ["greeting_owner"]}]
    assert (door.live.now.call.greeting_owner, door.live.now.tts.tts_voice) == ("Ada", "am_adam")


async def test_a_file_broken_meanwhile_refuses_a_change_and_stays_as_it_is(door: Door) -> None:
    door.path.write_text("tts_voice: [af_sky\n")
    before = door.as_it_is()

    code, answered = await door.post("/api/config/tts", {"voice": "am_adam"})

    assert code == 409
    assert f"{door.path} was edited and cannot be read any more" in answered["detail"]
    assert door.as_it_is() == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tts_voice: [af_sky\n", "{path}: line 2: "),
        ("port: nine\n", "port ({path}:1): must be a whole number from 0 to 65535, not text"),
        ("# x\ntts_vice: x\n", "tts_vice ({path}:2): there is no such setting; did you mean"),
        ("port: 1\nport: 2\n", "{path}: line 2: port is already on line 1"),
        ("- a\n", "{path}: must hold settings, a line `key: value` for each"),
    ],
)
async def test_a_file_edited_into_nonsense_is_refused_by_file_line_and_key(
    door: Door, text: str, said: str
) -> None:
    door.path.write_text(text)
    before = door.as_it_is()

    code, answered = await door.post("/api/config")

    assert (code, answered["code"]) == (400, "bad_settings")
    assert said.format(path=door.path) in answered["detail"]
    assert door.as_it_is() == before


async def test_a_file_that_is_gone_is_refused(door: Door) -> None:
    before = door.live.now
    door.path.unlink()

    code, answered = await door.post("/api/config")

    assert (code, answered["detail"]) == (400, f"{door.path}: the file is gone")
    assert (door.live.now, door.events()) == (before, [])


async def test_reading_the_file_again_takes_no_body(door: Door) -> None:
    before = door.as_it_is()
    code, answered = await door.post("/api/config", {"tts_voice": "am_adam"})

    assert code == 400
    assert "post it to /api/config/tts" in answered["detail"]
    assert door.as_it_is() == before


async def test_what_needs_a_restart_waits_and_says_so(door: Door) -> None:
    door.path.write_text(door.path.read_text() + "port: 9000\n")

    assert (await door.post("/api/config"))[1] == {
        "ok": True,
        "changed": ["port"],
        "waiting": ["port"],
    }
    shown = (await door.get("/api/config"))["settings"]["port"]
    assert shown == {
        "value": 9000,
        "origin": f"{door.path}:4",
        "live": False,
        "waiting": True,
    }


async def test_all_settings_are_shown_and_no_secret(door: Door) -> None:
    everything = await door.get("/api/config")
    shown = everything["settings"]

    assert everything["path"] == str(door.path)
    assert shown["auth_passphrase"] == {
        "set": True,
        "origin": "GATEWAY_AUTH_PASSPHRASE",
        "live": True,
        "waiting": False,
    }
    assert shown["session_ttl"]["origin"] == "--session-ttl"
    assert "harvest" not in json.dumps(everything)


async def test_a_change_holds_from_the_next_turn_on(room: CallRoom) -> None:
    tts = room.turns.speaking.tts
    client = make_app(
        "test", room.live, [settings.routes(room.live, room.bus, tts, lambda: 0)]
    ).test_client()
    before = await room.say(session_id="abc")

    for view, body in (
        ("tts", {"voice": "am_adam", "speed": 0.9, "lang": "de"}),
        ("llm", {"llm_engine": "second", "llm_system_prompt": "Be brief."}),
    ):
        assert (await client.post(f"/api/config/{view}", json=body)).status_code == 200
    after = await room.say(session_id="abc")

    _, spoken = room.tts.calls[-1]
    assert (spoken.name, spoken.speed, spoken.lang) == ("am_adam", 0.9, "de")
    assert room.second_llm.calls[-1].system == "Be brief."
    assert (before.record.model, after.record.model) == ("echo", "second")
