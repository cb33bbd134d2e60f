"""What phones notice of somebody who stopped reading: 95th percentiles, blocks in turn."""

import json
import socket
import statistics
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any
from urllib.parse import urlsplit

from benchmarks.child import open_child
from benchmarks.phone import Phone
from benchmarks.phones import GREETING
from benchmarks.table import Figure, show
from clawctl.testing.gateway import BEARER
from clawctl.testing.handset_form import SILENCE, TurnFields

MOST = 1.1
PHONES = 4
BLOCKS = 14
# 4 phones x 100 turns x 14 blocks: 5,600 turns of each kind.
TURNS = 100
# The phone of the call that waits for an agent; the others count from 1.
WAITING_PHONE = 1000
EVENTS, AGENTS = "/ws/events", "/api/agent/ws"
HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)

# What there is beside the phones, by what the gateway told of its doors.
Beside = Callable[[Mapping[str, str]], AbstractContextManager[object]]


def measure(blocks: int = BLOCKS) -> bool:
    """Whether the limit was kept."""
    return _compare("a listener that reads nothing", {"beside it": listener}, blocks)


def measure_agents(blocks: int = BLOCKS) -> bool:
    """Whether the limits were kept."""
    kinds: dict[str, Beside] = {"beside it": agent, "while it holds a call": holder}
    return _compare("an agent that reads nothing", kinds, blocks)


def _compare(whom: str, kinds: Mapping[str, Beside], blocks: int) -> bool:
    alone, *others = alternate([lambda _: nullcontext(), *kinds.values()], blocks).values()
    figures = [Figure("alone, 95th percentile of a block", alone, "ms")]
    for name, p95_ms in zip(kinds, others, strict=True):
        ratio = statistics.median(p95_ms) / statistics.median(alone)
        figures.append(Figure(f"{name}, 95th percentile of a block", p95_ms, "ms"))
        figures.append(Figure("ratio of the medians", [ratio], most=MOST))
    return show(f"{PHONES} phones and {whom}, {blocks * TURNS * PHONES} turns each", figures)


def alternate(kinds: list[Beside], blocks: int) -> dict[Beside, list[float]]:
    """The 95th percentile of every block, in ms, by what there was beside it."""
    p95_ms: dict[Beside, list[float]] = {kind: [] for kind in kinds}
    with (
        tempfile.TemporaryDirectory() as data_dir,
        open_child("gateway", data_dir, "{}") as gateway,
        open_child("phones", BEARER) as phones,
    ):

        def block() -> float:
            url = gateway.hello["phone_url"]
            told = phones.ask("block", url=url, phones=PHONES, turns=TURNS)
            return float(told["p95_ms"])

        block()
        for number in range(blocks):
            # Whoever comes second may find a gateway that is warmer or busier: they change places.
            for kind in kinds if number % 2 else reversed(kinds):
                with kind(gateway.hello):
                    p95_ms[kind].append(block())
    return p95_ms


def listener(gateway: Mapping[str, str]) -> AbstractContextManager[object]:
    return stuck(gateway["url"], EVENTS)


def agent(gateway: Mapping[str, str]) -> AbstractContextManager[object]:
    return stuck(gateway["url"], AGENTS)


@contextmanager
def holder(gateway: Mapping[str, str]) -> Iterator[None]:
    """An agent that has a call, whose caller waits for it."""
    phone = Phone(gateway["phone_url"], BEARER, WAITING_PHONE)
    session_id = phone.turn(phone.request(GREETING, SILENCE)).fields()["session_id"]
    with stuck(gateway["url"], AGENTS) as sock:
        sock.sendall(_frame({"type": "takeover", "session_id": session_id}))
        _read_until(sock, b'"takeover.ack","ok":true')
        phone.send(phone.request(TurnFields(session_id=session_id)))
        yield
        phone.close()


@contextmanager
def stuck(url: str, path: str) -> Iterator[socket.socket]:
    """A socket whose buffers are small and are never emptied."""
    address = urlsplit(url)
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.connect((address.hostname, address.port))
        sock.sendall(HANDSHAKE.format(path=path).encode())
        if not sock.recv(16).startswith(b"HTTP/1.1 101"):
            raise RuntimeError("the gateway refused the socket")
        yield sock


def _frame(message: Mapping[str, Any]) -> bytes:
    """A short text, masked with zeros (RFC 6455, 5.2)."""
    text = json.dumps(message).encode()
    return bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text


def _read_until(sock: socket.socket, sign: bytes) -> None:
    seen = b""
    while sign not in seen:
        piece = sock.recv(1024)
        if not piece:
            raise EOFError("the gateway closed the socket")
        seen += piece
