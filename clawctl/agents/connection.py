"""One agent's socket: read all the time, obeyed one command after the other, one writer."""

from collections import deque

import msgspec
import trio
from quart import websocket

from clawctl.agents.agents import Connected
from clawctl.agents.commands import Desk, obey
from clawctl.door.socket import Flooding, Pace
from clawctl.wire.agent import AnyCommand, Misunderstood, decode

# Commands that wait; who sends more without waiting for acks is closed (gateway page, 5).
MOST_WAITING = 1000

# In so many steps of the loop an agent's answer is with the voice. Its ack and the events of it go
# after them, and together.
STEPS_TO_THE_VOICE = 2


class Connection:
    """The three tasks of an agent's socket, for `door.socket.converse`."""

    def __init__(self, desk: Desk, agent: Connected) -> None:
        self._desk = desk
        self._agent = agent
        self._waiting: deque[AnyCommand | Misunderstood] = deque()
        self._arrived = trio.Event()

    async def hear(self) -> None:
        while True:
            frame = await websocket.receive()
            try:
                self._waiting.append(decode(frame or b""))
            except Misunderstood as error:
                self._waiting.append(error)
            if len(self._waiting) > MOST_WAITING:
                raise Flooding
            self._arrived.set()

    async def obey(self) -> None:
        """Not faster than the agent reads its acks."""
        while True:
            while not self._waiting:
                self._arrived = trio.Event()
                await self._arrived.wait()
            await self._agent.outbox.room()
            command = self._waiting.popleft()
            if isinstance(command, Misunderstood):
                self._refuse(command)
            else:
                await obey(self._desk, self._agent, command)
            # A thousand commands at once are no reason for a caller to wait.
            await trio.lowlevel.checkpoint()

    async def write(self) -> None:
        """Raises TooSlow."""
        pace, outbox = Pace(), self._agent.outbox
        while True:
            await outbox.filled()
            for _ in range(STEPS_TO_THE_VOICE):
                await trio.lowlevel.checkpoint()
            frames = outbox.take_nowait()
            with pace.sending(lost=outbox.lost):
                for frame in frames:
                    await websocket.send(frame.decode())

    def _refuse(self, error: Misunderstood) -> None:
        answer = {"type": "error", "ok": False, "error": str(error), "code": error.code}
        if error.id is not None:
            answer["id"] = error.id
        self._agent.outbox.send(msgspec.json.encode(answer))
