"""clawctl serve: run the gateway in the foreground; and how every command builds one."""

import gc
import os
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clawctl.cli.output import Output

if TYPE_CHECKING:
    import trio

    from clawctl.config.live import Live
    from clawctl.engines.chain import Warmed
    from clawctl.engines.round_trip import RoundTrip
    from clawctl.gateway import Engines, Gateway
    from clawctl.plugins import Found

# Two doors, the store, engines and their workers.
FILES = 4096


@click.command("serve")
@click.option("--config", "path", type=click.Path(path_type=Path), help="Settings file.")
@click.option("--host", help="Loopback address to listen on.")
@click.option("--port", help="Port of all endpoints; 0 takes any free one.")
@click.option("--phone-port", help="Port of the phone's endpoints; 0 takes any free one.")
@click.option("--data-dir", help="Directory of calls, messages and caches.")
@click.option("--log-level", help="debug, info, warning or error.")
@click.option("--no-warm", is_flag=True, help="Open engines when they are first needed.")
@click.option("--detach", is_flag=True, help="Run in the background; return when it listens.")
@click.option("--json", "as_json", is_flag=True, help="JSON lines, on a terminal too.")
def command(
    path: Path | None, no_warm: bool, detach: bool, as_json: bool, **flags: Any
) -> int | None:
    """Answer calls: run the gateway until it is stopped (Ctrl-C, SIGTERM or 'clawctl stop').

    Settings come from flags, GATEWAY_* variables, the settings file and defaults, in that order.
    A second Ctrl-C does not wait for calls in flight. SIGHUP reads the settings file again and
    opens log_file anew.
    """
    if detach:
        from clawctl.cli.detach import detach as run_detached

        return run_detached(path, flags, warm=not no_warm, output=Output(as_json))
    import trio

    from clawctl import log

    output = Output(as_json)
    live, found = configured(path, flags)
    only_one(Path(live.now.gateway.data_dir))
    for warning in live.loaded.warnings:
        output.note(warning)
    log.configure(live.now.log)
    _allow_files()
    trio.run(_serve, live, found, not no_warm, output)
    return None


def _allow_files() -> None:
    """As many as the system lets us have, up to what two full doors and the store need."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < FILES:
        wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def configured(path: Path | None, flags: Mapping[str, Any]) -> tuple["Live", "Found"]:
    """The settings in force and the plugins there are; makes the data directory and the token.

    Raises BadSettings naming every fault, or CannotStart.
    """
    from clawctl.config.live import Live
    from clawctl.config.load import load
    from clawctl.config.tokens import kept_token
    from clawctl.plugins import find, sections

    found = find()
    loaded = load(path, flags=flags, plugins=sections(found))
    gateway = loaded.settings.gateway
    token = "" if gateway.bearer_token else kept_token(Path(gateway.data_dir))
    return Live(loaded, generated_token=token), found


def only_one(data_dir: Path) -> None:
    """Raises Conflict, telling which, if a gateway runs on these data."""
    from clawctl.errors import Conflict
    from clawctl.store.lock import holder

    if running := holder(data_dir):
        raise Conflict(
            f"a gateway (pid {running.pid}) runs on {data_dir} already, at {running.url}; stop it"
            " with 'clawctl stop', or give this one a data_dir of its own"
        )


@asynccontextmanager
async def private_gateway(
    path: Path | None, engines: "Engines | None" = None
) -> AsyncIterator[tuple[str, str]]:
    """A gateway for the length of a call: the phone's URL and its bearer token."""
    async with private(path, engines) as gateway:
        yield gateway.phone_url, gateway.live.now.gateway.bearer_token


@asynccontextmanager
async def private(path: Path | None, engines: "Engines | None" = None) -> AsyncIterator["Gateway"]:
    """A gateway for commands that need one when none is running.

    With the owner's settings, but on free ports, with data that is thrown away, no log file and no
    phone over ADB, which belongs to the running one; its engines are warm, as `engines` must be.
    """
    from tempfile import TemporaryDirectory

    from clawctl import log
    from clawctl.gateway import open_gateway

    with TemporaryDirectory(prefix="clawctl-", ignore_cleanup_errors=True) as place:
        flags = {"port": "0", "phone_port": "0", "data_dir": place, "log_level": "error"}
        flags |= {"log_file": "", "notify_command": "[]", "adb_driver": "off"}
        live, found = configured(path, flags)
        log.configure(live.now.log)
        async with open_gateway(live, found, lent=engines) as gateway:
            if engines is None:
                await gateway.warm(lambda *_: None)
            yield gateway


async def _serve(live: "Live", found: "Found", warm: bool, output: Output) -> None:
    import trio

    from clawctl.gateway import open_gateway

    stopping, hung_up = trio.Event(), trio.open_memory_channel[None](1)
    async with trio.open_nursery() as nursery:
        await nursery.start(_watch_signals, stopping, hung_up[0])
        async with open_gateway(live, found) as gateway:
            nursery.start_soon(_read_again, hung_up[1], gateway, output)
            _introduce(gateway, found, output)
            async with trio.open_nursery() as warming:
                if warm:
                    warming.start_soon(_warm, gateway, output)
                else:
                    _spare_the_collector()
                await stopping.wait()
                warming.cancel_scope.cancel()
            output.event("stopping", "Stopping: calls in flight are finished first.")
        output.event("stopped", "Stopped.")
        nursery.cancel_scope.cancel()


async def _watch_signals(
    stopping: "trio.Event",
    hung_up: "trio.MemorySendChannel[None]",
    task_status: "trio.TaskStatus[None]",
) -> None:
    """The first signal stops politely, the second at once.

    A SIGHUP is a request to read the settings again, but from a terminal that is gone, a stop.
    """
    import trio

    at_terminal = os.isatty(1)
    with trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM, signal.SIGHUP) as signals:
        task_status.started()
        async for number in signals:
            if number == signal.SIGHUP and not at_terminal:
                with suppress(trio.WouldBlock):
                    hung_up.send_nowait(None)
                continue
            if stopping.is_set():
                os._exit(128 + number)
            stopping.set()


async def _read_again(
    hung_up: "trio.MemoryReceiveChannel[None]", gateway: "Gateway", output: Output
) -> None:
    """Settings that cannot be used are told of, and those in force stay."""
    from clawctl import log
    from clawctl.errors import ClawError
    from clawctl.web.settings import reread

    async for _ in hung_up:
        try:
            log.configure(gateway.live.now.log)
            changed = sorted(reread(gateway.live, gateway.bus))
        except ClawError as error:
            output.event("not_reloaded", f"Settings stay as they are: {error}", why=str(error))
        else:
            told = ", ".join(changed) or "nothing"
            output.event("reloaded", f"Settings read again; changed: {told}", changed=changed)


def _introduce(gateway: "Gateway", found: "Found", output: Output) -> None:
    """Where it listens, and who will hear, think and speak, and why."""
    output.event(
        "listening",
        f"Gateway   {gateway.url}\nPhone     {gateway.phone_url}",
        url=gateway.url,
        phone_url=gateway.phone_url,
        resumed=gateway.resumed,
    )
    if gateway.resumed:
        output.event(
            "resumed", f"Live calls taken up again: {gateway.resumed}", calls=gateway.resumed
        )
    for stage, chain in gateway.engines.by_stage().items():
        for state in chain.states():
            if state.chosen or state.state == "absent":
                output.event(
                    "engine",
                    f"{stage:9} {state.name}: {state.why}",
                    stage=stage,
                    name=state.name,
                    chosen=state.chosen,
                    why=state.why,
                )
    for name, why in found.broken.items():
        output.event("plugin_broken", f"plugin    {name} is left out: {why}", name=name, why=why)


async def _warm(gateway: "Gateway", output: Output) -> None:
    """Told as it goes; on a terminal with the seconds that pass."""
    import trio

    from clawctl.cli.warmed import tell

    def told(stage: str, came: "Warmed | RoundTrip") -> None:
        output.progress("")
        tell(output, stage, came)

    async with trio.open_nursery() as ticking:
        ticking.start_soon(_tick, output)
        await gateway.warm(told)
        ticking.cancel_scope.cancel()
    _spare_the_collector()
    output.event("ready", "Ready for calls.")


def _spare_the_collector() -> None:
    """What is here by now stays. Every time the garbage collector looked through all of it, calls
    would wait for some 60 ms."""
    gc.collect()
    gc.freeze()


async def _tick(output: Output) -> None:
    import trio

    began = trio.current_time()
    try:
        while True:
            await trio.sleep(1)
            # The cursor goes back, so that a line of the log takes its place.
            output.progress(f"Warming up … {trio.current_time() - began:.0f} s\r")
    finally:
        output.progress("")
