"""notify_command as a real program."""

import json
import sys
import time
from pathlib import Path

import pytest
import trio
from structlog.testing import capture_logs

from clawctl.web import mailbox
from clawctl.web.mailbox import letter, notify
from clawctl.wire.events import CallMessage

pytestmark = pytest.mark.journey

MESSAGE = CallMessage(
    message_id="s-0", session_id="s", name="Zo\u00eb", number="5550142", text="Line one.\nTwo; $(x)"
)


def program(tmp_path, body):
    path = tmp_path / "notify.py"
    path.write_text(f"import json, os, sys, time\n{body}\n")
    return (sys.executable, str(path), str(tmp_path / "out"))


async def test_the_program_reads_the_message_as_json(tmp_path):
    command = program(tmp_path, "open(sys.argv[1], 'w').write(sys.stdin.read())")

    await notify(command, letter(MESSAGE, 12.5))

    assert json.loads((tmp_path / "out").read_text()) == {
        "id": "s-0",
        "session_id": "s",
        "taken_at": 12.5,
        "name": "Zo\u00eb",
        "number": "5550142",
        "text": "Line one.\nTwo; $(x)",
        "confirmed": True,
    }


async def test_the_program_inherits_the_environment_but_what_is_withheld(tmp_path, monkeypatch):
    monkeypatch.setenv("GATEWAY_AGENT_TOKEN", "s3cr3t")
    monkeypatch.setenv("GATEWAY_PORT", "8996")
    command = program(tmp_path, "json.dump(dict(os.environ), open(sys.argv[1], 'w'))")

    await notify(command, letter(MESSAGE, 1), {"GATEWAY_AGENT_TOKEN"})

    inherited = json.loads((tmp_path / "out").read_text())
    assert (inherited.get("GATEWAY_AGENT_TOKEN"), inherited["GATEWAY_PORT"]) == (None, "8996")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("sys.exit(3)", "exit code 3"),
        ("os.kill(os.getpid(), 9)", "exit code -9"),
    ],
)
async def test_a_failure_is_logged_without_the_message(tmp_path, body, why):
    with capture_logs() as logs:
        await notify(program(tmp_path, body), letter(MESSAGE, 1))

    assert logs == [{"event": "notify.failed", "why": why, "log_level": "warning"}]


async def test_a_program_that_is_not_there_is_logged():
    with capture_logs() as logs:
        await notify(("/no/such/program",), letter(MESSAGE, 1))

    assert [(one["event"], one["why"]) for one in logs] == [
        ("notify.failed", "No such file or directory")
    ]


async def test_a_program_that_reads_nothing_is_no_failure(tmp_path):
    with capture_logs() as logs:
        await notify(program(tmp_path, "os.close(0)"), letter(MESSAGE, 1) * 5000)

    assert logs == []


async def test_a_program_that_hangs_is_killed_with_its_children(tmp_path, monkeypatch):
    monkeypatch.setattr(mailbox, "PATIENCE_S", 0.5)
    body = (
        "child = os.fork()\n"
        "if child == 0: time.sleep(60)\n"
        "open(sys.argv[1], 'w').write(str(child)); time.sleep(60)"
    )
    began = time.monotonic()

    with capture_logs() as logs:
        await notify(program(tmp_path, body), letter(MESSAGE, 1))

    assert time.monotonic() - began < 10
    assert "still running" in logs[0]["why"]
    with trio.fail_after(10):
        while alive(int((tmp_path / "out").read_text())):
            await trio.sleep(0.01)


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_a_gateway_hands_every_message_over_in_order(tmp_path):
    from clawctl.testing.gateway import open_faked_gateway

    body = "open(sys.argv[1], 'a').write(json.loads(sys.stdin.read())['id'] + '\\n')"
    command = program(tmp_path, body)
    async with open_faked_gateway(tmp_path / "data", notify_command=command) as faked:
        for number in range(10):
            faked.gateway.bus.publish(CallMessage(message_id=f"m{number}"))
        with trio.fail_after(30):
            while not (tmp_path / "out").exists() or "m9" not in (tmp_path / "out").read_text():
                await trio.sleep(0.02)

    assert (tmp_path / "out").read_text().split() == [f"m{number}" for number in range(10)]


async def test_a_gateway_hands_no_secret_variable_on(tmp_path, monkeypatch):
    from clawctl.testing.gateway import open_faked_gateway

    for name in ("GATEWAY_AGENT_TOKEN", "GATEWAY_AUTH_PASSPHRASE", "CLAWCTL_TOKEN", "OTHER"):
        monkeypatch.setenv(name, "s3cr3t")
    body = (
        "print(*(n for n, v in os.environ.items() if v == 's3cr3t'), file=open(sys.argv[1], 'w'))"
    )
    command = program(tmp_path, body)
    async with open_faked_gateway(tmp_path / "data", notify_command=command) as faked:
        faked.gateway.bus.publish(MESSAGE)
        with trio.fail_after(30):
            while not (tmp_path / "out").exists() or not (tmp_path / "out").read_text():
                await trio.sleep(0.02)

    assert (tmp_path / "out").read_text().split() == ["OTHER"]
