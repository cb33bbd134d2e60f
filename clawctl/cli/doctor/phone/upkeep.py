"""Will it go on working by itself: its screen, battery, updates, storage, clock, cable?"""

import re
import time
from datetime import datetime
from statistics import median

import trio

from clawctl.cli.doctor.check import Check, Group, Verdict, failed, ok, skipped, warning
from clawctl.cli.doctor.patient import Patient
from clawctl.cli.doctor.phone.handset import shown
from clawctl.lines.phone import boots
from clawctl.lines.phone.app_log import lines, logcat
from clawctl.lines.phone.driver import quoted
from clawctl.lines.phone.profile_install import OWN, PACKAGE

LOW_PERCENT = 20
RECENT_S = 15 * 60
ENOUGH_MB, MOST_DUMPED_MB = 500, 200
CLOCK_OFF_S = 60
SLOW_MS = 100
TRIPS, TRIPS_WITHIN_S = 15, 0.5
DUMPS = "files/voice-debug"
TAGS = "-s BridgeInCallService:I GatewayCallAssistant:I AndroidTelecomCtrl:I CallCommandExecutor:E"
# What the app logs, and what it means. A line is not repeated: it may hold words of a caller.
TROUBLES = (
    ("root was out of reach", re.compile("root shell unavailable")),
    ("the profile could not be used", re.compile("runtime profile")),
    ("the gateway refused the bearer", re.compile(r"gateway .*failed \(401\)")),
)

_TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
_SECONDS = re.compile(r"[0-9]{1,11}")
_CLOCK = re.compile(rf"(\d{{1,11}}) ({_TIME})", re.ASCII)
_SIZE = re.compile(r"[0-9]{1,15}")
_LEVEL = re.compile(r"^[ \t]*level: ([0-9]{1,3})\b", re.MULTILINE)
_POWERED = re.compile(r"^[ \t]*\w[\w ]* powered: true", re.MULTILINE)
_DIED = re.compile(
    rf"timestamp=({_TIME})\S*.*?\breason=\d+ \((APP CRASH|ANR)", re.DOTALL | re.ASCII
)


async def screen_lock(patient: Patient) -> Verdict:
    """With nothing as the old password: only where nothing is set does that fit."""
    if "verified successfully" in (await patient.handset.said("locksettings verify")).text:
        return ok("nothing is asked for on its screen")
    why = (
        "it has a screen lock: audio and root stop when the screen is off; remove PIN, pattern and"
        " fingerprint"
    )
    return failed(why, patient.handset.shell("locksettings", "clear", "--old", "PIN"))


async def battery(patient: Patient) -> Verdict:
    handset = patient.handset
    listed = (await handset.said("dumpsys deviceidle whitelist")).text
    if f",{PACKAGE}," not in listed:
        why = "Android puts the app to sleep to spare the battery"
        return failed(why, patient.command("doctor", "--fix", "--only", "battery"))
    dump = (await handset.said("dumpsys battery")).text
    found, powered = _LEVEL.search(dump), bool(_POWERED.search(dump))
    if found is None:
        return skipped("the phone does not tell")
    percent = int(found[1])
    if percent <= LOW_PERCENT and not powered:
        why = f"{percent} %, and it is not charging: the USB port gives too little power"
        return failed(why, handset.shell("dumpsys", "battery"))
    return ok(f"{percent} %, {'charging' if powered else 'not charging'}; the app is kept awake")


async def _keep_awake(patient: Patient) -> str:
    listed = (await patient.handset.said("dumpsys deviceidle whitelist")).text
    if f",{PACKAGE}," in listed:
        return ""
    await patient.handset.do(quoted("dumpsys", "deviceidle", "whitelist", f"+{PACKAGE}"))
    return "let the app run while the phone sleeps"


async def updates(patient: Patient) -> Verdict:
    key = "ota_disable_automatic_update"
    if await patient.handset.word(f"settings get global {key}") == "1":
        return ok("it does not update itself")
    mend = patient.handset.shell("settings", "put", "global", key, "1")
    return warning("it may update itself, and an update of the system removes root", mend)


async def rebooted(patient: Patient) -> Verdict:
    """A restart takes the dialer role, root helper and forwarding; each has its own check."""
    now, before = await _boot(patient), boots.remembered(patient.data_dir, _serial(patient))
    if not before:
        return skipped("not known before: 'clawctl profile push' keeps it in mind")
    if now == before:
        return ok("it has not been restarted since it was set up")
    why = "it was restarted since it was set up, which takes what the checks above look for"
    return warning(why, patient.command("doctor", "--fix"))


async def _boot(patient: Patient) -> str:
    return await patient.handset.word(boots.TELL)


def _serial(patient: Patient) -> str:
    return patient.handset.driver.serial


async def _set_up(patient: Patient) -> str:
    """The checks above have mended what they could."""
    boots.remember(patient.data_dir, _serial(patient), await _boot(patient))
    return "kept in mind that it is set up since then"


async def trouble(patient: Patient) -> Verdict:
    """Told by kind, number and time of the last."""
    clock = _CLOCK.fullmatch(await patient.handset.word("date '+%s %Y-%m-%d %H:%M:%S'"))
    now = _moment(clock[2]) if clock else None
    if not (clock and now):
        return skipped("the phone does not tell the time")
    said = [*await _logged(patient, int(clock[1])), *await _ended(patient, now)]
    if not said:
        return ok(f"none in the last {RECENT_S // 60} minutes")
    return warning("; ".join(said), patient.command("phone", "logs"))


async def _logged(patient: Patient, phone_s: int) -> list[str]:
    ran = await patient.handset.run(logcat(TAGS, since_s=phone_s - RECENT_S))
    found = [line for line in lines(ran.out) if -1 <= phone_s - line.phone_s <= RECENT_S]
    said = list[str]()
    for about, pattern in TROUBLES:
        times = [line.phone_s for line in found if pattern.search(line.text)]
        if times:
            last = time.strftime("%H:%M", time.localtime(max(times)))
            said.append(f"{about}: {len(times)} times, the last at {last}")
    return said


async def _ended(patient: Patient, now: datetime) -> list[str]:
    """In the phone's own time of day, which nothing tells the zone of."""
    ran = await patient.handset.said(f"dumpsys activity exit-info {PACKAGE}")
    ends = [(_moment(at), how) for at, how in _DIED.findall(ran.text)]
    recent = [(at, how) for at, how in ends if at and (now - at).total_seconds() <= RECENT_S]
    if not recent:
        return []
    at, how = max(recent)
    about = {"ANR": "hung", "APP CRASH": "crashed"}[how]
    return [f"the app ended {len(recent)} times, at last it {about}, at {at:%H:%M}"]


def _moment(text: str) -> datetime | None:
    """None: there is no such day or time."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


async def storage(patient: Patient) -> Verdict:
    handset = patient.handset
    rows = (await handset.said("df -k /data")).text.splitlines()
    cells = rows[-1].split() if rows else []
    if len(cells) < 4 or not _SIZE.fullmatch(cells[3]):
        return skipped("the phone does not tell")
    free_mb, dumped_mb = int(cells[3]) // 1024, await _dumped_mb(patient)
    why = f"{free_mb:,} MB are free, {dumped_mb:,} MB are sound that the app kept"
    clear = handset.shell("run-as", PACKAGE, "rm", "-r", DUMPS)
    if free_mb <= ENOUGH_MB:
        return failed(why, clear if dumped_mb else handset.shell("df", "-h"))
    if dumped_mb >= MOST_DUMPED_MB:
        return warning(f"{why}: callers' voices among it", clear)
    return ok(why)


async def _dumped_mb(patient: Patient) -> int:
    """0 where it cannot be seen, or the app keeps none."""
    handset = patient.handset
    ran = await handset.said(quoted("run-as", PACKAGE, "du", "-sk", DUMPS))
    if ran.code and await handset.find_su():
        ran = await handset.as_root("du", "-sk", f"{OWN}/{DUMPS}")
    size = ran.text.split()[:1]
    return int(size[0]) // 1024 if ran.code == 0 and size and _SIZE.fullmatch(size[0]) else 0


async def phone_clock(patient: Patient) -> Verdict:
    asked_at = time.time()
    told = shown((await patient.handset.run("date +%s")).text)
    if not _SECONDS.fullmatch(told):
        return skipped("the phone does not tell")
    off_s = int(told) - (asked_at + time.time()) / 2
    if abs(off_s) < CLOCK_OFF_S:
        return ok("its clock and ours agree")
    why = f"its clock is {abs(off_s) / 60:,.0f} min {'ahead of' if off_s > 0 else 'behind'} ours"
    return warning(why, patient.handset.shell("settings", "put", "global", "auto_time", "1"))


async def round_trip(patient: Patient) -> Verdict:
    took_ms = list[float]()
    began = trio.current_time()
    while len(took_ms) < TRIPS and trio.current_time() - began < TRIPS_WITHIN_S:
        before = trio.current_time()
        await patient.handset.run("true")
        took_ms.append(1000 * (trio.current_time() - before))
    why = f"a command takes {median(took_ms):.0f} ms"
    if median(took_ms) < SLOW_MS:
        return ok(why)
    return warning(f"{why}: look at the cable and the USB hub", patient.command("phone", "status"))


UPKEEP = Group(
    "upkeep",
    (
        Check(name="screen_lock", look=screen_lock, needs=("booted",)),
        Check(name="battery", look=battery, needs=("installed",), fix=_keep_awake),
        Check(name="updates", look=updates, needs=("booted",)),
        Check(name="rebooted", look=rebooted, needs=("booted",), fix=_set_up),
        Check(name="trouble", look=trouble, needs=("installed",)),
        Check(name="storage", look=storage, needs=("booted",)),
        Check(name="phone_clock", look=phone_clock, needs=("shell",)),
        Check(name="round_trip", look=round_trip, needs=("shell",)),
    ),
    part_of="phone",
)
