"""The socket of an agent, found again when it is lost: commands out, acks and frames in."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeVar

import msgspec
import trio
from trio_websocket import ConnectionClosed, WebSocketConnection

from clawctl.client.events import FIRST_WAIT_S, LAST_WAIT_S
from clawctl.client.socket import next_frame, open_socket
from clawctl.errors import ClawError, TooSlow, Unreachable
from clawctl.wire.agent import Command

# A gateway that lives answers a command in moments; the synthesis of an inject takes longest.
ACK_S = 30.0

C = TypeVar("C", bound=Command)
Frame = dict[str, Any]
Heed = Callable[[Frame], object]


class Link:
    """`greet` runs on every new connection, before anybody else may ask; `hear` gets the frames
    that are no acks; `lost` is called when a connection is over."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        greet: Callable[[], Awaitable[None]],
        hear: Heed,
        lost: Callable[[], None],
    ) -> None:
        self._url = url
        self._token = token
        self._greet = greet
        self._hear = hear
        self._lost = lost
        self._socket: WebSocketConnection | None = None
        self._nursery: trio.Nursery | None = None
        self._greeted = False
        self._was_there = False
        self._failure: ClawError | None = None
        self._changed = trio.Event()
        self._wait_s = FIRST_WAIT_S
        self._numbers = count(1)
        self._pending: dict[str, Waiting] = {}

    async def ready(self) -> None:
        """Waits for a connection; raises what made one impossible for good."""
        while not self._greeted:
            if self._failure:
                raise self._failure
            await self._changed.wait()

    async def ask(self, command: Command, heed: Heed | None = None) -> Frame:
        """The ack, a refusal too; waits for a connection if there is none.

        `heed` gets it before any frame that follows is read. Raises Unreachable when the connection
        was lost before it came, TooSlow.
        """
        with trio.move_on_after(ACK_S):
            await self.ready()
            return await self.exchange(command, heed)
        raise TooSlow(
            f"the gateway at {self._url} did not answer {command.__struct_config__.tag!r} within"
            f" {ACK_S:.0f} s; see how it is: clawctl status"
        )

    async def exchange(self, command: Command, heed: Heed | None = None) -> Frame:
        """As `ask`, on a connection that is being greeted."""
        number = f"c{next(self._numbers)}"
        waiting = self._pending[number] = Waiting(heed)
        try:
            await self._put(msgspec.structs.replace(command, id=number))
            await waiting.over.wait()
        except ConnectionClosed:
            waiting.over.set()
        finally:
            self._pending.pop(number, None)
        if waiting.ack is None:
            raise Unreachable(
                "the connection was lost before the gateway answered, so it may have obeyed or not;"
                " look at the call before you ask again"
            )
        return waiting.ack

    def send_soon(self, command: Command) -> None:
        """On this connection, if there is one; nobody waits for its ack."""
        if self._nursery:
            self._nursery.start_soon(self._put, command)

    async def run(self) -> None:
        """Until cancelled, or refused for good; raises nothing that `ready` does not raise."""
        while self._failure is None:
            try:
                await self._converse()
            except* (ConnectionClosed, trio.TooSlowError):
                pass
            except* ClawError as errors:
                self._refused(_first(errors))
            finally:
                self._over()
            if self._failure is None:
                await trio.sleep(self._wait_s)
                self._wait_s = min(2 * self._wait_s, LAST_WAIT_S)

    async def _converse(self) -> None:
        async with (
            open_socket(self._url, "/api/agent/ws", self._token) as self._socket,
            trio.open_nursery() as self._nursery,
        ):
            self._nursery.start_soon(self._read, self._socket)
            await self._greet()
            self._greeted = self._was_there = True
            self._wait_s = FIRST_WAIT_S
            self._change()

    async def _read(self, socket: WebSocketConnection) -> None:
        while True:
            frame = await next_frame(socket)
            waiting = None if "seq" in frame else self._pending.get(frame.get("id", ""))
            if waiting:
                waiting.heed(frame)
            else:
                self._hear(frame)

    async def _put(self, command: C) -> None:
        if self._socket:
            await self._socket.send_message(msgspec.json.encode(command).decode())

    def _refused(self, error: ClawError) -> None:
        """A gateway that is not there may come back, if it ever was."""
        if not (isinstance(error, Unreachable) and self._was_there):
            self._failure = error

    def _over(self) -> None:
        self._socket, self._nursery, self._greeted = None, None, False
        for waiting in self._pending.values():
            waiting.over.set()
        self._lost()
        self._change()

    def _change(self) -> None:
        self._changed.set()
        self._changed = trio.Event()


@dataclass(eq=False)
class Waiting:
    """A command whose ack is not here yet; over without one when the connection is lost."""

    heeded: Heed | None
    over: trio.Event = field(default_factory=trio.Event)
    ack: Frame | None = None

    def heed(self, ack: Frame) -> None:
        self.ack = ack
        if self.heeded:
            self.heeded(ack)
        self.over.set()


def _first(errors: BaseExceptionGroup[ClawError]) -> ClawError:
    inner = errors.exceptions[0]
    return _first(inner) if isinstance(inner, BaseExceptionGroup) else inner
