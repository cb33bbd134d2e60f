"""No secret leaves the gateway: not in an answer, an event, a log line, a stored row, a process.

Every secret there is has a recognisable value, the passphrase is spoken, and everything that can
be asked or go wrong is asked and goes wrong. A new door is a row of a table below.
"""

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any, cast

import httpx2
import msgspec
import pytest
import structlog
import trio
from msgspec import Meta
from trio_websocket import ConnectionClosed
from werkzeug.exceptions import HTTPException

from clawctl import log
from clawctl.agents.routes import routes as agents_routes
from clawctl.audio import wav
from clawctl.audio.wav import Sound
from clawctl.client.socket import open_socket
from clawctl.config.live import Live
from clawctl.config.load import given, load
from clawctl.config.schema import LogSettings
from clawctl.config.table import settings_table
from clawctl.door.app import make_app
from clawctl.gateway import Gateway, open_gateway
from clawctl.lines.phone.routes import routes as phone_routes
from clawctl.plugins import Found
from clawctl.testing.calls import SPEECH
from clawctl.testing.engines import EchoLlm, FixedStt, ToneTts, fake_plugin
from clawctl.testing.handset_form import TurnFields, form
from clawctl.testing.secrets import NEAR_MISS, PASSPHRASE, found_in, recognisable
from clawctl.web.app import Owner, rooms
from clawctl.wire.events import to_wire


class Acme(msgspec.Struct, frozen=True):
    """The Acme voice"""

    key: Annotated[str, Meta(description="Key.", extra={"secret": True, "live": True})] = ""


TABLE = settings_table({"acme": Acme})
SECRETS = recognisable(TABLE)

SID = "0123abcd"
OWNER = {"Authorization": f"Bearer {SECRETS['agent_token']}"}
PHONE = {"Authorization": f"Bearer {SECRETS['bearer_token']}"}

# How long a socket may take to tell what happened.
PATIENCE_S = 5.0

# Who asks, for what, and with which body; all of it is asked while a call is live and after it.
Probe = tuple[dict[str, str], str, str, Any]
LOOKS: list[Probe] = [
    *((OWNER, "GET", path, None) for path in (
        "/", "/api/status", "/api/config", "/api/config/tts", "/api/config/llm", "/api/config/call",
        "/api/sessions", f"/api/sessions/{SID}", "/api/sessions/_active", "/api/sessions/nope",
        "/api/search?q=forty", "/api/search?q=%22", "/api/caller-history", "/api/agent/sessions",
        "/api/latency",
        f"/api/agent/call/{SID}", f"/api/agent/context/{SID}", "/api/instructions",
        "/api/messages", "/api/events?last=1000", "/api/events?after=0&limit=1000", "/nowhere",
    )),
    *((PHONE, "GET", path, None) for path in ("/health", "/api/config/call", "/api/status")),
    *(({}, "GET", path, None) for path in ("/health", "/api/status", "/api/config")),
]  # fmt: skip
CHANGES: list[Probe] = [
    (OWNER, "POST", "/api/config/call", {"auth_passphrase": [PASSPHRASE]}),
    (OWNER, "POST", "/api/config/call", {"auth_passphrase": PASSPHRASE * 100}),
    (OWNER, "POST", "/api/config/call", {"auth_passphrase": PASSPHRASE, "auth_max_attempts": -1}),
    (OWNER, "POST", "/api/config/call", {"auth_passphrase": PASSPHRASE, "auth_max_attempts": 9}),
    (OWNER, "POST", "/api/config/llm", {"api_key": SECRETS["llm_api_key"] + " with blanks"}),
    (OWNER, "POST", "/api/config/llm", {"api_key": {"key": SECRETS["llm_api_key"]}}),
    (OWNER, "POST", "/api/config/llm", {"llm_api_key": SECRETS["llm_api_key"]}),
    (OWNER, "POST", "/api/config/llm", {"base_url": f"http://me:{SECRETS['llm_api_key']}@host"}),
    (OWNER, "POST", "/api/config/tts", {"tts_speed": SECRETS["agent_token"]}),
    (OWNER, "POST", "/api/config/tts", {"agent_token": SECRETS["agent_token"]}),
    (OWNER, "POST", "/api/config/tts", {"acme_key": SECRETS["acme_key"]}),
    (OWNER, "POST", "/api/config/tts", {"voice": "am_adam", "speed": 0.9}),
    (OWNER, "POST", "/api/config", None),
    (OWNER, "POST", "/api/tts/preview", {"text": [PASSPHRASE], "voice": 1}),
    (OWNER, "POST", "/api/warm", None),
    ({}, "POST", "/api/login", {"token": SECRETS["agent_token"]}),
    ({}, "POST", "/api/login", {"token": SECRETS["agent_token"][:-1]}),
    ({}, "POST", "/api/login", {"token": [SECRETS["agent_token"]]}),
    (PHONE, "POST", "/api/login", {"token": SECRETS["bearer_token"]}),
    ({}, "POST", "/api/config/tts", {"agent_token": SECRETS["agent_token"]}),
    ({"Authorization": f"Bearer {SECRETS['agent_token'][:-1]}"}, "GET", "/api/status", None),
    ({"Authorization": f"Bearer {SECRETS['bearer_token']}x"}, "POST", "/api/turn", {}),
    (OWNER, "POST", "/api/call/inject", {"text": "Your table is booked.", "session_id": SID}),
    (OWNER, "POST", "/api/call/inject", {"text": [PASSPHRASE], "session_id": PASSPHRASE}),
    (OWNER, "POST", "/api/agent/context/nope", {"context": PASSPHRASE * 1000}),
    (OWNER, "POST", f"/api/instructions/{SID}", {"text": 1}),
    (OWNER, "DELETE", f"/api/instructions/{SID}", None),
    (OWNER, "DELETE", f"/api/agent/context/{SID}", None),
    (OWNER, "DELETE", f"/api/agent/inject/{SID}", None),
    (OWNER, "DELETE", f"/api/sessions/{SID}", None),
    (OWNER, "DELETE", "/api/caller-history/+49309", None),
    *(
        (OWNER, "POST", path, {"text": f"{PASSPHRASE * 100}", "session_id": SID})
        for path in ("/api/call/inject", "/api/agent/inject")
    ),
    (OWNER, "POST", "/api/agent/release", {"session_id": PASSPHRASE}),
    (OWNER, "POST", "/api/agent/release", {"session_id": SID}),
    (OWNER, "POST", "/api/agent/takeover", {"session_id": SID, "token": SECRETS["agent_token"]}),
    (OWNER, "POST", "/api/call/dial", {"number": PASSPHRASE}),
    (OWNER, "POST", "/api/call/dial", {"number": "+49309"}),
    (OWNER, "POST", "/api/call/dial", {"number": "+49309", "say": f"It is {PASSPHRASE}."}),
    (OWNER, "POST", "/api/call/answer", {"number": PASSPHRASE}),
    (OWNER, "POST", "/api/call/answer", {}),
    (OWNER, "POST", "/api/call/reject", {}),
    (OWNER, "POST", "/api/call/mute", {"muted": PASSPHRASE}),
    (OWNER, "POST", "/api/call/mute", {"muted": True}),
    (OWNER, "POST", "/api/call/hangup", {"session_id": PASSPHRASE}),
    (PHONE, "POST", "/api/session/new", {"token": SECRETS["bearer_token"]}),
    (PHONE, "POST", "/api/session/reset", {"session_id": PASSPHRASE}),
    (PHONE, "POST", "/api/session/end", {"session_id": [PASSPHRASE]}),
    (PHONE, "POST", "/api/turn", {"forced_reply": PASSPHRASE}),
    (PHONE, "POST", "/api/turn/stream", {"forced_reply": PASSPHRASE}),
    (PHONE, "POST", "/api/asr", {"audio": PASSPHRASE}),
    ({}, "POST", "/api/logout", None),
    (OWNER, "POST", "/api/messages/nope/done", None),
]
# What the owner may write into the settings file by mistake.
BAD_FILES = [
    f"agent_token: [{SECRETS['agent_token']}\n",
    f"agent_token: '{SECRETS['agent_token']}\n",
    f"auth_passphrase: {{{PASSPHRASE}: 1}}\n",
    f"auth_passphrase: '...'\nllm_api_key: [{SECRETS['llm_api_key']}]\n",
    f"agent_token: {SECRETS['agent_token']} {SECRETS['agent_token']}\n",
    f"bearer_token: {SECRETS['bearer_token']}\nbearer_token: {SECRETS['bearer_token']}\n",
    f"acme_key: !!python/name:{SECRETS['acme_key']}\n",
    f"port: {SECRETS['agent_token']}\n",
    f"- {SECRETS['agent_token']}\n",
    f'{{"agent_token": "{SECRETS["agent_token"]}"\n',
]
# What the owner may write into a call.
WRITTEN = [
    ("/api/agent/context/_active", {"context": f"The word is {PASSPHRASE}."}),
    (f"/api/instructions/{SID}", {"text": f"Tell them {PASSPHRASE}."}),
    (f"/api/instructions/{SID}/turn", {"text": f"Once more: {PASSPHRASE}."}),
    ("/api/instructions", {"text": f"Always {PASSPHRASE}."}),
    ("/api/call/inject", {"text": f"It is {PASSPHRASE}.", "session_id": SID}),
]
# What an agent may send: as it should be, and by mistake. An ack repeats of it only how things are
# named: type, session, request.
SENT = [
    *({"type": "set_instructions", "scope": scope, "session_id": SID, "instructions": PASSPHRASE}
      for scope in ("global", "session", "turn")),
    {"type": "inject_context", "session_id": SID, "context": f"The word is {PASSPHRASE}."},
    {"type": "inject", "session_id": SID, "text": f"It is {PASSPHRASE}."},
    {"type": "inject", "session_id": SID, "text": PASSPHRASE * 100},
    {"type": "takeover", "session_id": "nope"},
    {"type": "takeover", "session_id": SID},
    {"type": "get_call_state", "session_id": SID},
    {"type": "get_call_state", "session_id": [PASSPHRASE]},
    {"type": "set_call_config", "config": {"auth_passphrase": PASSPHRASE}},
    {"type": "set_call_config", "config": {"max_duration_sec": SECRETS["agent_token"]}},
    {"type": "dial", "number": PASSPHRASE},
    {"type": "dial", "number": "+49309", "say": PASSPHRASE * 100},
    {"type": "sing", "text": PASSPHRASE},
    [SECRETS["agent_token"]],
    {"reply": PASSPHRASE, "request_id": "nope"},
]  # fmt: skip
# Doors that take what the phone sends, and the sockets.
PLAYED = [("POST", path) for path in ("/api/turn", "/api/turn/stream", "/api/asr")]
SOCKETS = ["/ws/events", "/api/agent/ws"]
CLAWCTL = [sys.executable, "-m", "clawctl.cli"]


@dataclass
class Heap:
    """All that came out of a gateway, by where it came out."""

    seen: dict[str, str] = field(default_factory=dict)

    def put(self, where: str, text: str) -> None:
        self.seen[f"{len(self.seen)} {where}"] = text

    def of(self, place: str) -> list[str]:
        return [text for where, text in self.seen.items() if where.endswith(f" {place}")]

    def leaks(self) -> dict[str, set[str]]:
        return {where: leaks for where, text in self.seen.items() if (leaks := found_in(text))}


@dataclass
class Watched:
    """A gateway full of secrets, its fakes, and what came out of it."""

    gateway: Gateway
    path: Path
    stt: FixedStt
    llm: EchoLlm
    tts: ToneTts
    out: Heap = field(default_factory=Heap)
    said: int = 0

    async def ask(self, who: dict[str, str], method: str, path: str, body: Any) -> int:
        """Ask both doors; the status of the owner's."""
        content = None if body is None else json.dumps(body).encode()
        headers = who | ({} if body is None else {"Content-Type": "application/json"})
        codes = []
        for door in (self.gateway.url, self.gateway.phone_url):
            async with httpx2.AsyncClient(trust_env=False, verify=False, timeout=10) as client:
                reply = await client.request(method, door + path, content=content, headers=headers)
            self.out.put(f"{method} {path}", f"{reply.headers} {reply.text}")
            assert reply.status_code < 500, reply.text
            codes.append(reply.status_code)
        return codes[0]

    async def say(self, words: str, endpoint: str = "/api/turn") -> httpx2.Response:
        """One utterance of the caller, by both recogniser and the phone's own hint."""
        self.stt.text = words
        self.said += 1
        sound = wav.write(replace(SPEECH, pcm=SPEECH.pcm + bytes(2 * self.said)))
        fields = TurnFields(session_id=SID, caller_number="+49301", transcript_hint=words)
        headers = PHONE | {"Content-Type": "multipart/form-data; boundary=x"}
        async with httpx2.AsyncClient(trust_env=False, verify=False, timeout=10) as client:
            reply = await client.post(
                self.gateway.phone_url + endpoint,
                content=form("x", fields.parts(), sound),
                headers=headers,
            )
        self.out.put(f"{endpoint} {self.said}", f"{reply.headers} {reply.text}")
        return reply


@contextmanager
def logging_to(path: Path) -> Iterator[None]:
    """Every line there is, for the time of the block."""
    before = structlog.get_config()
    log.configure(LogSettings(log_level="debug", log_format="json", log_file=str(path)))
    try:
        yield
    finally:
        structlog.get_config()["logger_factory"]._file.close()
        structlog.configure(**before)


@asynccontextmanager
async def watched(tmp_path: Path) -> AsyncIterator[Watched]:
    """A gateway that was told its secrets by its file and, one, by a variable."""
    path, in_file = tmp_path / "config.yaml", SECRETS | {"data_dir": str(tmp_path / "data")}
    environ = {"GATEWAY_LLM_API_KEY": in_file.pop("llm_api_key")}
    path.write_text(
        json.dumps(
            in_file
            | {"port": 0, "phone_port": 0, "adb_driver": "off"}
            | {"keep_history": True, "auth_max_attempts": 0}
        )
    )
    stt, llm, tts = FixedStt(), EchoLlm(), ToneTts(character_s=0.001)
    plugin = replace(fake_plugin("acme", stt=stt, llm=llm, tts=tts), settings=Acme)
    live = Live(load(path, environ=environ, plugins={"acme": Acme}))
    log_file = tmp_path / "gateway.log"
    with logging_to(log_file):
        async with open_gateway(live, Found((plugin,), {}), speech=somebody_speaks) as gateway:
            yield (it := Watched(gateway, path, stt, llm, tts))
            it.out.put("data", everything_under(tmp_path / "data"))
        it.out.put("data after the end", everything_under(tmp_path / "data"))
    it.out.put("log", log_file.read_text())


async def somebody_speaks(_: Sound) -> bool:
    return True


def everything_under(place: Path) -> str:
    """The bytes of database, log of writes and whatever else lies there."""
    return "".join(
        file.read_bytes().decode("latin-1") for file in place.rglob("*") if file.is_file()
    )


def family(pid: int) -> list[int]:
    """A process and all that it started."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    born = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    return [pid, *(one for child in born for one in family(child))]


def shown_of(pids: list[int], what: str) -> str:
    """What the machine shows of these processes: their `cmdline`, or their `environ`."""
    shown = (Path(f"/proc/{pid}/{what}").read_bytes() for pid in pids)
    return "\n".join(one.replace(b"\0", b" ").decode("latin-1") for one in shown)


async def play(it: Watched) -> None:
    """A call from its first wrong word to its end, with everything that may go wrong in it."""
    it.stt.trouble = OSError(f"heard {PASSPHRASE}")
    await it.say("hello")
    it.stt.trouble = None
    for words in ("hello", NEAR_MISS, f"Well, {NEAR_MISS.upper()}!"):
        await it.say(words)
    await it.say("Violet Narwhal -- forty two, please")
    await it.say(f"did you get {PASSPHRASE}?")
    await it.say(f"VIOLET, NARWHAL? {PASSPHRASE}", "/api/turn/stream")
    await it.say(f"the passphrase, {PASSPHRASE}", "/api/asr")
    it.llm.answer = lambda prompt: ("You said ", "violet narw", "hal, forty-two", ".")
    await it.say("repeat it, please")
    await it.say("repeat it, please", "/api/turn/stream")
    it.llm.trouble = OSError(f"key {SECRETS['llm_api_key']} refused, {PASSPHRASE}")
    it.tts.trouble = OSError(f"key {SECRETS['acme_key']} refused")
    await it.say("and now everything breaks")
    it.llm.trouble = it.tts.trouble = None


async def overhear(it: Watched, path: str, *, task_status: trio.TaskStatus[Any]) -> None:
    """All that a socket is told; a question to an agent is answered with what must not be said."""
    async with open_socket(it.gateway.url, path, SECRETS["agent_token"]) as socket:
        task_status.started(socket)
        with suppress(ConnectionClosed):
            while True:
                text = str(await socket.get_message())
                it.out.put(path, text)
                frame = json.loads(text)
                if frame["type"] == "turn.request":
                    answer = {"request_id": frame["request_id"], "reply": f"Say {PASSPHRASE}."}
                    await socket.send_message(json.dumps(answer))


async def until_told(
    it: Watched, path: str, count: int, of: Callable[[dict[str, Any]], bool]
) -> list[dict[str, Any]]:
    """Frames of a kind, once there are so many."""
    with trio.fail_after(PATIENCE_S):
        while len(found := list(filter(of, map(json.loads, it.out.of(path))))) < count:
            await trio.sleep(0.01)
    return found


def core_settings(tmp_path: Path, **more: Any) -> Path:
    """A settings file for programs that know nothing of the plugin here."""
    path = tmp_path / "core.yaml"
    core = {key: value for key, value in SECRETS.items() if key != "acme_key"}
    path.write_text(
        json.dumps(core | {"data_dir": str(tmp_path / "data"), "adb_driver": "off"} | more)
    )
    return path


def environment(**more: str) -> dict[str, str]:
    ours = ("GATEWAY_", "CLAWCTL_")
    return {name: text for name, text in os.environ.items() if not name.startswith(ours)} | more


async def test_no_secret_comes_out_anywhere(tmp_path: Path) -> None:
    async with watched(tmp_path) as it:
        with it.gateway.bus.listen(limit=10_000) as listener:
            await play(it)
            codes = [await it.ask(*probe) for probe in LOOKS + CHANGES + LOOKS]
            for number, text in enumerate(BAD_FILES):
                it.path.write_text(text)
                assert await it.ask(OWNER, "POST", "/api/config", None) == 400, number
            assert await it.ask(PHONE, "POST", "/api/session/end", {"session_id": SID}) == 200
            for probe in LOOKS:
                await it.ask(*probe)
            events = listener.take_nowait()
        it.out.put("events", "\n".join(to_wire(one).decode() for one in events))

    assert it.out.leaks() == {}
    # The sweep had something to find: the call was played, and its other words are there.
    types = [one.event.type for one in events]
    assert types.count("turn.auth_failed") == 4
    assert {"turn.authenticated", "turn.complete", "session.ended"} <= set(types)
    assert all("and now everything breaks" in text for text in it.out.of("data"))
    assert it.gateway.live.now.call.auth_passphrase == PASSPHRASE
    assert {200, 400, 401, 403, 404, 409} <= set(codes)


async def test_the_passphrase_does_not_come_out_where_somebody_writes_it_into_a_call(
    tmp_path: Path,
) -> None:
    async with watched(tmp_path) as it:
        with it.gateway.bus.listen(limit=10_000) as listener:
            await it.say(PASSPHRASE)
            for path, body in WRITTEN:
                assert (path, await it.ask(OWNER, "POST", path, body)) == (path, 200)
            for probe in LOOKS:
                await it.ask(*probe)
            await it.say("which one was it")
            it.llm.answer = lambda prompt: (prompt.system, " ", prompt.knowledge)
            await it.say("and which one was that")
            await it.say("tell me", "/api/turn/stream")
            it.out.put("events", "\n".join(str(one) for one in listener.take_nowait()))

    assert it.out.leaks() == {}
    assert all("The word is [passphrase]." in text for text in it.out.of("data"))
    # Not even as single words, which is how the search keeps them.
    assert [text for text in it.out.of("data") if "narwhal" in text.lower()] == []


async def test_neither_does_it_at_a_socket_whoever_says_or_writes_it(tmp_path: Path) -> None:
    async with watched(tmp_path) as it, trio.open_nursery() as nursery:
        await nursery.start(partial(overhear, it, "/ws/events"))
        agent = await nursery.start(partial(overhear, it, "/api/agent/ws"))
        await play(it)
        for frame in SENT:
            await agent.send_message(json.dumps(frame))
        acks = await until_told(it, "/api/agent/ws", len(SENT), lambda one: "ok" in one)
        await it.say("what an agent queued is said now")
        await it.say(f"is it {PASSPHRASE}?")
        await it.say("or else?", "/api/turn/stream")
        asked = await until_told(it, "/api/agent/ws", 2, lambda one: one["type"] == "turn.request")
        for probe in LOOKS:
            await it.ask(*probe)
        nursery.cancel_scope.cancel()

    assert it.out.leaks() == {}
    assert {True, False} == {ack["ok"] for ack in acks}
    assert [one["transcript"] for one in asked] == ["is it [passphrase]?", "or else?"]
    assert '"reply":"Say [passphrase]."' in "".join(it.out.of("/ws/events"))


class Nobody:
    """Stands for all that the owner's doors lead to."""

    def __getattr__(self, name: str) -> "Nobody":
        return self


def test_every_door_is_among_the_probes() -> None:
    live, nobody = Live(given()), cast("Any", Nobody())
    behind = dict.fromkeys(Owner.__dataclass_fields__, nobody)
    phones = phone_routes(nobody, nobody, live, nobody, nobody, main=True)
    programs = agents_routes(nobody, nobody, live)
    app = make_app("test", live, [phones, *rooms(Owner(**behind | {"live": live})), programs])
    doors = app.url_map.bind("127.0.0.1")
    asked = [(method, path) for _, method, path, _ in LOOKS + CHANGES]
    asked += [("POST", path) for path, _ in WRITTEN] + PLAYED
    reached = set()
    for method, path in asked:
        with suppress(HTTPException):
            reached.add(doors.match(path.partition("?")[0], method)[0])

    rules = [rule for rule in app.url_map.iter_rules() if not rule.websocket]
    # The page is a file, the same for everybody.
    doors_there = {one.endpoint for one in rules if not one.endpoint.startswith("page.")}
    assert doors_there - reached == set()
    assert {rule.rule for rule in app.url_map.iter_rules() if rule.websocket} == set(SOCKETS)


@pytest.mark.journey
def test_no_secret_stands_in_the_list_of_processes_or_in_what_serve_prints(tmp_path: Path) -> None:
    path = core_settings(tmp_path, port=0, phone_port=0, log_level="debug")
    by_variable = {f"GATEWAY_{key.upper()}": text for key, text in SECRETS.items()}
    with subprocess.Popen(
        [*CLAWCTL, "serve", "--config", str(path)],
        env=environment(**by_variable, CLAWCTL_TOKEN=SECRETS["agent_token"]),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        said = ""
        try:
            assert process.stdout is not None
            while '"ready"' not in said:
                line = process.stdout.readline()
                assert line, said
                said += line
            gateway, *started = family(process.pid)
            lines = shown_of([gateway, *started], "cmdline")
            handed_on = shown_of(started, "environ")
        finally:
            process.terminate()
        said += process.stdout.read()

    assert "worker" in lines
    assert "PATH=" in handed_on
    assert found_in(lines) == found_in(handed_on) == found_in(said) == set()
    assert process.returncode == 0
