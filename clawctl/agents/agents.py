"""Who is connected: agents and operators, by their sockets."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
import structlog

from clawctl.agents.outbox import Outbox
from clawctl.bus import Bus
from clawctl.call.takeover import Takeovers
from clawctl.door.feed import ALL, Past, Wanted, events_after
from clawctl.wire import agent as wire
from clawctl.wire.events import (
    AgentConnected,
    AgentDisconnected,
    Stamped,
    TakeoverRevoked,
)

log = structlog.get_logger()

# Events read from the past at once.
PAGE = 500


@dataclass(eq=False)
class Connected:
    """One socket, and who is behind it as far as they said."""

    id: str
    name: str
    role: str = "agent"
    wanted: Wanted = ALL
    outbox: Outbox = field(init=False)

    def __post_init__(self) -> None:
        self.outbox = Outbox(self._wants)

    def tell(self, request: wire.TurnRequest) -> None:
        self.outbox.send(msgspec.json.encode(request))

    async def listen_to(self, bus: Bus, past: Past, want: wire.Subscribe) -> None:
        """Narrow what this socket hears; with `after` first what it missed, then live, no gap."""
        wanted = Wanted(tuple(want.types), tuple(want.sessions))
        wanted.check()
        self.wanted = wanted
        if want.after is None:
            return
        seq = min(want.after, bus.told_seq)
        with self.outbox.paused():
            while seq < bus.told_seq:
                until = bus.told_seq
                page = await events_after(bus, past, wanted, seq, PAGE)
                for one in page:
                    await self.outbox.room()
                    self.outbox.replay(one)
                seq = page[-1].seq if len(page) == PAGE else until

    def _wants(self, stamped: Stamped) -> bool:
        """What was asked for, and always that a call was taken from us."""
        event = stamped.event
        lost = isinstance(event, TakeoverRevoked) and event.agent_id == self.id
        return lost or self.wanted.has(stamped)


class Agents:
    """Those that are connected now."""

    def __init__(self, bus: Bus, takeovers: Takeovers) -> None:
        self._bus = bus
        self._takeovers = takeovers
        self._connected: dict[str, Connected] = {}

    @contextmanager
    def among(self) -> Iterator[Connected]:
        """One more, for the time of the block; what it held is free at its end, at once."""
        agent_id = secrets.token_hex(8)
        agent = Connected(agent_id, f"agent-{agent_id[:4]}")
        with self._bus.joined(agent.outbox):
            self._connected[agent_id] = agent
            self._bus.publish(AgentConnected(agent=agent.name, role=agent.role))
            log.info("agent.connected", agent=agent_id)
            try:
                yield agent
            finally:
                del self._connected[agent_id]
                self._takeovers.drop(agent)
                self._bus.publish(AgentDisconnected(agent=agent.name))
                log.info("agent.disconnected", agent=agent_id)

    def listed(self) -> list[dict[str, Any]]:
        return [
            {
                "id": one.id,
                "name": one.name,
                "role": one.role,
                "sessions": self._takeovers.held_by(one),
            }
            for one in self._connected.values()
        ]
