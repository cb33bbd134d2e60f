"""Root: su, the tools of the mixer, and rootd, which runs commands for whoever asks."""

import base64
import binascii
from dataclasses import replace

import trio

from clawctl.testing.device import shell
from clawctl.testing.device.condition import SERVICE_D
from clawctl.testing.device.process import FAILED, Nothing, Process, Said
from clawctl.testing.device.shell import Program, answering

_END = "__PB_EXIT__"
_BLOCKED, _NO_BASE64 = 126, 3
# Beginnings of the commands that the stock handler runs.
_ADMITTED = ("id", "echo", "ls", "cat", "rm", "kill", "pm grant", "dumpsys")


async def su(process: Process) -> int:
    """`su [-c SCRIPT]`, for the shell user and for rootd."""
    if process.system.condition.su == "denied":
        return await process.say(Said(err="Permission denied\n", status=FAILED))
    words = process.arguments
    script = words[words.index("-c") + 1] if "-c" in words[:-1] else "id"
    return await shell.run(replace(process, user="root", cwd="/"), script)


def tinymix(process: Process) -> Said:
    if process.system.condition.mixer == "absent" or process.user != "root":
        return Said(err="Failed to open mixer\n", status=FAILED)
    if process.arguments[-1:] != ["controls"]:
        return Said()
    rows = "".join(f"{number}\tINT\t1\tControl {number}\n" for number in range(40))
    return Said(f"Number of controls: 40\nctl\ttype\tnum\tname\n{rows}")


TOOLS: dict[str, Program] = {
    "phonebridge-tinymix": answering(tinymix),
    "phonebridge-tinycap": answering(lambda _: Said()),
    "phonebridge-tinyplay": answering(lambda _: Said()),
    "phonebridge-tinypcminfo": answering(lambda _: Said()),
}


async def rootd(process: Process, request: bytes) -> bytes:
    """What it answers on its port; `process` is whoever asked, in no way checked."""
    condition = process.system.condition
    name, _, encoded = request.strip().partition(b":")
    if condition.rootd == "broken":
        return _answer("/system/bin/sh: base64: not found\n", _NO_BASE64)
    try:
        script = base64.b64decode(encoded, validate=True).decode(errors="replace")
    except binascii.Error:
        script = ""
    if name != b"CMD_B64" or not _admits(process, script):
        return _answer("blocked_command\n", _BLOCKED)
    said = bytearray()

    async def keep(piece: bytes) -> None:
        said.extend(piece)
        await trio.lowlevel.checkpoint()

    own = replace(process, user="root", cwd="/", stdin=Nothing(), out=keep, err=keep)
    status = await shell.run(own, script)
    return bytes(said) + _answer("", status)


def _admits(process: Process, script: str) -> bool:
    condition = process.system.condition
    tools = f"{SERVICE_D}/phonebridge-tiny"
    if condition.rootd == "blocked":
        return False
    if script.startswith(tools):
        return condition.mixer != "blocked"
    return script.startswith(_ADMITTED)


def _answer(text: str, status: int) -> bytes:
    return f"{text}{_END}:{status}\n".encode()
