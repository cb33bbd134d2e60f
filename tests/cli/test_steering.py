"""Which call is steered, and with which words; a wrong line changes nothing."""

import json

import click
import httpx2
import pytest
from click.testing import CliRunner

from clawctl.cli import context, hangup, inject, instructions, release
from clawctl.cli.complete import live_ids
from clawctl.client import rest
from clawctl.errors import BadInput, NoHandset, NoSuch

LIVE = ["abcd1111", "abcd2222", "beef3333"]


class FakeGateway:
    """Has three live calls; `asked` is what it was asked to change."""

    def __init__(self):
        self.asked = []
        self.answer = {"ok": True, "session_id": "beef3333", "position": 1, "seq": 7}

    def handle(self, request):
        if request.url.path == "/api/agent/sessions":
            return httpx2.Response(200, json=LIVE)
        if request.url.path == "/api/sessions":
            rows = [{"session_id": s, "created_at": 0, "caller_number": "+1"} for s in LIVE]
            return httpx2.Response(200, json=rows)
        body = json.loads(request.content) if request.content else None
        self.asked.append((request.method, request.url.path, body))
        return httpx2.Response(200, json=self.answer)


@pytest.fixture
def gateway(monkeypatch):
    fake = FakeGateway()
    real = httpx2.Client
    monkeypatch.setattr(
        rest.httpx2,
        "Client",
        lambda **options: real(**options, transport=httpx2.MockTransport(fake.handle)),
    )
    return fake


@pytest.fixture
def run(gateway):
    def run(command, *args, **options):
        return CliRunner().invoke(
            command, [*args, "--url", "http://127.0.0.1:1"], standalone_mode=False, **options
        )

    return run


@pytest.mark.parametrize("sid", ["beef3333", "beef", "_active"])
def test_a_call_is_named_by_its_id_its_beginning_or_as_the_active_one(run, gateway, sid):
    assert run(inject.command, sid, "Hi.").exit_code == 0

    meant = "_active" if sid == "_active" else "beef3333"
    assert gateway.asked == [("POST", "/api/agent/inject", {"session_id": meant, "text": "Hi."})]


@pytest.mark.parametrize(
    ("sid", "kind", "why"),
    [
        ("bee", NoSuch, "no live call has the id 'bee'"),
        ("beef33334", NoSuch, "no live call"),
        ("\x1b[2J\udce9", NoSuch, r"'\x1b[2J\udce9'"),
        ("x" * 1000, NoSuch, f"'{'x' * 40}';"),
        ("abcd", BadInput, "abcd1111, abcd2222"),
        ("", BadInput, "the id of the call is empty"),
    ],
)
def test_what_names_no_call_or_several_changes_nothing(run, gateway, sid, kind, why):
    for command, args in (
        (inject.command, [sid, "Hi."]),
        (release.command, [sid]),
        (hangup.command, [sid]),
        (context.command, ["set", sid, "Hi."]),
        (instructions.command, ["set", "Hi.", "--session", sid]),
    ):
        error = run(command, *args).exception
        assert type(error) is kind
        assert why in str(error)
    assert gateway.asked == []


@pytest.mark.parametrize(
    ("command", "args"),
    [
        (inject.command, []),
        (inject.command, ["beef3333"]),
        (inject.command, ["--active"]),
        (inject.command, ["--active", "beef3333", "Hi."]),
        (inject.command, ["beef3333", "Hi.", "there"]),
        (inject.command, ["beef3333", "Hi.", "--timeout", "5"]),
        (inject.command, ["beef3333", "Hi.", "--wait", "--timeout", "nan"]),
        (inject.command, ["beef3333", "Hi.", "--wait", "--timeout", "-1"]),
        (inject.command, ["beef3333", "Hi.", "--wait", "--timeout", "inf"]),
        (release.command, []),
        (release.command, ["beef3333", "--active"]),
        (context.command, ["get"]),
        (context.command, ["clear", "beef3333", "--active"]),
        (instructions.command, ["set", "Hi.", "--turn"]),
        (instructions.command, ["get", "--turn"]),
        (instructions.command, ["set"]),
    ],
)
def test_a_command_line_that_says_too_little_or_too_much_is_a_usage_error(
    run, gateway, command, args
):
    result = run(command, *args)

    assert isinstance(result.exception, click.UsageError)
    assert gateway.asked == []


@pytest.mark.parametrize(
    ("text", "given", "why"),
    [
        ("-", b"", "standard input is empty"),
        ("-", b" \r\n\t", "standard input is empty"),
        ("-", b"caf\xe9", r"standard input is not UTF-8 \(at byte 3\)"),
        ("-", b"x" * 200_001, "standard input holds more than 200000 bytes"),
        (" ", b"", "TEXT is empty"),
        ("", b"", "TEXT is empty"),
        ("caf\udce9", b"", "TEXT is not UTF-8"),
    ],
)
def test_what_holds_no_words_is_refused(run, gateway, text, given, why):
    for command, args in (
        (inject.command, ["--active", text]),
        (context.command, ["set", "--active", text]),
        (instructions.command, ["set", text]),
    ):
        with pytest.raises(BadInput, match=f"^{why}$"):
            raise run(command, *args, input=given).exception
    assert gateway.asked == []


def test_as_much_as_may_be_is_read_whole(run, gateway):
    known = "é" * 100_000
    assert run(context.command, "set", "_active", "-", input=known).exit_code == 0

    assert gateway.asked == [("POST", "/api/agent/context/_active", {"context": known})]


def test_a_phone_that_refuses_to_hang_up_is_a_failure(run, gateway):
    gateway.answer = {"ok": False, "detail": "the phone said no", "session_id": "beef3333"}

    error = run(hangup.command).exception
    assert (type(error), str(error)) == (NoHandset, "the phone said no")


def test_ids_are_completed_with_the_calls_that_are_live(gateway):
    ctx = click.Context(inject.command)
    ctx.params = {"url": "http://127.0.0.1:1"}

    assert [one.value for one in live_ids(ctx, inject.command.params[0], "ab")] == LIVE[:2]


@pytest.mark.parametrize(
    "argument",
    [
        inject.command.params[0],
        release.command.params[0],
        hangup.command.params[0],
        *(one.params[0] for one in context.command.commands.values()),
        *(
            next(param for param in one.params if param.name == "session")
            for one in instructions.command.commands.values()
        ),
    ],
)
def test_every_call_that_can_be_named_is_completed(gateway, argument):
    ctx = click.Context(inject.command)
    ctx.params = {"url": "http://127.0.0.1:1"}

    assert [one.value for one in argument.shell_complete(ctx, "beef")] == ["beef3333"]
