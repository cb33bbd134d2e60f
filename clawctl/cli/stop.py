"""clawctl stop: end the gateway that runs on these data."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

import click

from clawctl.cli.output import Output

LOOK_S = 0.05
# On top of `graceful_timeout`: engines and the store are closed after the calls.
CLOSING_S = 20.0
# For a gateway that was told to end at once.
AT_ONCE_S = 3.0


@click.command("stop")
@click.option("--config", "path", type=click.Path(path_type=Path), help="Settings file.")
@click.option("--data-dir", help="Where the gateway keeps its data, if a flag told it so.")
@click.option("--now", is_flag=True, help="Do not wait for calls in flight.")
@click.option("--timeout", type=click.FloatRange(0), help="Seconds to wait for its end.")
@click.option("--json", "as_json", is_flag=True, help="JSON, on a terminal too.")
def command(
    path: Path | None, data_dir: str | None, now: bool, timeout: float | None, as_json: bool
) -> None:
    """Stop the running gateway; calls in flight are finished within graceful_timeout.

    Returns when it has ended. Exit 3 if none runs, 7 if it takes too long.
    """
    from clawctl.config.load import load
    from clawctl.errors import Unreachable
    from clawctl.plugins import find, sections
    from clawctl.store.lock import holder

    output = Output(as_json)
    gateway = load(path, flags={"data_dir": data_dir}, plugins=sections(find())).settings.gateway
    place = Path(gateway.data_dir)
    running = holder(place)
    if running is None:
        raise Unreachable(f"no gateway runs on {place}")
    _signal(running.pid, signal.SIGTERM)
    patience_s = gateway.graceful_timeout + CLOSING_S if timeout is None else timeout
    if now:
        _end_at_once(place, running.pid)
    elif not _ended(place, running.pid, patience_s):
        _too_slow(running.pid, patience_s)
    output.event("stopped", f"Stopped the gateway (pid {running.pid}).", pid=running.pid)


def _signal(pid: int, number: signal.Signals) -> None:
    """The process holds the lock on the data, so it is the gateway and no later namesake."""
    from clawctl.errors import Forbidden

    with suppress(ProcessLookupError):
        try:
            os.kill(pid, number)
        except PermissionError:
            raise Forbidden(
                f"the gateway (pid {pid}) belongs to another user; stop it as that user"
            ) from None


def _end_at_once(place: Path, pid: int) -> None:
    """A second signal is not polite; a process that takes none is killed: the store bears that."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if _runs(place, pid):
            _signal(pid, number)
        if _ended(place, pid, AT_ONCE_S):
            return
    _too_slow(pid, 2 * AT_ONCE_S)


def _ended(place: Path, pid: int, within_s: float) -> bool:
    until = time.monotonic() + within_s
    while _runs(place, pid):
        if time.monotonic() >= until:
            return False
        time.sleep(LOOK_S)
    return True


def _runs(place: Path, pid: int) -> bool:
    from clawctl.store.lock import holder

    running = holder(place)
    return running is not None and running.pid == pid


def _too_slow(pid: int, waited_s: float) -> None:
    from clawctl.errors import TooSlow

    raise TooSlow(
        f"the gateway (pid {pid}) has not ended within {waited_s:g} s; wait on, or use --now"
    )
