from pathlib import Path
from typing import Annotated, Any

import msgspec
import pytest
from hypothesis import given as each
from hypothesis import strategies as st
from msgspec import UNSET, Meta

from clawctl.config.live import Live
from clawctl.config.load import given, load
from clawctl.config.schema import Settings
from clawctl.config.table import aliases, settings_table
from clawctl.errors import BadSettings, ClawError, Conflict, Forbidden

TABLE = settings_table()
UNFIT = [None, {"a": 1}, [[1]], "\x00", "\ud800", -1.5, float("nan"), b"x"]


class Acme(msgspec.Struct, frozen=True):
    """The Acme voice"""

    speed: Annotated[float, Meta(gt=0, le=4, description="Speed.", extra={"live": True})] = 1.5
    depth: Annotated[int, Meta(description="Depth.")] = 1


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text("# Mine.\ntts_voice: af_sky  # hers\n")
    return path


@pytest.fixture
def live(path: Path) -> Live:
    return Live(load(path, environ={"GATEWAY_TTS_SPEED": "1.5"}, flags={"session_ttl": 60}))


def test_a_change_holds_at_once_and_is_saved(live: Live, path: Path) -> None:
    before = live.now

    assert live.change({"tts_voice": "am_adam", "keep_history": True}, by="agent") == {
        "tts_voice",
        "keep_history",
    }

    assert (live.now.tts.tts_voice, live.now.call.keep_history) == ("am_adam", True)
    assert before.tts.tts_voice == "af_sky"
    assert path.read_text() == '# Mine.\ntts_voice: "am_adam"  # hers\nkeep_history: true\n'


def test_a_change_to_what_is_so_already_changes_nothing(live: Live, path: Path) -> None:
    text = path.read_text()

    assert live.change({"greeting_owner": "the owner"}, by="agent") == frozenset()
    assert live.change({}, by="agent") == frozenset()
    assert path.read_text() == text + 'greeting_owner: "the owner"\n'


def test_unset_takes_a_key_back_to_its_default(live: Live, path: Path) -> None:
    assert live.change({"tts_voice": UNSET, "greeting_owner": UNSET}, by="owner") == {"tts_voice"}

    assert live.now.tts.tts_voice == "af_heart"
    assert path.read_text() == "# Mine.\ntts_voice: null  # hers\n"
    assert live.reload() == frozenset()


def test_null_is_no_value_to_set(live: Live) -> None:
    with pytest.raises(BadSettings) as refused:
        live.change({"auth_passphrase": None}, by="owner")

    assert refused.value.faults == [
        "auth_passphrase: must be text of at most 200 characters, not null"
    ]


def test_one_fault_refuses_all_and_every_fault_is_named(live: Live, path: Path) -> None:
    before, text = live.now, path.read_text()

    with pytest.raises(BadSettings) as refused:
        live.change(
            {"keep_history": True, "max_duration_sec": -1, "tts_voce": "x", "nope": UNSET},
            by="owner",
        )

    assert refused.value.faults == [
        "max_duration_sec: must be a whole number from 0 to 86400, not a number like that",
        "tts_voce: there is no such setting; did you mean tts_voice?",
        "nope: there is no such setting",
    ]
    assert live.now is before
    assert path.read_text() == text


def test_a_strangers_key_is_not_repeated_as_it_stands(live: Live) -> None:
    with pytest.raises(BadSettings) as refused:
        live.change({"a\nb": 1, "x" * 1000: 1}, by="agent")

    assert refused.value.faults == [
        "'a\\nb': there is no such setting",
        f"'{'x' * 40}': there is no such setting",
    ]


def test_more_settings_than_there_are_is_one_fault(live: Live) -> None:
    with pytest.raises(BadSettings, match="settings, not 5000"):
        live.change({str(number): 1 for number in range(5000)}, by="agent")


def test_settings_that_do_not_go_together_are_refused(live: Live) -> None:
    with pytest.raises(BadSettings, match="auth_passphrase: must hold a letter or a digit"):
        live.change({"auth_passphrase": "..."}, by="owner")


def test_an_agent_may_not_set_what_the_manual_does_not_list(live: Live) -> None:
    with pytest.raises(Forbidden) as refused:
        live.change({"tts_voice": "x", "auth_passphrase": "x", "tts_lang": "de"}, by="agent")

    assert str(refused.value) == "an agent may not set auth_passphrase, tts_lang"
    assert live.now.tts.tts_voice == "af_sky"


def test_nobody_may_set_from_here_what_names_a_place_or_a_program_on_the_host(live: Live) -> None:
    with pytest.raises(Forbidden) as refused:
        live.change({"adb_path": "/tmp/x", "notify_command": ["rm"]}, by="owner")

    assert str(refused.value) == (
        "adb_path, notify_command can only be set on the host: in the file, the environment or a"
        " flag"
    )


def test_what_a_variable_or_a_flag_holds_cannot_be_changed_and_is_told_by_what(live: Live) -> None:
    with pytest.raises(Conflict) as refused:
        live.change({"tts_speed": 1.0, "session_ttl": 5, "tts_voice": "x"}, by="owner")

    assert str(refused.value) == (
        "tts_speed is held by GATEWAY_TTS_SPEED; session_ttl is held by --session-ttl: take that"
        " away to change it here"
    )
    assert live.now.tts.tts_voice == "af_sky"


def test_short_names_are_understood(live: Live) -> None:
    short = aliases(live.loaded.table, "tts")

    assert live.change({"voice": "am_adam", "lang": "de"}, by="owner", aliases=short) == {
        "tts_voice",
        "tts_lang",
    }


def test_a_setting_named_twice_is_refused(live: Live) -> None:
    short = aliases(live.loaded.table, "tts")

    with pytest.raises(BadSettings) as refused:
        live.change({"voice": "a", "tts_voice": "b"}, by="owner", aliases=short)

    assert refused.value.faults == ["tts_voice: is given as voice as well"]


def test_only_what_is_among_the_keys_asked_for_is_set_and_every_fault_is_named(live: Live) -> None:
    short = aliases(live.loaded.table, "tts")
    changes = {"voice": 1, "tts_voice": 1, "session_ttl": "x", "voce": 1, "keep_history": True}

    with pytest.raises(BadSettings) as refused:
        live.change(changes, by="owner", aliases=short, among={"tts_voice", "tts_speed"})

    assert refused.value.faults == [
        "tts_voice: is given as voice as well",
        "session_ttl: is a setting of session, set elsewhere ('clawctl config set' can)",
        "keep_history: is a setting of call, set elsewhere ('clawctl config set' can)",
        "tts_voice: must be text of at most 200 characters, not a number (put it in quotes)",
        "session_ttl: must be a number above 0 and up to 86400, not text",
        "voce: there is no such setting; did you mean tts_voice?",
    ]


def test_what_cannot_be_saved_is_not_changed(path: Path) -> None:
    live = Live(load(path, environ={}))
    path.unlink()
    path.mkdir()

    with pytest.raises(ClawError, match="is not a file"):
        live.change({"tts_voice": "x"}, by="owner")
    assert live.now.tts.tts_voice == "af_sky"


def test_the_first_change_makes_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    live = Live(load(environ={}))

    live.change({"greeting_owner": "Ada"}, by="owner")

    assert live.loaded.path is not None
    assert live.loaded.path.read_text() == 'greeting_owner: "Ada"\n'
    assert Live(load(environ={})).now.call.greeting_owner == "Ada"


def test_what_the_owner_edits_meanwhile_is_kept_and_waits_for_a_reload(
    live: Live, path: Path
) -> None:
    path.write_text("tts_lang: de  # now German\n")

    live.change({"greeting_owner": "Ada"}, by="owner")

    assert path.read_text() == 'tts_lang: de  # now German\ngreeting_owner: "Ada"\n'
    assert (live.now.tts.tts_lang, live.now.tts.tts_voice) == ("en", "af_sky")
    assert live.reload() == {"tts_lang", "tts_voice"}
    assert (live.now.tts.tts_lang, live.now.tts.tts_voice) == ("de", "af_heart")


def test_a_broken_file_is_not_read_again(live: Live, path: Path) -> None:
    before = live.now
    path.write_text("port: nine\n")
    with pytest.raises(BadSettings, match=r"port .*config.yaml:1.: must be a whole number"):
        live.reload()
    path.unlink()
    with pytest.raises(BadSettings, match=r"config.yaml: the file is gone"):
        live.reload()

    assert live.now is before


def test_a_reload_without_a_file_finds_nothing() -> None:
    assert Live(given()).reload() == frozenset()


def test_listeners_are_told_which_keys_changed_after_they_did(live: Live, path: Path) -> None:
    told: list[tuple[frozenset[str], str]] = []
    live.on_change(lambda keys: told.append((keys, live.now.tts.tts_voice)))

    live.change({"tts_voice": "x"}, by="owner")
    live.change({"tts_voice": "x"}, by="owner")
    path.write_text("tts_voice: y\n")
    live.reload()

    assert told == [(frozenset({"tts_voice"}), "x"), (frozenset({"tts_voice"}), "y")]


def test_a_key_that_is_not_live_waits_for_the_next_start(live: Live, path: Path) -> None:
    assert live.change({"stt_model": "tiny"}, by="owner") == {"stt_model"}
    path.write_text("stt_model: small\nport: 9000\n")
    live.reload()

    assert live.now.stt.stt_model == "mlx-community/parakeet-tdt-0.6b-v2"
    assert live.now.gateway.port == 8996
    assert live.loaded.settings.stt.stt_model == "small"
    assert live.waiting == {"stt_model", "port"}
    path.write_text("port: 8996\n")
    live.reload()
    assert live.waiting == frozenset()


def test_a_generated_token_stands_in_while_none_is_configured(path: Path) -> None:
    live = Live(load(path, environ={}), generated_token="made")
    assert live.now.gateway.bearer_token == "made"
    assert live.loaded.settings.gateway.bearer_token == ""

    path.write_text("bearer_token: mine\n")
    live.reload()
    assert live.now.gateway.bearer_token == "mine"

    path.write_text("bearer_token: ''\n")
    live.reload()
    assert live.now.gateway.bearer_token == "made"


def test_two_gateways_have_two_settings() -> None:
    one, other = Live(given({"session_ttl": 5})), Live(given())

    one.change({"greeting_owner": "Ada"}, by="owner")

    assert (one.now.call.greeting_owner, one.now.session.session_ttl) == ("Ada", 5)
    assert other.now == Settings(gateway=other.now.gateway)


def test_a_plugins_settings_are_changed_like_the_rest(path: Path) -> None:
    live = Live(load(path, environ={}, plugins={"acme": Acme}))

    assert live.change({"acme_speed": 2, "acme_depth": 7}, by="owner") == {
        "acme_speed",
        "acme_depth",
    }

    assert live.now.plugins["acme"] == Acme(speed=2.0, depth=1)
    assert live.waiting == {"acme_depth"}
    assert path.read_text().endswith("acme_speed: 2.0\nacme_depth: 7\n")


@each(st.sampled_from([row.key for row in TABLE]), st.sampled_from(UNFIT))
def test_a_value_that_fits_nothing_changes_nothing_and_its_key_is_named(
    key: str, value: Any
) -> None:
    live = Live(given())
    before = live.now

    with pytest.raises((BadSettings, Forbidden)) as refused:
        live.change({"greeting_owner": "Ada", key: value}, by="owner")

    assert key in str(refused.value)
    assert live.now is before
