"""Programs that have to do with the app: am, pm, run-as, pidof."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from clawctl.testing.device import shell
from clawctl.testing.device.command import Extras
from clawctl.testing.device.condition import PACKAGE, PERMISSIONS
from clawctl.testing.device.files import APP_HOME
from clawctl.testing.device.process import FAILED, Process, Said
from clawctl.testing.device.shell import Program, answering

ACTION = f"{PACKAGE}.CALL_COMMAND"
RECEIVER, ACTIVITY = f"{PACKAGE}/.CallCommandReceiver", f"{PACKAGE}/.MainActivity"
# Statuses of the program that hands am, pm and cmd on to a service.
NO_SERVICE, REFUSED = 20, 255

_FROM_SHELL, _FOREGROUND, _STOPPED_TOO = 0x400000, 0x10000000, 0x20


def service(name: str, answer: Callable[[Process], Said]) -> Program:
    """A program that asks a service of the system, which is not there before the phone is up."""

    def asked(process: Process) -> Said:
        if not process.system.condition.booted:
            return Said(err=f"cmd: Can't find service: {name}\n", status=NO_SERVICE)
        return answer(process)

    return answering(asked)


@dataclass(slots=True)
class Intent:
    """What am makes of its options."""

    action: str = ""
    component: str = ""
    package: str = ""
    flags: int = 0
    extras: dict[str, str | bool] = field(default_factory=dict)

    def written(self, flags: int = 0) -> str:
        parts = [
            f"act={self.action}" if self.action else "",
            f"flg={self.flags | flags:#x}" if self.flags | flags else "",
            f"pkg={self.package}" if self.package else "",
            f"cmp={_short(self.component)}" if self.component else "",
            "(has extras)" if self.extras else "",
        ]
        return f"Intent {{ {' '.join(part for part in parts if part)} }}"


class BadOption(Exception):
    """What am says of it."""


# What follows an option, and what becomes of it; nothing for most.
_NAMES = {"-a": "action", "-n": "component", "-p": "package"}
_WORDS_OF = {"--es": 2, "-e": 2, "--ez": 2, "--ei": 2, "--el": 2, "-f": 1, "--user": 1, "-d": 1}
_WORDS_OF |= {"-a": 1, "-n": 1, "-p": 1, "-c": 1, "-t": 1, "-W": 0, "-S": 0}
_WORDS_OF |= {"--receiver-foreground": 0, "--include-stopped-packages": 0}
_FLAGS = {"--receiver-foreground": _FOREGROUND, "--include-stopped-packages": _STOPPED_TOO}


def intent_of(words: list[str]) -> Intent:
    """Raises BadOption."""
    intent, left = Intent(), iter(words)
    for word in left:
        if not word.startswith("-"):
            intent.component = word if "/" in word else intent.component
            continue
        if word not in _WORDS_OF:
            raise BadOption(f"Error: Unknown option: {word}")
        values = list(itertools.islice(left, _WORDS_OF[word]))
        if len(values) < _WORDS_OF[word]:
            raise BadOption(f'Error: Argument expected after "{word}"')
        _take(intent, word, values)
    return intent


def _take(intent: Intent, option: str, values: list[str]) -> None:
    intent.flags |= _FLAGS.get(option, 0)
    if option in _NAMES:
        setattr(intent, _NAMES[option], values[0])
    elif option == "-f":
        intent.flags |= int(values[0], 0)
    elif option == "--ez":
        intent.extras[values[0]] = values[1].lower() in {"true", "t", "1"}
    elif option in {"--es", "-e"}:
        intent.extras[values[0]] = values[1]


def _short(component: str) -> str:
    package, _, name = component.partition("/")
    return f"{package}/{name.removeprefix(package)}"


def am(process: Process) -> Said:
    commands: dict[str, Callable[[Process, list[str]], Said]] = {
        "broadcast": _broadcast,
        "start": _start,
        "start-activity": _start,
        "force-stop": _force_stop,
        "kill": _kill,
        "get-current-user": lambda _, __: Said("0\n"),
        "crash": _crash,
    }
    name, *words = process.arguments or [""]
    command = commands.get(name)
    if command is None:
        return Said(err=f"Unknown command: {name}\n", status=REFUSED)
    try:
        return command(process, words)
    except BadOption as error:
        return Said(err=f"{error}\n", status=REFUSED)


def _broadcast(process: Process, words: list[str]) -> Said:
    """The same two lines, whoever was reached, and whatever came of it."""
    intent = intent_of(words)
    condition = process.system.condition
    there = condition.installed and condition.enabled
    awake = not condition.stopped or intent.flags & _STOPPED_TOO
    if _short(intent.component) == RECEIVER and there and awake:
        extras: Extras = intent.extras
        process.system.app.receive(extras)
    return Said(f"Broadcasting: {intent.written(_FROM_SHELL)}\nBroadcast completed: result=0\n")


def _start(process: Process, words: list[str]) -> Said:
    intent = intent_of(words)
    condition = process.system.condition
    starting = f"Starting: {intent.written()}\n"
    if not intent.component:
        # Something of Android's own, which is always there.
        return Said(starting)
    component = _short(intent.component)
    if component != ACTIVITY or not (condition.installed and condition.enabled):
        package, _, name = component.partition("/")
        full = f"{package}/{package}{name}" if name.startswith(".") else component
        why = f"Error type 3\nError: Activity class {{{full}}} does not exist.\n"
        return Said(starting, FAILED, why)
    process.system.app.start()
    if condition.crashes:
        process.system.app.crash()
    return Said(starting)


def _force_stop(process: Process, words: list[str]) -> Said:
    if words[-1:] == [PACKAGE] and process.system.condition.installed:
        process.system.app.stop()
    return Said()


def _kill(process: Process, words: list[str]) -> Said:
    """Only what nobody uses: Android keeps the process of a call."""
    if words[-1:] == [PACKAGE] and not process.system.app.in_use:
        process.system.condition.running = False
    return Said()


def _crash(process: Process, words: list[str]) -> Said:
    if words[-1:] == [PACKAGE] and process.system.condition.running:
        process.system.app.crash()
    return Said()


def pm(process: Process) -> Said:
    commands: dict[str, Callable[[Process, list[str]], Said]] = {
        "path": _path,
        "grant": _grant,
        "revoke": _revoke,
        "enable": _enable,
        "disable-user": _disable,
        "list": _list,
    }
    name, *words = process.arguments or [""]
    words = [word for word in words if word not in {"--user", "0"}]
    command = commands.get(name)
    if command is None:
        return Said(err=f"Unknown command: {name}\n", status=REFUSED)
    return command(process, words)


def _path(process: Process, words: list[str]) -> Said:
    if not _is_there(process, words[:1]):
        return Said(status=FAILED)
    return Said(f"package:/data/app/~~Zm9vYmFy==/{PACKAGE}-YmF6==/base.apk\n")


def _grant(process: Process, words: list[str]) -> Said:
    return _set_permission(process, words, granted=True)


def _revoke(process: Process, words: list[str]) -> Said:
    return _set_permission(process, words, granted=False)


def _set_permission(process: Process, words: list[str], *, granted: bool) -> Said:
    condition = process.system.condition
    name, permission = (*words, "", "")[:2]
    if not _is_there(process, [name]):
        return Said(err=f"Exception occurred: Unknown package: {name}\n", status=REFUSED)
    if permission not in PERMISSIONS:
        why = f"Unknown permission {permission}"
        return Said(err=f"java.lang.IllegalArgumentException: {why}\n", status=REFUSED)
    others = tuple(each for each in condition.granted if each != permission)
    condition.granted = (*others, permission) if granted else others
    return Said()


def _enable(process: Process, words: list[str]) -> Said:
    return _set_enabled(process, words, enabled=True)


def _disable(process: Process, words: list[str]) -> Said:
    return _set_enabled(process, words, enabled=False)


def _set_enabled(process: Process, words: list[str], *, enabled: bool) -> Said:
    if not _is_there(process, words[:1]):
        return Said(err="Exception occurred: Unknown package\n", status=REFUSED)
    process.system.condition.enabled = enabled
    state = "enabled" if enabled else "disabled-user"
    return Said(f"Package {PACKAGE} new state: {state}\n")


def _list(process: Process, words: list[str]) -> Said:
    packages = ["com.android.phone", "com.google.android.dialer"]
    packages += [PACKAGE] * process.system.condition.installed
    wanted = next((word for word in words[1:] if not word.startswith("-")), "")
    return Said("".join(f"package:{each}\n" for each in packages if wanted in each))


def _is_there(process: Process, names: list[str]) -> bool:
    return names == [PACKAGE] and process.system.condition.installed


async def run_as(process: Process) -> int:
    """As the app itself, in its own directory; for debug builds."""
    name, *words = process.arguments or [""]
    condition = process.system.condition
    if name != PACKAGE or not condition.installed:
        return await process.say(Said(err=f"run-as: unknown package: {name}\n", status=FAILED))
    if not condition.debuggable:
        why = f"run-as: package not debuggable: {name}\n"
        return await process.say(Said(err=why, status=FAILED))
    own = replace(process, user="app", cwd=APP_HOME, words=words or ["sh"])
    return await shell.execute(own)


def pidof(process: Process) -> Said:
    condition = process.system.condition
    if process.arguments[-1:] == [PACKAGE] and condition.running and condition.installed:
        return Said(f"{process.system.app.pid}\n")
    return Said(status=FAILED)


PROGRAMS: dict[str, Program] = {
    "am": service("activity", am),
    "pm": service("package", pm),
    "run-as": run_as,
    "pidof": answering(pidof),
    "input": service("input", lambda _: Said()),
}
