"""The phone's shell: runs a line, command by command, as the user that asked for it."""

import posixpath
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace

import trio

from clawctl.testing.device import script
from clawctl.testing.device.process import (
    BROKEN_PIPE,
    FAILED,
    MISUSED,
    NOT_FOUND,
    Given,
    Nothing,
    Pipe,
    Process,
    Said,
    Sink,
    everything,
)
from clawctl.testing.device.script import BadScript, Part, Redirect, Simple, Step, Word

FLOOD_BYTES = 10 * 1000 * 1000
_PROMPT = "/system/bin/sh: "
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=")

Program = Callable[[Process], Awaitable[int]]
Answer = Callable[[Process], Said]


async def discard(data: bytes) -> None:
    """A sink for what nobody reads."""


@dataclass(slots=True)
class Run:
    """One run of a script; `status` is that of the last command."""

    process: Process
    status: int = 0

    async def script(self, text: str) -> int:
        try:
            steps = script.parse(text)
        except BadScript as error:
            await self.process.err(f"{_PROMPT}{error}\n".encode())
            return FAILED
        return await self.steps(steps)

    async def steps(self, steps: list[Step]) -> int:
        for step in steps:
            if (step.joint == "&&" and self.status) or (step.joint == "||" and not self.status):
                continue
            if step.background:
                self._leave_running(step.pipeline)
            else:
                self.status = await self._pipeline(step.pipeline)
        return self.status

    def _leave_running(self, pipeline: list[Simple]) -> None:
        """It outlives its shell, and nobody hears what it says."""
        process = replace(self.process, stdin=Nothing(), out=discard, err=discard)
        process.system.nursery.start_soon(Run(process, self.status).unattended, pipeline)
        self.status = 0

    async def unattended(self, pipeline: list[Simple]) -> None:
        """Whatever it ends with, nobody asks."""
        with suppress(Exit):
            await self._pipeline(pipeline)

    async def _pipeline(self, pipeline: list[Simple]) -> int:
        if len(pipeline) == 1:
            return await self._simple(pipeline[0], self.process)
        statuses = [0] * len(pipeline)
        pipes = [Pipe() for _ in pipeline[1:]]

        async def one(index: int) -> None:
            process = self.process
            if index:
                process = replace(process, stdin=pipes[index - 1])
            if index < len(pipes):
                process = replace(process, out=pipes[index].send)
            try:
                # Each is a shell of its own: what it sets, and that it exits, stays there.
                own = Run(replace(process, variables=dict(process.variables)), self.status)
                statuses[index] = await own.alone(pipeline[index])
            except trio.BrokenResourceError:
                statuses[index] = BROKEN_PIPE
            finally:
                if index:
                    pipes[index - 1].leave()
                if index < len(pipes):
                    pipes[index].end()

        async with trio.open_nursery() as nursery:
            for index in range(len(pipeline)):
                nursery.start_soon(one, index)
        return statuses[-1]

    async def alone(self, command: Simple) -> int:
        """One command whose `exit` ends nothing else."""
        try:
            return await self._simple(command, self.process)
        except Exit as ended:
            return ended.status

    async def _simple(self, command: Simple, process: Process) -> int:
        written: list[tuple[str, bytearray, bool]] = []
        try:
            for redirect in command.redirects:
                process = await self._redirected(process, redirect, written)
            status = await self._body(command, process)
            for path, data, more in written:
                self._keep(process, path, bytes(data), more=more)
        except OSError as error:
            await process.err(f"{_PROMPT}{error.filename}: {error.strerror}\n".encode())
            return FAILED
        return status

    async def _body(self, command: Simple, process: Process) -> int:
        if command.group is not None:
            return await self._group(command.group, process)
        assigned = await self._assigned(command.words)
        words = [text for word in command.words[assigned:] for text in await self._words(word)]
        if not words:
            return self.status if assigned else 0
        if words[0] == "exit":
            raise Exit(_number(words[1:], self.status))
        if words[0] == "cd":
            self.process.cwd = process.path(words[1] if len(words) > 1 else "/")
            return 0
        return await execute(process.another(words))

    async def _group(self, steps: list[Step], process: Process) -> int:
        try:
            own = Run(replace(process, variables=dict(process.variables)), self.status)
            return await own.steps(steps)
        except Exit as ended:
            return ended.status

    async def _assigned(self, words: list[Word]) -> int:
        """How many words at the beginning set a variable."""
        count = 0
        for word in words:
            first = word[0] if word else Part("text", "")
            found = _ASSIGNMENT.match(first.text) if first.kind == "text" else None
            if not found or first.quoted:
                break
            value = (Part("text", first.text[found.end() :], quoted=True), *word[1:])
            self.process.variables[found[1]] = "".join([await self._text(part) for part in value])
            count += 1
        return count

    async def _redirected(
        self, process: Process, redirect: Redirect, written: list[tuple[str, bytearray, bool]]
    ) -> Process:
        target = " ".join(await self._words(redirect.target))
        if redirect.how == ">&":
            sink = process.out if target == "1" else process.err
        elif redirect.how == "<":
            return replace(process, stdin=Given(self._read(process, target)))
        else:
            sink = self._into(process, target, redirect.how == ">>", written)
        return replace(process, err=sink) if redirect.number == 2 else replace(process, out=sink)

    def _into(
        self, process: Process, target: str, more: bool, written: list[tuple[str, bytearray, bool]]
    ) -> Sink:
        path = process.path(target)
        self._keep(process, path, b"", more=more)
        data = bytearray()
        written.append((path, data, more))

        async def put(piece: bytes) -> None:
            data.extend(piece)
            await trio.lowlevel.checkpoint()

        return put

    def _keep(self, process: Process, path: str, data: bytes, *, more: bool) -> None:
        files = process.system.files
        before = files.read(path, process.user) if more and files.exists(path) else b""
        mtime_s = int(process.system.now())
        files.write(path, before + data, mtime_s=mtime_s, user=process.user)

    def _read(self, process: Process, target: str) -> bytes:
        return process.system.files.read(process.path(target), process.user)

    # Words

    async def _words(self, word: Word) -> list[str]:
        """One word as a rule; what comes unquoted from a variable or a script is split."""
        texts = [""]
        pattern = False
        for part in word:
            text = await self._text(part)
            pattern = pattern or part.kind == "pattern"
            pieces = text.split() if part.kind in {"name", "run"} and not part.quoted else [text]
            texts[-1] += pieces[0] if pieces else ""
            texts += pieces[1:]
        if pattern:
            path = self.process.path(texts[-1])
            found = list(self.process.system.files.matching(path, self.process.user))
            texts = [_as_asked(texts[-1], each) for each in found] or texts
        quoted = any(part.quoted for part in word) or not word
        return texts if quoted or texts != [""] else []

    async def _text(self, part: Part) -> str:
        if part.kind == "run":
            return (await self._output(part.text)).rstrip("\n")
        if part.kind == "name":
            own = {"?": str(self.status), "$": "4321"}
            return own.get(part.text) or self.process.variables.get(part.text, "")
        return part.text

    async def _output(self, text: str) -> str:
        said = bytearray()

        async def keep(piece: bytes) -> None:
            said.extend(piece)
            await trio.lowlevel.checkpoint()

        await run(replace(self.process, out=keep), text)
        return said.decode(errors="replace")


class Exit(Exception):
    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__()


def _number(words: list[str], default: int) -> int:
    try:
        return int(words[0]) & 0xFF if words else default
    except ValueError:
        return MISUSED


def _as_asked(pattern: str, found: str) -> str:
    """A match of a relative pattern is relative."""
    directory = posixpath.dirname(pattern)
    return posixpath.join(directory, posixpath.basename(found))


async def run(process: Process, text: str) -> int:
    """The script as `process`, whose words do not matter; returns its status."""
    condition = process.system.condition
    text = text.lstrip()
    if _begins(text, condition.hangs):
        await trio.sleep_forever()
    if _begins(text, condition.mute):
        process = replace(process, out=discard, err=discard)
    if _begins(text, condition.floods):
        for _ in range(FLOOD_BYTES // 50_000):
            await process.out(b"flood " * 8_333 + b".\n")
    try:
        return await Run(replace(process, variables=dict(process.variables))).script(text)
    except Exit as ended:
        return ended.status


def _begins(text: str, beginnings: tuple[str, ...]) -> bool:
    return any(text.startswith(each) for each in beginnings)


async def execute(process: Process) -> int:
    """The one command of a process."""
    system = process.system
    system.ran.append(" ".join(process.words))
    program = system.program(process.words[0])
    if program is None:
        why = "inaccessible or not found" if "/" in process.words[0] else "not found"
        await process.err(f"{_PROMPT}{process.words[0]}: {why}\n".encode())
        return NOT_FOUND
    try:
        return await program(process)
    except OSError as error:
        path = error.filename or process.words[0]
        await process.err(f"{process.name}: {path}: {error.strerror}\n".encode())
        return FAILED
    except ValueError:
        # Too few words, or one that should be a number: the programs leave that to us.
        await process.err(f"{process.name}: bad arguments\n".encode())
        return MISUSED


def answering(answer: Answer) -> Program:
    """A program made from a plain function, which waits for nothing."""

    async def program(process: Process) -> int:
        return await process.say(answer(process))

    return program


def reading(answer: Callable[[Process, bytes], Said]) -> Program:
    """One that first reads its standard input to the end."""

    async def program(process: Process) -> int:
        return await process.say(answer(process, await everything(process.stdin)))

    return program
