"""clawctl serve as a process: what it prints, how it stops, how it refuses to start."""

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager

import pytest

pytestmark = pytest.mark.journey

FREE = ["--port", "0", "--phone-port", "0"]
CLAWCTL = [sys.executable, "-m", "clawctl.cli"]
PATIENCE_S = 30


def environment(**extra):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GATEWAY_", "CLAWCTL_"))}
    return {**kept, "GATEWAY_ADB_DRIVER": "off", **extra}


def run(*args, cwd, **extra):
    return subprocess.run(
        [*CLAWCTL, *args],
        cwd=cwd,
        env=environment(**extra),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


@contextmanager
def serving(tmp_path, *args, **extra):
    """A gateway in a process of its own; the second value is what it said until it listened."""
    process = subprocess.Popen(
        [*CLAWCTL, "serve", *FREE, "--data-dir", str(tmp_path / "data"), *args],
        cwd=tmp_path,
        env=environment(**extra),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process, json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


def test_it_says_where_it_listens_and_who_will_hear_think_and_speak(tmp_path):
    with serving(tmp_path) as (process, listening):
        engines = {}
        while (said := json.loads(process.stdout.readline()))["event"] != "ready":
            if said["event"] == "engine" and said["chosen"]:
                engines[said["stage"]] = (said["name"], said["why"])

    assert listening["event"] == "listening"
    assert listening["url"].startswith("http://127.0.0.1:")
    assert listening["phone_url"] != listening["url"]
    assert engines == {
        "stt": ("pocketsphinx", "the best of those installed"),
        "llm": ("receptionist", "the best of those installed"),
        "tts": ("espeak", "the best of those installed"),
    }


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly_on_a_signal(tmp_path, number):
    with serving(tmp_path) as (process, _):
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE_S)

    assert process.returncode == 0
    assert [json.loads(line)["event"] for line in out.splitlines()][-2:] == ["stopping", "stopped"]
    assert "Traceback" not in err


def test_status_finds_it_by_its_url(tmp_path):
    with serving(tmp_path, "--no-warm") as (_, listening):
        status = run("status", "--json", "--url", listening["url"], cwd=tmp_path)

    assert status.returncode == 0
    assert json.loads(status.stdout)["active_sessions"] == 0


def test_no_gateway_is_one_clear_sentence_and_exit_3(tmp_path):
    status = run("status", "--url", "http://127.0.0.1:1", cwd=tmp_path)

    assert status.returncode == 3
    assert status.stderr == (
        "clawctl: no gateway answers at http://127.0.0.1:1; start one with 'clawctl serve'\n"
    )


def test_a_port_in_use_is_named(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = run("serve", "--port", port, "--data-dir", "d", cwd=tmp_path)

    assert refused.returncode == 1
    assert f"port {port} on 127.0.0.1 is in use" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_second_gateway_on_the_same_data_is_turned_away(tmp_path):
    with serving(tmp_path, "--no-warm") as (process, _):
        second = run("serve", *FREE, "--data-dir", str(tmp_path / "data"), cwd=tmp_path)

    assert second.returncode == 6
    assert str(process.pid) in second.stderr
    assert "Traceback" not in second.stderr


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ("host: 0.0.0.0\n", ["host", "loopback"]),
        ("port: many\nsession_ttl: -1\nprot: 1\n", ["port", "session_ttl", "prot", "phone_port"]),
        ("port: [1\n", ["config.yaml"]),
        ("- a\n", ["config.yaml"]),
    ],
)
def test_a_wrong_settings_file_is_refused_with_every_fault(tmp_path, settings, says):
    (tmp_path / "config.yaml").write_text(settings)
    refused = run("serve", cwd=tmp_path)

    assert refused.returncode == 2
    assert [word for word in says if word not in refused.stderr] in ([], ["phone_port"])
    assert "Traceback" not in refused.stderr


def test_a_settings_file_that_is_not_there_is_refused(tmp_path):
    refused = run("serve", "--config", "nowhere.yaml", cwd=tmp_path)

    assert refused.returncode == 2
    assert "nowhere.yaml" in refused.stderr


def test_a_data_directory_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "data").write_text("in the way")
    refused = run("serve", *FREE, "--data-dir", str(tmp_path / "data"), cwd=tmp_path)

    assert refused.returncode == 1
    assert str(tmp_path / "data") in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_environment_wins_over_the_file_and_a_flag_over_both(tmp_path):
    (tmp_path / "config.yaml").write_text("log_level: loud\n")
    by_file = run("serve", cwd=tmp_path)
    by_variable = run("serve", cwd=tmp_path, GATEWAY_LOG_LEVEL="louder")

    assert "log_level" in by_file.stderr
    assert "GATEWAY_LOG_LEVEL" in by_variable.stderr


def test_on_a_machine_without_adb_or_a_phone_it_says_so_in_one_line(tmp_path):
    bare = {"PATH": str(tmp_path / "nothing"), "HOME": str(tmp_path), "GATEWAY_ADB_DRIVER": "auto"}
    with serving(tmp_path, **bare) as (process, _):
        while json.loads(process.stdout.readline())["event"] != "ready":
            pass
        process.terminate()
        _, err = process.communicate(timeout=PATIENCE_S)

    told = [json.loads(line) for line in err.splitlines()]
    assert [one["event"] for one in told if one["event"].startswith("phone.")] == ["phone.absent"]
    warned = [one["event"] for one in told if one["level"] not in {"info", "debug"}]
    # That the embedded recogniser hardly understands the embedded voice is none of the phone's.
    assert [event for event in warned if event != "engine.unclear"] == []
