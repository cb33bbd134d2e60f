"""Commands to the phone through a gateway: what is asked, and what a phone's no is worth."""

import json

import click
import httpx2
import pytest
from click.testing import CliRunner

from clawctl.cli import answer, hangup, mute, reject
from clawctl.client import rest
from clawctl.errors import NoHandset


class FakeGateway:
    """`asked` is what it was asked to do."""

    def __init__(self):
        self.asked = []
        self.answer = {"ok": True, "detail": "the phone did"}

    def handle(self, request):
        self.asked.append((request.method, request.url.path, json.loads(request.content)))
        return httpx2.Response(200, json=self.answer)


@pytest.fixture
def gateway(monkeypatch):
    fake = FakeGateway()
    real = httpx2.Client
    transport = httpx2.MockTransport(fake.handle)
    monkeypatch.setattr(
        rest.httpx2, "Client", lambda **options: real(**options, transport=transport)
    )
    return fake


def run(command, *args):
    return CliRunner().invoke(
        command, [*args, "--url", "http://127.0.0.1:1"], standalone_mode=False
    )


COMMANDS = [
    (answer.command, [], "/api/call/answer", {}, {"event": "answered"}),
    (reject.command, [], "/api/call/reject", {}, {"event": "rejected"}),
    (mute.command, [], "/api/call/mute", {"muted": True}, {"event": "muted", "muted": True}),
    (mute.command, ["on"], "/api/call/mute", {"muted": True}, {"event": "muted", "muted": True}),
    (mute.command, ["off"], "/api/call/mute", {"muted": False}, {"event": "muted", "muted": False}),
    (hangup.command, [], "/api/call/hangup", {}, {"event": "hung_up", "session_id": ""}),
]


@pytest.mark.parametrize(("command", "args", "path", "body", "told"), COMMANDS)
def test_each_asks_once_and_tells_what_the_phone_did(gateway, command, args, path, body, told):
    result = run(command, *args)

    assert result.exit_code == 0
    assert gateway.asked == [("POST", path, body)]
    assert json.loads(result.output) == told | {"detail": "the phone did"}


@pytest.mark.parametrize(("command", "args"), [row[:2] for row in COMMANDS])
def test_a_phone_that_says_no_is_a_line_that_is_down(gateway, command, args):
    gateway.answer = {"ok": False, "detail": "nothing rings", "code": "no_handset"}

    result = run(command, *args)
    assert (type(result.exception), str(result.exception)) == (NoHandset, "nothing rings")
    assert (result.exception.exit_code, result.output) == (14, "")


@pytest.mark.parametrize("switch", ["", "true", "ON", "1"])
def test_a_microphone_is_on_or_off(gateway, switch):
    assert isinstance(run(mute.command, switch).exception, click.UsageError)
    assert gateway.asked == []
