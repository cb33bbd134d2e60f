"""clawctl models beside a hub on loopback: what is told, kept, and found by the library."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from clawctl.engines.models import PIPER_VOICES, voice_file
from clawctl.testing.hub import Hub, Model, open_hub
from clawctl.testing.terminal import open_terminal

pytestmark = pytest.mark.journey

CLAWCTL = [sys.executable, "-m", "clawctl.cli", "models"]
TOKEN = "hf_s3cr3tOfTheHub"
WEIGHTS = bytes(range(256)) * 4000
TINY = Model({
    "config.json": b"{}", "README.md": b"read me", "tokenizer.json": b"[1]",
    "model.safetensors": WEIGHTS, "pytorch_model.bin": WEIGHTS[:7],
})  # fmt: skip
THORSTEN = voice_file("de_DE-thorsten-high")
VOICES = Model({THORSTEN: b"onnx" * 99, f"{THORSTEN}.json": b"{}", "voices.json": b"{}"})
SIZE = len(WEIGHTS) + 5
Models = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def hub() -> Iterator[Hub]:
    with open_hub(Hub({"org/tiny": TINY, PIPER_VOICES: VOICES})) as opened:
        yield opened


@pytest.fixture
def environ(hub: Hub, tmp_path: Path) -> dict[str, str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("HF_", "HUGG"))}
    return kept | {"HF_ENDPOINT": hub.url, "HF_HOME": str(tmp_path / "hf"), "NO_COLOR": "1"}


@pytest.fixture
def models(environ: dict[str, str], tmp_path: Path) -> Models:
    def run(*args: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*CLAWCTL, *args], env=environ | more, cwd=tmp_path, check=False, timeout=60,
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
        )  # fmt: skip

    return run


def library(environ: dict[str, str], line: str, **more: str) -> str:
    """What huggingface_hub itself prints."""
    told = subprocess.run(
        [sys.executable, "-c", f"import huggingface_hub as hub; print({line})"],
        env=environ | {"HF_HUB_DISABLE_PROGRESS_BARS": "1"} | more,
        check=True, timeout=60, capture_output=True, text=True,
    )  # fmt: skip
    return told.stdout.strip()


def lines(done: subprocess.CompletedProcess[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_model_is_pulled_once_and_found(models: Models, hub: Hub, tmp_path: Path) -> None:
    folder = tmp_path / f"hf/hub/models--org--tiny/snapshots/{TINY.commit}"
    pulled = {"event": "pulled", "model": "org/tiny", "bytes": SIZE, "path": str(folder)}

    assert models("path", "org/tiny").returncode == 5
    assert lines(models("pull", "org/tiny")) == [
        {"event": "size", "model": "org/tiny", "bytes": SIZE, "here": 0, "files": 3},
        pulled,
    ]
    assert models("path", "org/tiny").stdout == f"{folder}\n"
    assert {file.name for file in folder.iterdir()} == {
        "config.json", "tokenizer.json", "model.safetensors"
    }  # fmt: skip
    assert lines(models("pull", "org/tiny", "org/tiny")) == [pulled]
    assert hub.parts() == [""]
    (listed,) = lines(models("list"))
    assert (listed["model"], listed["state"], listed["bytes"]) == ("org/tiny", "here", SIZE)


def test_the_library_finds_what_we_pulled_and_we_what_it_pulled(
    models: Models, environ: dict[str, str], hub: Hub
) -> None:
    hub.models["org/theirs"] = replace(TINY, files={**TINY.files, "vocab.txt": b"a b c"})
    models("pull", "org/tiny")

    # As mlx-lm asks for a model.
    patterns = "allow_patterns=['*.json', 'model*.safetensors']"
    ours = library(environ, f"hub.snapshot_download('org/tiny', {patterns})", HF_HUB_OFFLINE="1")
    theirs = library(environ, "hub.snapshot_download('org/theirs')")

    assert models("path", "org/tiny").stdout.strip() == ours
    assert models("path", "org/theirs").stdout.strip() == theirs


def test_a_piper_voice_is_pulled_by_its_name(models: Models, hub: Hub) -> None:
    done = models("pull", "thorsten-high")

    assert lines(done)[-1]["model"] == "de_DE-thorsten-high"
    assert models("path", "de_DE-thorsten-high").stdout.strip().endswith(THORSTEN)
    assert not any("voices.json" in one.path for one in hub.asked)
    assert models("pull", "thorsten-low").stderr == (
        "clawctl: the hub has no Piper voice de_DE-thorsten-low; there are de_DE-thorsten-high\n"
    )


def test_a_lost_connection_is_taken_up_where_it_broke(models: Models, hub: Hub) -> None:
    hub.breaks_after, hub.breaks = 200_000, 3

    assert models("pull", "org/tiny").returncode == 0
    begun = [int(re.sub(r"\D", "", part) or 0) for part in hub.parts()]
    assert begun == sorted(begun)
    assert len(set(begun)) == 4
    assert begun[1] >= 200_000


def test_ctrl_c_leaves_what_came_and_the_next_pull_goes_on(
    models: Models, hub: Hub, environ: dict[str, str], tmp_path: Path
) -> None:
    hub.pause_s = 0.02
    pulling = subprocess.Popen(
        [*CLAWCTL, "pull", "org/tiny"], env=environ, cwd=tmp_path,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    until(lambda: kept(tmp_path) > 100_000)
    pulling.send_signal(signal.SIGINT)
    _, told = pulling.communicate(timeout=20)
    came = kept(tmp_path)

    assert pulling.returncode == 130
    assert told.strip() == "What was fetched is kept; go on with: clawctl models pull org/tiny"
    assert models("path", "org/tiny").returncode == 5
    assert models("list").stdout.count('"in part"') == 1
    hub.pause_s = 0
    size, pulled = lines(models("pull", "org/tiny"))
    assert (size["here"], pulled["event"]) == (came, "pulled")
    assert hub.parts() == ["", f"bytes={came}-"]


def test_two_at_once_do_not_spoil_each_others_file(
    models: Models, hub: Hub, environ: dict[str, str], tmp_path: Path
) -> None:
    hub.pause_s = 1.0
    first = subprocess.Popen(
        [*CLAWCTL, "pull", "org/tiny"], env=environ, cwd=tmp_path,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    until(lambda: kept(tmp_path) > 0)
    second = models("pull", "org/tiny")
    hub.pause_s = 0

    assert second.returncode == 6
    assert "model.safetensors is being fetched by another program just now" in second.stderr
    assert first.wait(30) == 0


def test_what_comes_damaged_is_thrown_away(models: Models, hub: Hub, tmp_path: Path) -> None:
    hub.damaged = {"model.safetensors"}

    done = models("pull", "org/tiny")

    assert done.returncode == 1
    assert "model.safetensors came damaged and was thrown away" in done.stderr
    assert kept(tmp_path) == 0
    hub.damaged = set()
    assert models("pull", "org/tiny").returncode == 0


def test_a_store_that_sends_only_the_whole_is_begun_anew(
    models: Models, hub: Hub, tmp_path: Path
) -> None:
    hub.whole_only, hub.breaks_after, hub.breaks = True, 200_000, 1

    assert models("pull", "org/tiny").returncode == 0
    assert kept(tmp_path) == 0


def test_a_gated_model_wants_the_right_token_which_the_store_never_sees(
    models: Models, hub: Hub
) -> None:
    hub.models["org/gated"] = replace(TINY, gated=frozenset({TOKEN}))
    why = f"accept its terms at {hub.url}/org/gated, then set HF_TOKEN"

    for more in ({}, {"HF_TOKEN": "hf_ofSomebodyElse"}):
        refused = models("pull", "org/gated", **more)
        assert (refused.returncode, why in refused.stderr) == (4, True)
    assert models("pull", "org/gated", HF_TOKEN=TOKEN).returncode == 0
    assert {one.token for one in hub.asked if one.path.startswith("/store/")} == {""}


def test_a_private_model_is_unknown_to_others(models: Models, hub: Hub) -> None:
    hub.models["org/mine"] = replace(TINY, private=frozenset({TOKEN}))

    for more in ({}, {"HF_TOKEN": "hf_ofSomebodyElse"}):
        done = models("pull", "org/mine", **more)
        assert done.returncode == 5
        assert "has no model org/mine, or shows it to others only" in done.stderr
    assert models("pull", "org/mine", HF_TOKEN=TOKEN).returncode == 0


def test_the_token_is_told_nowhere(models: Models, hub: Hub, tmp_path: Path) -> None:
    hub.models["org/gated"] = replace(TINY, gated=frozenset({TOKEN}))
    told = ""
    for hub.fails in (403, 500, 0):
        done = models("pull", "org/gated", HF_TOKEN=TOKEN)
        told += done.stdout + done.stderr
    told += models("pull", "org/tiny", HF_ENDPOINT="http://127.0.0.1:9", HF_TOKEN=TOKEN).stderr
    told += models("pull", "org/tiny", HF_TOKEN=TOKEN + "ü").stderr
    told += "".join(
        file.read_text(errors="replace") for file in tmp_path.rglob("*") if file.is_file()
    )

    assert TOKEN in {one.token for one in hub.asked}
    assert TOKEN not in told
    assert "HF_TOKEN holds what no token does" in told


@pytest.mark.parametrize(
    ("model", "more", "code", "why"),
    [
        ("org/tiny", {"HF_HUB_OFFLINE": "1"}, 3, "HF_HUB_OFFLINE is set, so nothing is fetched"),
        ("org/tiny", {"HF_ENDPOINT": "http://127.0.0.1:9"}, 3, "cannot be reached (ConnectError)"),
        ("org/tiny", {"HF_ENDPOINT": "nowhere"}, 2, "HF_ENDPOINT holds no address of a hub"),
        ("org/tiny", {"HF_ENDPOINT": "http://["}, 2, "HF_ENDPOINT holds no address of a hub"),
        ("tiny", {}, 2, "'tiny' is no name at a hub; names are like mlx-community/whisper-tiny"),
        ("a/b.git", {}, 2, "'a/b.git' is no name that a hub could have"),
        ("../x", {}, 2, "'../x' is no name at a hub"),
        ("org/none", {}, 5, "has no model org/none, or shows it to others only"),
        ("", {}, 2, "'' is no name at a hub"),
    ],
)
def test_what_cannot_be_pulled_is_told_in_a_sentence(
    models: Models, model: str, more: dict[str, str], code: int, why: str
) -> None:
    done = models("pull", model, **more)

    assert (done.returncode, done.stdout) == (code, "")
    assert why in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("fails", "code", "why"),
    [(500, 1, "is out of order"), (429, 1, "wait a little"), (401, 4, "make a new one")],
)
def test_a_hub_that_refuses_is_told_of(
    models: Models, hub: Hub, fails: int, code: int, why: str
) -> None:
    hub.fails = fails

    done = models("pull", "org/tiny")

    assert (done.returncode, why in done.stderr, len(done.stderr.splitlines())) == (code, True, 1)


def test_a_page_of_somebody_else_is_no_hub(models: Models, hub: Hub) -> None:
    hub.page = b"<html>Please log in to the hotel</html>"

    assert "does not answer as a hub does; is HF_ENDPOINT right?" in models("pull", "a/b").stderr


@pytest.mark.parametrize(
    "file",
    [
        {"rfilename": "../out.npz", "blobId": "a"},
        {"rfilename": "/out.npz", "blobId": "a"},
        {
            "rfilename": "out.npz", "blobId": "a", "size": 1,
            "lfs": {"sha256": "../../../../out", "size": 1, "pointerSize": 1},
        },
    ],
)  # fmt: skip
def test_no_hub_writes_beside_the_cache(
    models: Models, hub: Hub, tmp_path: Path, file: dict[str, object]
) -> None:
    hub.page = json.dumps({"id": "a/b", "sha": "c" * 40, "siblings": [file]}).encode()

    assert "does not answer as a hub does" in models("pull", "a/b").stderr
    assert not [*tmp_path.rglob("out*")]


def test_a_file_without_end_is_given_up(models: Models, hub: Hub, tmp_path: Path) -> None:
    hub.endless = {"model.safetensors"}

    assert "model.safetensors came damaged and was thrown away" in models("pull", "org/tiny").stderr
    assert not [*tmp_path.rglob("*.incomplete")]


def test_a_disk_without_room_is_told_before_anything_is_fetched(models: Models, hub: Hub) -> None:
    huge = HugeBytes(b"x")
    hub.models["org/huge"] = Model({"config.json": b"{}", "model.safetensors": huge})

    done = models("pull", "org/huge")

    assert done.returncode == 1
    assert re.search(r"org/huge needs \d+ MB more and .* has \d+ MB left; make room", done.stderr)
    assert hub.parts() == []


async def test_a_terminal_is_asked_first_and_shown_how_far_it_is(
    environ: dict[str, str], hub: Hub, tmp_path: Path
) -> None:
    hub.pause_s = 0.01
    command = [*CLAWCTL, "pull", "org/tiny"]
    async with open_terminal(command, tmp_path, environ) as terminal:
        await terminal.shows("org/tiny: 1.0 MB; to ")
        await terminal.shows("Fetch it? [Y/n]")
        assert hub.parts() == []
        terminal.type("y\r")
        await terminal.shows("of 1.0 MB")
        assert await terminal.ends() == 0
    async with open_terminal(command, tmp_path, environ) as terminal:
        await terminal.shows("org/tiny: /")
        assert await terminal.ends() == 0


async def test_who_says_no_fetches_nothing(
    environ: dict[str, str], hub: Hub, tmp_path: Path
) -> None:
    async with open_terminal([*CLAWCTL, "pull", "org/tiny"], tmp_path, environ) as terminal:
        await terminal.shows("Fetch it? [Y/n]")
        terminal.type("n\r")
        assert await terminal.ends() == 130
    assert hub.parts() == []
    assert not (tmp_path / "hf").exists()


class HugeBytes(bytes):
    """Says that it is larger than any disk."""

    def __len__(self) -> int:
        return 1 << 60


def kept(place: Path) -> int:
    """Bytes of what is not whole."""
    return sum(part.stat().st_size for part in place.glob("hf/hub/*/blobs/*.incomplete"))


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)
