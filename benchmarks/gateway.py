"""A gateway in a process of its own, which tells of itself when asked.

Its engines are instant, or with `embedded` the real ones that come with clawctl.
"""

import gc
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import trio

from benchmarks.child import children, obey, say
from benchmarks.gaps import Gaps
from benchmarks.where import Sampler
from clawctl import log
from clawctl.config.live import Live
from clawctl.config.load import given
from clawctl.config.schema import LogSettings
from clawctl.gateway import Gateway, open_gateway
from clawctl.plugins import find, sections
from clawctl.testing.gateway import BEARER, open_faked_gateway

T = TypeVar("T")


class Forgotten(list[T]):
    """What a fake engine was asked, not kept: it would look like a leak."""

    def append(self, asked: T, /) -> None:
        pass


@asynccontextmanager
async def open_instant(data_dir: Path, settings: dict[str, Any]) -> AsyncIterator[Gateway]:
    async with open_faked_gateway(data_dir, **settings) as faked:
        faked.llm.answer = lambda prompt: (f"After {len(prompt.history)} messages.",)
        faked.stt.calls, faked.llm.calls, faked.tts.calls = Forgotten(), Forgotten(), Forgotten()
        yield faked.gateway


@asynccontextmanager
async def open_embedded(data_dir: Path, settings: dict[str, Any]) -> AsyncIterator[Gateway]:
    flat = {"port": 0, "phone_port": 0, "data_dir": str(data_dir), "bearer_token": BEARER}
    found = find()
    live = Live(given({**flat, **settings}, plugins=sections(found)))
    async with open_gateway(live, found) as gateway:
        await gateway.warm(lambda *_: None)
        yield gateway


def counts() -> dict[str, int]:
    """What should be as before once a call is over."""
    gc.collect()
    return {
        "objects": len(gc.get_objects()),
        "tasks": trio.lowlevel.current_statistics().tasks_living,
        "files": sum(1 for _ in Path("/proc/self/fd").iterdir()),
        "processes": len(children("self")),
    }


def types() -> dict[str, int]:
    """How many objects there are of each type."""
    gc.collect()
    named = (f"{type(one).__module__}.{type(one).__qualname__}" for one in gc.get_objects())
    return dict(Counter(named))


async def main(data_dir: str, settings: str, engines: str = "instant") -> None:
    log.configure(LogSettings(log_format="json", log_file=f"{data_dir}/log.json"))
    open_one = open_embedded if engines == "embedded" else open_instant
    async with (
        trio.open_nursery() as nursery,
        open_one(Path(data_dir), json.loads(settings)) as gateway,
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
