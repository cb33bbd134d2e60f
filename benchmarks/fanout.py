"""Fifty listeners of every event, beside the least that a quart-trio fan-out of it can do.

The parent listens; the process that tells is `python -m benchmarks.fanout bare` or `gateway`.
"""

import json
import statistics
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

import trio
from hypercorn.trio import serve
from quart import websocket
from quart_trio import QuartTrio

from benchmarks.bare import config
from benchmarks.child import Child, obey, open_child, say
from benchmarks.gateway import open_one
from benchmarks.table import Figure, show
from clawctl import log
from clawctl.client.socket import open_socket
from clawctl.config.schema import LogSettings
from clawctl.wire.events import Stamped, TurnComplete, to_wire

MOST = 1.5
LISTENERS = 50
EVENTS = 40
BLOCKS = 10
EVERY_S = 0.02
TURN = TurnComplete(
    session_id="fanout", transcript="Good morning. " * 10, reply="And to you. " * 20, model="echo",
    turn=3, metrics={"asr_ms": 120.5, "llm_ms": 480.25, "tts_ms": 90.75, "total_ms": 700.0},
)  # fmt: skip


def measure(blocks: int = BLOCKS) -> bool:
    """Whether the limit was kept; raises RuntimeError if anybody missed an event."""
    with (
        tempfile.TemporaryDirectory() as data_dir,
        open_child("fanout", "gateway", data_dir) as gateway,
        open_child("fanout", "bare") as bare,
    ):
        ours, least = trio.run(_alternate, gateway, bare, blocks)
    return show(
        f"{LISTENERS} listeners, {blocks * EVENTS} events each, all of them in order",
        [
            Figure("bare fan-out, median delay of a block", least, "ms"),
            Figure("gateway, median delay of a block", ours, "ms"),
            Figure(
                "ratio of the medians",
                [statistics.median(ours) / statistics.median(least)],
                most=MOST,
            ),
        ],
    )


async def _alternate(gateway: Child, bare: Child, blocks: int) -> tuple[list[float], list[float]]:
    ours, least = list[float](), list[float]()
    for block in range(blocks + 1):
        for child, delays in ((gateway, ours), (bare, least)):
            delay_ms = await _block(child)
            if block:
                delays.append(delay_ms)
    return ours, least


async def _block(child: Child) -> float:
    """The median delay of an event, from its telling to its hearing."""
    delays_ms = list[float]()

    async def listen(task_status: trio.TaskStatus[None]) -> None:
        async with open_socket(child.hello["url"], "/ws/events") as socket:
            task_status.started()
            seqs = list[int]()
            while len(seqs) < EVENTS:
                event = json.loads(await socket.get_message())
                delays_ms.append((time.time() - event["timestamp"]) * 1000)
                seqs.append(event["seq"])
            if seqs != list(range(seqs[0], seqs[0] + EVENTS)):
                raise RuntimeError(f"not in order, or not all: {seqs}")

    async with trio.open_nursery() as nursery:
        for _ in range(LISTENERS):
            await nursery.start(listen)
        await trio.to_thread.run_sync(partial(child.ask, "publish", count=EVENTS))
    return statistics.median(delays_ms)


async def _every(count: int, publish: Any) -> None:
    for _ in range(count):
        publish()
        await trio.sleep(EVERY_S)


async def tell_as_gateway(data_dir: str) -> None:
    log.configure(LogSettings(log_format="json", log_file=f"{data_dir}/log.json"))
    async with open_one(Path(data_dir), {}, "instant") as gateway, trio.open_nursery() as nursery:
        say({"url": gateway.url})
        publish = partial(gateway.bus.publish, TURN)
        await obey({"publish": lambda count: nursery.start_soon(_every, count, publish)})
        nursery.cancel_scope.cancel()


async def tell_barely() -> None:
    app = QuartTrio("bare", static_folder=None)
    listeners = set[trio.MemorySendChannel[str]]()
    seq = 0

    @app.websocket("/ws/events")
    async def listen() -> None:
        put, take = trio.open_memory_channel[str](1000)
        listeners.add(put)
        try:
            await websocket.accept()
            async for text in take:
                await websocket.send(text)
        finally:
            listeners.discard(put)

    def publish() -> None:
        nonlocal seq
        seq += 1
        text = to_wire(Stamped(seq, time.time(), TURN)).decode()
        for listener in listeners:
            listener.send_nowait(text)

    async with trio.open_nursery() as nursery:
        served: Any = app
        (url,) = await nursery.start(partial(serve, served, config()))
        say({"url": url})
        await obey({"publish": lambda count: nursery.start_soon(_every, count, publish)})
        nursery.cancel_scope.cancel()


if __name__ == "__main__":
    tellers = {"gateway": tell_as_gateway, "bare": tell_barely}
    trio.run(tellers[sys.argv[1]], *sys.argv[2:])
