"""What the shell offers while somebody types."""

import pytest
from click.shell_completion import ShellComplete

from clawctl.cli.main import cli


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


@pytest.mark.parametrize("words", [("calls", "show"), ("tail", "--call"), ("messages", "done")])
def test_without_a_gateway_nothing_is_offered_and_nobody_complains(
    words, monkeypatch, capfd, tmp_path
):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GATEWAY_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("GATEWAY_PORT", "1")

    assert offered(*words, "") == []
    assert capfd.readouterr() == ("", "")
