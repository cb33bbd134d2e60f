"""logcat: what was logged, once or as it comes."""

from contextlib import aclosing

from clawctl.testing.device.log import BEGINNING, BadOption, Line, View
from clawctl.testing.device.process import FAILED, Process, Said
from clawctl.testing.device.shell import Program, answering


async def logcat(process: Process) -> int:
    """Readable by shell and root; the app sees its own lines, which nobody asks for."""
    try:
        view = View.of(process.arguments, process.system.now())
    except BadOption as error:
        return await process.say(Said(err=f"{error}\n", status=FAILED))
    log = process.system.log
    if view.clears:
        log.clear()
        return 0
    lines = view.chosen(log.all())
    if not view.stays:
        return await process.say(Said(_written(view, lines)))
    first = True
    async with aclosing(log.added_after(lines)) as added:
        async for line in added:
            if view.shows(line):
                await process.out(((BEGINNING if first else "") + view.written(line)).encode())
                first = False
    return 0


def _written(view: View, lines: list[Line]) -> str:
    return (BEGINNING if lines else "") + "".join(map(view.written, lines))


def log(process: Process) -> Said:
    """`log -t TAG WORD…`"""
    words = process.arguments
    tag, words = (words[1], words[2:]) if words[:1] == ["-t"] and words[1:] else ("log", words)
    process.system.log.add(tag, " ".join(words), pid=1)
    return Said()


PROGRAMS: dict[str, Program] = {"logcat": logcat, "log": answering(log)}
