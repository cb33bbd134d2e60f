"""Phones, listeners and agents all at once: does everybody hear every event, in order?"""

import json
import tempfile
from dataclasses import dataclass, field
from functools import partial

import trio
from trio_websocket import WebSocketConnection

from benchmarks.child import Child, open_child
from benchmarks.table import Figure, show
from clawctl.client.socket import open_socket
from clawctl.testing.gateway import BEARER

PHONES, LISTENERS, AGENTS = 4, 50, 5
TURNS = 50
# An event of this type ends it: nothing else causes one here.
END = "instructions.updated"
PATIENCE_S = 60.0


@dataclass(eq=False)
class Ear:
    """One that hears everything from before the first call on; an agent has `answered` requests."""

    number: int
    seqs: list[int] = field(default_factory=list)
    answered: int = 0

    def missed(self, last: int) -> bool:
        """Whether an event up to the last is not there, or not where it belongs."""
        return not self.seqs or self.seqs != list(range(self.seqs[0], last + 1))


def measure(turns: int = TURNS) -> bool:
    """Whether nobody missed anything."""
    with (
        tempfile.TemporaryDirectory() as data_dir,
        open_child("gateway", data_dir, "{}") as gateway,
        open_child("phones", BEARER) as phones,
    ):
        ears = trio.run(_talk, gateway, phones, turns)
    last = max(max(ear.seqs, default=0) for ear in ears)
    return show(
        f"{PHONES} phones, {LISTENERS} listeners, {AGENTS} agents; {PHONES * turns} turns",
        [
            Figure("turns that an agent answered", [sum(ear.answered for ear in ears)]),
            Figure("events that each heard", [len(ear.seqs) for ear in ears]),
            Figure(
                "ears that missed one, or heard it out of order",
                [sum(ear.missed(last) for ear in ears)],
                most=0,
            ),
        ],
    )


async def _talk(gateway: Child, phones: Child, turns: int) -> list[Ear]:
    ears = [Ear(number) for number in range(LISTENERS + AGENTS)]
    url = gateway.hello["url"]
    async with trio.open_nursery() as nursery:
        for ear in ears[AGENTS:]:
            await nursery.start(_listen, url, ear)
        for ear in ears[:AGENTS]:
            await nursery.start(_steer, url, ear)
        block = partial(phones.ask, "block", phones=PHONES, turns=turns)
        await trio.to_thread.run_sync(partial(block, url=gateway.hello["phone_url"]))
        async with open_socket(url, "/api/agent/ws") as socket:
            await _send(socket, type="set_instructions", instructions="The end.")
            await socket.get_message()
        # Whoever has not heard the end by then has missed it.
        nursery.cancel_scope.deadline = trio.current_time() + PATIENCE_S
    return ears


async def _listen(url: str, ear: Ear, task_status: trio.TaskStatus[None]) -> None:
    async with open_socket(url, "/ws/events") as socket:
        task_status.started()
        kind = ""
        while kind != END:
            event = json.loads(await socket.get_message())
            kind = event["type"]
            ear.seqs.append(event["seq"])


async def _steer(url: str, ear: Ear, task_status: trio.TaskStatus[None]) -> None:
    """Takes over every fifth call, and answers whatever it is asked."""
    async with open_socket(url, "/api/agent/ws") as socket:
        task_status.started()
        kind = ""
        while kind != END:
            frame = json.loads(await socket.get_message())
            kind = frame["type"]
            if "seq" in frame:
                ear.seqs.append(frame["seq"])
            if kind == "session.started" and frame["seq"] % AGENTS == ear.number:
                await _send(socket, type="takeover", session_id=frame["session_id"])
            elif kind == "turn.request":
                await _send(socket, request_id=frame["request_id"], reply="Good morning.")
            elif kind == "reply.ack":
                ear.answered += frame["ok"]


async def _send(socket: WebSocketConnection, **message: str) -> None:
    await socket.send_message(json.dumps(message))
