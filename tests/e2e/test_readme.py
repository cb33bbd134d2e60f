"""A stranger's path: the README from top to bottom, each command in a terminal."""

import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

pytestmark = pytest.mark.journey

TOP = Path(__file__).parents[2]
README = TOP / "README.md"
BIN = Path(sys.executable).parent
PATIENCE_S = 60
CTRL_C = b"\x03"

# What tells that a command did what the README says; every command also ends with 0.
TELLING = {
    "clawctl simulate --fast --say": "Anna",
    "clawctl status": "Calls",
    "clawctl simulate --demo --fast": "Tuesday",
    "clawctl tail": "Tuesday",
    "clawctl calls list": "NUMBER",
    "clawctl calls show last": "assistant",
    "clawctl calls search": "my name is",
    "clawctl calls export": "Wrote",
    "clawctl messages list": "David Miller",
    "clawctl agents": "No agent is connected.",
    "clawctl context set": "Known from the next turn on.",
    "clawctl instructions set": "In force from the next turn on.",
    "clawctl inject": "It was said.",
    "clawctl hangup": "no phone is connected",
    "clawctl messages done": "Done",
    "clawctl config set": "Set in",
    "clawctl config explain": "Markus",
    "clawctl config show": "greeting_owner",
    "clawctl config path": "config.yaml",
    "clawctl doctor": "recogniser",
    "clawctl engines": "espeak",
    "clawctl warm": "Ready for calls.",
    "clawctl say": "Saved",
    "clawctl serve --detach": "pid",
    "clawctl stop": "Stopped",
    "make demo": "simulate --demo",
    "make test": "pytest",
}
# What goes on beside the commands after it: what it shows once they may come, and how it ends.
GOES_ON = {
    "clawctl serve": ("Ready for calls.", "Stopped.", 0),
    "clawctl simulate --say": ("assistant", "the gateway hung up", 1),
}


class Terminal:
    """A command in a terminal of its own; `shown` is what the screen got so far."""

    def __init__(self, line, home):
        self.line, self.shown = line, ""
        self._ours, theirs = pty.openpty()
        environ = {
            "HOME": str(home), "PATH": os.environ["PATH"], "TERM": "xterm", "LANG": "C.UTF-8",
            "GATEWAY_PORT": "0", "GATEWAY_PHONE_PORT": "0", "GATEWAY_ADB_DRIVER": "off",
        }  # fmt: skip
        self.process = subprocess.Popen(
            ["bash", "-c", f"exec {line}"], cwd=home, env=environ, start_new_session=True,
            stdin=theirs, stdout=theirs, stderr=theirs, preexec_fn=_take_terminal,  # noqa: PLW1509 - nothing else runs in there
        )  # fmt: skip
        os.close(theirs)

    def read_until(self, found):
        """What is shown until `found` is in it, or the command is over."""
        until = time.monotonic() + PATIENCE_S
        while found is None or found not in self.shown:
            left = until - time.monotonic()
            assert left > 0, f"{self.line}: {self.shown}"
            if not select.select([self._ours], [], [], left)[0]:
                continue
            try:
                self.shown += os.read(self._ours, 65536).decode("utf-8", "replace")
            except OSError:
                return self.shown
        return self.shown

    def type(self, keys):
        os.write(self._ours, keys)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._ours)


def _take_terminal():
    """So that Ctrl-C reaches the command."""
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@contextmanager
def terminal(line, home):
    one = Terminal(line, home)
    try:
        yield one
    finally:
        one.close()


def commands():
    """The lines of the README's shell blocks, those that name no language, in order."""
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", README.read_text(), re.DOTALL | re.MULTILINE)
    shell = [block for language, block in blocks if not language]
    return [line for block in shell for line in block.splitlines() if line.strip()]


def as_typed(line):
    """The same for this machine, where make only says what it would do."""
    bare = re.sub(r"\s+#.*", "", line)
    return bare.replace("make ", "make -n ") if bare.startswith("make") else bare


def told(line):
    bare = line.replace(".venv/bin/", "")
    return next((sign for start, sign in TELLING.items() if bare.startswith(start)), "")


def goes_on(line):
    bare = as_typed(line).replace(".venv/bin/", "")
    starts = (one for one in GOES_ON if bare == one or bare.startswith(f'{one} "'))
    return GOES_ON.get(next(starts, ""))


@pytest.fixture
def home(tmp_path):
    """A fresh home with what a clone has, but for the tests."""
    for name in ("Makefile", "pyproject.toml", "config.example.yaml"):
        shutil.copy(TOP / name, tmp_path)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv/bin").symlink_to(BIN)
    return tmp_path


def test_every_command_of_the_readme_does_what_it_says(home):
    going_on, wrong = [], []
    try:
        for line in commands():
            if expected := goes_on(line):
                going_on.append((Terminal(as_typed(line), home), expected))
                going_on[-1][0].read_until(expected[0])
                continue
            with terminal(as_typed(line), home) as one:
                shown = one.read_until(None)
                if one.process.wait(PATIENCE_S) or told(line) not in shown:
                    wrong.append((line, shown))
        for one, (_, last, code) in going_on:
            shown = one.read_until(None)
            if one.process.wait(PATIENCE_S) != code or last not in shown:
                wrong.append((one.line, shown))
    finally:
        for one, _ in going_on:
            one.close()
        with terminal(".venv/bin/clawctl stop --now", home) as stopping:
            stopping.read_until(None)

    assert wrong == []
    assert len(going_on) == len(GOES_ON)


def test_what_goes_on_ends_with_ctrl_c(home):
    with terminal(".venv/bin/clawctl serve --no-warm", home) as serving:
        serving.read_until("Gateway")
        for command, sign in (("status --watch", "Messages"), ("tail --follow", "")):
            with terminal(f".venv/bin/clawctl {command}", home) as one:
                one.read_until(sign)
                time.sleep(0.5)
                one.type(CTRL_C)
                one.read_until(None)
                assert (command, one.process.wait(PATIENCE_S)) == (command, 130), one.shown
        serving.type(CTRL_C)
        serving.read_until("Stopped.")
        assert serving.process.wait(PATIENCE_S) == 0


@pytest.mark.parametrize("number", [signal.SIGHUP])
def test_a_terminal_that_is_closed_stops_the_gateway_in_it(home, number):
    with terminal(".venv/bin/clawctl serve --no-warm", home) as serving:
        serving.read_until("Gateway")
        serving.process.send_signal(number)
        serving.read_until("Stopped.")
        assert serving.process.wait(PATIENCE_S) == 0
