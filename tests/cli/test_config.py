"""clawctl config: the settings file shown, explained and changed; no gateway runs."""

import json
import stat

import pytest
from click.testing import CliRunner

from clawctl.cli import config, edit

NOBODY = "http://127.0.0.1:1"


@pytest.fixture
def file(tmp_path, monkeypatch):
    for name in ("CLAWCTL_CONFIG", "GATEWAY_PORT", "CLAWCTL_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GATEWAY_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "config.yaml"
    path.write_text("# mine\ngreeting_owner: Ann\nbearer_token: hush\n")
    return path


def run(*args, **options):
    return CliRunner().invoke(
        config.command, [args[0], "--url", NOBODY, *args[1:]], standalone_mode=False, **options
    )


def test_a_setting_is_changed_where_it_stands(file):
    result = run("set", "greeting_owner", "Ben")

    assert file.read_text() == '# mine\ngreeting_owner: "Ben"\nbearer_token: hush\n'
    assert json.loads(result.stdout)["keys"] == ["greeting_owner"]
    assert "next start" in result.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("llm_engine=nonsense", ["llm_engine: there is no engine 'nonsense' here; there are "]),
        ("stt_engine=auto", []),
        ("tts_engine=espeak,festival", ["tts_engine: there is no engine 'festival' here"]),
    ],
)
def test_an_engine_that_is_not_here_may_be_named_and_is_told(file, words, told):
    result = run("set", words)

    assert [one for one in told if one not in result.stderr] == []
    assert result.stderr.count("there is no engine") == len(told)
    assert words.partition("=")[0] in file.read_text()


def test_several_are_changed_together_those_of_the_host_too(file):
    run("set", "port=0", "llm_stop=a,b", "session_ttl=60")

    assert run("get", "port").stdout == "0\n"
    assert run("get", "llm_stop").stdout == '["a", "b"]\n'
    assert run("get", "session_ttl").stdout == "60.0\n"


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["session_ttl", "-5"], ["session_ttl: must be a number above 0"]),
        (["session_ttl=x", "tts_lang=fr"], ["session_ttl", "tts_lang"]),
        (["port", "70000"], ["port: must be a whole number from 0 to 65535"]),
        (["host", "0.0.0.0"], ["host"]),
        (["greting_owner", "x"], ["did you mean greeting_owner?"]),
        (["nope=1", "port=70000", "=x"], ["'nope'", "there is no setting ''"]),
    ],
)
def test_what_does_not_fit_is_named_and_changes_nothing(file, words, named):
    before = file.read_bytes()

    result = run("set", *words)

    assert [one for one in named if one not in str(result.exception)] == []
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    "words", [["port"], ["port=1", "2"], ["port=1", "port=2"], ["a", "b", "c"]]
)
def test_what_is_no_pair_is_a_usage_error(file, words):
    assert run("set", *words).exception.exit_code == 2


def test_a_setting_goes_back_to_its_default(file):
    run("unset", "greeting_owner")

    assert run("get", "greeting_owner").stdout == "the owner\n"


def test_a_secret_is_shown_to_nobody_who_does_not_insist(file):
    assert "hush" not in run("show").stdout
    assert "hush" not in run("explain", "bearer_token").stdout
    assert run("get", "bearer_token").exception.exit_code == 4
    assert run("get", "bearer_token", "--reveal").stdout == "hush\n"


def test_a_secret_is_read_from_standard_input(file):
    result = run("set", "agent_token", "-", input="from-a-pipe\n")

    assert "from-a-pipe" not in result.output
    assert run("get", "agent_token", "--reveal").stdout == "from-a-pipe\n"


def test_a_secret_on_the_command_line_is_warned_about(file):
    result = run("set", "agent_token", "seen")

    assert "shell's history" in result.stderr
    assert "seen" not in result.output


def test_what_a_variable_holds_is_said(file, monkeypatch):
    monkeypatch.setenv("GATEWAY_PORT", "9000")

    result = run("set", "port", "9001")

    assert "port is held by GATEWAY_PORT here" in result.stderr
    assert "port: 9001" in file.read_text()


def test_explain_tells_all_there_is_to_tell(file):
    told = json.loads(run("explain", "greeting_owner").stdout)

    assert told == {
        "key": "greeting_owner",
        "does": "Whose assistant this is.",
        "may be": "text of at most 200 characters",
        "default": '"the owner"',
        "is": '"Ann"',
        "from": f"{file}:2",
        "takes effect": "at once",
        "variable": "GATEWAY_GREETING_OWNER",
        "marks": "agents may set it",
    }


def test_show_can_leave_out_what_is_a_default(file):
    shown = json.loads(run("show", "--changed").stdout)["settings"]

    assert set(shown) == {"greeting_owner", "bearer_token", "data_dir"}
    assert shown["bearer_token"]["set"] is True


def test_a_broken_file_is_named_with_line_and_can_still_be_found(file):
    file.write_text("greeting_owner: [\n")

    assert str(file) in str(run("show").exception)
    assert run("path").stdout == f"{file}\n"


def test_without_a_file_one_is_made_that_is_private(file, tmp_path):
    file.unlink()

    run("set", "greeting_owner", "Ann")

    made = tmp_path / "config" / "clawctl" / "config.yaml"
    assert stat.S_IMODE(made.stat().st_mode) == 0o600


class TestEdit:
    @pytest.fixture
    def edited(self, file, tmp_path, monkeypatch):
        """Runs `config edit` with an editor that writes what it is given, one text a time."""

        def run_editor(*texts, answer=""):
            for number, text in enumerate(texts):
                (tmp_path / f"text{number}").write_text(text)
            script = tmp_path / "editor"
            script.write_text(
                f'#!/bin/sh\nn=$(cat "{tmp_path}/n" 2>/dev/null || echo 0)\n'
                f'cat "{tmp_path}/text$n" > "$1"\necho $((n + 1)) > "{tmp_path}/n"\n'
            )
            script.chmod(0o755)
            monkeypatch.setenv("VISUAL", str(script))
            monkeypatch.setattr(edit, "at_terminal", lambda: True)
            return run("edit", input=answer)

        return run_editor

    def test_what_holds_takes_the_files_place(self, edited, file):
        assert edited("greeting_owner: Ben\n").exit_code == 0
        assert file.read_text() == "greeting_owner: Ben\n"

    def test_a_fault_is_shown_and_can_be_mended(self, edited, file):
        result = edited("port: x\n", "port: 1\n", answer="y\n")

        assert f"{file}:1" in result.stderr
        assert file.read_text() == "port: 1\n"

    def test_who_gives_up_leaves_the_file_as_it_was(self, edited, file):
        before = file.read_text()

        edited("port: x\n", answer="n\n")

        assert file.read_text() == before

    def test_a_broken_file_can_be_mended(self, edited, file):
        file.write_text("greeting_owner: [\n")

        edited("greeting_owner: Ben\n")

        assert file.read_text() == "greeting_owner: Ben\n"

    def test_off_a_terminal_it_is_refused(self, file):
        assert run("edit").exception.exit_code == 2
