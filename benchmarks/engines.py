"""The gateway's event loop while an engine loads, and while it works; engine by engine.

Where an engine needs a model its library loads a tiny one with random weights, under the name of
the one it loads by default. The stages beside it answer at once, and an empty loop runs in a
process of its own at the same time.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks import silence
from benchmarks.child import Child, open_child
from benchmarks.phone import Phone
from benchmarks.table import Figure, show, tell
from clawctl.engines.models import PIPER_VOICES, storage, voice_file
from clawctl.testing.gateway import BEARER
from clawctl.testing.handset_form import TurnFields

# Each with a gateway that was just started: what is imported is imported once.
RUNS = 5
PHONES = 4
SECONDS = 4.0
# A call makes no more turns than one in this time: a gateway at its limit is measured by `turns`.
EVERY_S = 0.25
MOST_WORKING_MS = 20.0
MOST_LOADING_MS = 100.0
# Where other work keeps even an empty loop waiting for longer, ours may wait so much more.
MOST_RATIO = 1.5

DEMO = files("clawctl.testing") / "data" / "demo"
SPOKEN = ("1-hello", "2-name", "3-message", "4-number", "5-correction", "6-yes", "7-goodbye")
REAL = Path(__file__).parents[1] / "tests" / "real"
MAKE = "import sys, pathlib, tiny; getattr(tiny, sys.argv[1])(pathlib.Path(sys.argv[2]))"


@dataclass(frozen=True)
class Tiny:
    """What a function of tests/real/<library>/tiny.py makes in place of a model."""

    library: str
    maker: str
    model: str
    file: str = ""

    def make(self, hub_cache: Path) -> None:
        place = storage(hub_cache, self.model) / "snapshots" / "tiny" / self.file
        command = [sys.executable, "-c", MAKE, self.maker, str(place)]
        subprocess.run(command, check=True, cwd=REAL / self.library)


@dataclass(frozen=True)
class Engine:
    """A gateway with these `settings` uses it; without these modules it is not installed."""

    name: str
    settings: Mapping[str, Any]
    needs: tuple[str, ...] = ()
    tiny: Tiny | None = None

    @property
    def lacking(self) -> list[str]:
        return [module for module in self.needs if not find_spec(module)]


@dataclass
class While:
    """Stretches of loading, or of work: how long each load or turn took, and the loops' gaps."""

    took_ms: list[float] = field(default_factory=list)
    ours: list[dict[str, float]] = field(default_factory=list)
    empty: list[dict[str, float]] = field(default_factory=list)

    @contextmanager
    def watching(self, gateway: Child, control: Child) -> Iterator[None]:
        gateway.ask("watch")
        control.ask("watch")
        yield
        self.ours.append(gateway.ask("watched"))
        self.empty.append(control.ask("watched"))

    def show(self, title: str, judged: str, most_ms: float) -> bool:
        """By the median of the stretches; `judged` is "p99.9" or "worst"."""
        empty_ms = statistics.median(gaps[f"{judged}_ms"] for gaps in self.empty)
        limits = {("gateway's loop", judged): max(most_ms, round(MOST_RATIO * empty_ms, 1))}
        gaps = [
            Figure(f"{loop}, {which} gap", [one[f"{which}_ms"] for one in told], "ms",
                   limits.get((loop, which)))
            for loop, told in (("gateway's loop", self.ours), ("empty loop beside it", self.empty))
            for which in ("p99.9", "worst")
        ]  # fmt: skip
        return show(title, [Figure("each took", self.took_ms, "ms"), *gaps])


INSTANT = {"stt_engine": "fake", "llm_engine": "fake", "tts_engine": "fake"}
POCKETSPHINX = {"stt_engine": "pocketsphinx"}
ESPEAK = {"tts_engine": "espeak"}
EMBEDDED = {**POCKETSPHINX, "llm_engine": "receptionist", **ESPEAK}
PIPER = {"tts_engine": "piper", "tts_lang": "de", "piper_base": ""}

WHISPER = Tiny("mlx", "make_whisper", "mlx-community/whisper-large-v3-turbo")
QWEN = Tiny("mlx", "make_lm", "mlx-community/Qwen2.5-1.5B-Instruct-4bit")
KOKORO = Tiny("kokoro", "make_kokoro", "hexgrad/Kokoro-82M")
THORSTEN = Tiny("piper", "make_voice", PIPER_VOICES, voice_file("de_DE-thorsten-high"))


def engines(server: Child) -> tuple[Engine, ...]:
    return (
        Engine("pocketsphinx", POCKETSPHINX, ("pocketsphinx",)),
        Engine("espeak", ESPEAK, ("espeakng_loader",)),
        Engine("receptionist, with both", EMBEDDED, ("pocketsphinx", "espeakng_loader")),
        Engine("openai in every stage", silence.settings(server)),
        Engine("mlx-whisper", {"stt_engine": "mlx-whisper"}, ("mlx_whisper",), WHISPER),
        Engine("mlx-lm", {"llm_engine": "mlx-lm"}, ("mlx_lm",), QWEN),
        Engine("kokoro", {"tts_engine": "kokoro"}, ("kokoro",), KOKORO),
        Engine("piper", PIPER, ("piper", "onnx"), THORSTEN),
    )


def measure(seconds: float = SECONDS) -> bool:
    """Whether all that are installed kept the limits."""
    with (
        tempfile.TemporaryDirectory() as home,
        open_child("served", json.dumps({"tokens": silence.reply(), **silence.PACE})) as server,
        open_child("gaps") as control,
    ):
        kept = [_measure(engine, Path(home), control, seconds) for engine in engines(server)]
    return all(kept)


def _measure(engine: Engine, home: Path, control: Child, seconds: float) -> bool:
    if engine.lacking:
        tell(f"\n{engine.name}: not installed ({', '.join(engine.lacking)})")
        return True
    if engine.tiny:
        engine.tiny.make(home / "hub")
    loads, turns = While(), While()
    for _ in range(RUNS):
        with _open(engine, home) as gateway:
            with loads.watching(gateway, control):
                loads.took_ms.append(_warm_ms(gateway.hello["url"]))
            with turns.watching(gateway, control):
                turns.took_ms += _talk(gateway.hello["phone_url"], seconds)
    # A load that holds the loop may do so once, in thousands of ticks: its worst gap is judged.
    loaded = loads.show(f"{engine.name}: {RUNS} loads", "worst", MOST_LOADING_MS)
    title = f"{engine.name}: {PHONES} calls at once, {RUNS} times {seconds:g} s"
    return turns.show(title, "p99.9", MOST_WORKING_MS) and loaded


@contextmanager
def _open(engine: Engine, home: Path) -> Iterator[Child]:
    settings = json.dumps({**INSTANT, **engine.settings, "engine_timeout_sec": 30})
    with (
        tempfile.TemporaryDirectory() as data_dir,
        open_child("gateway", data_dir, settings, "cold", env={"HF_HOME": str(home)}) as gateway,
    ):
        yield gateway


def _warm_ms(url: str) -> float:
    began = time.perf_counter()
    with closing(Phone(url, BEARER, 0)) as owner:
        told = owner.post("/api/warm", {}).body
    if b'"ok":true' not in told:
        raise RuntimeError(f"not warm: {told!r}")
    return (time.perf_counter() - began) * 1000


def _talk(url: str, seconds: float) -> list[float]:
    """Milliseconds of every turn that some callers make in this time."""
    until = time.monotonic() + seconds
    with ThreadPoolExecutor(PHONES) as threads:
        calls = threads.map(lambda number: _call(url, number, until), range(PHONES))
        return [took_ms for call in calls for took_ms in call]


def _call(url: str, number: int, until: float) -> list[float]:
    took_ms: list[float] = []
    with closing(Phone(url, BEARER, number)) as phone:
        while time.monotonic() < until:
            wav = (DEMO / f"{SPOKEN[len(took_ms) % len(SPOKEN)]}.wav").read_bytes()
            request = phone.request(TurnFields(session_id=f"engines-{number}"), wav)
            began = time.perf_counter()
            reply = phone.turn(request)
            took_ms.append((time.perf_counter() - began) * 1000)
            if reply.status != 200 or reply.fields().get("degraded"):
                raise RuntimeError(f"answered {reply.status}: {reply.body[:300]!r}")
            time.sleep(max(0.0, EVERY_S - took_ms[-1] / 1000))
    return took_ms
