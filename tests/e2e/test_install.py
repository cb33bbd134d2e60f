"""make install puts everything in place, and a shell completes."""

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

pytestmark = pytest.mark.journey

TOP = Path(__file__).parents[2]
PACKAGES = ("clawctl", "plugins/clawctl_plugins")
VENV = Path(sys.executable).parents[1]


def make(target, dest):
    stamp = VENV / ".installed"
    return subprocess.run(
        ["make", "-s", target, f"DESTDIR={dest}", "PREFIX=/usr", f"VENV={VENV}", "-o", str(stamp)],
        cwd=TOP, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_everything_is_put_in_place_and_taken_away(tmp_path):
    assert make("install", tmp_path).returncode == 0

    placed = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if not p.is_dir()}
    assert "usr/share/man/man1/clawctl-calls.1" in placed
    assert "usr/share/man/man5/clawctl-config.5" in placed
    assert "usr/share/man/man7/clawctl-http.7" in placed
    assert "usr/share/bash-completion/completions/clawctl" in placed
    assert "usr/share/zsh/site-functions/_clawctl" in placed
    assert "usr/share/fish/vendor_completions.d/clawctl.fish" in placed
    assert (tmp_path / "usr/bin/clawctl").is_symlink()

    assert make("uninstall", tmp_path).returncode == 0
    assert [p for p in tmp_path.rglob("*") if not p.is_dir()] == []


@pytest.mark.journey
def test_a_wheel_holds_all_that_is_ours_and_nothing_else(tmp_path):
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *PACKAGES],
        cwd=TOP, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    pip = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(tmp_path), str(TOP)]
    subprocess.run(pip, timeout=300, check=True)
    (wheel,) = tmp_path.glob("*.whl")

    packed = [name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name]

    ours = {name.removeprefix("plugins/") for name in listed.stdout.split()}
    assert "clawctl/web/static/index.html" in ours
    assert set(packed) == ours


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("clawctl ", {"serve", "calls", "config", "doctor", "tail"}),
        ("clawctl calls ", {"list", "show", "search", "export", "forget"}),
        ("clawctl calls list --li", {"--live", "--limit"}),
        ("clawctl config explain tts_", {"tts_lang", "tts_voice", "tts_speed"}),
        ("clawctl calls show ", set()),
    ],
)
def test_bash_completes(tmp_path, words, offered):
    line = words.split(" ")
    script = f"""
source {TOP}/completions/clawctl.bash
COMP_WORDS=({" ".join(repr(word) for word in line)})
COMP_CWORD={len(line) - 1}
_clawctl_completion clawctl
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    environ = {
        "HOME": str(tmp_path),
        "PATH": f"{VENV}/bin:{os.environ['PATH']}",
        "GATEWAY_PORT": "1",
    }

    done = subprocess.run(
        ["bash", "-c", script], env=environ, capture_output=True, text=True, timeout=30, check=False
    )

    assert done.stderr == ""
    assert offered <= set(done.stdout.split())
