"""What the commands that ask a gateway share."""

import httpx2
import pytest
from click.testing import CliRunner

from clawctl.cli import calls, config
from clawctl.cli.asking import checked
from clawctl.client import rest
from clawctl.errors import BadInput, NotAuthorised


@pytest.mark.parametrize(
    "url",
    [
        "",
        "foo",
        "127.0.0.1:8996",
        "http://",
        "http://[",
        "http://a:99999",
        "https://a",
        "file:///x",
    ],
)
def test_what_is_no_address_of_a_gateway_is_refused_with_one_that_is(url):
    with pytest.raises(BadInput, match=r"write it as http://127\.0\.0\.1:8996"):
        checked(url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8996/", "http://[::1]:1", "http://localhost"])
def test_an_address_is_taken_without_its_last_slash(url):
    assert checked(url) == url.rstrip("/")


@pytest.fixture
def asked(monkeypatch, tmp_path):
    """A gateway that lets in whoever shows "old"; what it was shown."""
    shown, real = [], httpx2.Client
    monkeypatch.setenv("GATEWAY_DATA_DIR", str(tmp_path / "data"))

    def answer(request):
        shown.append(request.headers.get("Authorization", ""))
        if shown[-1] == "Bearer old":
            return httpx2.Response(200, json={"changed": ["agent_token"], "waiting": []})
        return httpx2.Response(401, json={"ok": False, "detail": "no", "code": "not_authorised"})

    monkeypatch.setattr(
        rest.httpx2, "Client", lambda **all: real(**all, transport=httpx2.MockTransport(answer))
    )
    return shown


@pytest.mark.parametrize(
    ("token", "told"),
    [("wrong", "refuses the token that was shown"), ("", "asks for its agent_token")],
)
def test_who_is_not_let_in_hears_how_to_show_a_token(asked, tmp_path, token, told):
    settings = tmp_path / "config.yaml"
    settings.write_text("port: 1\n")

    result = CliRunner().invoke(
        calls.command, ["list", "--config", str(settings)], env={"CLAWCTL_TOKEN": token}
    )

    assert isinstance(result.exception, NotAuthorised)
    assert told in str(result.exception)
    assert "--token" in str(result.exception)


@pytest.mark.parametrize("token", ["ä", "a\nb", "\x00"])
def test_a_token_that_none_can_be_is_not_shown_to_anybody(asked, token):
    result = CliRunner().invoke(
        calls.command, ["list", "--url", "http://127.0.0.1:1", "--token", token]
    )

    assert isinstance(result.exception, BadInput)
    assert token not in str(result.exception)
    assert asked == []


@pytest.mark.parametrize("words", [["set", "agent_token=new"], ["unset", "agent_token"]])
def test_another_token_is_told_to_the_gateway_with_the_one_it_still_knows(asked, tmp_path, words):
    settings = tmp_path / "config.yaml"
    settings.write_text("agent_token: old\n")

    result = CliRunner().invoke(config.command, [*words, "--config", str(settings)])

    assert result.exit_code == 0
    assert asked == ["Bearer old"]
    assert "In force in the running gateway: agent_token" in result.stderr
