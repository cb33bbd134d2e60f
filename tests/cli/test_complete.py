"""What the shell offers while somebody types."""

import pytest
from click.shell_completion import ShellComplete

from clawctl.cli.main import cli
from clawctl.client import rest


def offered(*typed):
    """The last word is not finished yet."""
    shell = ShellComplete(cli, {}, "clawctl", "_CLAWCTL_COMPLETE")
    return [one.value for one in shell.get_completions(list(typed[:-1]), typed[-1])]


@pytest.mark.parametrize(
    ("setting", "engine"),
    [("stt_engine", "pocketsphinx"), ("llm_engine", "receptionist"), ("tts_engine", "espeak")],
)
def test_the_engines_of_a_stage_are_offered_behind_its_setting(setting, engine):
    assert {"auto", engine} <= set(offered("config", "set", setting, ""))
    assert offered("config", "set", setting, engine[:3]) == [engine]


def test_settings_are_offered_where_settings_stand():
    assert offered("config", "set", "greeting_ow") == ["greeting_owner"]
    assert offered("config", "get", "tts_l") == ["tts_lang"]
    assert offered("config", "set", "port=1", "greeting_ow") == ["greeting_owner"]


def test_numbers_that_called_and_those_that_may_be_called_are_offered_for_dialling(monkeypatch):
    answers = {
        "/api/caller-history": [{"number": "+15550142", "total_calls": 2, "last_call_at": 0}],
        "/api/config": {"settings": {"dial_allowlist": {"value": ["+1555 0199", "+4930"]}}},
    }
    real, transport = (
        rest.httpx2.Client,
        rest.httpx2.MockTransport(
            lambda request: rest.httpx2.Response(200, json=answers[request.url.path])
        ),
    )
    monkeypatch.setattr(
        rest.httpx2, "Client", lambda **options: real(**options, transport=transport)
    )
    monkeypatch.setenv("CLAWCTL_URL", "http://127.0.0.1:1")

    assert offered("dial", "+1555") == ["+15550142", "+1555 0199"]


@pytest.mark.parametrize(
    "words", [("calls", "show"), ("tail", "--call"), ("messages", "done"), ("dial",)]
)
def test_without_a_gateway_nothing_is_offered_and_nobody_complains(
    words, monkeypatch, capfd, tmp_path
):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GATEWAY_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("GATEWAY_PORT", "1")

    assert offered(*words, "") == []
    assert capfd.readouterr() == ("", "")
