"""The schema agrees with the manuals, and holds nothing by accident."""

from typing import Any

import pytest

from clawctl.config.schema import CallSettings, GatewaySettings, Settings, engine_names
from clawctl.config.table import by_key, settings_table

TABLE = by_key(settings_table())

# Gateway manual: "Key settings", "Call policy settings", "Security settings", the config APIs.
MANUAL: dict[str, Any] = {
    "host": "127.0.0.1",
    "port": 8996,
    "bearer_token": "",
    "mlx_audio_base": "http://127.0.0.1:8765",
    "stt_model": "mlx-community/parakeet-tdt-0.6b-v2",
    "llm_model": "mlx-community/Qwen2.5-1.5B-Instruct-4bit",
    "llm_base_url": "",
    "llm_api_key": "",
    "llm_max_tokens": 400,
    "llm_context_tokens": 0,
    "llm_temperature": 0.2,
    "llm_top_p": 1.0,
    "llm_top_p_enabled": True,
    "llm_top_k": 0,
    "llm_top_k_enabled": True,
    "llm_repeat_penalty": 1.0,
    "llm_stop": (),
    "max_history_turns": 8,
    "tts_lang": "en",
    "tts_model": "mlx-community/Kokoro-82M-bf16",
    "tts_voice": "af_heart",
    "tts_speed": 1.2,
    "piper_base": "http://127.0.0.1:5123",
    "piper_voice": "thorsten-high",
    "piper_speaker": 0,
    "piper_length_scale": 1.0,
    "piper_noise_scale": 0.667,
    "piper_noise_w": 0.8,
    "piper_sentence_silence": 0.2,
    "call_auto_answer": True,
    "call_auto_answer_delay_ms": 500,
    "caller_allowlist": (),
    "caller_blocklist": (),
    "unknown_callers_allowed": True,
    "keep_history": False,
    "greeting_owner": "the owner",
    "max_duration_sec": 300,
    "auth_passphrase": "",
    "auth_reject_message": "I'm sorry, I can't help you right now. Goodbye.",
    "auth_max_attempts": 3,
}
# The pages that extend the manuals.
EXTENSIONS: dict[str, Any] = {
    "phone_port": 8997,
    "agent_token": "",
    "max_audio_mb": 10,
    "session_ttl": 300,
    "turn_deadline_sec": 40,
    "engine_timeout_sec": 10,
    "context_max_chars": 8000,
    "agent_takeover_timeout": 60,
    "takeover_filler_after_sec": 15,
    "dial_allow_mmi": False,
    "wake_quiet_calls": False,
    "stt_engine": "auto",
    "llm_engine": "auto",
    "tts_engine": "auto",
}


@pytest.mark.parametrize(("key", "default"), [*MANUAL.items(), *EXTENSIONS.items()])
def test_a_default_is_the_manuals(key: str, default: Any) -> None:
    assert TABLE[key].default == default


def test_an_agent_may_set_exactly_what_the_manual_lists() -> None:
    assert {row.key for row in TABLE.values() if row.agent_may_set} == {
        "greeting_incoming",
        "greeting_outgoing",
        "greeting_owner",
        "max_duration_sec",
        "max_duration_message",
        "call_auto_answer",
        "call_auto_answer_delay_ms",
        "keep_history",
        "tts_voice",
        "tts_speed",
    }


def test_tokens_keys_and_the_passphrase_are_secret() -> None:
    assert {row.key for row in TABLE.values() if row.secret} == {
        "bearer_token",
        "agent_token",
        "llm_api_key",
        "auth_passphrase",
    }


def test_what_names_a_place_or_program_on_the_host_is_set_on_the_host() -> None:
    assert {row.key for row in TABLE.values() if row.host_only} == {
        "host",
        "port",
        "phone_port",
        "bearer_token",
        "agent_token",
        "data_dir",
        "notify_command",
        "log_file",
        "adb_path",
        "adb_address",
    }


def test_nothing_an_agent_may_set_needs_a_restart_or_is_secret() -> None:
    agents = [row for row in TABLE.values() if row.agent_may_set]

    assert all(row.live and not row.secret and not row.host_only for row in agents)


def test_emergency_calls_are_blocked_unless_the_list_is_emptied() -> None:
    assert {"110", "112", "911", "999"} <= set(TABLE["dial_blocklist"].default)


def test_the_text_of_settings_shows_no_value() -> None:
    gateway = GatewaySettings(bearer_token="hunter2", agent_token="hunter3")

    assert "hunter" not in repr(gateway) + str(Settings(gateway=gateway))


def test_owner_is_the_only_placeholder_of_a_greeting() -> None:
    call = CallSettings(
        greeting_incoming="{owner} {0} {owner.__class__} {",
        greeting_outgoing="{owner} calls",
        greeting_owner="{0!r}",
    )

    assert call.greeting("incoming") == "{0!r} {0} {owner.__class__} {"
    assert call.greeting("outgoing") == "{0!r} calls"


@pytest.mark.parametrize(
    ("value", "names"),
    [("auto", ("auto",)), ("mlx", ("mlx",)), (("mlx", "receptionist"), ("mlx", "receptionist"))],
)
def test_an_engine_is_named_alone_or_in_a_list(value: Any, names: tuple[str, ...]) -> None:
    assert engine_names(value) == names
