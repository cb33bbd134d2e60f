"""How one HTTP exchange ends, so that the connection is recycled or closed and nothing hangs."""

from typing import Any

import trio
from quart import Request
from quart_trio.asgi import TrioASGIHTTPConnection

# How long a refused upload is read on, unused: who is still sending could not read the refusal.
DRAIN_S = 2.0


class WholeExchange(TrioASGIHTTPConnection):
    """quart-trio cancels a request's nursery while hypercorn is still recycling the connection:
    keep-alive then never times out, a stop waits the whole grace period, and after a refusal the
    connection stays open. The last send is therefore shielded."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._received = trio.Event()

    async def handle_messages(self, nursery: trio.Nursery, request: Request, receive: Any) -> None:  # type: ignore[override]
        async def watched() -> Any:
            message = await receive()
            if message["type"] != "http.request" or not message.get("more_body", False):
                self._received.set()
            return message

        await super().handle_messages(nursery, request, watched)

    async def _send_response(self, send: Any, response: Any) -> None:
        async def to_its_end(message: Any) -> None:
            if message["type"] != "http.response.body" or message["more_body"]:
                await send(message)
                return
            with trio.move_on_after(DRAIN_S):
                await self._received.wait()
            with trio.CancelScope(shield=True):
                await send(message)

        await super()._send_response(to_its_end, response)
