"""The inside of a phone: files, log, programs and the app, as its condition has them."""

import posixpath
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import trio

from clawctl.testing.device import (
    programs_android,
    programs_app,
    programs_dump,
    programs_files,
    programs_log,
    programs_net,
    programs_root,
    programs_shell,
)
from clawctl.testing.device.app import App
from clawctl.testing.device.condition import PACKAGE, SERVICE_D, STOCK_DIALER, Condition
from clawctl.testing.device.files import APP_HOME, SHARED, Files, User
from clawctl.testing.device.log import Log
from clawctl.testing.device.shell import Program
from clawctl.testing.device.telephony import Telephony

BOOT_ID = "/proc/sys/kernel/random/boot_id"
OUTSIDE = f"{SHARED}/Android/data/{PACKAGE}"
_BIN = frozenset({"", "/bin", "/system/bin", "/system/xbin"})
_DIRECTORIES = (
    "/data/adb/ap",
    SERVICE_D,
    "/data/local/tmp",
    "/data/data",
    "/proc/sys/kernel/random",
    "/system/bin",
    f"{SHARED}/Android/data",
    f"{SHARED}/Download",
)
PROGRAMS: dict[str, Program] = {
    **programs_shell.PROGRAMS,
    **programs_files.PROGRAMS,
    **programs_log.PROGRAMS,
    **programs_android.PROGRAMS,
    **programs_app.PROGRAMS,
    **programs_dump.PROGRAMS,
    **programs_net.PROGRAMS,
}


class System:
    """`port_of` says where on this machine the phone listens in place of a port of its own, None
    where it does not; calls and programs that never end live in `nursery`."""

    def __init__(
        self,
        condition: Condition,
        port_of: Callable[[int], int | None],
        nursery: trio.Nursery,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.condition = condition
        self.port_of = port_of
        self.nursery = nursery
        self.ran: list[str] = []
        self.settings: dict[str, str] = {}
        self.boot_id = ""
        self._clock = clock
        self._files = Files()
        self._settled: Condition | None = None
        self._laid: dict[str, bytes] = {}
        # What rootd is once it runs: a handler that is broken stays so.
        self._rootd: Literal["up", "blocked", "broken"] = "up"
        self.log = Log(self.now)
        self.telephony = Telephony(self)
        self.app = App(self)
        for path in _DIRECTORIES:
            self._files.make(path, parents=True)
        self._boot()

    @property
    def files(self) -> Files:
        """What changed in the condition since the last look is there in the files too."""
        if self._settled != self.condition:
            self._settle()
        return self._files

    def now(self) -> float:
        """Seconds since the epoch by the phone's clock."""
        return self._clock() + self.condition.clock_off_s

    def program(self, name: str) -> Program | None:
        directory, short = posixpath.split(name)
        condition = self.condition
        if short == "su":
            there = name in condition.su_paths and condition.su != "missing"
            return programs_root.su if there else None
        if directory == SERVICE_D:
            return programs_root.TOOLS.get(short) if short in condition.root_files else None
        if directory not in _BIN or short in condition.missing:
            return None
        return PROGRAMS.get(short)

    def reboot(self) -> None:
        """All that a phone loses by it: the call, the log, rootd, the dialer role, what ran."""
        condition = self.condition
        self.telephony.lose()
        self.app.power_off()
        self.log.clear()
        if condition.rootd != "down":
            self._rootd = condition.rootd
        condition.rootd = "down"
        condition.role = STOCK_DIALER
        condition.unlocked = not condition.locked_by
        condition.booted = not condition.boot_s
        self._boot()
        if condition.boot_s:
            self.nursery.start_soon(self._come_up)

    def start_rootd(self) -> None:
        if self.condition.rootd == "down" and not self.condition.rootd_fails:
            self.condition.rootd = self._rootd

    async def _come_up(self) -> None:
        began = self.boot_id
        await trio.sleep(self.condition.boot_s)
        if began == self.boot_id:
            self.condition.booted = True

    def _boot(self) -> None:
        self.boot_id = str(uuid.uuid4())
        self._settled = None
        for text in self.condition.trouble:
            self.log.add("GatewayCallAssistant", text, level="E", pid=self.app.pid, ago_s=60)

    def _settle(self) -> None:
        """Only what the condition has otherwise than before is written: the rest is the phone's."""
        condition = self.condition
        if self._settled is None or condition.installed != self._settled.installed:
            self._install()
        self._settled = replace(condition)
        wanted = self._wanted()
        for path in self._laid.keys() - wanted.keys():
            if self._files.exists(path):
                self._files.remove(path)
        for path, data in wanted.items():
            if self._laid.get(path) != data:
                user: User = "app" if path.startswith((APP_HOME, OUTSIDE)) else "root"
                mode = 0o755 if path.startswith(SERVICE_D) else 0o644
                mtime_s = int(self.now())
                self._files.write(path, data, mode=mode, mtime_s=mtime_s, user=user, parents=True)
        self._laid = wanted

    def _install(self) -> None:
        """Or the contrary: with the app goes all that is its own."""
        if self.condition.installed:
            self._files.make(f"{APP_HOME}/files", user="app", parents=True)
            return
        for place in (APP_HOME, OUTSIDE):
            if self._files.exists(place):
                self._files.remove(place, all_below=True)

    def _wanted(self) -> dict[str, bytes]:
        condition = self.condition
        wanted = {BOOT_ID: f"{self.boot_id}\n".encode()}
        for name in condition.root_files:
            wanted[f"{SERVICE_D}/{name}"] = f"#!/system/bin/sh\n# {name}\n".encode()
        if condition.su_path:
            wanted["/data/adb/ap/su_path"] = f"{condition.su_path}\n".encode()
        if condition.installed:
            wanted |= self._wanted_of_app()
        return wanted

    def _wanted_of_app(self) -> dict[str, bytes]:
        condition = self.condition
        wanted = {}
        for place in condition.profile_places:
            home = APP_HOME if place == "internal" else OUTSIDE
            stale = place == "external" and condition.stale_external
            text = condition.stale_profile_text() if stale else condition.profile_text()
            wanted[f"{home}/files/profiles/profile.json"] = text.encode()
        if condition.dumps_mb:
            dump = bytes(condition.dumps_mb * 1_000_000)
            wanted[f"{APP_HOME}/files/voice-debug/turn-0001.wav"] = dump
        return wanted
