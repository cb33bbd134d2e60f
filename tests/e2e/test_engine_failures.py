"""An engine that hangs, exits or raises in the middle of a turn, in a process of its own."""

import base64
import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import httpx2
import pytest
import trio

from clawctl.audio import wav
from clawctl.audio.wav import Sound
from clawctl.call.wording import wording
from clawctl.config.live import Live
from clawctl.config.load import given
from clawctl.engines.api import Answered, Host, Offer, Prompt, Say, Voice, Worker
from clawctl.engines.apology import last_resort
from clawctl.gateway import open_gateway
from clawctl.plugins import Found, Plugin
from clawctl.testing.engines import EchoLlm, FixedStt, ToneTts, fake_plugin
from clawctl.testing.gateway import BEARER
from clawctl.testing.handset_form import TurnFields, form

pytestmark = pytest.mark.journey

ENGINE_TIMEOUT_S = 1.0
# A turn that takes less did not wait for an engine that hangs.
UNDELAYED_S = 0.8
SEPARATOR = "----PhoneBridge1"
MORE = itertools.count(1)

Stage = Literal["stt", "llm", "tts"]
STAGES: tuple[Stage, ...] = ("stt", "llm", "tts")
TROUBLES = ("hang", "exit", "raise")
LAST_RESORT, _ = last_resort("en")


@dataclass
class Shaky:
    """All three engines; the next piece of work of `stage` gets into `trouble`, if there is one."""

    trouble: str = ""
    stage: str = ""
    struck: trio.Event = field(default_factory=trio.Event)
    worker: Worker | None = None

    def plan(self, stage: Stage, trouble: str) -> None:
        self.stage, self.trouble, self.struck = stage, trouble, trio.Event()

    @asynccontextmanager
    async def open(self, host: Host) -> AsyncIterator["Shaky"]:
        async with host.worker("shaky_worker:Shaky", {}, size=2) as self.worker:
            yield self

    async def hear(self, sound: Sound, lang: str) -> str:
        heard: str = await self._call("stt", "hear")
        return heard

    async def reply(self, prompt: Prompt, say: Say) -> Answered:
        await say(await self._call("llm", "reply", prompt.transcript))
        return Answered(model="shaky")

    async def speak(self, text: str, voice: Voice) -> Sound:
        return Sound(await self._call("tts", "speak", text), 16_000)

    async def _call(self, stage: Stage, method: str, *args: Any) -> Any:
        trouble = ""
        if self.stage == stage and self.trouble:
            trouble, self.trouble = self.trouble, ""
            self.struck.set()
        assert self.worker is not None
        return await self.worker.call(method, trouble, *args)

    def plugin(self) -> Plugin:
        offer: Offer[Any] = Offer(self.open, 1, "works until it is told otherwise")
        return Plugin("shaky", {"shaky": offer}, {"shaky": offer}, {"shaky": offer})


@dataclass
class Spoken:
    """What a caller got of one turn, and after how long."""

    degraded: str
    reply: str
    sound: Sound
    took_s: float


@dataclass
class Caller:
    http: httpx2.AsyncClient
    session_id: str

    async def speak(self) -> Spoken:
        recording = wav.write(Sound(next(MORE).to_bytes(4, "little") * 8000, 16_000))
        body = form(SEPARATOR, TurnFields(session_id=self.session_id).parts(), recording)
        began = trio.current_time()
        answer = await self.http.post(
            "/api/turn",
            content=body,
            headers={"Content-Type": f"multipart/form-data; boundary={SEPARATOR}"},
        )
        assert answer.status_code == 200
        told = answer.json()
        sound = wav.read(base64.b64decode(told["audio_base64"]))
        took_s = trio.current_time() - began
        return Spoken(told.get("degraded", ""), told["reply"], sound, took_s)


@asynccontextmanager
async def open_callers(
    data_dir: Path, shaky: Shaky, **engines: Any
) -> AsyncIterator[tuple[Caller, Caller]]:
    """Two callers of a gateway whose engines are open."""
    settings = {"port": 0, "phone_port": 0, "data_dir": str(data_dir), "bearer_token": BEARER}
    settings["adb_driver"] = "off"
    patience = {"engine_timeout_sec": ENGINE_TIMEOUT_S, "graceful_timeout": 2}
    sure = fake_plugin("sure", stt=FixedStt(), llm=EchoLlm(), tts=ToneTts())

    async def somebody_speaks(_: Sound) -> bool:
        return True

    chosen = {f"{stage}_engine": "sure" for stage in STAGES} | engines
    live = Live(given({**settings, **patience, **chosen}))
    found = Found((shaky.plugin(), sure), {})
    async with (
        open_gateway(live, found, speech=somebody_speaks) as gateway,
        httpx2.AsyncClient(
            base_url=gateway.phone_url,
            headers={"Authorization": f"Bearer {BEARER}"},
            timeout=20,
            trust_env=False,
        ) as http,
    ):
        await gateway.warm(lambda stage, warmed: None)
        yield Caller(http, "unlucky"), Caller(http, "beside")


@pytest.fixture(autouse=True)
def worker_can_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))


@pytest.fixture(autouse=True)
def nothing_left_running() -> Iterator[None]:
    yield
    tasks = Path("/proc/self/task").iterdir()
    assert "".join((task / "children").read_text() for task in tasks) == ""


async def in_trouble(caller: Caller, beside: Caller, shaky: Shaky) -> tuple[Spoken, list[float]]:
    """What the caller got of the turn that goes wrong, and how long turns took beside it."""
    spoken: list[Spoken] = []

    async def speak() -> None:
        spoken.append(await caller.speak())

    with trio.fail_after(20):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(speak)
            await shaky.struck.wait()
            beside_s = [(await beside.speak()).took_s for _ in range(3)]
    return spoken[0], beside_s


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("stage", STAGES)
async def test_the_next_engine_answers_in_time_and_nobody_beside_waits(
    tmp_path: Path, stage: Stage, trouble: str
) -> None:
    shaky, engines = Shaky(), {f"{stage}_engine": ["shaky", "sure"]}
    async with open_callers(tmp_path, shaky, **engines) as (caller, beside):
        assert (await caller.speak()).degraded == ""
        shaky.plan(stage, trouble)
        spoken, beside_s = await in_trouble(caller, beside, shaky)

    assert spoken.took_s < ENGINE_TIMEOUT_S + 2
    assert spoken.degraded == stage
    assert spoken.reply.startswith("You said: ")
    assert max(beside_s) < UNDELAYED_S


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize(
    ("stage", "reply"),
    [("stt", wording("misheard", "en")), ("llm", wording("sorry", "en")), ("tts", LAST_RESORT)],
    ids=STAGES,
)
async def test_where_there_is_no_other_engine_the_caller_hears_an_apology_in_time(
    tmp_path: Path, stage: Stage, reply: str, trouble: str
) -> None:
    shaky, engines = Shaky(), {f"{stage}_engine": "shaky"}
    async with open_callers(tmp_path, shaky, **engines) as (caller, beside):
        shaky.plan(stage, trouble)
        spoken, beside_s = await in_trouble(caller, beside, shaky)
        afterwards = await caller.speak()

    assert spoken.took_s < ENGINE_TIMEOUT_S + 2
    assert (spoken.degraded, spoken.reply) == (stage, reply)
    assert spoken.sound.seconds > 0.5
    assert max(beside_s) < UNDELAYED_S
    assert afterwards.degraded == ""
