"""The child's side of `clawctl.engines.worker`: an object that is called through a pipe.

Started as `python -m clawctl.engines.worker_main PARENT_PID`. Standard input brings frames, the
first says what to build; standard output takes one answer for each.
"""

import ctypes
import importlib
import os
import signal
import struct
import sys
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, BinaryIO

import msgspec

from clawctl.engines.reason import reason
from clawctl.errors import ClawError

# Every frame: the length of what follows, then msgpack.
LENGTH = struct.Struct(">I")
# prctl(2): which signal to get when the thread that started this process ends.
PR_SET_PDEATHSIG = 1


class Birth(msgspec.Struct, array_like=True):
    """What to build: `spec` is "module:Class", found along `path` and called with `options`."""

    path: list[str]
    spec: str
    options: dict[str, Any]


class Call(msgspec.Struct, array_like=True):
    method: str
    args: list[Any]


class Answer(msgspec.Struct, array_like=True):
    """What a call, or the birth, gave; `failure` is "" or says why there is no result."""

    failure: str = ""
    result: Any = None


def pack(message: msgspec.Struct) -> bytes:
    body = msgspec.msgpack.encode(message)
    return LENGTH.pack(len(body)) + body


def main(parent: int) -> None:
    _live_as_long_as(parent)
    inbox, answers = _take_pipes()
    frames: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_read, args=(inbox, frames), daemon=True).start()
    built = _build(frames.get(), answers)
    while True:
        call = msgspec.msgpack.decode(frames.get(), type=Call)
        _send(answers, _answer(getattr(built, call.method), call.args))


def _live_as_long_as(parent: int) -> None:
    """End with the parent however it ends, and not before.

    A terminal's Ctrl-C and a service manager's SIGTERM reach the whole group, but turns in flight
    still need their engines.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if sys.platform == "linux":
        # Even while an engine holds the interpreter lock and nobody can notice the pipe's end.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def _take_pipes() -> tuple[int, BinaryIO]:
    """The pipes, out of reach of libraries that print: what they write goes where errors go."""
    inbox, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    return inbox, os.fdopen(answers, "wb")


def _read(inbox: int, frames: "SimpleQueue[bytes]") -> None:
    """At the pipe's end nobody needs what is still at work."""
    while head := _exactly(inbox, LENGTH.size):
        frames.put(_exactly(inbox, LENGTH.unpack(head)[0]))
    os._exit(0)


def _exactly(inbox: int, count: int) -> bytes:
    """Not through a buffered file: this thread would hold its lock when the interpreter ends."""
    got = bytearray()
    while len(got) < count:
        piece = os.read(inbox, count - len(got))
        if not piece:
            os._exit(0)
        got += piece
    return bytes(got)


def _build(frame: bytes, answers: BinaryIO) -> Any:
    birth = msgspec.msgpack.decode(frame, type=Birth)
    sys.path[:] = birth.path
    module, _, name = birth.spec.partition(":")
    try:
        built = getattr(importlib.import_module(module), name)(**birth.options)
    except Exception as error:  # noqa: BLE001 - the plugin door
        # Nobody has called yet, so this text cannot quote a caller.
        ours = isinstance(error, ClawError)
        _send(answers, Answer((str(error) if ours else f"{type(error).__name__}: {error}")[:300]))
        sys.exit(1)
    _send(answers, Answer())
    return built


def _answer(method: Callable[..., Any], args: list[Any]) -> Answer:
    try:
        return Answer(result=method(*args))
    except Exception as error:  # noqa: BLE001 - the plugin door
        return Answer(reason(error))


def _send(answers: BinaryIO, answer: Answer) -> None:
    try:
        frame = pack(answer)
    except (TypeError, ValueError) as error:
        frame = pack(Answer(reason(error)))
    answers.write(frame)
    answers.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]))
