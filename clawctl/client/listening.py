"""A gateway's events, for one who reads at their own pace."""

import trio

from clawctl.client.events import Event

# What waits for a reader; what comes then is lost, and the reader is told so.
MOST_UNREAD = 10_000


class Listening:
    """Each event once, in order; `events.dropped` counts what a reader that was too slow has lost.
    The iteration ends when the client does, or at `close`."""

    def __init__(self) -> None:
        self._send, self._receive = trio.open_memory_channel[Event](MOST_UNREAD)
        self._lost = 0

    def __aiter__(self) -> "Listening":
        return self

    async def __anext__(self) -> Event:
        try:
            return await self._receive.receive()
        except (trio.EndOfChannel, trio.ClosedResourceError):
            raise StopAsyncIteration from None

    def hear(self, event: Event) -> bool:
        """Whether anybody still listens."""
        try:
            if self._lost:
                self._send.send_nowait(_dropped(self._lost))
                self._lost = 0
            self._send.send_nowait(event)
        except trio.WouldBlock:
            self._lost += 1
        except trio.BrokenResourceError:
            return False
        return True

    def close(self) -> None:
        self._receive.close()

    def end(self) -> None:
        """What waits is still read."""
        self._send.close()


def _dropped(count: int) -> Event:
    return {
        "type": "events.dropped", "session_id": "", "count": count, "data": {"count": count},
    }  # fmt: skip
