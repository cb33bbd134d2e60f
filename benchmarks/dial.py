"""How soon the phone is told to dial, beside `adb shell true` through the same adb server.

The parent asks both gateways, one by the server and one without any; `python -m benchmarks.dial`
is the phone of each.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, cast
from urllib.request import urlopen

import trio

from benchmarks.child import Child, obey, open_child, open_program, say
from benchmarks.phone import Phone
from benchmarks.table import Figure, show, tell
from clawctl.testing.adb import Adb, open_adb
from clawctl.testing.device.device import FakeDevice, open_device
from clawctl.testing.gateway import BEARER

# Of what `adb shell true` takes; without a server it must be less than that.
MOST, MOST_DIRECT = 1.2, 1.0
TIMES = 60
NUMBER = "+4930123456"
READY_S, AGAIN_S = 30.0, 0.02


def measure(times: int = TIMES) -> bool:
    """Whether the limits were kept; without an adb program there is nothing to keep to."""
    if not shutil.which("adb"):
        tell("\nDialling: not measured, adb is not installed")
        return True
    took = trio.run(_measure, times)
    shell = Figure("adb shell true", took.shell_ms, "ms")
    server = Figure("POST until the broadcast, by the server", took.server_ms, "ms")
    direct = Figure("POST until the broadcast, directly", took.direct_ms, "ms")
    return show(
        f"Dialling: {times} calls by each driver",
        [
            shell,
            server,
            Figure("ratio of the medians", [server.median / shell.median], most=MOST),
            direct,
            Figure("ratio of the medians", [direct.median / shell.median], most=MOST_DIRECT),
        ],
    )


@dataclass
class Took:
    """Milliseconds, each kind in its turn."""

    shell_ms: list[float] = field(default_factory=list)
    server_ms: list[float] = field(default_factory=list)
    direct_ms: list[float] = field(default_factory=list)


async def _measure(times: int) -> Took:
    with ExitStack() as stack, tempfile.TemporaryDirectory() as place:
        devices = [stack.enter_context(open_child("dial")) for _ in range(2)]
        async with open_adb(Path(place)) as adb:
            served, alone = (
                stack.enter_context(_beside(device, adb, driver, Path(place, driver)))
                for device, driver in zip(devices, ("server", "direct"), strict=True)
            )
            return _alternate(served, alone, partial(_shell_ms, adb, served.serial), times)


@dataclass
class Bench:
    """A gateway, its phone, and a connection to the owner's door."""

    device: Child
    owner: Phone

    @property
    def serial(self) -> str:
        return str(self.device.hello["address"])

    def dial_ms(self) -> float:
        """From the request to the broadcast on the phone; afterwards its line is free again."""
        began = time.perf_counter()
        reply = self.owner.post("/api/call/dial", {"number": NUMBER})
        if not reply.fields().get("ok"):
            raise RuntimeError(f"answered {reply.status}: {reply.body[:300]!r}")
        (told,) = self.device.ask("told")
        while self.device.ask("busy"):
            time.sleep(AGAIN_S)
        return float(told - began) * 1000


@contextmanager
def _beside(device: Child, adb: Adb, driver: str, data_dir: Path) -> Iterator[Bench]:
    """A gateway whose phone is ready."""
    settings = {
        "adb_driver": driver,
        "adb_path": adb.program,
        "adb_address": device.hello["address"],
    }
    command = [sys.executable, "-m", "benchmarks.gateway", str(data_dir), json.dumps(settings)]
    data_dir.mkdir()
    with open_program(*command, env=adb.environ) as gateway:
        url = gateway.hello["url"]
        until = time.perf_counter() + READY_S
        while (seen := _phone(url))["state"] != "ready":
            if time.perf_counter() > until:
                raise RuntimeError(f"the phone is not ready: {seen}")
            time.sleep(AGAIN_S)
        yield Bench(device, Phone(url, BEARER, 1))


def _phone(url: str) -> Any:
    with urlopen(f"{url}/api/status") as reply:
        return json.load(reply)["phone"]


def _alternate(served: Bench, alone: Bench, shell_ms: Callable[[], float], times: int) -> Took:
    """A round that does not count, then all three in turns."""
    took = Took()
    for number in range(times + 1):
        if number == 1:
            took = Took()
        took.shell_ms.append(shell_ms())
        took.server_ms.append(served.dial_ms())
        took.direct_ms.append(alone.dial_ms())
    return took


def _shell_ms(adb: Adb, serial: str) -> float:
    began = time.perf_counter()
    subprocess.run([adb.program, "-s", serial, "shell", "true"], env=adb.environ, check=True)
    return (time.perf_counter() - began) * 1000


# the other side


class Broadcasts(list[Any]):
    """When the app was told, not what."""

    def append(self, _: Any, /) -> None:
        super().append(time.perf_counter())


async def answer_as_phone() -> None:
    """Nobody ever picks up; asked when it was told to dial, it lets the call go."""

    def told(device: FakeDevice) -> list[float]:
        at = list(device.app.asked)
        device.app.asked.clear()
        device.app.far_end_hangs_up()
        return cast(list[float], at)

    async with open_device(bearer=BEARER, picks_up=False) as device:
        device.app.asked = Broadcasts()
        say({"address": device.address})
        await obey(
            {"told": lambda: told(device), "busy": lambda: device.system.telephony.busy},
        )


if __name__ == "__main__":
    trio.run(answer_as_phone)
