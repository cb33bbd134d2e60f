"""The profile on the phone: in the two places where the app's two readers look for it.

The assistant reads the external place before the internal one; whoever answers calls reads the
internal one alone. Both must hold the same. They read anew at each call.
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from clawctl.errors import NoHandset, NoSuch, TooSlow
from clawctl.lines.phone.driver import Driver, Ran, quoted, words

PACKAGE = "com.tracsystems.phonebridge"
# As seen by `run-as`, which begins in the app's own directory.
INSIDE = "files/profiles"
OWN = f"/data/data/{PACKAGE}"
EXTERNAL = f"/sdcard/Android/data/{PACKAGE}/files/profiles"
INTERNAL = f"{OWN}/{INSIDE}"
# The app's readers look for these two, in this order.
NAME, OTHER_NAME = "profile.json", "active-profile.json"
# Written under this name and moved: a call that begins meanwhile finds the old one or the new one.
# One that was left behind is written over the next time, and nobody reads it.
UNDONE = "profile.json.new"
# A root manager that asks on the phone's screen first does not answer in this time.
SU_S = 3.0
SU = ("/data/adb/ap/bin/su", "/debug_ramdisk/su", "/data/local/tmp/su", "su")

UNANSWERED = "incoming calls will ring unanswered"
NO_WAY_IN = (
    "the app is a release build and no su answers, so its internal place is out of reach:"
    f" {UNANSWERED}; install a debug build of the app, or root the phone"
)

PlaceName = Literal["external", "internal"]


@dataclass(frozen=True, slots=True)
class Copy:
    """What a reader finds in one place; `content` is None where nothing is, `why` tells when it
    could not be looked at. It holds the bearer."""

    place: PlaceName
    path: str
    content: bytes | None = None
    why: str = ""

    def __repr__(self) -> str:
        return f"<Copy {self.path}>"


@dataclass(frozen=True, slots=True)
class Found:
    """Both places of one phone; `model` is what Android calls the device."""

    serial: str
    model: str
    external: Copy
    internal: Copy

    @property
    def copies(self) -> tuple[Copy, Copy]:
        return self.external, self.internal

    def holds(self, content: bytes) -> bool:
        """Whether each reader gets exactly that."""
        same = (_digest(one.content or b"") == _digest(content) for one in self.copies)
        return all(same) and not any(one.path.endswith(OTHER_NAME) for one in self.copies)


@dataclass(frozen=True, slots=True)
class Way:
    """How the app's own files are reached: as the app itself, or as root through a `su`."""

    su: str = ""

    def command(self, *words: str) -> str:
        if self.su:
            return quoted(self.su, "-c", quoted(*words))
        return quoted("run-as", PACKAGE, *words)

    @property
    def directory(self) -> str:
        return INTERNAL if self.su else INSIDE


async def found(driver: Driver) -> Found:
    """Raises NoHandset when the app is not installed; changes nothing."""
    await _installed(driver)
    model, way = await _model(driver), await way_in(driver)
    return Found(driver.serial, model, await _external(driver), await _internal(driver, way))


async def install(driver: Driver, content: bytes) -> str:
    """Into both places, and read back; what is said about a place out of reach, or "".

    Raises NoHandset that names the step. Cancelled, each place has its old profile or the new one.
    """
    await _installed(driver)
    way = await way_in(driver)
    await _write_external(driver, content)
    if way:
        await _write_internal(driver, way, content)
    for copy in (await _external(driver), await _internal(driver, way)):
        if not copy.why and _digest(copy.content or b"") != _digest(content):
            raise NoHandset(
                f"{copy.path} on {driver.serial} does not hold what was written there; is the"
                " phone's storage full? 'clawctl profile push' tries again"
            )
    return "" if way else NO_WAY_IN


async def way_in(driver: Driver) -> Way | None:
    """None: a release build on a phone without root."""
    own = Way()
    if (await driver.run(own.command("id"))).code == 0:
        return own
    for su in SU:
        way = Way(su)
        with suppress(TooSlow):
            if "uid=0(" in (await driver.run(way.command("id"), timeout_s=SU_S)).text:
                return way
    return None


async def _model(driver: Driver) -> str:
    return words((await driver.run("getprop ro.product.device")).out)


async def _installed(driver: Driver) -> None:
    ran = await driver.run(quoted("pm", "path", PACKAGE))
    if ran.code or not ran.text.startswith("package:"):
        why = _words(ran)
        raise NoHandset(
            f"the app {PACKAGE} is not installed on {driver.serial}; install its APK and try again"
            + (f" (the phone says: {why})" if why else "")
        )


async def _external(driver: Driver) -> Copy:
    for name in (NAME, OTHER_NAME):
        path = f"{EXTERNAL}/{name}"
        try:
            return Copy("external", path, await driver.read(path))
        except NoSuch:
            continue
    return Copy("external", f"{EXTERNAL}/{NAME}")


async def _internal(driver: Driver, way: Way | None) -> Copy:
    if way is None:
        return Copy("internal", f"{INTERNAL}/{NAME}", why=NO_WAY_IN)
    for name in (NAME, OTHER_NAME):
        ran = await driver.run(way.command("cat", f"{way.directory}/{name}"))
        if ran.code == 0:
            return Copy("internal", f"{INTERNAL}/{name}", ran.out)
        if "No such file" not in _words(ran):
            raise _failed(driver, f"{INTERNAL}/{name} cannot be read", ran)
    return Copy("internal", f"{INTERNAL}/{NAME}")


async def _write_external(driver: Driver, content: bytes) -> None:
    await _done(driver, quoted("mkdir", "-p", EXTERNAL), f"{EXTERNAL} cannot be made")
    await driver.push(content, f"{EXTERNAL}/{UNDONE}")
    moved = quoted("mv", "-f", f"{EXTERNAL}/{UNDONE}", f"{EXTERNAL}/{NAME}")
    await _done(driver, moved, f"{EXTERNAL}/{NAME} cannot be replaced")
    other = f"{EXTERNAL}/{OTHER_NAME}"
    await _done(driver, quoted("rm", "-f", other), f"{other} cannot be removed")


async def _write_internal(driver: Driver, way: Way, content: bytes) -> None:
    """Through the command's standard input: no copy that holds the bearer lies anywhere else."""
    undone, name, other = (f"{way.directory}/{one}" for one in (UNDONE, NAME, OTHER_NAME))
    made = way.command("mkdir", "-p", way.directory)
    await _done(driver, made, f"{INTERNAL} cannot be made")
    written = way.command("sh", "-c", f"cat > {undone}")
    await _done(driver, written, f"{INTERNAL}/{UNDONE} cannot be written", content)
    if way.su:
        await _hand_over(driver, way, undone)
    moved = way.command("mv", "-f", undone, name)
    await _done(driver, moved, f"{INTERNAL}/{NAME} cannot be replaced")
    await _done(
        driver, way.command("rm", "-f", other), f"{INTERNAL}/{OTHER_NAME} cannot be removed"
    )


async def _hand_over(driver: Driver, way: Way, file: str) -> None:
    """What root made belongs to the app, with the app's label, or the app could not read it."""
    what = f"{INTERNAL} cannot be given to the app"
    owner = (await _done(driver, way.command("stat", "-c", "%u:%g", OWN), what)).text
    places = (f"{OWN}/files", INTERNAL, file)
    await _done(driver, way.command("chown", owner, *places), what)
    await _done(driver, way.command("chmod", "600", file), what)
    await _done(driver, way.command("restorecon", "-R", f"{OWN}/files"), what)


async def _done(driver: Driver, command: str, failure: str, stdin: bytes = b"") -> Ran:
    ran = await driver.run(command, stdin=stdin)
    if ran.code:
        raise _failed(driver, failure, ran)
    return ran


def _failed(driver: Driver, failure: str, ran: Ran) -> NoHandset:
    why = _words(ran) or f"status {ran.code}"
    return NoHandset(f"{failure} on {driver.serial}: {why}; 'clawctl doctor' looks at the phone")


def _words(ran: Ran) -> str:
    """What the phone said about a failure, in one line."""
    return words(ran.err or ran.out)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
