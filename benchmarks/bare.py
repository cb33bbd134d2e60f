"""The yardstick: the least a quart endpoint can do that takes an upload and keeps a row of it."""

import json
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

import httpx2
import trio
from hypercorn.config import Config
from hypercorn.trio import serve
from quart import Response, request
from quart_trio import QuartTrio

from benchmarks.child import obey, say
from benchmarks.where import Sampler
from clawctl.door.serving import KEEP_ALIVE_S, MAX_HEADER_BYTES


class Rows:
    """A table on the disk; every row is durable when `add` returns."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("CREATE TABLE turns (id INTEGER PRIMARY KEY, bytes INTEGER, reply TEXT)")
        self._one_at_a_time = trio.CapacityLimiter(1)

    async def add(self, size: int) -> None:
        await trio.to_thread.run_sync(self._insert, size, limiter=self._one_at_a_time)

    def _insert(self, size: int) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        self._db.execute(
            "INSERT INTO turns (bytes, reply) VALUES (?, ?)", (size, "You said: hello.")
        )
        self._db.execute("COMMIT")


async def nobody(_: bytes) -> None:
    """Asked for nothing."""


@dataclass(frozen=True)
class Calls:
    """The three requests of a turn, one after the other, on a client of their own."""

    http: httpx2.AsyncClient

    async def __call__(self, wav: bytes) -> None:
        file = {"file": ("turn.wav", wav, "audio/wav")}
        heard = await self.http.post("audio/transcriptions", data={"model": "m"}, files=file)
        message = {"role": "user", "content": heard.json()["text"]}
        asked = {"model": "m", "stream": True, "messages": [message]}
        words = ""
        async with self.http.stream("POST", "chat/completions", json=asked) as reply:
            async for line in reply.aiter_lines():
                if line.startswith("data: {"):
                    words += json.loads(line[6:])["choices"][0]["delta"].get("content", "")
        spoken = {"model": "m", "input": words, "voice": "v", "speed": 1.0}
        (await self.http.post("audio/speech", json=spoken)).raise_for_status()


def make_app(rows: Rows, body: bytes, ask: Callable[[bytes], Awaitable[None]]) -> QuartTrio:
    app = QuartTrio("bare", static_folder=None)

    @app.post("/api/turn")
    async def turn() -> Response:
        wav = (await request.files)["audio"].read()
        await ask(wav)
        await rows.add(len(wav))
        return Response(body, content_type="application/json")

    return app


def answer(size: int) -> bytes:
    """JSON of `size` bytes."""
    shell = b'{"ok":true,"session_id":"bare","audio_base64":""}'
    return shell[:-2] + b"A" * (size - len(shell)) + shell[-2:]


def config() -> Config:
    """As the gateway's own, as far as an exchange is concerned."""
    chosen = Config()
    chosen.bind = ["127.0.0.1:0"]
    chosen.accesslog = chosen.errorlog = cast(Any, None)
    chosen.keep_alive_timeout = KEEP_ALIVE_S
    chosen.keep_alive_max_requests = 1_000_000
    chosen.h11_max_incomplete_size = MAX_HEADER_BYTES
    chosen.include_server_header = False
    return chosen


async def main(data_dir: str, size: str, server: str = "") -> None:
    """With a `server` a turn asks it to hear, think and speak."""
    path = Path(data_dir) / "bare.db"
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as db:
        async with (
            httpx2.AsyncClient(base_url=f"{server}/v1", trust_env=False) as http,
            trio.open_nursery() as nursery,
        ):
            app: Any = make_app(Rows(db), answer(int(size)), Calls(http) if server else nobody)
            (url,) = await nursery.start(partial(serve, app, config()))
            sampler = Sampler()
            say({"url": url})
            await obey({"sample": sampler.start, "sampled": sampler.stop})
            nursery.cancel_scope.cancel()


if __name__ == "__main__":
    trio.run(lambda: main(*sys.argv[1:]))
