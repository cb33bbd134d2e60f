"""A gateway in a process of its own, which tells of itself when asked.

Its engines are `instant`, or `embedded`: those that come with clawctl, or `cold`: all that are
installed and the instant ones, none of them warmed up, or `half`: only the voice is real and in
processes of its own, or `failing`: two a stage, each failing at times.
"""

import gc
import json
import random
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import trio
from trio._core._run import GLOBAL_RUN_CONTEXT

from benchmarks.child import children, obey, say
from benchmarks.gaps import Gaps
from benchmarks.where import Sampler
from clawctl import log
from clawctl.audio.wav import Sound
from clawctl.config.live import Live
from clawctl.config.load import given
from clawctl.config.schema import LogSettings
from clawctl.gateway import Gateway, open_gateway
from clawctl.plugins import Found, Plugin, find, sections
from clawctl.testing.engines import EchoLlm, Fake, FixedStt, ToneTts, fake_plugin
from clawctl.testing.gateway import BEARER

T = TypeVar("T")

# Of the calls of an engine that fails at times.
FAILING = 0.05


class Forgotten(list[T]):
    """What a fake engine was asked, not kept: it would look like a leak."""

    def append(self, asked: T, /) -> None:
        pass


def instant() -> Found:
    """Engines that answer at once, and how many messages came before."""
    stt, llm, tts = FixedStt(), EchoLlm(), ToneTts(character_s=0.01)
    llm.answer = lambda prompt: (f"After {len(prompt.history)} messages.",)
    stt.calls, llm.calls, tts.calls = Forgotten(), Forgotten(), Forgotten()
    return Found((fake_plugin(stt=stt, llm=llm, tts=tts),), {})


def cold() -> Found:
    return Found((*find().plugins, *instant().plugins), {})


def half() -> Found:
    (fake,) = instant().plugins
    espeak = next(plugin for plugin in find().plugins if plugin.name == "espeak")
    return Found((replace(fake, tts={}), espeak), {})


class Failing:
    """Fails in one of twenty of its calls, by a sequence that is the same in every run."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)
        self.failures = 0

    def strike(self) -> None:
        if self._random.random() < FAILING:
            self.failures += 1
            raise OSError("as it does in one of twenty calls")


def failing(last: Mapping[str, Failing]) -> Found:
    """Two engines a stage, all of them failing at times; `last` counts for the second of each."""

    def plugin(name: str, rank: int, troubles: Mapping[str, Failing]) -> Plugin:
        stt, llm, tts = FixedStt(), EchoLlm(), ToneTts(character_s=0.01)
        stages: tuple[tuple[str, Fake[Any]], ...] = (("stt", stt), ("llm", llm), ("tts", tts))
        for stage, engine in stages:
            engine.calls = Struck(troubles[stage])
        return fake_plugin(name, stt=stt, llm=llm, tts=tts, rank=rank)

    first = {stage: Failing(f"first {stage}") for stage in last}
    return Found((plugin("first", 2, first), plugin("last", 1, last)), {})


class Struck(Forgotten[T]):
    """Where a fake notes its calls, it fails."""

    def __init__(self, trouble: Failing) -> None:
        super().__init__()
        self._trouble = trouble

    def append(self, asked: T, /) -> None:  # noqa: ARG002 - as a list has it
        self._trouble.strike()


LAST = {stage: Failing(f"last {stage}") for stage in ("stt", "llm", "tts")}
ENGINES: dict[str, Callable[[], Found]] = {
    "instant": instant,
    "embedded": find,
    "cold": cold,
    "half": half,
    "failing": lambda: failing(LAST),
}


@asynccontextmanager
async def open_one(
    data_dir: Path, settings: dict[str, Any], engines: str
) -> AsyncIterator[Gateway]:
    """On free ports; with none but instant engines everybody is taken to be speaking."""
    everybody_speaks = engines not in ("embedded", "cold")
    found, warm = ENGINES[engines](), engines != "cold"
    async with open_with(data_dir, settings, found, everybody_speaks, warm=warm) as gateway:
        yield gateway


@asynccontextmanager
async def open_with(
    data_dir: Path,
    settings: dict[str, Any],
    found: Found,
    everybody_speaks: bool = True,
    *,
    warm: bool = True,
) -> AsyncIterator[Gateway]:
    flat = {"port": 0, "phone_port": 0, "data_dir": str(data_dir), "bearer_token": BEARER}
    flat["adb_driver"] = "off"
    live = Live(given({**flat, **settings}, plugins=sections(found)))

    async def somebody_speaks(_: Sound) -> bool:
        return True

    speech = somebody_speaks if everybody_speaks else None
    async with open_gateway(live, found, speech=speech) as gateway:
        if warm:
            await gateway.warm(lambda *_: None)
        yield gateway


def objects() -> list[Any]:
    """Everything that the garbage collector counts and somebody still needs."""
    # A thousand deadlines that are over may stay in trio's heap until it grows further.
    GLOBAL_RUN_CONTEXT.runner.deadlines._prune()  # noqa: SLF001
    gc.collect()
    return gc.get_objects()


def counts() -> dict[str, int]:
    """What should be as before once a call is over."""
    return {
        "objects": len(objects()),
        "tasks": trio.lowlevel.current_statistics().tasks_living,
        "files": sum(1 for _ in Path("/proc/self/fd").iterdir()),
        "processes": len(children("self")),
    }


def types() -> dict[str, int]:
    """How many objects there are of each type."""
    named = (f"{type(one).__module__}.{type(one).__qualname__}" for one in objects())
    return dict(Counter(named))


async def main(data_dir: str, settings: str, engines: str = "instant") -> None:
    log.configure(LogSettings(log_format="json", log_file=f"{data_dir}/log.json"))
    async with (
        trio.open_nursery() as nursery,
        open_one(Path(data_dir), json.loads(settings), engines) as gateway,
    ):
        sampler, gaps = Sampler(), Gaps()
        nursery.start_soon(gaps.run)
        say({"url": gateway.url, "phone_url": gateway.phone_url})
        await obey(
            {
                "counts": counts,
                "types": types,
                "sample": sampler.start,
                "sampled": sampler.stop,
                "failures": lambda: {stage: one.failures for stage, one in LAST.items()},
                "watch": gaps.start,
                "watched": gaps.stop,
            }
        )
        nursery.cancel_scope.cancel()


if __name__ == "__main__":
    trio.run(lambda: main(*sys.argv[1:]))
