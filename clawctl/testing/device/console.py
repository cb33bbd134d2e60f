"""The phone's shell without a link to it: for tests of what is inside."""

from dataclasses import dataclass

import trio

from clawctl.lines.phone.driver import Ran
from clawctl.testing.device import shell
from clawctl.testing.device.files import User
from clawctl.testing.device.process import Given, Process, Sink
from clawctl.testing.device.system import System


@dataclass(frozen=True, slots=True)
class Console:
    system: System

    async def run(self, command: str, *, stdin: bytes = b"", user: User = "shell") -> Ran:
        """As a host sees it."""
        out, err = bytearray(), bytearray()
        source = Given(stdin)
        process = Process(self.system, [], user, "/", source, _into(out), _into(err))
        code = await shell.run(process, command)
        return Ran(code, bytes(out), bytes(err))


def _into(kept: bytearray) -> Sink:
    async def put(data: bytes) -> None:
        kept.extend(data)
        await trio.lowlevel.checkpoint()

    return put
