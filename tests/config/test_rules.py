from typing import Any

import pytest

from clawctl.config.rules import faults
from clawctl.config.table import build, settings_table

TABLE = settings_table()


def wrong(**values: Any) -> list[str]:
    return [key for key, _ in faults(build(TABLE, values))]


def test_the_defaults_break_no_rule() -> None:
    assert wrong() == []


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_a_loopback_host_will_do(host: str) -> None:
    assert wrong(host=host) == []


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", "", "127.1"])
def test_any_other_host_is_refused(host: str) -> None:
    assert wrong(host=host) == ["host"]


def test_a_refused_host_is_told_why_and_what_to_do() -> None:
    [(key, why)] = faults(build(TABLE, {"host": "0.0.0.0"}))

    assert key == "host"
    assert why == (
        "must be a loopback address such as 127.0.0.1: the gateway is never open to a network, the"
        " phone reaches it through adb reverse"
    )


def test_the_two_doors_need_two_ports_unless_any_will_do() -> None:
    assert wrong(port=8997) == ["phone_port"]
    assert wrong(port=0, phone_port=0) == []


@pytest.mark.parametrize("language", ["", "auto", "en", "de-AT", "yue", "zh-Hant-TW"])
def test_a_language_is_a_code(language: str) -> None:
    assert wrong(stt_language=language) == []


@pytest.mark.parametrize("language", ["klingon", "e", "en_US", "../en", "en de", "de-", "-"])
def test_a_language_that_is_no_code_is_refused(language: str) -> None:
    assert wrong(stt_language=language) == ["stt_language"]


@pytest.mark.parametrize("key", ["bearer_token", "agent_token", "llm_api_key"])
@pytest.mark.parametrize("token", ["a b", "a\n", "schlüssel", " "])
def test_a_token_must_fit_a_header(key: str, token: str) -> None:
    assert wrong(**{key: token}) == [key]
    assert wrong(**{key: "sk-~!x"}) == []


@pytest.mark.parametrize("passphrase", ["...", " ", "_", "!?"])
def test_a_passphrase_nobody_can_say_is_refused(passphrase: str) -> None:
    assert wrong(auth_passphrase=passphrase) == ["auth_passphrase"]


@pytest.mark.parametrize("passphrase", ["", "7", "blue harvest", "Ü"])
def test_a_passphrase_has_a_letter_or_a_digit(passphrase: str) -> None:
    assert wrong(auth_passphrase=passphrase) == []


@pytest.mark.parametrize("key", ["stt_engine", "llm_engine", "tts_engine"])
@pytest.mark.parametrize("value", ["", "two words", "../x", (), ("mlx", "")])
def test_engines_are_named(key: str, value: Any) -> None:
    assert wrong(**{key: value}) == [key]


def test_a_number_may_be_written_with_separators() -> None:
    numbers = ("+49 (0)30 / 12-34.5", "0049[30]1", "112")

    assert wrong(caller_allowlist=numbers, dial_blocklist=numbers) == []


@pytest.mark.parametrize("number", ["", "+", "bank", "1" * 21, "+49+30", "٣٣"])
@pytest.mark.parametrize(
    "key", ["caller_allowlist", "caller_blocklist", "dial_allowlist", "dial_blocklist"]
)
def test_what_is_no_number_is_pointed_at_without_being_shown(key: str, number: str) -> None:
    found = list(faults(build(TABLE, {key: ("110", number)})))

    assert found == [(key, "must hold telephone numbers only; entry 2 is none")]


@pytest.mark.parametrize("key", ["mlx_audio_base", "llm_base_url", "piper_base"])
@pytest.mark.parametrize(
    "url",
    [
        "localhost:8765",
        "ftp://x",
        "http://",
        "http://me:pw@x",
        "http://x:99999",
        "http://[x",
        "http://a b",
    ],
)
def test_a_server_is_an_http_address_without_credentials(key: str, url: str) -> None:
    assert wrong(**{key: url}) == [key]
    assert wrong(**{key: ""}) == []
    assert wrong(**{key: "https://api.example.org:8443/v1"}) == []


def test_a_phone_over_tcp_has_a_host_and_a_port() -> None:
    assert wrong(adb_address="192.168.1.5") == ["adb_address"]
    assert wrong(adb_address="192.168.1.5:5555") == []


def test_every_broken_rule_is_told() -> None:
    assert wrong(host="0.0.0.0", port=8997, auth_passphrase="-") == [
        "host",
        "phone_port",
        "auth_passphrase",
    ]
