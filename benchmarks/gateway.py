"""A gateway in a process of its own, which tells of itself when asked.

Its engines are `instant`, or `embedded`: those that come with clawctl, or `half`: only the voice is
real and in processes of its own.
"""

import gc
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
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
from clawctl.plugins import Found, find, sections
from clawctl.testing.engines import EchoLlm, FixedStt, ToneTts, fake_plugin
from clawctl.testing.gateway import BEARER

T = TypeVar("T")


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


def half() -> Found:
    (fake,) = instant().plugins
    espeak = next(plugin for plugin in find().plugins if plugin.name == "espeak")
    return Found((replace(fake, tts={}), espeak), {})


ENGINES: dict[str, Callable[[], Found]] = {"instant": instant, "embedded": find, "half": half}


@asynccontextmanager
async def open_one(
    data_dir: Path, settings: dict[str, Any], engines: str
) -> AsyncIterator[Gateway]:
    """On free ports; with instant engines everybody is taken to be speaking."""
    async with open_with(data_dir, settings, ENGINES[engines](), engines != "embedded") as gateway:
        yield gateway


@asynccontextmanager
async def open_with(
    data_dir: Path, settings: dict[str, Any], found: Found, everybody_speaks: bool = True
) -> AsyncIterator[Gateway]:
    flat = {"port": 0, "phone_port": 0, "data_dir": str(data_dir), "bearer_token": BEARER}
    flat["adb_driver"] = "off"
    live = Live(given({**flat, **settings}, plugins=sections(found)))

    async def somebody_speaks(_: Sound) -> bool:
        return True

    speech = somebody_speaks if everybody_speaks else None
    async with open_gateway(live, found, speech=speech) as gateway:
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
                "watch": gaps.start,
                "watched": gaps.stop,
            }
        )
        nursery.cancel_scope.cancel()


if __name__ == "__main__":
    trio.run(lambda: main(*sys.argv[1:]))
