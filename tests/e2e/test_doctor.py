"""clawctl doctor as a process, each time in a home of its own: one fault is named, and only it."""

import http.server
import json
import os
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import trio

from clawctl.call.ports import CallState, Entry
from clawctl.cli.asking import Asking
from clawctl.cli.doctor.engines import servers
from clawctl.cli.doctor.patient import Patient
from clawctl.cli.output import Output
from clawctl.plugins import Found
from clawctl.store.database import FILE_NAME
from clawctl.store.sqlite import open_store
from clawctl.testing.engines import EchoLlm, fake_plugin

pytestmark = pytest.mark.journey

CLAWCTL = [sys.executable, "-m", "clawctl.cli"]
PATIENCE_S = 90
SECRET = "sesame-4711-sesame"


class Home:
    """A user's machine: a home directory, and settings in it."""

    def __init__(self, place, **settings):
        self.place = place
        self.data = place / ".local" / "share" / "clawctl"
        self.file = place / ".config" / "clawctl" / "config.yaml"
        self.file.parent.mkdir(parents=True)
        self.write(**settings)

    def write(self, **settings):
        flat = {"port": 0, "phone_port": 0, "adb_driver": "off", **settings}
        self.file.write_text("".join(f"{k}: {json.dumps(v)}\n" for k, v in flat.items()))
        self.file.chmod(0o600)

    def environment(self, **extra):
        strange = ("GATEWAY_", "CLAWCTL_", "XDG_")
        kept = {k: v for k, v in os.environ.items() if not k.startswith(strange)}
        return {**kept, "HOME": str(self.place), **extra}

    def doctor(self, *args, limit=None, **extra):
        """Exit code and the checks by name."""
        ended = subprocess.run(
            [*CLAWCTL, "doctor", "--json", *args],
            cwd=self.place,
            env=self.environment(**extra),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
            preexec_fn=limit,
        )
        assert ended.stderr == ""
        assert SECRET not in ended.stdout
        told = json.loads(ended.stdout)
        assert told["ok"] == (ended.returncode == 0)
        return ended.returncode, {check["name"]: check for check in told["checks"]}

    @contextmanager
    def gateway(self, *args, **extra):
        process = subprocess.Popen(
            [*CLAWCTL, "serve", "--no-warm", *args],
            cwd=self.place,
            env=self.environment(**extra),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=PATIENCE_S)

    def database_with_calls(self):
        """As a gateway left it."""

        async def keep_calls():
            async with open_store(self.data) as store:
                for number in range(300):
                    call = CallState(session_id=f"s{number}", summary="word " * 100, turn_count=1)
                    store.record_soon(Entry(call=call))

        trio.run(keep_calls)
        return self.data / FILE_NAME


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


def names(checks, state):
    return {name for name, check in checks.items() if check["state"] == state}


# What a machine that is well, but new, is told.
ON_A_NEW_MACHINE = {"agent_token", "data_dir", "running", "recogniser"}
# How quick it answers depends on what else this machine does.
BUSY = {"latency"}


def only(checks, name):
    """That this check failed; the others are as on a machine that is well."""
    assert names(checks, "failed") == {name}
    assert names(checks, "warning") <= ON_A_NEW_MACHINE | BUSY
    return checks[name]


def test_a_new_machine_is_well_and_a_proof_call_goes_through_a_gateway_of_its_own(home):
    code, checks = home.doctor("--call")

    assert code == 0
    assert names(checks, "warning") == ON_A_NEW_MACHINE
    assert checks["proof"]["state"] == "ok"
    assert "words came back from a gateway of its own" in checks["proof"]["why"]
    assert checks["adb"] == {
        "group": "phone",
        "name": "adb",
        "state": "skipped",
        "why": "adb_driver is off",
        "mend": "",
        "fixed": "",
    }
    assert not home.data.exists()


def test_a_running_gateway_is_examined_and_takes_the_proof_call_which_leaves_no_message(home):
    home.write(agent_token=SECRET, bearer_token=SECRET, llm_api_key=SECRET)
    with home.gateway():
        code, checks = home.doctor("--call")

    assert code == 0
    assert names(checks, "warning") - BUSY == {"recogniser"}
    assert names(checks, "skipped") == {"notify_command", "log_file", "servers", "adb"}
    assert "words came back from the running gateway" in checks["proof"]["why"]
    with closing(sqlite3.connect(home.data / FILE_NAME)) as db:
        (session_id, ended_at) = db.execute("SELECT session_id, ended_at FROM calls").fetchone()
        assert session_id.startswith("doctor-")
        assert ended_at is not None
        assert db.execute("SELECT count(*) FROM messages").fetchone() == (0,)


def test_an_engine_that_does_not_exist(home):
    home.write(tts_engine=["nonsense"])
    code, checks = home.doctor("--call")

    assert code == 1
    found = only(checks, "voice")
    assert "nonsense: no such engine; there are" in found["why"]
    assert found["mend"] == "clawctl config set tts_engine auto"
    assert checks["speaking"]["why"] == "because 'voice' failed"
    assert checks["proof"]["why"] == "because 'voice' failed"


def test_an_engine_whose_library_is_broken(home):
    (home.place / "library").mkdir()
    (home.place / "library" / "pocketsphinx.py").write_text("raise ImportError('half installed')")
    code, checks = home.doctor("--call", PYTHONPATH=str(home.place / "library"))

    assert code == 1
    found = only(checks, "hearing")
    assert found["why"].startswith("pocketsphinx: ")
    assert found["mend"] == "clawctl engines"
    assert checks["answering"]["state"] == checks["speaking"]["state"] == "ok"
    assert checks["proof"]["why"] == "because 'hearing' failed"


def test_an_engine_that_is_broken_in_the_running_gateway(home):
    (home.place / "library").mkdir()
    (home.place / "library" / "pocketsphinx.py").write_text("raise ImportError('half installed')")
    with home.gateway(PYTHONPATH=str(home.place / "library")):
        code, checks = home.doctor("--call")

    assert code == 1
    assert only(checks, "hearing")["why"].startswith("pocketsphinx: ")


class Stranger(http.server.BaseHTTPRequestHandler):
    server_version, sys_version = "Teapot/1.0", ""

    def do_GET(self):
        self.send_error(418)

    def log_message(self, *_):
        pass


def test_a_port_in_use_by_another_program_which_gives_its_name(home):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as server:
        threading.Thread(target=server.serve_forever).start()
        port = server.server_address[1]
        home.write(port=port)
        code, checks = home.doctor("--call")
        server.shutdown()

    assert code == 1
    found = only(checks, "ports")
    assert found["why"].startswith(f"port {port} is used by ")
    assert found["why"].endswith("there answers an HTTP server (Teapot/1.0)")
    assert found["mend"].startswith("clawctl config set port ")
    assert checks["proof"]["state"] == "ok"


def test_a_port_in_use_by_a_program_that_is_silent(home):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        home.write(phone_port=port)
        code, checks = home.doctor("--only", "gateway")

    assert code == 1
    why = only(checks, "ports")["why"]
    assert why.startswith(f"phone_port {port} is used by ")
    assert why.endswith("there answers a program that says nothing for 5 s")


def test_a_port_in_use_by_a_gateway_on_other_data(home):
    with home.gateway("--data-dir", str(home.place / "elsewhere")) as listening:
        home.write(port=int(listening["url"].rpartition(":")[2]))
        code, checks = home.doctor("--only", "gateway")

    assert code == 1
    found = only(checks, "ports")
    assert "a gateway that keeps its data elsewhere than" in found["why"]
    assert found["mend"] == f"clawctl doctor --url {listening['url']}"


def test_a_wrong_token(home):
    home.write(agent_token=SECRET)
    with home.gateway():
        code, checks = home.doctor("--call", "--token", "not-it")

    assert code == 1
    found = only(checks, "token")
    assert found["why"] == (
        "the control endpoints ask for agent_token: the agent_token shown is not the gateway's"
    )
    assert found["mend"] == "clawctl doctor --token AGENT_TOKEN"
    assert checks["bearer"]["state"] == "ok"
    assert checks["hearing"]["why"] == "because 'token' failed"


def test_a_bearer_token_that_is_not_the_gateways(home):
    with home.gateway():
        (home.data / "bearer_token").write_text("another-one\n")
        code, checks = home.doctor("--only", "gateway,call")

    assert code == 1
    found = only(checks, "bearer")
    assert found["mend"] == "clawctl stop && clawctl serve --detach"
    assert checks["proof"]["why"] == "because 'bearer' failed"


@pytest.mark.parametrize("at", [0, 4096 * 3])
def test_a_damaged_database(home, at):
    path = home.database_with_calls()
    with path.open("r+b") as file:
        file.seek(at)
        file.write(b"\xff" * 4096 * 3)
    before = sorted(home.data.iterdir())
    code, checks = home.doctor("--call")

    assert code == 1
    found = only(checks, "database")
    assert found["why"] == f"{path} is damaged, or no database of ours"
    aside = home.data / "damaged"
    assert found["mend"] == f"mkdir {aside} && mv {path}* {aside}"
    assert checks["size"]["why"] == "because 'database' failed"
    assert sorted(home.data.iterdir()) == before


def test_a_database_of_a_newer_clawctl(home):
    path = home.database_with_calls()
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 4000")
    code, checks = home.doctor("--only", "store")

    assert code == 1
    found = only(checks, "database")
    assert found["why"].endswith("; run the newer one that wrote it")
    assert found["mend"] == ""


def no_large_files():
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))


def test_a_disk_that_takes_no_more(home):
    home.data.mkdir(parents=True, mode=0o700)
    code, checks = home.doctor("--call", limit=no_large_files)

    assert code == 1
    found = only(checks, "room")
    assert found["why"].startswith(f"{home.data} takes no more: File too large")
    assert found["mend"] == "ulimit -f unlimited"
    assert checks["proof"]["why"] == "because 'room' failed"
    assert list(home.data.iterdir()) == []


def test_settings_that_cannot_be_read_stop_what_needs_them(home):
    home.file.write_text("port: many\nprot: 1\n")
    code, checks = home.doctor()

    assert code == 1
    found = only(checks, "file")
    assert f"port ({home.file}:1): must be a whole number" in found["why"]
    assert f"prot ({home.file}:2): there is no such setting" in found["why"]
    assert found["mend"] == "clawctl config edit"
    assert checks["hearing"]["why"] == "because 'file' failed"
    assert checks["python"]["state"] == "ok"


def test_fix_makes_what_is_missing_and_closes_what_is_open(home):
    home.write(bearer_token=SECRET, auth_passphrase=SECRET)
    home.file.chmod(0o644)
    code, checks = home.doctor("--only", "settings,store", "--fix")

    assert code == 0
    assert checks["private_file"]["fixed"] == f"made private: {home.file}"
    assert checks["private_file"]["state"] == "ok"
    assert home.file.stat().st_mode & 0o777 == 0o600
    assert checks["data_dir"]["fixed"] == f"made {home.data}"
    assert checks["data_dir"]["state"] == "ok"
    assert home.data.stat().st_mode & 0o777 == 0o700


def test_without_fix_nothing_is_changed(home):
    home.write(bearer_token=SECRET)
    home.file.chmod(0o644)
    code, checks = home.doctor("--only", "settings,store")

    assert code == 0
    assert checks["private_file"]["mend"] == f"chmod go= {home.file}"
    assert checks["private_file"]["fixed"] == ""
    assert home.file.stat().st_mode & 0o777 == 0o644
    assert not home.data.exists()


def test_strict_counts_warnings(home):
    assert home.doctor("--only", "agent_token")[0] == 0
    assert home.doctor("--only", "agent_token", "--strict")[0] == 1


def test_a_gateway_that_was_named_must_be_there(home):
    code, checks = home.doctor("--only", "gateway", "--url", "http://127.0.0.1:1")

    assert code == 1
    assert only(checks, "running")["why"] == "no gateway answers at http://127.0.0.1:1"


def test_a_passphrase_that_is_due_is_no_failure(home):
    home.write(auth_passphrase=SECRET)
    code, checks = home.doctor("--only", "call")

    assert code == 0
    assert checks["proof"]["state"] == "skipped"


def test_a_gateway_on_other_data_can_be_examined_but_not_called(home):
    with home.gateway("--data-dir", str(home.place / "elsewhere")) as listening:
        code, checks = home.doctor("--only", "gateway,call", "--url", listening["url"])

    assert code == 0
    assert checks["running"]["state"] == checks["token"]["state"] == "ok"
    assert checks["bearer"]["state"] == checks["proof"]["state"] == "skipped"


def test_a_gateway_that_hangs_is_named_and_nobody_waits_for_it(home):
    with home.gateway() as listening, hanging(home):
        code, checks = home.doctor("--only", "gateway,call")

    assert code == 1
    found = only(checks, "running")
    assert f"does not answer at {listening['url']}" in found["why"]
    assert found["mend"] == "clawctl stop && clawctl serve --detach"
    assert checks["proof"]["why"] == "because 'running' failed"


@contextmanager
def hanging(home):
    pid = int((home.data / "lock").read_text().split()[0])
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_an_interrupt_ends_it_at_once(home):
    process = subprocess.Popen(
        [*CLAWCTL, "doctor"],
        cwd=home.place,
        env=home.environment(PYTHONUNBUFFERED="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        wait_until_it_runs(process.pid)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE_S)
    finally:
        process.kill()
        process.communicate()

    assert process.returncode == 130
    assert b"Traceback" not in err
    assert out == b""


def wait_until_it_runs(pid):
    """Its engines are being tried once it has a child."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if children.read_text().strip():
            return
        time.sleep(0.02)
    raise AssertionError


def examined(place, text, *plugins):
    path = place / "settings.yaml"
    path.write_text(text)
    one = Patient(Asking(path, None, None, Output(as_json=True)))
    one.found = Found(plugins, {})
    return one


def test_a_server_is_knocked_at_only_if_a_chosen_engine_needs_it(tmp_path):
    remote, embedded = (fake_plugin(name, llm=EchoLlm()) for name in ("openai", "embedded"))
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        text = f"llm_base_url: http://127.0.0.1:{unused.getsockname()[1]}/v1\n"

        assert servers(examined(tmp_path, text, embedded)).state == "skipped"
        verdict = servers(examined(tmp_path, text, remote))
        assert verdict.state == "failed"
        assert verdict.why.startswith("llm_base_url: nothing listens at http://127.0.0.1:")


def test_a_server_elsewhere_is_left_alone(tmp_path):
    remote = fake_plugin("openai", llm=EchoLlm())
    text = "llm_base_url: http://models.example/v1\n"

    assert servers(examined(tmp_path, text, remote)).state == "ok"
