"""An agent as a program in any language is one: JSON on a WebSocket, nothing of our client."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import trio
from trio_websocket import ConnectionClosed, WebSocketConnection

from clawctl.client.socket import open_socket

PATIENCE_S = 10.0

Frame = dict[str, Any]


class RawAgent:
    """One socket; every frame that came is in `frames`."""

    def __init__(self, socket: WebSocketConnection) -> None:
        self._socket = socket
        self.frames: list[Frame] = []

    @property
    def seen(self) -> list[str]:
        """The types of what came so far."""
        return [frame["type"] for frame in self.frames]

    async def send(self, **message: Any) -> None:
        await self.raw(json.dumps(message))

    async def raw(self, frame: str | bytes) -> None:
        await self._socket.send_message(frame)

    async def close(self) -> None:
        await self._socket.aclose()

    async def any(self) -> Frame:
        """The next frame, whatever it is."""
        with trio.fail_after(PATIENCE_S):
            frame: Frame = json.loads(await self._socket.get_message())
        self.frames.append(frame)
        return frame

    async def next(self, *kinds: str) -> Frame:
        """The next frame of one of these types; what comes before it is only kept."""
        with trio.fail_after(PATIENCE_S):
            while (frame := await self.any())["type"] not in kinds:
                pass
        return frame

    async def ask(self, kind: str, **fields: Any) -> Frame:
        """The ack of a command."""
        await self.send(**{"type": kind, **fields})
        return await self.next(f"{kind}.ack")

    async def closed(self) -> int:
        """The code with which the gateway closes."""
        try:
            await self.next("nothing has this type")
        except ConnectionClosed as over:
            if over.reason is not None:
                return over.reason.code
        raise AssertionError


@asynccontextmanager
async def open_agent(url: str, token: str = "") -> AsyncIterator[RawAgent]:
    async with open_socket(url, "/api/agent/ws", token) as socket:
        yield RawAgent(socket)
