"""clawctl profile: what the app on the phone is told about the gateway and its own model."""

import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from clawctl.cli.asking import Asking, asks
from clawctl.cli.complete import phone_models
from clawctl.cli.handset import with_phone

if TYPE_CHECKING:
    from clawctl.lines.phone.driver import Driver
    from clawctl.lines.phone.profile import Judged, Profile
    from clawctl.lines.phone.profile_install import Copy, Found

F = TypeVar("F", bound=Callable[..., Any])

GIVEN = click.Path(path_type=Path, allow_dash=True)
PLACES = ("external", "internal")


def _on_a_phone(command: F) -> F:
    about = "Which phone, when several are attached; else adb_serial."
    return click.option("--serial", default="", help=about)(command)


def _into_a_file(command: F) -> F:
    command = click.option("--force", is_flag=True, help="Write over a file that is there.")(
        command
    )
    return click.option(
        "-o", "--output", "target", type=click.Path(dir_okay=False, path_type=Path),
        help="File to write; else standard output.",
    )(command)  # fmt: skip


@click.group("profile")
def command() -> None:
    """Install, read and check the profile of the app on the phone.

    A profile says where the phone reaches the gateway, the bearer it shows there, and how its model
    records and plays. The app reads it anew at every call, in two places, and says nothing when it
    does not like it.
    """


@command.command("push")
@click.argument("file", metavar="[FILE|-]", type=GIVEN, required=False)
@_on_a_phone
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@asks
def push(ask: Asking, file: Path | None, serial: str, dry_run: bool) -> int:
    """Install a profile in both places the app reads, and read it back.

    Address and bearer are filled in from the gateway's settings. Without FILE it is the profile
    that is on the phone already, which may have been tuned; a phone that has none gets the one
    shipped for its model. Exit 1 when a place of the app is out of reach.
    """
    given = _read(file) if file else None

    async def work(driver: "Driver") -> int:
        return await _push(ask, driver, given, str(file or ""), dry_run)

    return with_phone(ask, work, serial=serial)


async def _push(
    ask: Asking, driver: "Driver", given: "Profile | None", named: str, dry_run: bool
) -> int:
    from clawctl.lines.phone.profile import completed, judge, text
    from clawctl.lines.phone.profile_check import kept
    from clawctl.lines.phone.profile_install import found, install

    seen = await found(driver)
    bearer = _bearer(ask, make=not dry_run)
    profile, source = (given, named) if given is not None else kept(seen, bearer)
    complete = completed(profile, bearer)
    _warn(ask, judge(complete))
    facts = {
        "serial": seen.serial,
        "model": seen.model,
        "profile_id": str(complete.get("profile_id", "")),
        "source": source,
        "places": {one.place: one.path for one in seen.copies},
    }
    if seen.holds(content := text(complete)):
        if not dry_run:
            await _keep_boot(ask, driver)
        ask.output.event("unchanged", f"{seen.serial} has it already: {source}", **facts)
        return 0
    if dry_run:
        _foretell(ask, seen, facts)
        return 0
    missed = await install(driver, content)
    await _keep_boot(ask, driver)
    ask.output.event(
        "pushed", f"Installed on {seen.serial} and read back: {source}", **facts, missed=missed
    )
    ask.output.note(missed or "It counts from the next call on.")
    return 1 if missed else 0


async def _keep_boot(ask: Asking, driver: "Driver") -> None:
    """For 'clawctl doctor', who tells a phone that was restarted since it was set up."""
    from clawctl.errors import ClawError
    from clawctl.lines.phone import boots
    from clawctl.lines.phone.driver import words

    boot = words((await driver.run(boots.TELL)).out)
    with suppress(ClawError):  # the profile is there all the same
        boots.remember(ask.address.data_dir, driver.serial, boot)


def _foretell(ask: Asking, seen: "Found", facts: dict[str, Any]) -> None:
    steps = [f"{_state(one)}: {one.path}" for one in seen.copies]
    about = "\n".join((f"Would install on {seen.serial}: {facts['source']}", *steps))
    ask.output.event("would_push", about, **facts, steps=steps)


def _state(copy: "Copy") -> str:
    if copy.why:
        return "out of reach"
    return "make" if copy.content is None else "replace"


@command.command("pull")
@click.option(
    "--from", "place", type=click.Choice(PLACES),
    help="Which of the two; else what a call would use.",
)  # fmt: skip
@_into_a_file
@_on_a_phone
@asks
def pull(ask: Asking, place: str | None, target: Path | None, force: bool, serial: str) -> None:
    """Keep the phone's profile, without what belongs to the gateway: address and bearer.

    'clawctl profile push' fills those in again.
    """
    from clawctl.cli.export import may_replace
    from clawctl.lines.phone.profile import without_gateway
    from clawctl.lines.phone.profile_install import found

    if target:
        may_replace(target, force)
    seen = with_phone(ask, found, serial=serial)
    _deliver(ask, without_gateway(_pulled(seen, place)), target)


def _pulled(seen: "Found", place: str | None) -> "Profile":
    from clawctl.errors import BadInput, NoHandset, NoSuch
    from clawctl.lines.phone.profile import parse

    wanted = [one for one in seen.copies if place in {None, one.place}]
    for one in wanted:
        if one.content is not None:
            try:
                return parse(one.content)
            except BadInput as error:
                raise NoHandset(
                    f"{one.path} on {seen.serial}: {error}; 'clawctl profile push FILE' replaces it"
                ) from None
    why = next((one.why for one in wanted if one.why), "'clawctl profile push' installs one")
    raise NoSuch(f"there is no profile on {seen.serial}: {why}")


@command.command("show")
@_on_a_phone
@asks
def show(ask: Asking, serial: str) -> int:
    """Show the phone's profile, and whether it fits the gateway; of the bearer only whether it is
    the gateway's. Exit 1 when something is wrong with it."""
    from clawctl.lines.phone.profile import Judged, judge
    from clawctl.lines.phone.profile_check import faults, usable
    from clawctl.lines.phone.profile_install import found

    seen = with_phone(ask, found, serial=serial)
    wrong = faults(seen, _bearer(ask))
    profile = next((one for one in map(usable, seen.copies) if one is not None), {})
    judged = judge(profile) if profile else Judged()
    places: dict[str, Any] = {one.place: _about(one, _bearer(ask)) for one in seen.copies}
    if ask.output.as_json:
        head = {"serial": seen.serial, "model": seen.model, "ok": not wrong}
        lists = {"faults": wrong, "warnings": judged.warnings, "notes": judged.notes}
        ask.output.data(head | lists | {"places": places})
    else:
        _show(ask, seen, profile, places)
        _tell(ask, wrong, judged)
    return 1 if wrong else 0


def _about(copy: "Copy", bearer: str) -> dict[str, Any]:
    from clawctl.lines.phone.profile import at, hidden
    from clawctl.lines.phone.profile_check import usable

    profile = usable(copy)
    if profile is None:
        state = "out of reach" if copy.why else "missing" if copy.content is None else "broken"
        return {"path": copy.path, "state": state, "bearer": "missing", "profile": {}}
    held = at(profile, "gateway.bearer")
    same = "missing" if not held else "equal" if held == bearer else "different"
    return {"path": copy.path, "state": "there", "bearer": same, "profile": hidden(profile)}


def _show(ask: Asking, seen: "Found", profile: "Profile", places: dict[str, Any]) -> None:
    from clawctl.lines.phone.profile import hidden, text

    ask.output.line(f"{seen.serial} ({seen.model})", "loud")
    rows = [(name, one["state"], one["bearer"], one["path"]) for name, one in places.items()]
    ask.output.rows(rows, ("PLACE", "STATE", "BEARER", "PATH"))
    if profile:
        ask.output.text(text(hidden(profile)).decode())


@command.command("validate")
@click.argument("file", metavar="FILE|-", type=GIVEN)
@asks
def validate(ask: Asking, file: Path) -> int:
    """Say what the app would make of a profile: what it refuses, and what it passes over.

    Address and bearer may be missing; push fills them in. Exit 2 when the app could not use it.
    """
    from clawctl.errors import BadInput
    from clawctl.lines.phone.profile import Judged, judge, parse

    try:
        judged = judge(parse(_bytes(file)), complete=False)
    except BadInput as error:
        judged = Judged((str(error),))
    ok, path = not judged.faults, str(file)
    if ask.output.as_json:
        lists = {"faults": judged.faults, "warnings": judged.warnings, "notes": judged.notes}
        ask.output.data({"ok": ok, "path": path, **lists})
    else:
        _tell(ask, judged.faults, judged)
        ask.output.line(f"{path}: {'the app takes it' if ok else 'the app cannot use it'}")
    return 0 if ok else 2


@command.command("init")
@click.argument("model", required=False, shell_complete=phone_models)
@_into_a_file
@_on_a_phone
@asks
def init(ask: Asking, model: str | None, target: Path | None, force: bool, serial: str) -> None:
    """Write the profile shipped for MODEL (blazer, lynx), or for the phone that is connected.

    Address and bearer are not in it; push fills them in.
    """
    from clawctl.cli.export import may_replace
    from clawctl.lines.phone.driver import words
    from clawctl.lines.phone.profile import judge, shipped

    async def asked(driver: "Driver") -> str:
        return words((await driver.run("getprop ro.product.device")).out)

    if target:
        may_replace(target, force)
    profile = shipped(with_phone(ask, asked, serial=serial) if model is None else model)
    _deliver(ask, profile, target)
    for note in judge(profile, complete=False).notes:
        ask.output.note(note)


def _deliver(ask: Asking, profile: "Profile", target: Path | None) -> None:
    from clawctl.cli.export import write
    from clawctl.lines.phone.profile import text

    if target is None:
        ask.output.text(text(profile).decode())
        return
    count = write(target, [text(profile)])
    ask.output.note(f"Wrote {count} bytes to {target}.")


def _tell(ask: Asking, faults: Sequence[str], judged: "Judged") -> None:
    kinds = (
        ("bad", "fault", faults),
        ("", "warning", judged.warnings),
        ("dim", "note", judged.notes),
    )
    for style, kind, said in kinds:
        for one in said:
            ask.output.line(f"{kind:8} {one}", style)


def _warn(ask: Asking, judged: "Judged") -> None:
    for warning in judged.warnings:
        ask.output.note(f"Warning: {warning}")
    for note in judged.notes:
        ask.output.note(note)


def _read(file: Path) -> "Profile":
    """Raises BadInput that names the file."""
    from clawctl.errors import BadInput
    from clawctl.lines.phone.profile import FOREIGN, parse, recognised

    try:
        profile = parse(_bytes(file))
    except BadInput as error:
        raise BadInput(f"{file}: {error}") from None
    if not recognised(profile):
        raise BadInput(f"{file}: {FOREIGN}")
    return profile


def _bytes(file: Path) -> bytes:
    """No more than it takes to see that it is too much."""
    from clawctl.lines.phone.profile import MOST_BYTES

    if str(file) == "-":
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    with file.open("rb") as opened:
        return opened.read(MOST_BYTES + 1)


def _bearer(ask: Asking, make: bool = False) -> str:
    """The gateway's; one that was never started has none until it is made here."""
    from clawctl.config.tokens import kept_token

    held = ask.address.bearer_token
    return kept_token(ask.address.data_dir) if make and not held else held
