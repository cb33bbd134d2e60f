"""A phone as a program: its condition as a JSON object, its address on the first line of stdout.

Lines on stdin say what happens to it: `unplug`, `plug`, `reboot`, `drop_reverses`, `ring` with a
number or without, `hang_up` (the far end does), or a JSON object of what changes in its
condition. Its `far_end` is an object of what differs from a caller who says nothing; `pauses_s` in
it are how long they wait before each utterance of the demo call that they say. The phone ends with
its stdin.
"""

import json
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import trio

from clawctl.testing.caller import Caller
from clawctl.testing.demo import demo_caller
from clawctl.testing.device.condition import FAR_END
from clawctl.testing.device.device import FakeDevice, open_device


async def main(condition: dict[str, Any]) -> None:
    async with open_device(**_condition(condition)) as device:
        sys.stdout.write(json.dumps({"address": device.address}) + "\n")
        sys.stdout.flush()
        async for line in _lines():
            try:
                _happen(device, line)
            except (ValueError, TypeError, AttributeError) as error:
                sys.stderr.write(f"{line[:80]!r}: {error}\n")


def _happen(device: FakeDevice, line: str) -> None:
    """Raises ValueError, TypeError or AttributeError for what nobody knows."""
    name, *words = line.split(maxsplit=1) or [""]
    happenings: dict[str, Callable[..., object]] = {
        "": lambda: None,
        "unplug": device.unplug,
        "plug": device.plug,
        "reboot": device.reboot,
        "drop_reverses": device.drop_reverses,
        "ring": device.app.ring,
        "hang_up": device.app.far_end_hangs_up,
    }
    if line.startswith("{"):
        for key, value in _condition(json.loads(line)).items():
            setattr(device.condition, key, value)
    elif name in happenings:
        happenings[name](*words)
    else:
        known = ", ".join(filter(None, happenings))
        raise ValueError(f"it is one of {known}, or a JSON object of its condition")


def _condition(given: dict[str, Any]) -> dict[str, Any]:
    if "far_end" not in given:
        return given
    return given | {"far_end": _far_end(**given["far_end"])}


def _far_end(pauses_s: Sequence[float] = (), **caller: Any) -> Caller:
    said = zip(demo_caller().utterances, pauses_s, strict=False)
    utterances = tuple(replace(each, pause_s=pause_s) for each, pause_s in said)
    return replace(FAR_END, utterances=utterances, **caller)


async def _lines() -> AsyncIterator[str]:
    stdin = trio.wrap_file(sys.stdin)
    while line := await stdin.readline():
        yield line.strip()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        trio.run(main, json.loads(sys.argv[1]) if len(sys.argv) > 1 else {})
