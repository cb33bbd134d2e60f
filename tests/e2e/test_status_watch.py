"""clawctl status --watch: a line a change, over a gateway that goes and comes back."""

import json
import os
import signal
import subprocess
import sys

import pytest

pytestmark = pytest.mark.journey

CLAWCTL = [sys.executable, "-m", "clawctl.cli"]
PATIENCE_S = 60


@pytest.fixture
def home(tmp_path):
    (tmp_path / "config.yaml").write_text(
        "port: 0\nphone_port: 0\ndata_dir: data\nadb_driver: off\n"
    )
    return tmp_path


def run(home, *args):
    done = subprocess.run(
        [*CLAWCTL, *args], cwd=home, env=environ(home), stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def environ(home):
    return {"HOME": str(home), "PATH": os.environ["PATH"]}


def test_it_goes_on_when_the_gateway_was_away(home):
    run(home, "serve", "--detach", "--no-warm")
    watching = subprocess.Popen(
        [*CLAWCTL, "status", "--watch", "--interval", "0.1"], cwd=home, env=environ(home),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        lines = (json.loads(line) for line in watching.stdout)
        seen = [next(lines)]
        run(home, "stop")
        seen.append(next(lines))
        run(home, "serve", "--detach", "--no-warm")
        # There may be a word on why it is still away.
        seen.append(next(one for one in lines if one["ok"]))
        watching.send_signal(signal.SIGINT)
        _, complaint = watching.communicate(timeout=PATIENCE_S)
    finally:
        watching.kill()
        watching.communicate()
        run(home, "stop", "--now")

    assert [(one["ok"], one.get("code", "")) for one in seen] == [
        (True, ""), (False, "unreachable"), (True, ""),
    ]  # fmt: skip
    assert (watching.returncode, complaint.strip()) == (130, "")
