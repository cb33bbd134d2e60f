"""What a phone is like, and everything that can be the matter with it, a switch each."""

import json
from dataclasses import dataclass
from typing import Literal

from clawctl.lines.phone import adb_wire as wire
from clawctl.testing.caller import Caller

PACKAGE = "com.tracsystems.phonebridge"
STOCK_DIALER = "com.google.android.dialer"
FEATURES = ("shell_v2", "cmd", "stat_v2", "ls_v2", "fixed_push_mkdir", "apex")
PERMISSIONS = (
    "android.permission.CALL_PHONE",
    "android.permission.ANSWER_PHONE_CALLS",
    "android.permission.READ_PHONE_STATE",
    "android.permission.RECORD_AUDIO",
    "android.permission.POST_NOTIFICATIONS",
)
SERVICE_D = "/data/adb/service.d"
TINY_TOOLS = ("tinymix", "tinycap", "tinyplay", "tinypcminfo")
ROOT_FILES = (
    "phonebridge-rootd.sh",
    "phonebridge-root-handler.sh",
    *(f"phonebridge-{tool}" for tool in TINY_TOOLS),
)
FAR_END = Caller(lingers_s=30.0)

Place = Literal["internal", "external"]


@dataclass(slots=True, kw_only=True)
class Condition:
    """A well phone, unless told otherwise; may be changed at any time.

    What a command changes (the role, a permission, a setting) is changed here. `hangs`, `floods`
    and `mute` are beginnings of commands: one that never ends, one that prints 10 MB, one whose
    output is lost while its exit status is not. `missing` are programs that this phone lacks,
    `boot_s` is what a restart takes once it is plugged in, and `trouble` are lines that the app
    logged a minute ago.
    """

    # The connection
    version: int = wire.VERSION
    max_data: int = wire.MAX_DATA
    features: tuple[str, ...] = FEATURES
    auth: Literal["off", "accept", "never"] = "off"
    auth_after_s: float = 0.0
    state: Literal["device", "recovery", "rescue", "sideload", "bootloader"] = "device"
    offline: bool = False
    slow_ms: float = 0.0
    hangs: tuple[str, ...] = ()
    floods: tuple[str, ...] = ()
    mute: tuple[str, ...] = ()
    reverse_refused: bool = False
    taken_ports: tuple[int, ...] = ()

    # The system
    device: str = "lynx"
    model: str = "Pixel 7a"
    sdk: int = 36
    build: str = "BP4A.251205.006"
    booted: bool = True
    boot_s: float = 0.0
    missing: tuple[str, ...] = ()
    unlocked: bool = True
    locked_by: Literal["", "pin"] = ""
    sim: str = "LOADED"
    in_service: bool = True
    airplane: bool = False
    battery: int = 87
    charging: bool = True
    updates_off: bool = True
    free_mb: int = 42_000
    dumps_mb: int = 12
    clock_off_s: float = 0.0
    foreign_call: bool = False
    telecom: bool = True

    # Root
    su: Literal["works", "missing", "denied"] = "works"
    su_paths: tuple[str, ...] = ("/debug_ramdisk/su", "/data/local/tmp/su", "su")
    rootd: Literal["up", "down", "blocked", "broken"] = "up"
    rootd_fails: bool = False
    root_files: tuple[str, ...] = ROOT_FILES
    mixer: Literal["works", "blocked", "absent"] = "works"
    su_path: str = "/data/local/tmp/su"

    # The app
    installed: bool = True
    stopped: bool = False
    enabled: bool = True
    debuggable: bool = True
    running: bool = True
    crashes: bool = False
    granted: tuple[str, ...] = PERMISSIONS
    role: str = PACKAGE
    role_known: bool = True
    role_fails: bool = False
    dialer_asks_root: bool = False
    doze_exempt: bool = True
    died: Literal["", "crash", "anr"] = ""
    trouble: tuple[str, ...] = ()

    # Its profile
    phone_port: int = 8996
    bearer: str = "secret"
    profile: str | None = None
    profile_places: tuple[Place, ...] = ("internal", "external")
    stale_external: bool = False

    # Who is at the other end: whether and how they answer, and what a second of the call takes
    picks_up: bool = True
    far_end: Caller = FAR_END
    time_scale: float = 1.0

    def properties(self) -> dict[str, str]:
        """For the banner of the connection."""
        return {
            "ro.product.name": self.device,
            "ro.product.model": self.model,
            "ro.product.device": self.device,
        }

    def profile_text(self) -> str:
        if self.profile is not None:
            return self.profile
        return _profile(f"fake-{self.device}", self.phone_port, self.bearer)

    def stale_profile_text(self) -> str:
        return _profile("of-last-year", self.phone_port, "worn-out")


def _profile(name: str, port: int, bearer: str) -> str:
    gateway = {"base_url": f"http://127.0.0.1:{port}", "bearer": bearer}
    tools = {tool: f"{SERVICE_D}/phonebridge-{tool}" for tool in TINY_TOOLS[:3]}
    return json.dumps(
        {
            "profile_id": name,
            "gateway": gateway,
            "root_binaries": {"su": "/data/local/tmp/su", **tools},
            "logging": {"debug_wav_dump": {"enabled": False}},
        },
        indent=2,
    )
