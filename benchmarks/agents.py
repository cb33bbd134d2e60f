"""What an agent costs its caller, beside a bare echo on a WebSocket of the same loopback.

The parent is the phone and the agent; `python -m benchmarks.agents gateway` or `echo` answers it.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import trio
from trio_websocket import (
    ConnectionClosed,
    WebSocketConnection,
    WebSocketRequest,
    serve_websocket,
    wrap_client_stream,
)

from benchmarks.child import Child, obey, open_child, say
from benchmarks.gateway import Forgotten, open_with
from benchmarks.phone import Phone, Reply
from benchmarks.phones import GREETING, TURNS_A_CALL
from benchmarks.table import Figure, show
from clawctl import log
from clawctl.config.schema import LogSettings
from clawctl.plugins import Found
from clawctl.testing.engines import EchoLlm, FixedStt, ToneTts, fake_plugin
from clawctl.testing.gateway import BEARER
from clawctl.testing.handset_form import SILENCE, TurnFields
from clawctl.wire.events import Stamped

# Echo round trips that an agent's part of a turn may take, and what follows its going away.
MOST_ANSWER, MOST_DROP = 3.0, 10.0
CALLS, DROPS = 40, 100
WORDS = "Good morning. " * 5

T = TypeVar("T")


def measure(calls: int = CALLS, drops: int = DROPS) -> bool:
    """Whether the limits were kept."""
    with (
        tempfile.TemporaryDirectory() as data_dir,
        open_child("agents", "gateway", data_dir) as gateway,
        open_child("agents", "echo") as echo,
    ):
        took = trio.run(_alternate, gateway, echo, calls, drops)
    return show(
        f"Agents: {calls * TURNS_A_CALL} turns answered at once, {drops} connections lost",
        [
            Figure("bare echo, round trip", took.echo_ms, "ms"),
            Figure("agent's part of a turn", took.answer_ms, "ms"),
            Figure("ratio of the medians", [took.ratio(took.answer_ms)], most=MOST_ANSWER),
            Figure("agent gone until the model is asked", took.drop_ms, "ms"),
            Figure("ratio of the medians", [took.ratio(took.drop_ms)], most=MOST_DROP),
        ],
    )


@dataclass
class Took:
    """Milliseconds; an echo follows every turn."""

    echo_ms: list[float] = field(default_factory=list)
    answer_ms: list[float] = field(default_factory=list)
    drop_ms: list[float] = field(default_factory=list)

    def ratio(self, ms: list[float]) -> float:
        return statistics.median(ms) / statistics.median(self.echo_ms)


async def _alternate(gateway: Child, echo: Child, calls: int, drops: int) -> Took:
    took, phone = Took(), Phone(gateway.hello["phone_url"], BEARER, 1)
    async with open_bare(echo.hello["url"], "/") as echoing:
        for call in range(calls + 1):
            took = await _answered(gateway, phone, echoing, took) if call else Took()
        for _ in range(drops):
            took.drop_ms.append(await _dropped(gateway, phone))
            took.echo_ms.append(await _echo_ms(echoing))
    phone.close()
    return took


async def _answered(gateway: Child, phone: Phone, echoing: WebSocketConnection, took: Took) -> Took:
    """One call in an agent's hands; it hears every event as any agent does."""
    session_id = await _greeted(phone)
    turn = phone.request(TurnFields(session_id=session_id))
    async with (
        open_bare(gateway.hello["url"], "/api/agent/ws") as agent,
        trio.open_nursery() as nursery,
    ):
        await _take_over(agent, session_id)
        nursery.start_soon(_answer, agent)
        for _ in range(TURNS_A_CALL):
            gateway.ask("times")
            await _say(phone, turn)
            times = gateway.ask("times")
            took.answer_ms.append((times["spoken"][0] - times["transcribed"][0]) * 1000)
            took.echo_ms.append(await _echo_ms(echoing))
        nursery.cancel_scope.cancel()
    return took


async def _answer(agent: WebSocketConnection) -> None:
    while True:
        frame = json.loads(await agent.get_message())
        if frame["type"] == "turn.request":
            reply = {"request_id": frame["request_id"], "reply": WORDS}
            await agent.send_message(json.dumps(reply))


async def _dropped(gateway: Child, phone: Phone) -> float:
    """Milliseconds from the end of an agent's connection to the question to the reply model."""
    session_id = await _greeted(phone)
    turn = phone.request(TurnFields(session_id=session_id))
    async with (
        trio.open_nursery() as nursery,
        open_bare(gateway.hello["url"], "/api/agent/ws") as agent,
    ):
        await _take_over(agent, session_id)
        gateway.ask("times")
        nursery.start_soon(_say, phone, turn)
        await _next(agent, "turn.request")
        gone = time.perf_counter()
    (asked,) = gateway.ask("times")["asked"]
    return float(asked - gone) * 1000


async def _greeted(phone: Phone) -> str:
    reply = await trio.to_thread.run_sync(phone.turn, phone.request(GREETING, SILENCE))
    return str(reply.fields()["session_id"])


async def _say(phone: Phone, turn: Any) -> Reply:
    reply = await trio.to_thread.run_sync(phone.turn, turn)
    if reply.status != 200:
        raise RuntimeError(f"answered {reply.status}: {reply.body[:300]!r}")
    return reply


async def _take_over(agent: WebSocketConnection, session_id: str) -> None:
    await agent.send_message(json.dumps({"type": "takeover", "session_id": session_id}))
    await _next(agent, "takeover.ack")


async def _next(agent: WebSocketConnection, kind: str) -> None:
    while json.loads(await agent.get_message())["type"] != kind:
        pass


async def _echo_ms(echoing: WebSocketConnection) -> float:
    message = json.dumps({"request_id": "0" * 32, "reply": WORDS})
    began = time.perf_counter()
    await echoing.send_message(message)
    await echoing.get_message()
    return (time.perf_counter() - began) * 1000


@asynccontextmanager
async def open_bare(url: str, path: str) -> AsyncIterator[WebSocketConnection]:
    """A connection that says no goodbye at the end, as if its program had died."""
    address = urlsplit(url)
    stream = await trio.open_tcp_stream(str(address.hostname), int(address.port or 0))
    async with trio.open_nursery() as nursery:
        try:
            yield await wrap_client_stream(nursery, stream, address.netloc, path)
        finally:
            await trio.aclose_forcefully(stream)
            nursery.cancel_scope.cancel()


# the other side


class Times(Forgotten[T]):
    """When an engine was asked; what it was asked is not kept."""

    def __init__(self) -> None:
        super().__init__()
        self.at: list[float] = []

    def append(self, _: T, /) -> None:
        self.at.append(time.perf_counter())


def taken(*lists: list[float]) -> list[list[float]]:
    told = [list(one) for one in lists]
    for one in lists:
        one.clear()
    return told


async def answer_as_gateway(data_dir: str) -> None:
    log.configure(LogSettings(log_format="json", log_file=f"{data_dir}/log.json"))
    spoken, asked, transcribed = Times[Any](), Times[Any](), list[float]()
    stt, llm, tts = FixedStt(), EchoLlm(calls=asked), ToneTts(calls=spoken, character_s=0.01)
    stt.calls = Forgotten()
    found = Found((fake_plugin(stt=stt, llm=llm, tts=tts),), {})

    def note(stamped: Stamped) -> None:
        if stamped.event.type == "turn.transcript":
            transcribed.append(time.perf_counter())

    def times() -> dict[str, list[float]]:
        names = ("transcribed", "spoken", "asked")
        return dict(zip(names, taken(transcribed, spoken.at, asked.at), strict=True))

    async with open_with(Path(data_dir), {}, found) as gateway:
        gateway.bus.watch(note)
        say({"url": gateway.url, "phone_url": gateway.phone_url})
        await obey({"times": times})


async def answer_barely() -> None:
    async def echo(request: WebSocketRequest) -> None:
        socket = await request.accept()
        try:
            while True:
                await socket.send_message(await socket.get_message())
        except ConnectionClosed:
            pass

    async with trio.open_nursery() as nursery:
        serve = partial(serve_websocket, echo, "127.0.0.1", 0, None)
        server = await nursery.start(serve)
        say({"url": f"http://127.0.0.1:{server.port}"})
        await obey({})
        nursery.cancel_scope.cancel()


if __name__ == "__main__":
    answerers = {"gateway": answer_as_gateway, "echo": answer_barely}
    trio.run(answerers[sys.argv[1]], *sys.argv[2:])
