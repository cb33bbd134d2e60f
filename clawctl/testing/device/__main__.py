"""A phone as a program: its condition as a JSON object, its address on the first line of stdout.

Lines on stdin say what happens to it: one of `unplug`, `plug`, `reboot`, `drop_reverses`, or a JSON
object of what changes in its condition. It ends with its stdin.
"""

import json
import sys
from collections.abc import AsyncIterator, Callable
from typing import Any

import trio

from clawctl.testing.device.device import FakeDevice, open_device


async def main(condition: dict[str, Any]) -> None:
    async with open_device(**condition) as device:
        sys.stdout.write(json.dumps({"address": device.address}) + "\n")
        sys.stdout.flush()
        async for line in _lines():
            _happen(device, line)


def _happen(device: FakeDevice, line: str) -> None:
    happenings: dict[str, Callable[[], None]] = {
        "unplug": device.unplug,
        "plug": device.plug,
        "reboot": device.reboot,
        "drop_reverses": device.drop_reverses,
    }
    if line.startswith("{"):
        for name, value in json.loads(line).items():
            setattr(device.condition, name, value)
    elif line:
        happenings[line]()


async def _lines() -> AsyncIterator[str]:
    stdin = trio.wrap_file(sys.stdin)
    while line := await stdin.readline():
        yield line.strip()


if __name__ == "__main__":
    trio.run(main, json.loads(sys.argv[1]) if len(sys.argv) > 1 else {})
