"""serve --detach: a gateway in the background, and back to the shell once its doors are open."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from clawctl.cli.output import Output

LOG = "serve.log"
# From the start of the process to open doors; a large database is checked after a crash.
PATIENCE_S = 60.0
LOOK_S = 0.05


def detach(path: Path | None, flags: Mapping[str, Any], *, warm: bool, output: Output) -> int:
    """Exit code of the command: that of the gateway, if it does not come up.

    Raises what a gateway in the foreground would, and TooSlow.
    """
    from clawctl.cli.serve import configured, only_one

    live, _ = configured(path, flags)
    data_dir = Path(live.now.gateway.data_dir)
    only_one(data_dir)
    for warning in live.loaded.warnings:
        output.note(warning)
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    log = data_dir / LOG
    command = [sys.executable, "-m", "clawctl.cli", "serve", *_arguments(path, flags, warm)]
    with (
        _interrupts_noted() as interrupts,
        os.fdopen(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab") as file,
    ):
        began = log.stat().st_size
        child = subprocess.Popen(  # noqa: S603 - ourselves
            command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True
        )
        code = _come_up(child, data_dir, log, began, output, interrupts)
        if code is None:
            # Who gives up waiting wants none; one left alone would be in the way of the next.
            child.terminate()
    if code is None:
        # One that does not end is waited for no longer than until the next Ctrl-C.
        child.wait()
        raise KeyboardInterrupt
    return code


@contextmanager
def _interrupts_noted() -> Iterator[list[int]]:
    """Ctrl-C is put in a list: raised, it could fall between a start and the note of who it is.

    Where it is ignored, as in the background of a script, it stays so.
    """
    interrupts = list[int]()
    before = signal.getsignal(signal.SIGINT)
    if before != signal.SIG_IGN:
        signal.signal(signal.SIGINT, lambda number, _: interrupts.append(number))
    try:
        yield interrupts
    finally:
        signal.signal(signal.SIGINT, before)


def _arguments(path: Path | None, flags: Mapping[str, Any], warm: bool) -> list[str]:
    named = {"config": path, **flags}
    given = [
        part
        for name, value in named.items()
        if value is not None
        for part in ("--" + name.replace("_", "-"), str(value))
    ]
    return [*given, "--json", *([] if warm else ["--no-warm"])]


def _come_up(
    child: subprocess.Popen[bytes],
    data_dir: Path,
    log: Path,
    began: int,
    output: Output,
    interrupts: list[int],
) -> int | None:
    """Exit code of the command; None once it is interrupted."""
    from clawctl.errors import TooSlow
    from clawctl.store.lock import holder

    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if (code := child.poll()) is not None:
            for line in _complaints(log, began):
                output.note(line)
            return code or 1
        running = holder(data_dir)
        if running and running.pid == child.pid and running.url:
            output.event(
                "detached",
                f"Gateway   {running.url} (pid {running.pid})\nPhone     {running.phone_url}\n"
                f"Log       {log}",
                pid=running.pid,
                url=running.url,
                phone_url=running.phone_url,
                log=str(log),
            )
            return 0
        if interrupts:
            return None
        time.sleep(LOOK_S)
    raise TooSlow(f"the gateway (pid {child.pid}) did not open its doors yet; see {log}")


def _complaints(log: Path, began: int) -> list[str]:
    """What it said on its way out, less what is meant for programs."""
    with log.open("rb") as file:
        file.seek(began)
        lines = file.read().decode("utf-8", "replace").splitlines()
    return [line for line in lines if line and not line.startswith("{")]
