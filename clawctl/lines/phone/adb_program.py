"""Where the adb server listens, and the adb program, which starts one."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import trio

from clawctl.engines.worker import WITHHELD
from clawctl.errors import NoHandset
from clawctl.lines.phone.adb_stream import Peer, within

# The newest one takes three seconds, and longer where many USB devices are attached.
START_S = 15.0
DEFAULT_HOST, DEFAULT_PORT = "127.0.0.1", "5037"
_LOCAL = ("127.0.0.1", "localhost")
_ADDRESS = re.compile(r"(?:\[?(?P<host>[^\[\]]+?)\]?:)?(?P<port>[0-9]{1,5})")
_INSTALL = (
    "install it (Debian: sudo apt install adb; macOS: brew install android-platform-tools), name"
    " it in adb_path, or do without: clawctl config set adb_driver direct"
)


class NoServer(NoHandset):
    """Nobody listens where the adb server should."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an adb server listens: at a host's port, or at a socket of the file system."""

    host: str = DEFAULT_HOST
    port: int = int(DEFAULT_PORT)
    path: str = ""

    def __str__(self) -> str:
        return self.path.replace("\0", "@") or f"{self.host}:{self.port}"

    @property
    def local(self) -> bool:
        return bool(self.path) or self.host in _LOCAL

    async def connect(self) -> trio.SocketStream:
        """Raises NoServer."""
        try:
            if self.path:
                return await trio.open_unix_socket(self.path)
            return await trio.open_tcp_stream(self.host, self.port)
        except OSError:
            raise NoServer(f"no adb server answers at {self}") from None


def place(environ: Mapping[str, str]) -> Place:
    """As every adb program finds it; raises NoHandset for what none understands."""
    if spec := environ.get("ADB_SERVER_SOCKET"):
        return _place_of_spec(spec)
    host = environ.get("ANDROID_ADB_SERVER_ADDRESS") or DEFAULT_HOST
    port = environ.get("ANDROID_ADB_SERVER_PORT") or DEFAULT_PORT
    if ":" in port or not (found := _tcp(port)):
        _unknown("ANDROID_ADB_SERVER_PORT", port, "5037")
    return Place(host, found.port)


def _place_of_spec(spec: str) -> Place:
    kind, _, rest = spec.partition(":")
    found = {
        "tcp": lambda: _tcp(rest),
        "localfilesystem": lambda: Place(path=rest) if rest else None,
        "localabstract": lambda: Place(path=f"\0{rest}") if rest else None,
    }.get(kind, lambda: None)()
    return found or _unknown("ADB_SERVER_SOCKET", spec, "tcp:127.0.0.1:5037")


def _tcp(address: str) -> Place | None:
    found = _ADDRESS.fullmatch(address)
    if not found or not 0 < int(found["port"]) < 65536:
        return None
    return Place(found["host"] or DEFAULT_HOST, int(found["port"]))


def _unknown(variable: str, value: str, example: str) -> NoReturn:
    raise NoHandset(f"{variable} is {value!r}, which is no place of an adb server: try {example}")


@dataclass(frozen=True, slots=True)
class Program:
    """The adb program: `named` in the settings, or the one on PATH.

    It ends a server of another version when it is run, and with it every call: it is run only where
    none answers.
    """

    named: str
    environ: Mapping[str, str]

    def found(self) -> Path | None:
        name = os.path.expanduser(self.named) or "adb"  # noqa: PTH111 - pathlib raises on an unknown ~user
        program = shutil.which(name, path=self.environ.get("PATH", os.defpath))
        return Path(program).absolute() if program else None

    async def start_server(self, where: Place) -> None:
        """The server outlives us, as it does whoever else starts one; it is told no secrets of
        ours. Raises NoHandset with what the program says, TooSlow when it says nothing."""
        with within(START_S, Peer("the adb program", "try it: adb start-server"), "start a server"):
            ended = await self._run("start-server", where)
        if ended.returncode:
            said = (ended.stderr + ended.stdout).decode(errors="replace").split("\n")
            lines = [line.strip() for line in said if line.strip()]
            raise NoHandset(
                f"adb could not start its server: {'; '.join(lines[-3:])}; see to that, or do"
                " without: clawctl config set adb_driver direct"
            )

    async def _run(self, command: str, where: Place) -> subprocess.CompletedProcess[bytes]:
        program = self.found()
        if not program:
            raise NoHandset(self.missing())
        try:
            return await trio.run_process(
                [program, command],
                capture_stdout=True,
                capture_stderr=True,
                check=False,
                cwd="/",
                env=self._environment(where),
                start_new_session=True,
            )
        except OSError as error:
            raise NoHandset(f"{program} cannot be run: {error.strerror}; {_INSTALL}") from None

    def _environment(self, where: Place) -> dict[str, str]:
        """The program takes 127.0.0.1, where it is named, for another host."""
        kept = {name: text for name, text in self.environ.items() if not name.startswith(WITHHELD)}
        return kept if where.path else {**kept, "ADB_SERVER_SOCKET": f"tcp:{where.port}"}

    def missing(self) -> str:
        if self.named:
            return f"adb_path is {self.named!r}, which is no program that can be run: {_INSTALL}"
        return f"there is no adb program: {_INSTALL}"
