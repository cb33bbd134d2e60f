"""From cron's environment: a gateway in the background, asked, told to read again, and stopped."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

pytestmark = pytest.mark.journey

CLAWCTL = Path(sys.executable).parent / "clawctl"
PATIENCE_S = 60
# There may be a phone at the machine, and it is none of ours.
BARE = {"PATH": "/usr/bin:/bin", "GATEWAY_ADB_DRIVER": "off"}


class Cron:
    """Runs commands as cron does: next to no environment, and nothing on standard input."""

    def __init__(self, home):
        self.home = home
        self.data = home / ".local/share/clawctl"

    def run(self, *args, **environ):
        return subprocess.run(
            [CLAWCTL, *args],
            cwd=self.home,
            env={**BARE, "HOME": str(self.home), **environ},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )

    def log(self):
        """What it said, less what is only for those who look into its log."""
        lines = (self.data / "serve.log").read_text().splitlines()
        return [one for one in map(json.loads, lines) if "level" not in one]


@pytest.fixture(scope="module")
def cron(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    (home / "config.yaml").write_text("port: 0\nphone_port: 0\n")
    return Cron(home)


@pytest.fixture(scope="module")
def running(cron):
    """A gateway in the background; what the command that started it said."""
    started = cron.run("serve", "--detach", "--no-warm")
    assert started.returncode == 0, started.stderr
    yield json.loads(started.stdout)
    cron.run("stop", "--now")


def test_it_returns_when_the_doors_are_open(cron, running):
    status = cron.run("status")

    assert status.returncode == 0
    assert json.loads(status.stdout)["ok"] is True
    assert running["url"].startswith("http://127.0.0.1:")
    assert (cron.data / "serve.log").stat().st_mode & 0o777 == 0o600


def test_lists_are_objects_a_line(cron, running):
    listed = cron.run("calls", "list", "--json")

    assert (listed.returncode, listed.stdout, listed.stderr) == (0, "", "")


def test_a_second_one_on_the_same_data_is_a_conflict_that_names_the_first(cron, running):
    second = cron.run("serve", "--detach")

    assert second.returncode == 6
    assert f"pid {running['pid']}" in second.stderr
    assert running["url"] in second.stderr


def test_sighup_reads_the_settings_again_and_a_bad_file_leaves_them(cron, running):
    config = cron.home / "config.yaml"
    good = config.read_text()

    told = []
    for text in (good + "greeting_owner: Ann\n", "greeting_owner: [\n", good):
        config.write_text(text)
        before = len(cron.log())
        os.kill(running["pid"], signal.SIGHUP)
        until = time.monotonic() + PATIENCE_S
        while len(cron.log()) == before and time.monotonic() < until:
            time.sleep(0.02)
        told.append(cron.log()[-1])

    assert told[0] == {"event": "reloaded", "changed": ["greeting_owner"]}
    assert told[1]["event"] == "not_reloaded"
    assert f"{config}" in told[1]["why"]
    assert told[2]["event"] == "reloaded"


@pytest.mark.parametrize("flags", [(), ("--detach",)])
def test_a_second_one_on_the_same_data_is_told_of_the_first(cron, running, flags):
    second = cron.run("serve", *flags)

    assert second.returncode == 6
    assert f"a gateway (pid {running['pid']}) runs on {cron.data} already" in second.stderr


def test_it_stops_and_leaves_no_process(cron, running):
    stopped = cron.run("stop")
    again = cron.run("stop")

    assert (stopped.returncode, json.loads(stopped.stdout)["pid"]) == (0, running["pid"])
    assert (again.returncode, "no gateway runs on" in again.stderr) == (3, True)
    assert cron.log()[-1] == {"event": "stopped"}
    until = time.monotonic() + PATIENCE_S
    while runs(running["pid"]) and time.monotonic() < until:
        time.sleep(0.02)
    assert not runs(running["pid"])


def runs(pid):
    """Whether there is such a process, not counting one that only waits to be buried."""
    try:
        os.kill(pid, 0)
        found = subprocess.run(
            ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
    except ProcessLookupError:
        return False
    return not found.stdout.startswith("Z")


def test_a_start_that_fails_says_why_and_with_the_code_of_the_foreground(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        failed = Cron(tmp_path).run("serve", "--detach", "--port", port)

    assert failed.returncode == 1
    assert f"port {port} on 127.0.0.1 is in use" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_a_directory_for_its_data_is_made(tmp_path):
    cron, data = Cron(tmp_path), tmp_path / "some" / "where"
    flags = ("--port", "0", "--phone-port", "0", "--no-warm", "--data-dir", str(data))
    started = cron.run("serve", "--detach", *flags, GATEWAY_BEARER_TOKEN="of-the-owner")
    stopped = cron.run("stop", "--now", "--data-dir", str(data))

    assert (started.returncode, started.stderr, stopped.returncode) == (0, "", 0)
    assert data.stat().st_mode & 0o777 == 0o700


def test_who_gives_up_waiting_for_a_start_leaves_none_behind(tmp_path):
    cron = Cron(tmp_path)
    until = time.monotonic() + PATIENCE_S
    code, told, complaint = interrupted_start(cron)

    assert (code, told, complaint.strip()) == (130, b"", b"")
    assert cron.run("stop").returncode == 3
    while at_work_in(tmp_path) and time.monotonic() < until:
        time.sleep(0.02)
    assert at_work_in(tmp_path) == []


def test_where_ctrl_c_is_ignored_a_start_ignores_it(tmp_path):
    cron = Cron(tmp_path)
    code, told, _ = interrupted_start(cron, "sh", "-c", "trap '' INT; exec \"$@\"", "sh")

    assert (code, json.loads(told)["event"]) == (0, "detached")
    assert cron.run("stop", "--now").returncode == 0


def interrupted_start(cron, *under):
    """Ctrl-C for a `serve --detach` that has just begun: its exit code and its two outputs."""
    flags = ("--detach", "--port", "0", "--phone-port", "0", "--no-warm")
    starting = subprocess.Popen(
        [*under, CLAWCTL, "serve", *flags],
        env={**BARE, "HOME": str(cron.home)}, cwd=cron.home, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    # It is there before the gateway is, which takes far longer than a look.
    until = time.monotonic() + PATIENCE_S
    while not (cron.data / "serve.log").exists() and time.monotonic() < until:
        time.sleep(0.005)
    starting.send_signal(signal.SIGINT)
    told, complaint = starting.communicate(timeout=PATIENCE_S)
    return starting.returncode, told, complaint


def at_work_in(place):
    """The processes whose working directory it is."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            found += [process.name] if (process / "cwd").readlink() == place else []
    return found


def test_settings_that_are_wrong_start_nothing(tmp_path):
    failed = Cron(tmp_path).run("serve", "--detach", GATEWAY_PORT="x")

    assert failed.returncode == 2
    assert "GATEWAY_PORT" in failed.stderr
    assert not (tmp_path / ".local").exists()


def test_a_gateway_that_hangs_is_ended_at_once_when_asked(tmp_path):
    cron = Cron(tmp_path)
    flags = ("--port", "0", "--phone-port", "0", "--no-warm")
    pid = json.loads(cron.run("serve", "--detach", *flags).stdout)["pid"]
    os.kill(pid, signal.SIGSTOP)

    assert cron.run("stop", "--timeout", "0.2").returncode == 7
    assert cron.run("stop", "--now").returncode == 0
