"""What a shell is made of: programs that run others, say a word, or wait."""

import base64
import binascii
import textwrap
import time
from dataclasses import replace

import trio

from clawctl.testing.device import shell
from clawctl.testing.device.condition import SERVICE_D
from clawctl.testing.device.files import UIDS, spelled
from clawctl.testing.device.options import options
from clawctl.testing.device.process import (
    FAILED,
    MISUSED,
    NOT_FOUND,
    Given,
    Process,
    Said,
    everything,
)
from clawctl.testing.device.shell import Program, answering, reading

ROOTD = f"{SERVICE_D}/phonebridge-rootd.sh"
_WRAP = 76


async def sh(process: Process) -> int:
    """`-c SCRIPT`, a script file, or a script at its input."""
    words = process.arguments
    if words[:1] == ["-c"]:
        if len(words) < 2:
            return await process.say(Said(err="sh: -c requires an argument\n", status=MISUSED))
        return await shell.run(process, words[1])
    if not words:
        script = (await everything(process.stdin)).decode(errors="replace")
        return await shell.run(replace(process, stdin=Given(b"")), script)
    return await _script_file(process, process.path(words[0]))


async def _script_file(process: Process, path: str) -> int:
    system = process.system
    if not system.files.exists(path):
        why = f"/system/bin/sh: {path}: No such file or directory\n"
        return await process.say(Said(err=why, status=NOT_FOUND))
    content = system.files.read(path, process.user)
    if spelled(path) == ROOTD:
        system.start_rootd()
        return 0
    return await shell.run(process, content.decode(errors="replace"))


async def nohup(process: Process) -> int:
    if not process.arguments:
        return await process.say(Said(err="nohup: needs a command\n", status=MISUSED))
    return await shell.execute(process.another(process.arguments))


async def sleep(process: Process) -> int:
    await trio.sleep(float(process.arguments[0]) if process.arguments else 0)
    return 0


def echo(process: Process) -> Said:
    words = process.arguments
    end = "\n"
    while words and words[0] in {"-n", "-e"}:
        end = "" if words[0] == "-n" else end
        words = words[1:]
    return Said(" ".join(words) + end)


def printf(process: Process) -> Said:
    """Only `%s`, and the usual escapes."""
    words = process.arguments or [""]
    text = words[0].replace("\\n", "\n").replace("\\t", "\t").replace("\\0", "\0")
    for word in words[1:]:
        text = text.replace("%s", word, 1)
    return Said(text)


def test(process: Process) -> Said:
    words = [word for word in process.arguments if word != "]"]
    return Said(status=0 if _holds(process, words) else 1)


def _holds(process: Process, words: list[str]) -> bool:
    if words[:1] == ["!"]:
        return not _holds(process, words[1:])
    if len(words) == 3:
        return (words[0] == words[2]) == (words[1] in {"=", "==", "-eq"})
    if len(words) == 2:
        files, path = process.system.files, process.path(words[1])
        tests = {
            "-z": words[1] == "",
            "-n": words[1] != "",
            "-e": files.exists(path),
            "-f": files.exists(path) and not files.is_directory(path),
            "-d": files.is_directory(path),
            "-x": files.exists(path) and bool(files.node(path).mode & 0o111),
        }
        return tests.get(words[0], False)
    return bool(words and words[0])


def identity(process: Process) -> Said:
    uid = UIDS[process.user]
    name = "u0_a234" if process.user == "app" else process.user
    if process.arguments == ["-u"]:
        return Said(f"{uid}\n")
    return Said(f"uid={uid}({name}) gid={uid}({name}) groups={uid}({name}) context=u:r:shell:s0\n")


def date(process: Process) -> Said:
    asked = next((word for word in process.arguments if word.startswith("+")), "")
    now_ns = round(process.system.now() * 1e9)
    when = time.gmtime(now_ns // 1_000_000_000)
    form = asked[1:] or "%a %b %e %H:%M:%S GMT %Y"
    fraction = f"{now_ns % 1_000_000_000:09d}"
    form = form.replace("%3N", fraction[:3]).replace("%N", fraction)
    form = form.replace("%s", str(now_ns // 1_000_000_000))
    return Said(time.strftime(form, when) + "\n")


async def encoded(process: Process) -> int:
    """`base64`, with `-d` the other way."""
    flags, values, operands = options(process.arguments, "w")
    data = await everything(process.stdin) if not operands else _content(process, operands[0])
    if "d" in flags:
        try:
            return await process.say(Said(base64.b64decode(b"".join(data.split()), validate=True)))
        except binascii.Error:
            return await process.say(Said(err="base64: bad input\n", status=FAILED))
    text = base64.b64encode(data).decode()
    width = int(values.get("w", _WRAP))
    lines = textwrap.wrap(text, width) if width else [text]
    return await process.say(Said("\n".join(lines) + "\n" * bool(width)))


def _content(process: Process, name: str) -> bytes:
    return process.system.files.read(process.path(name), process.user)


def head(process: Process, data: bytes) -> Said:
    lines = data.splitlines(keepends=True)
    return Said(b"".join(lines[: _count(process)]))


def tail(process: Process, data: bytes) -> Said:
    lines = data.splitlines(keepends=True)
    return Said(b"".join(lines[-_count(process) :]))


def _count(process: Process) -> int:
    return int(options(process.arguments, "n").values.get("n", "10"))


def grep(process: Process, data: bytes) -> Said:
    """A plain text, not a pattern."""
    flags, _, operands = options(process.arguments)
    wanted = operands[0].encode() if operands else b""
    found = [line for line in data.splitlines(keepends=True) if wanted in line]
    out = b"" if "q" in flags else b"".join(found)
    return Said(f"{len(found)}\n" if "c" in flags else out, 0 if found else 1)


def count(process: Process, data: bytes) -> Said:
    sizes = {"c": len(data), "l": data.count(b"\n"), "w": len(data.split())}
    wanted = [str(sizes[each]) for each in "lwc" if f"-{each}" in process.arguments]
    return Said(" ".join(wanted or [str(sizes[each]) for each in "lwc"]) + "\n")


def silent(_: Process) -> Said:
    return Said()


PROGRAMS: dict[str, Program] = {
    "sh": sh,
    "nohup": nohup,
    "sleep": sleep,
    "echo": answering(echo),
    "printf": answering(printf),
    "test": answering(test),
    "[": answering(test),
    "id": answering(identity),
    "date": answering(date),
    "base64": encoded,
    "head": reading(head),
    "tail": reading(tail),
    "grep": reading(grep),
    "wc": reading(count),
    "true": answering(silent),
    ":": answering(silent),
    "sync": answering(silent),
    "false": answering(lambda _: Said(status=FAILED)),
}
