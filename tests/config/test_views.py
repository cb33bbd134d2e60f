from typing import Annotated

import msgspec
import pytest
from msgspec import Meta

from clawctl.config import views
from clawctl.config.load import given, load
from clawctl.config.table import settings_table

VOICES = {"American Female": ("af_heart", "af_alloy"), "British Male": ("bm_daniel",)}


class Acme(msgspec.Struct, frozen=True):
    """The Acme voice"""

    key: Annotated[str, Meta(description="Key.", extra={"secret": True})] = ""


def test_english_is_shown_as_the_manual_has_it() -> None:
    assert views.tts_view(given().settings, VOICES) == {
        "lang": "en",
        "model": "mlx-community/Kokoro-82M-bf16",
        "voice": "af_heart",
        "speed": 1.2,
        "voices": {"American Female": ["af_heart", "af_alloy"], "British Male": ["bm_daniel"]},
    }


def test_german_is_shown_as_the_manual_has_it() -> None:
    settings = given({"tts_lang": "de", "piper_speaker": 5}).settings

    assert views.tts_view(settings, {"Male": ("thorsten-high",)}) == {
        "lang": "de",
        "model": "mlx-community/Kokoro-82M-bf16",
        "piper_voice": "thorsten-high",
        "piper_speaker": 5,
        "piper_length_scale": 1.0,
        "piper_noise_scale": 0.667,
        "piper_noise_w": 0.8,
        "piper_sentence_silence": 0.2,
        "voices": {"Male": ["thorsten-high"]},
        "emotions": {
            "amused": 0,
            "angry": 1,
            "disgusted": 2,
            "drunk": 3,
            "neutral": 4,
            "sleepy": 5,
            "surprised": 6,
            "whisper": 7,
        },
    }


def test_the_reply_model_is_shown_as_the_manual_has_it() -> None:
    assert views.llm_view(given().settings) == {
        "model": "mlx-community/Qwen2.5-1.5B-Instruct-4bit",
        "base_url": "",
        "has_api_key": False,
        "max_tokens": 400,
        "context_tokens": 0,
        "context_tokens_effective": 0,
        "max_history_turns": 8,
        "temperature": 0.2,
        "top_p": 1.0,
        "top_p_enabled": True,
        "top_k": 0,
        "top_k_enabled": True,
        "repeat_penalty": 1.0,
        "stop": [],
        "is_local": True,
    }


def test_a_remote_model_with_a_key_is_shown_without_the_key() -> None:
    remote = {
        "llm_base_url": "http://127.0.0.1:11434/v1",
        "llm_api_key": "hunter2",
        "llm_stop": ["END"],
        "llm_context_tokens": 4096,
    }
    shown = views.llm_view(given(remote).settings)

    assert (shown["has_api_key"], shown["is_local"], shown["stop"]) == (True, False, ["END"])
    assert shown["context_tokens_effective"] == shown["context_tokens"] == 4096
    assert "hunter2" not in str(shown)


@pytest.mark.parametrize(
    ("ours", "the_models", "effective"),
    [
        (0, 0, 0),
        (0, 32_768, 32_768),
        (4096, 0, 4096),
        (4096, 32_768, 4096),
        (65_536, 32_768, 32_768),
    ],
)
def test_the_narrower_window_counts(ours: int, the_models: int, effective: int) -> None:
    shown = views.llm_view(given({"llm_context_tokens": ours}).settings, the_models)

    assert (shown["context_tokens"], shown["context_tokens_effective"]) == (ours, effective)


@pytest.mark.parametrize(("passphrase", "required"), [("", False), ("blue harvest", True)])
def test_the_phone_sees_the_call_policy_as_the_manual_has_it(
    passphrase: str, required: bool
) -> None:
    policy = {
        "auth_passphrase": passphrase,
        "greeting_owner": "Markus",
        "greeting_incoming": "Hello, I am {owner}'s assistant.",
        "greeting_outgoing": "This is {owner}'s assistant. {beep}",
        "caller_blocklist": ["+49 30 1"],
        "max_duration_message": "Time is up.",
    }

    assert views.call_view(given(policy).settings) == {
        "auto_answer": True,
        "auto_answer_delay_ms": 500,
        "caller_allowlist": [],
        "caller_blocklist": ["+49 30 1"],
        "unknown_callers_allowed": True,
        "greeting_incoming": "Hello, I am Markus's assistant.",
        "greeting_outgoing": "This is Markus's assistant. {beep}",
        "greeting_incoming_template": "Hello, I am {owner}'s assistant.",
        "greeting_outgoing_template": "This is {owner}'s assistant. {beep}",
        "greeting_owner": "Markus",
        "max_duration_sec": 300,
        "max_duration_message": "Time is up.",
        "auth_required": required,
        "auth_reject_message": "I'm sorry, I can't help you right now. Goodbye.",
        "auth_max_attempts": 3,
        "keep_history": False,
    }


def test_short_names_stand_for_full_keys() -> None:
    table = settings_table()

    assert views.TTS.aliases(table) == {
        "lang": "tts_lang",
        "voice": "tts_voice",
        "speed": "tts_speed",
        "model": "tts_model",
    }
    assert views.LLM.aliases(table)["api_key"] == "llm_api_key"
    assert views.CALL.aliases(table) == {
        "auto_answer": "call_auto_answer",
        "auto_answer_delay_ms": "call_auto_answer_delay_ms",
    }


def test_a_view_may_change_its_groups_and_nothing_that_names_a_place_on_the_host() -> None:
    table = settings_table()
    keys = {view: view.keys(table) for view in (views.TTS, views.LLM, views.CALL)}

    assert {"tts_engine", "tts_voice", "piper_noise_w"} <= keys[views.TTS]
    assert {"llm_system_prompt", "max_history_turns"} <= keys[views.LLM]
    assert {"auth_passphrase", "caller_blocklist"} <= keys[views.CALL]
    assert not {row.key for row in table if row.host_only} & frozenset.union(*keys.values())
    assert "session_ttl" not in frozenset.union(*keys.values())


def test_all_settings_are_shown_with_where_they_come_from(tmp_path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("auth_passphrase: hunter2\ntts_voice: af_sky\n")
    loaded = load(path, environ={"GATEWAY_SESSION_TTL": "60"}, plugins={"acme": Acme})

    shown = views.configured(loaded, frozenset({"port"}))

    assert shown.keys() == {row.key for row in loaded.table}
    assert shown["auth_passphrase"] == {
        "set": True,
        "origin": f"{path}:1",
        "live": True,
        "waiting": False,
    }
    assert shown["acme_key"] == {"set": False, "origin": "default", "live": False, "waiting": False}
    assert shown["tts_voice"]["value"] == "af_sky"
    assert (shown["session_ttl"]["value"], shown["session_ttl"]["origin"]) == (
        60.0,
        "GATEWAY_SESSION_TTL",
    )
    assert shown["port"] == {"value": 8996, "origin": "default", "live": False, "waiting": True}
    assert "hunter2" not in str(shown)
