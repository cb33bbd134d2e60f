"""A gateway's events, followed over lost connections and restarts: each once, in order."""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

import trio
from trio_websocket import ConnectionClosed

from clawctl.client.socket import next_frame, open_socket
from clawctl.errors import Unreachable

FIRST_WAIT_S = 0.25
LAST_WAIT_S = 5.0

Event = dict[str, Any]
Hear = Callable[[Event], None]
Told = Callable[[str], None]


class Follower:
    """Follows from `after` on; `told` hears of connections lost and found again."""

    def __init__(
        self, url: str, token: str, told: Told, *, after: int,
        types: Sequence[str] = (), session_id: str = "",
    ) -> None:  # fmt: skip
        self._url = url
        self._token = token
        self._told = told
        self._after = after
        self._was_there = False
        self._wait_s = FIRST_WAIT_S
        self._asked = [("type", one) for one in types]
        if session_id:
            self._asked.append(("session_id", session_id))

    async def follow(self, hear: Hear) -> None:
        """Until cancelled. Raises what the gateway refuses, and Unreachable if none was there."""
        while True:
            try:
                await self._connected(hear)
            except* (ConnectionClosed, trio.TooSlowError):
                self._told("connection lost, trying again")
            except* Unreachable:
                if not self._was_there:
                    raise
            await trio.sleep(self._wait_s)
            self._wait_s = min(2 * self._wait_s, LAST_WAIT_S)

    async def _connected(self, hear: Hear) -> None:
        async with open_socket(self._url, self._resource(), self._token) as socket:
            if self._was_there:
                self._told(f"connected again, going on after event {self._after}")
            self._was_there, self._wait_s = True, FIRST_WAIT_S
            while True:
                event = await next_frame(socket)
                if "seq" in event:
                    hear(event)
                    self._after = event["seq"]

    def _resource(self) -> str:
        return f"/ws/events?{urlencode([*self._asked, ('after', self._after)])}"
