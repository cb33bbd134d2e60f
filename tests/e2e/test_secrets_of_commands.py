"""No command tells a secret: each is run beside a gateway full of them, with what people type."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import httpx2
import pytest

from clawctl.audio import wav
from clawctl.audio.wav import Sound
from clawctl.cli.main import COMMANDS
from clawctl.config.table import settings_table
from clawctl.testing.calls import SPEECH
from clawctl.testing.handset_form import TurnFields, form
from clawctl.testing.secrets import NEAR_MISS, PASSPHRASE, found_in, recognisable

CLAWCTL = [sys.executable, "-m", "clawctl.cli"]
PATIENCE_S = 60
SID = "0123abcd"
NUMBER = "+49301234567"
MESSAGE = f"{SID}-0"
SECRETS = recognisable(settings_table())
HUB_TOKEN = "s3cr3t-of-the_hub"
TOKEN, KEY = SECRETS["agent_token"], SECRETS["llm_api_key"]
# A caller who guesses, knows it, repeats it, and leaves a message.
SAID = [
    NEAR_MISS,
    f"It is {PASSPHRASE}.",
    f"hello, did you get {PASSPHRASE}?",
    "I would like to leave a message",
    "My name is Anna",
    "the roof leaks",
    "my number is five five five zero one four two",
    "yes",
]
# Settings files with a mistake beside a secret.
BROKEN = {
    "open.yaml": f"agent_token: [{TOKEN}\n",
    "twice.yaml": f"agent_token: {TOKEN}\nagent_token: {TOKEN}\n",
    "profile.json": json.dumps({"gateway": {"bearer": SECRETS["bearer_token"], "base_url": TOKEN}}),
    "astray.yaml": f"port: {TOKEN}\nauth_passphrase: {{{PASSPHRASE}: 1}}\n",
}


@dataclass(frozen=True)
class Run:
    """A command line with its exit code; `typed` is what comes on standard input."""

    code: int
    args: tuple[str, ...]
    typed: str = ""


def run(code: int, *args: str, typed: str = "") -> Run:
    return Run(code, args, typed)


# In this order. {tmp} is a directory for what they write.
START = run(0, "serve", "--detach", "--no-warm")
RUNS = [
    run(6, "serve", "--detach"),
    run(2, "serve", "--port", TOKEN),
    *(run(2, "serve", "--config", f"{{tmp}}/settings/{name}") for name in BROKEN),
    *(run(2, "status", "--config", f"{{tmp}}/settings/{name}") for name in BROKEN),
    run(0, "status", "--json"),
    run(4, "status", "--token", f"{TOKEN}x"),
    run(2, "status", "--url", f"http://{TOKEN}@127.0.0.1:9"),
    run(0, "engines"),
    run(0, "models", "list"),
    run(3, "models", "pull", "org/model"),
    run(5, "models", "path", "org/model"),
    run(0, "warm"),
    run(0, "say", f"It is {PASSPHRASE}.", "--save", "{tmp}/said.wav"),
    run(0, "simulate", "--say", "hello", "--fast", "--json"),
    run(2, "simulate", "--say", "hello", "--fast", "--url", f"http://{TOKEN}@127.0.0.1:9"),
    run(4, "simulate", "--say", "hello", "--fast", "--token", TOKEN),
    run(0, "doctor", "--json"),
    run(0, "doctor"),
    # There is no phone here
    run(14, "dial", NUMBER, "--yes", "--wait", "--say", f"It is {PASSPHRASE}."),
    run(2, "dial", NUMBER, "--say", PASSPHRASE),
    run(2, "dial", PASSPHRASE, "--yes"),
    run(14, "answer"),
    run(14, "reject"),
    run(14, "mute"),
    run(14, "phone", "status"),
    run(14, "phone", "connect"),
    run(2, "phone", "connect", "nowhere:x"),
    run(14, "phone", "reverse"),
    run(14, "phone", "logs"),
    run(14, "profile", "push"),
    run(2, "profile", "validate", "{tmp}/settings/profile.json"),
    run(0, "profile", "init", "lynx", "--output", "{tmp}/lynx.json"),
    run(0, "profile", "validate", "{tmp}/lynx.json"),
    run(14, "profile", "push", "{tmp}/settings/profile.json"),
    run(14, "profile", "pull"),
    run(14, "profile", "show"),
    # A live call
    run(0, "agents"),
    run(0, "inject", SID, f"It is {PASSPHRASE}."),
    run(2, "inject", SID, PASSPHRASE * 100),
    run(0, "context", "set", SID, "-", typed=f"The word is {PASSPHRASE}."),
    run(0, "context", "get", SID),
    run(0, "context", "clear", SID),
    run(0, "instructions", "set", f"Always {PASSPHRASE}."),
    run(0, "instructions", "get"),
    run(0, "instructions", "clear"),
    run(0, "takeover", SID, "--pipe", typed=f'{{"type": "inject", "text": "{PASSPHRASE}"}}\n'),
    run(5, "release", SID),
    run(0, "hangup", SID),
    run(5, "hangup", SID),
    # What is kept
    run(0, "tail", "--last", "1000"),
    run(0, "tail", "--grep", PASSPHRASE),
    run(2, "tail", "--event", "turn.sung"),
    run(0, "calls", "list"),
    run(0, "calls", "show", SID),
    run(2, "calls", "show", PASSPHRASE),
    run(0, "calls", "search", "hello"),
    run(0, "calls", "search", PASSPHRASE),
    run(0, "trace", SID),
    run(0, "latency"),
    run(0, "calls", "export", "--all", "--output", "{tmp}/calls.ndjson"),
    run(0, "messages", "list"),
    run(0, "messages", "show", MESSAGE),
    run(0, "messages", "done", MESSAGE),
    run(5, "messages", "done", "nope"),
    run(0, "calls", "forget", SID, "--yes"),
    run(5, "calls", "forget", NUMBER, "--yes"),
    # Settings
    run(0, "config", "show"),
    run(0, "config", "show", "--changed"),
    run(0, "config", "path"),
    run(0, "config", "get", "tts_voice"),
    *(run(4, "config", "get", key) for key in SECRETS),
    *(run(0, "config", "explain", key) for key in SECRETS),
    run(0, "config", "set", "auth_passphrase", PASSPHRASE),
    run(0, "config", "set", "agent_token", "-", typed=f"{TOKEN}\n"),
    run(2, "config", "set", f"port={TOKEN}"),
    run(2, "config", "set", f"llm_api_key={KEY} with blanks"),
    run(2, "config", "set", f"auth_passphrase={PASSPHRASE * 100}", "port=x"),
    run(0, "config", "unset", "greeting_owner"),
    run(2, "config", "edit"),
]
STOP = run(0, "stop", "--now")


@dataclass(frozen=True)
class Owner:
    """Somebody at a shell of this machine, whose settings file holds every secret but one."""

    tmp: Path

    @property
    def settings(self) -> Path:
        return self.tmp / "settings" / "config.yaml"

    def prepare(self) -> None:
        self.settings.parent.mkdir()
        kept = {key: text for key, text in SECRETS.items() if key != "llm_api_key"}
        own = {
            "data_dir": str(self.tmp / "data"), "port": 0, "phone_port": 0, "auth_max_attempts": 0,
            "adb_driver": "off", "log_level": "debug", "log_file": str(self.tmp / "log"),
        }  # fmt: skip
        self.settings.write_text(json.dumps(kept | own))
        for name, text in BROKEN.items():
            (self.settings.parent / name).write_text(text)

    def does(self, one: Run, **more: str) -> subprocess.CompletedProcess[str]:
        ours = ("GATEWAY_", "CLAWCTL_")
        inherited = {name: text for name, text in os.environ.items() if not name.startswith(ours)}
        own = {"CLAWCTL_CONFIG": str(self.settings), "HOME": str(self.tmp), **more}
        # A hub that is not there.
        own |= {"HF_ENDPOINT": "http://127.0.0.1:9", "HF_TOKEN": HUB_TOKEN}
        return subprocess.run(
            [*CLAWCTL, *(word.replace("{tmp}", str(self.tmp)) for word in one.args)],
            env=inherited | own,
            cwd=self.tmp,
            input=one.typed,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )

    def files(self) -> dict[str, set[str]]:
        """The secrets in what was written anywhere but among the settings."""
        files = [file for file in self.tmp.rglob("*") if file.is_file()]
        return {
            str(file): leaks
            for file in files
            if file.parent != self.settings.parent
            and (leaks := found_in(file.read_bytes().decode("latin-1")))
        }


@contextmanager
def serving(owner: Owner) -> Iterator[dict[str, Any]]:
    """The gateway that START starts, stopped by force should the test not get so far."""
    started = owner.does(START, GATEWAY_LLM_API_KEY=KEY)
    assert (started.returncode, found_in(started.stdout + started.stderr)) == (START.code, set())
    try:
        yield json.loads(started.stdout)
    finally:
        owner.does(STOP)


def call(phone_url: str) -> list[str]:
    """What was answered to SAID; the phone recognised the words itself."""
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    headers["Authorization"] = f"Bearer {SECRETS['bearer_token']}"
    answers = []
    for number, words in enumerate(SAID):
        sound = wav.write(Sound(SPEECH.pcm + bytes(2 * number), SPEECH.rate))
        fields = TurnFields(session_id=SID, caller_number=NUMBER, transcript_hint=words)
        parts = [*fields.parts(), ("skip_asr", "true")]
        reply = httpx2.post(
            f"{phone_url}/api/turn", content=form("x", parts, sound), headers=headers,
            timeout=PATIENCE_S, trust_env=False, verify=False,
        )  # fmt: skip
        answers.append(reply.text)
    return answers


@pytest.mark.journey
def test_no_command_tells_a_secret(tmp_path: Path) -> None:
    owner = Owner(tmp_path)
    owner.prepare()
    with serving(owner) as gateway:
        answers = call(gateway["phone_url"])
        ended = [(one, owner.does(one)) for one in RUNS]
        written = owner.files()
        stopped = owner.does(STOP)

    told = [(one.args, found_in(done.stdout + done.stderr)) for one, done in ended]
    assert [one for one in told if one[1]] == []
    assert [found_in(answer) for answer in answers] == [set() for _ in SAID]
    assert (written, owner.files()) == ({}, {})
    # Each did what it was run for.
    wrong = [
        (one, done.returncode, done.stderr) for one, done in ended if done.returncode != one.code
    ]
    assert wrong == []
    assert [one.args for one, done in ended if "Traceback" in done.stderr] == []
    assert (stopped.returncode, found_in(stopped.stdout + stopped.stderr)) == (STOP.code, set())
    assert "the roof leaks" in (tmp_path / "calls.ndjson").read_text()


def leaves(command: click.Command, *names: str) -> Iterator[tuple[str, ...]]:
    if not isinstance(command, click.Group):
        yield names
        return
    for name, inner in command.commands.items():
        yield from leaves(inner, *names, name)


def test_every_command_is_among_the_runs() -> None:
    there = {
        leaf
        for name, (module, _) in COMMANDS.items()
        for leaf in leaves(import_module(module).command, name)
    }
    # That it is asked for help, or wrongly, does not count.
    ran = [
        one.args for one in (START, *RUNS, STOP) if one.code in {0, 3, 5, 14} or "edit" in one.args
    ]

    assert {leaf for leaf in there if leaf not in {args[: len(leaf)] for args in ran}} == set()
