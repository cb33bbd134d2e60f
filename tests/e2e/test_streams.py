"""Commands whose streams are closed, full, or no longer read: as a shell leaves them."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.journey

CLAWCTL = Path(sys.executable).parent / "clawctl"
PATIENCE_S = 30
COMMANDS = ["--help", "config --help", "config show", "config explain"]


def shell(line, home, **environ):
    """What a line of bash did; its exit code is that of the first command in a pipe."""
    return subprocess.run(
        ["bash", "-c", f"{line}; exit ${{PIPESTATUS[0]}}"], cwd=home, timeout=PATIENCE_S,
        env={"HOME": str(home), "PATH": f"{CLAWCTL.parent}:/usr/bin:/bin",
             "GATEWAY_PORT": "1", **environ},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_who_stops_reading_has_seen_enough(tmp_path, command):
    # Read nothing, and be gone before the first word comes.
    done = shell(f"clawctl {command} | true", tmp_path)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_full_disk_is_one_sentence(tmp_path, command):
    done = shell(f"clawctl {command} > /dev/full", tmp_path)

    assert done.returncode == 1
    assert done.stderr == "clawctl: standard output takes no more: No space left on device\n"


@pytest.mark.parametrize(("command", "code"), [*((one, 0) for one in COMMANDS), ("calls list", 3)])
def test_closed_streams_swallow_what_is_said(tmp_path, command, code):
    done = shell(f"clawctl {command} <&- >&-", tmp_path)

    assert done.returncode == code
    assert len(done.stderr.splitlines()) == (1 if code else 0)
    assert shell(f"clawctl {command} <&- >&- 2>&-", tmp_path).returncode == code


@pytest.mark.parametrize(
    ("letters", "shown"), [("ascii", b"Zo\xc3\xab \xe2\x80\xa6"), ("latin-1", b"Zo\xeb \\u2026")]
)
def test_no_locale_keeps_a_word_from_being_shown(tmp_path, letters, shown):
    (tmp_path / "config.yaml").write_text("greeting_owner: Zo\u00eb \u2026\n", "utf-8")

    done = subprocess.run(
        [CLAWCTL, "config", "show", "--config", "config.yaml"],
        env={"HOME": str(tmp_path), "PYTHONIOENCODING": letters},
        cwd=tmp_path, capture_output=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, b"")
    assert shown in done.stdout


def test_what_goes_on_ends_when_nobody_reads_it_any_more(tmp_path):
    done = shell("clawctl status --watch --interval 0.1 | head -n 1", tmp_path)

    assert done.returncode == 0
    assert '"code":"unreachable"' in done.stdout
