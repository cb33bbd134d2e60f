"""A phone without a cable: the inside of the fake device, asked by its shell, in virtual time."""

from contextlib import asynccontextmanager

import pytest
import trio

from clawctl.errors import NoHandset, TooSlow
from clawctl.lines.phone.adb_stream import Lines, beside
from clawctl.lines.phone.driver import COMMAND_S, Ran
from clawctl.testing.calls import EPOCH
from clawctl.testing.device import shell
from clawctl.testing.device.condition import Condition
from clawctl.testing.device.process import Given, Pipe, Process
from clawctl.testing.device.system import System


class Inside:
    """A Driver. `unplug` is the phone gone, `cut` the end of what is followed, `takes_s` what the
    way back of each answer takes."""

    serial = "fake"
    features = frozenset({"shell_v2"})

    def __init__(self, system: System) -> None:
        self.system = system
        self.condition = system.condition
        self.app = system.app
        self.commands = []
        self.followed = []
        self.takes_s = 0.0
        self._gone = False

    async def run(self, command, *, stdin=b"", timeout_s=COMMAND_S):
        self._there()
        self.commands.append(command)
        out, err = bytearray(), bytearray()
        with trio.move_on_after(timeout_s):
            code = await self._shell(command, out, err, stdin)
            await trio.sleep(self.takes_s)
            return Ran(code, bytes(out), bytes(err))
        raise TooSlow("the phone fake did not finish a command")

    @asynccontextmanager
    async def follow(self, command):
        self._there()
        pipe = Pipe()
        self.followed.append((command, pipe))

        async def feed():
            try:
                await shell.run(self._process(pipe.send, pipe.send), command)
            except trio.BrokenResourceError:
                return
            finally:
                pipe.end()

        async with beside(feed):
            yield Lines(pipe.receive_some)

    def cut(self):
        self.followed[-1][1].end()

    def unplug(self):
        self._gone = True
        if self.followed:
            self.cut()

    def plug(self):
        self._gone = False

    def _there(self):
        if self._gone:
            raise NoHandset("the phone fake is gone")

    async def _shell(self, command, out, err, stdin):
        async def put_out(data):
            out.extend(data)

        async def put_err(data):
            err.extend(data)

        return await shell.run(self._process(put_out, put_err, stdin), command)

    def _process(self, out, err, stdin=b""):
        return Process(self.system, [], "shell", "/", Given(stdin), out, err)


@pytest.fixture
async def inside(autojump_clock):
    """A phone that is well, with an app that reaches no gateway."""
    async with trio.open_nursery() as nursery:
        system = System(
            Condition(), lambda _: None, nursery, clock=lambda: EPOCH + trio.current_time()
        )
        yield Inside(system)
        nursery.cancel_scope.cancel()
