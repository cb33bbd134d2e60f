"""clawctl phone: the phone on its cable, or in the network."""

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from clawctl.cli.asking import Asking, asks
from clawctl.cli.handset import with_phone

if TYPE_CHECKING:
    from clawctl.lines.phone.driver import Driver

serial_option = click.option(
    "--serial", default="", help="Which phone, when several are attached; else adb_serial."
)
# How a phone is, and the exit code for it; any other state is a line that is down.
EXITS = {"ready": 0, "degraded": 1}
LINE_DOWN = 14
# Lines of what the app logged so far.
LAST, MOST = 100, 100_000

Known = dict[str, Any]


@click.group("phone")
def command() -> None:
    """See how the phone is, and bring back what a cable or a restart took from it.

    A running gateway does so by itself: it forwards its port anew whenever the phone comes back.
    'clawctl doctor --only phone' looks at everything, and 'clawctl profile' at what the app knows
    of the gateway.
    """


@command.command("status")
@click.option("--ask-phone", is_flag=True, help="Ask the phone, though a gateway runs.")
@serial_option
@asks
def status(ask: Asking, ask_phone: bool, serial: str) -> int:
    """Tell how the phone is: what the running gateway knows of it, else what it says itself.

    Exit 0 if it is ready, 1 if calls will not work as they should, 14 if there is none.
    """
    known = None if ask_phone or serial else _known_to_gateway(ask)
    if known is None:
        known = with_phone(ask, _asked, serial=serial)
        _mind_gateway(ask)
    if ask.output.as_json:
        ask.output.data(known)
    else:
        for line, style in told(known):
            ask.output.line(line, style)
    return EXITS.get(known["state"], LINE_DOWN)


def _known_to_gateway(ask: Asking) -> Known | None:
    """None: no gateway runs here, and nobody said where one does."""
    from clawctl.errors import Unreachable

    try:
        view: Known = ask.gateway.get("/api/status")["phone"]
    except Unreachable:
        if ask.named:
            raise
        return None
    return {"source": "gateway", **view}


def _mind_gateway(ask: Asking) -> None:
    """A phone that is well answers no calls by itself."""
    from clawctl.store.lock import holder

    if not ask.named and holder(ask.address.data_dir) is None:
        ask.output.note("No gateway runs here, so its calls ring unanswered: clawctl serve")


async def _asked(driver: "Driver") -> Known:
    from clawctl.lines.phone.facts import amiss, facts

    known = await facts(driver)
    reason = amiss(known)
    return {
        "source": "phone",
        "state": "degraded" if reason else "ready",
        **known,
        "reason": reason,
    }


def told(known: Known) -> Iterator[tuple[str, str]]:
    """Lines for people, and how each is styled."""
    from clawctl.cli.terminal import harmless

    whose = "known to the gateway" if known["source"] == "gateway" else "by its own words"
    named = " ".join(filter(None, (known.get("model"), known.get("serial"))))
    style = "good" if known["state"] == "ready" else "bad"
    yield f"Phone     {known['state']}, {whose}{harmless(named) and f': {harmless(named)}'}", style
    if reason := harmless(known.get("reason", "")):
        yield f"          {reason}", ""
    if known["state"] in EXITS:
        yield f"Call      {harmless(_call(known.get('call')))}", "loud" if known.get("call") else ""
    if known["source"] == "phone":
        for name, about in _own_words(known):
            yield f"{name:9} {harmless(about)}", ""


def _call(call: Known | None) -> str:
    from clawctl.cli.terminal import local

    if not call:
        return "none"
    since = f"since {local(call['since'])}" if call.get("since") else ""
    words = (call["state"], call.get("direction"), call.get("number"), since)
    return " ".join(filter(None, words))


def _own_words(known: Known) -> Iterator[tuple[str, str]]:
    battery = known["battery"]
    yield "Android", f"{known['android'] or 'untold'} on {known['device'] or 'untold'}"
    if battery:
        charging = "charging" if battery["charging"] else "not charging"
        yield "Battery", f"{battery['percent']} %, {charging}"
    yield "App", "installed" if known["app"] else "missing"
    yield "Dialer", known["dialer"] or "untold"
    ways = [f"its port {one['phone_port']} to ours {one['host_port']}" for one in known["reverse"]]
    yield "Reverse", ", ".join(ways) or "nothing is forwarded"


@command.command("connect")
@click.argument("address", metavar="[HOST:PORT]", required=False)
@asks
def connect(ask: Asking, address: str | None) -> None:
    """Connect to the phone at HOST:PORT in the network, else to the one in the settings, or on USB.

    A phone that does not know this computer asks its user first. Nothing is kept: adb_address is
    where the gateway looks for its phone.
    """
    where = _checked(address)
    serial, model = with_phone(ask, _named, address=where)
    about = f"Connected to {model or 'a phone'} ({serial})."
    ask.output.event("connected", about, serial=serial, model=model)
    if where and where != _configured(ask):
        ask.output.note(f"For the gateway to use it: clawctl config set adb_address {where}")


async def _named(driver: "Driver") -> tuple[str, str]:
    from clawctl.lines.phone.driver import words

    return driver.serial, words((await driver.run("getprop ro.product.model")).out)


def _checked(address: str | None) -> str:
    """With its port; raises BadInput for what is none."""
    from clawctl.errors import BadInput, NoHandset
    from clawctl.lines.phone.adb_direct import DEFAULT_PORT, address_of

    if address is None:
        return ""
    plain = address.isascii() and address.isprintable() and " " not in address
    whole = address if ":" in address else f"{address}:{DEFAULT_PORT}"
    with suppress(NoHandset):
        if plain and address_of(whole):
            return whole
    raise BadInput(f"a phone's address is host:port, as in 192.168.1.20:{DEFAULT_PORT}")


def _configured(ask: Asking) -> str:
    from clawctl.cli.config import settings

    address = settings(ask).settings.phone.adb_address
    return _checked(address) if address else ""


@command.command("reverse")
@serial_option
@asks
def reverse(ask: Asking, serial: str) -> None:
    """Forward the phone's port to the gateway by hand, and say where it led before.

    The port is the one in the phone's profile, 8996 without one. Through an adb server it stays
    until the cable is pulled; without a server it is the running gateway's to hold.
    """
    from clawctl.errors import Conflict

    host_port = _phone_door(ask)

    async def forward(driver: "Driver") -> tuple[int, int | None]:
        if _own_connection(driver):
            raise Conflict(
                "without an adb server a forwarded port lasts as long as the connection that asked"
                " for it, which is the gateway's: 'clawctl serve' forwards it by itself"
            )
        return await _forwarded(driver, host_port)

    phone_port, before = with_phone(ask, forward, serial=serial)
    was = "nothing" if before is None else f"our port {before}"
    about = f"The phone's port {phone_port} leads to our port {host_port}; before, to {was}."
    facts = {"phone_port": phone_port, "host_port": host_port, "before": before}
    ask.output.event("forwarded", about, **facts)


def _phone_door(ask: Asking) -> int:
    """The port of the phone's own door: the running gateway's, else the one in the settings."""
    from urllib.parse import urlsplit

    from clawctl.cli.config import settings
    from clawctl.errors import Unreachable
    from clawctl.store.lock import holder

    gateway = settings(ask).settings.gateway
    running = holder(ask.address.data_dir)
    port = (urlsplit(running.phone_url).port if running else None) or gateway.phone_port
    if not port:
        raise Unreachable("phone_port is 0, any free one, and no gateway runs that has taken one")
    return port


def _own_connection(driver: "Driver") -> bool:
    from clawctl.lines.phone.adb_direct import DirectPhone

    return isinstance(driver, DirectPhone)


async def _forwarded(driver: "Driver", host_port: int) -> tuple[int, int | None]:
    """The phone's port, and where it led before."""
    phone_port = await _port_on_phone(driver)
    before = dict(await driver.reverses()).get(phone_port)
    await driver.reverse(phone_port, host_port)
    return phone_port, before


async def _port_on_phone(driver: "Driver") -> int:
    """Where the app looks for us on its own loopback. A phone without app or profile has the port
    that they will have."""
    from clawctl.errors import NoHandset
    from clawctl.lines.phone.profile import PORT_ON_PHONE, port_of
    from clawctl.lines.phone.profile_check import usable
    from clawctl.lines.phone.profile_install import found

    try:
        there = await found(driver)
    except NoHandset:
        return PORT_ON_PHONE
    # Whoever answers calls reads the internal one alone.
    profiles = filter(None, map(usable, (there.internal, there.external)))
    return next(filter(None, map(port_of, profiles)), None) or PORT_ON_PHONE


@command.command("logs")
@click.option("-f", "--follow", is_flag=True, help="Go on with what it logs, until Ctrl-C.")
@click.option(
    "--last", type=click.IntRange(0, MOST), metavar="N", default=LAST, show_default=True,
    help="Begin N lines ago.",
)  # fmt: skip
@serial_option
@asks
def logs(ask: Asking, follow: bool, last: int, serial: str) -> None:
    """Show what the app logged on the phone: commands, calls, and what it heard and said in them.

    These are personal data, numbers and words of callers as the phone has them: think before you
    send them to anybody. Times are the phone's.
    """
    import trio

    from clawctl.cli.phone_log import follow as followed
    from clawctl.cli.phone_log import logged, show
    from clawctl.cli.streams import while_read

    async def read(driver: "Driver") -> None:
        past = await logged(driver)
        for line in past[-last:] if last else []:
            show(ask.output, line)
        if follow:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(while_read)
                await followed(driver, past, lambda line: show(ask.output, line))

    with_phone(ask, read, serial=serial)
