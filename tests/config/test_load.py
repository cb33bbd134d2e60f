import json
from pathlib import Path
from typing import Annotated, Any

import msgspec
import pytest
from hypothesis import given as each
from hypothesis import strategies as st
from msgspec import Meta

from clawctl.config.load import given, load
from clawctl.config.table import settings_table
from clawctl.errors import BadSettings

KEYS = [row.key for row in settings_table()]
SECRETS = [row.key for row in settings_table() if row.secret]
# Fits no setting, whatever its type.
UNFIT = [None, {"a": 1}, [[1]], "\x00", "\ud800", -1.5, float("nan"), b"x", 10**400]


class Acme(msgspec.Struct, frozen=True):
    """The Acme voice"""

    speed: Annotated[float, Meta(gt=0, le=4, description="Speed.")] = 1.5


@pytest.fixture(autouse=True)
def nobodys_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory and an empty home."""
    home, work = tmp_path / "home", tmp_path / "work"
    home.mkdir()
    work.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    monkeypatch.chdir(work)
    return work


def written(text: str, name: str = "settings.yaml") -> Path:
    path = Path(name).absolute()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def faults(**how: Any) -> list[str]:
    with pytest.raises(BadSettings) as refused:
        load(**{"environ": {}, **how})
    return refused.value.faults


def test_a_flag_beats_a_variable_and_a_variable_beats_the_file() -> None:
    path = written("port: 1\nphone_port: 2\nsession_ttl: 3\n")
    environ = {"GATEWAY_PORT": "10", "GATEWAY_PHONE_PORT": "20"}

    loaded = load(path, environ=environ, flags={"port": 100, "session_ttl": None})

    gateway, session = loaded.settings.gateway, loaded.settings.session
    assert (gateway.port, gateway.phone_port, session.session_ttl) == (100, 20, 3)
    origins = [str(loaded.origins[k]) for k in ("port", "phone_port", "session_ttl", "host")]
    assert origins == ["--port", "GATEWAY_PHONE_PORT", f"{path}:3", "default"]


def test_a_flag_may_be_text_as_a_command_line_has_it() -> None:
    flags = {"port": "0", "llm_engine": "mlx,receptionist", "keep_history": "yes"}

    settings = load(environ={}, flags=flags).settings

    assert settings.gateway.port == 0
    assert settings.llm.llm_engine == ("mlx", "receptionist")
    assert settings.call.keep_history is True


def test_nothing_at_all_gives_the_defaults_and_a_place_to_save_them() -> None:
    loaded = load(environ={})

    assert loaded.path == Path.home() / "config" / "clawctl" / "config.yaml"
    assert loaded.settings.gateway.data_dir == str(Path.home() / "data" / "clawctl")
    assert not loaded.path.exists()
    assert loaded.warnings == ()


def test_the_file_is_the_named_one_then_one_here_then_one_at_home() -> None:
    at_home = written("port: 4", str(Path.home() / "config" / "clawctl" / "config.yaml"))
    assert load(environ={}).path == at_home
    as_json = written('{"port": 3}', "config.json")
    assert load(environ={}).path == as_json
    as_yaml = written("port: 2", "config.yaml")
    assert load(environ={}).path == as_yaml
    by_variable = written("port: 1", "other.yaml")
    assert load(environ={"CLAWCTL_CONFIG": "other.yaml"}).path == by_variable
    by_flag = written("port: 5", "named.yaml")
    assert load(Path("named.yaml"), environ={"CLAWCTL_CONFIG": "other.yaml"}).path == by_flag


def test_an_empty_file_here_still_is_the_file() -> None:
    path = written("", "config.yaml")

    assert load(environ={}).path == path


def test_a_file_that_was_named_must_exist() -> None:
    path = Path("gone.yaml").absolute()

    assert faults(path=path) == ["there is no such file"]
    assert faults(environ={"CLAWCTL_CONFIG": "gone.yaml"}) == ["there is no such file"]
    assert faults(path=Path("~nobody-at-all/x.yaml")) == ["there is no such file"]


def test_null_means_not_set() -> None:
    assert load(written("port: null\nhost:\n"), environ={}).settings.gateway.port == 8996


def test_every_wrong_key_is_named_with_its_place_and_what_is_allowed() -> None:
    path = written(
        "host: 0.0.0.0\nprot: 8996\nphone_port: '8997'\ncaller_blocklist: {}\n"
        "auth_passphrase: [1234]\nsession_ttl: -1\n"
    )
    environ = {"GATEWAY_MAX_AUDIO_MB": "lots", "GATEWAY_LOG_LEVEL": "loud"}

    found = faults(path=path, environ=environ, flags={"port": 99999})

    *types, host = [fault.replace(f"{path}:", "line ") for fault in found]
    assert types == [
        "prot (line 2): there is no such setting; did you mean port?",
        "phone_port (line 3): must be a whole number from 0 to 65535, not text",
        "caller_blocklist (line 4): must be a list of text of at most 40 characters, not a mapping",
        "auth_passphrase (line 5): must be text of at most 200 characters, not a list",
        "session_ttl (line 6): must be a number above 0 and up to 86400, not a number like that",
        "log_level (GATEWAY_LOG_LEVEL): must be one of debug, error, info, warning, not text",
        "max_audio_mb (GATEWAY_MAX_AUDIO_MB): must be a number above 0 and up to 100, not text",
        "port (--port): must be a whole number from 0 to 65535, not a number like that",
    ]
    assert host.startswith("host (line 1): must be a loopback address such as 127.0.0.1")


def test_a_wrong_value_is_named_even_where_a_stronger_one_hides_it() -> None:
    path = written("port: nine")

    [fault] = faults(path=path, flags={"port": 9000})

    assert fault.startswith(f"port ({path}:1): must be a whole number")


def test_a_variable_that_is_no_setting_is_a_warning() -> None:
    environ = {"GATEWAY_PROT": "1", "GATEWAY_INTERFACE": "CGI/1.1", "PORT": "x"}

    assert load(environ=environ).warnings == (
        "GATEWAY_INTERFACE sets nothing",
        "GATEWAY_PROT sets nothing; did you mean GATEWAY_PORT?",
    )


def test_a_config_json_of_the_manuals_loads_as_it_is() -> None:
    manual = {
        "host": "127.0.0.1",
        "port": 8996,
        "bearer_token": "localdev",
        "mlx_audio_base": "http://127.0.0.1:8765",
        "stt_model": "mlx-community/parakeet-tdt-0.6b-v2",
        "llm_base_url": "http://127.0.0.1:11434/v1",
        "llm_model": "qwen2.5:1.5b",
        "llm_api_key": "",
        "llm_stop": [],
        "llm_system_prompt": "You are a concise, friendly real-time voice assistant.",
        "tts_lang": "de",
        "piper_base": "http://127.0.0.1:5123",
        "piper_speaker": 4,
        "caller_allowlist": ["+49 30 1"],
        "greeting_owner": "Markus",
        "auth_passphrase": "blue harvest",
        "agent_takeover_timeout": 60,
        "session_ttl": 300,
        "max_history_turns": 8,
    }
    written(json.dumps(manual, indent=2), "config.json")

    loaded = load(environ={})

    assert loaded.settings.call.greeting_owner == "Markus"
    assert loaded.settings.call.caller_allowlist == ("+49 30 1",)
    assert str(loaded.origins["piper_speaker"]) == f"{loaded.path}:14"


def test_a_plugins_section_is_read_like_the_rest() -> None:
    plugins = {"acme": Acme}
    path = written("acme_speed: 2\n")

    assert load(path, environ={}, plugins=plugins).settings.plugins["acme"] == Acme(2.0)
    environ = {"GATEWAY_ACME_SPEED": "3"}
    assert load(path, environ=environ, plugins=plugins).settings.plugins["acme"] == Acme(3.0)
    [fault] = faults(environ={"GATEWAY_ACME_SPEED": "9"}, plugins=plugins)
    assert fault.startswith("acme_speed (GATEWAY_ACME_SPEED): must be a number above 0 and up to 4")


def test_a_data_directory_is_an_absolute_path() -> None:
    assert given({"data_dir": "~/calls"}).settings.gateway.data_dir == str(Path.home() / "calls")
    assert given({"data_dir": "calls"}).settings.gateway.data_dir == str(Path.cwd() / "calls")
    assert given({"data_dir": "~nobody-at-all/x"}).settings.gateway.data_dir == str(
        Path.cwd() / "~nobody-at-all" / "x"
    )


@pytest.mark.parametrize("key", SECRETS)
@pytest.mark.parametrize("secret", ["hunter2 \x00", ["hunter2"], {"hunter2": 1}])
def test_a_secret_is_never_told(key: str, secret: Any) -> None:
    with pytest.raises(BadSettings) as refused:
        given({key: secret})

    assert "hunter2" not in str(refused.value)
    assert "hunter2" not in repr(given({"auth_passphrase": "hunter2"}))


@each(st.sampled_from(KEYS), st.sampled_from(UNFIT))
def test_a_value_that_fits_nothing_is_refused_by_the_name_of_its_key(key: str, value: Any) -> None:
    with pytest.raises(BadSettings) as refused:
        given({key: value})

    [fault] = refused.value.faults
    assert fault.startswith(f"{key}: must ")


@each(st.dictionaries(st.sampled_from(KEYS), st.text(max_size=20), max_size=5))
def test_any_text_in_the_environment_is_taken_or_named(values: dict[str, str]) -> None:
    environ = {f"GATEWAY_{key.upper()}": text for key, text in values.items()}

    try:
        loaded = load(environ=environ)
    except BadSettings as refused:
        named = {fault.partition(" ")[0].rstrip(":") for fault in refused.faults}
        assert named <= {*values, "phone_port"}
    else:
        assert {key for key in KEYS if loaded.origins[key].kind == "environment"} == set(values)
