"""What every room's tests may use."""

import os
import signal
import socket
from contextlib import suppress

import pytest

from clawctl.testing.calls import CallRoom, open_call_room

# How long an example takes is the machine's affair. Beside real libraries there is no hypothesis.
with suppress(ImportError):
    from hypothesis import settings

    settings.register_profile("clawctl", deadline=None)
    settings.load_profile("clawctl")

# What a shell runs in the background ignores Ctrl-C, and so would every program that we start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _free_port():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return unused.getsockname()[1]


# An adb server, and the phones it has, belong to whoever works at this machine. Those tests that
# want one start their own; every other finds none here, and starts none.
ADB_PORT = _free_port()
os.environ["ANDROID_ADB_SERVER_PORT"] = str(ADB_PORT)
for elsewhere in ("ADB_SERVER_SOCKET", "ANDROID_ADB_SERVER_ADDRESS"):
    os.environ.pop(elsewhere, None)


@pytest.fixture(scope="session", autouse=True)
def no_adb_server_is_left():
    yield
    with socket.socket() as asking:
        assert asking.connect_ex(("127.0.0.1", ADB_PORT)) != 0, "a test left an adb server running"


@pytest.fixture
async def room(autojump_clock):
    """Calls with fake engines and a store in memory, on a virtual clock."""
    async with open_call_room() as opened:
        yield opened


__all__ = ["CallRoom"]
