"""The owner's door over calls made of fakes: for tests on a virtual clock."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import trio
from quart.typing import TestClientProtocol

from clawctl.call.steering import Steering
from clawctl.door.app import make_app
from clawctl.testing.calls import CallRoom, open_call_room
from clawctl.web import calls, messages, steering
from clawctl.web.mailbox import Mailbox
from clawctl.wire.events import to_wire


@dataclass
class OwnersDoor:
    """Doors of calls, steering and messages, and the room behind them."""

    room: CallRoom
    client: TestClientProtocol
    mailbox: Mailbox

    async def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """The status, and what the JSON of the answer says."""
        sent = {} if body is None else {"json": body}
        reply = await self.client.open(path, method=method, **sent)
        return reply.status_code, await reply.get_json()

    async def get(self, path: str) -> Any:
        """What is answered with 200."""
        status, body = await self.ask("GET", path)
        if status != 200:
            raise AssertionError(f"{path}: {status} {body}")
        return body

    def frames(self) -> list[dict[str, Any]]:
        """What listeners were told since the last look, as they read it."""
        return [json.loads(to_wire(one)) for one in self.room.listener.take_nowait()]


@asynccontextmanager
async def open_owners_door(**settings: Any) -> AsyncIterator[OwnersDoor]:
    """`settings` are flat keys."""
    async with open_call_room(settings) as room, trio.open_nursery() as background:
        answering = room.turns.answering
        steered = Steering(room.registry, room.store, room.bus, room.live, answering.instructions)
        mailbox = Mailbox(room.store, room.bus, room.live)
        background.start_soon(mailbox.run)
        doors = [
            calls.routes(room.store, steered, answering.delegating.takeovers),
            steering.routes(steered),
            messages.routes(room.store, mailbox),
        ]
        yield OwnersDoor(room, make_app("test", room.live, doors).test_client(), mailbox)
        background.cancel_scope.cancel()
