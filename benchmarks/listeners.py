"""What phones notice of a listener that stopped reading: 95th percentiles, blocks in turn."""

import socket
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from benchmarks.child import open_child
from benchmarks.table import Figure, show
from clawctl.testing.gateway import BEARER

MOST = 1.1
PHONES = 4
BLOCKS = 14
# 4 phones x 100 turns x 14 blocks: 5,600 turns of each kind.
TURNS = 100
HANDSHAKE = (
    b"GET /ws/events HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


def measure(blocks: int = BLOCKS) -> bool:
    """Whether the limit was kept."""
    alone, beside = list[float](), list[float]()
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
        # Whoever comes second may find a gateway that is warmer or busier: they change places.
        for number in range(blocks):
            if number % 2:
                alone.append(block())
            with stuck(gateway.hello["url"]):
                beside.append(block())
            if not number % 2:
                alone.append(block())
    ratio = statistics.median(beside) / statistics.median(alone)
    return show(
        f"{PHONES} phones and a listener that reads nothing, {blocks * TURNS * PHONES} turns each",
        [
            Figure("alone, 95th percentile of a block", alone, "ms"),
            Figure("beside it, 95th percentile of a block", beside, "ms"),
            Figure("ratio of the medians", [ratio], most=MOST),
        ],
    )


@contextmanager
def stuck(url: str) -> Iterator[None]:
    """A listener whose buffers are small and are never emptied."""
    address = urlsplit(url)
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.connect((address.hostname, address.port))
        sock.sendall(HANDSHAKE)
        if not sock.recv(16).startswith(b"HTTP/1.1 101"):
            raise RuntimeError("the gateway refused the listener")
        yield
