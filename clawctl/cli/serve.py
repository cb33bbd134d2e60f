"""clawctl serve: run the gateway in the foreground; and how every command builds one."""

import os
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clawctl.cli.output import Output

if TYPE_CHECKING:
    import trio

    from clawctl.config.live import Live
    from clawctl.engines.chain import Warmed
    from clawctl.gateway import Gateway
    from clawctl.plugins import Found


@click.command("serve")
@click.option("--config", "path", type=click.Path(path_type=Path), help="Settings file.")
@click.option("--host", help="Loopback address to listen on.")
@click.option("--port", help="Port of all endpoints; 0 takes any free one.")
@click.option("--phone-port", help="Port of the phone's endpoints; 0 takes any free one.")
@click.option("--data-dir", help="Directory of calls, messages and caches.")
@click.option("--log-level", help="debug, info, warning or error.")
@click.option("--no-warm", is_flag=True, help="Open engines when they are first needed.")
@click.option("--json", "as_json", is_flag=True, help="JSON lines, on a terminal too.")
def command(path: Path | None, no_warm: bool, as_json: bool, **flags: Any) -> None:
    """Answer calls: run the gateway until it is stopped (Ctrl-C, or SIGTERM).

    Settings come from flags, GATEWAY_* variables, the settings file and defaults, in that order.
    A second Ctrl-C does not wait for calls in flight.
    """
    import trio

    from clawctl import log

    output = Output(as_json)
    live, found = configured(path, flags)
    for warning in live.loaded.warnings:
        output.note(warning)
    log.configure(live.now.log)
    trio.run(_serve, live, found, not no_warm, output)


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


@asynccontextmanager
async def private_gateway(path: Path | None) -> AsyncIterator[tuple[str, str]]:
    """A gateway for the length of a call: the phone's URL and its bearer token."""
    async with private(path) as gateway:
        yield gateway.phone_url, gateway.live.now.gateway.bearer_token


@asynccontextmanager
async def private(path: Path | None) -> AsyncIterator["Gateway"]:
    """A gateway for commands that need one when none is running.

    With the owner's settings, but on free ports, with data that is thrown away and no log file; its
    engines are warm.
    """
    from tempfile import TemporaryDirectory

    from clawctl import log
    from clawctl.gateway import open_gateway

    with TemporaryDirectory(prefix="clawctl-", ignore_cleanup_errors=True) as place:
        flags = {"port": "0", "phone_port": "0", "data_dir": place, "log_level": "error"}
        flags |= {"log_file": "", "notify_command": "[]"}
        live, found = configured(path, flags)
        log.configure(live.now.log)
        async with open_gateway(live, found) as gateway:
            await gateway.warm(lambda *_: None)
            yield gateway


async def _serve(live: "Live", found: "Found", warm: bool, output: Output) -> None:
    import trio

    from clawctl.gateway import open_gateway

    stopping = trio.Event()
    async with trio.open_nursery() as nursery:
        await nursery.start(_watch_signals, stopping)
        async with open_gateway(live, found) as gateway:
            _introduce(gateway, found, output)
            async with trio.open_nursery() as warming:
                if warm:
                    warming.start_soon(_warm, gateway, output)
                await stopping.wait()
                warming.cancel_scope.cancel()
            output.event("stopping", "Stopping: calls in flight are finished first.")
        output.event("stopped", "Stopped.")
        nursery.cancel_scope.cancel()


async def _watch_signals(stopping: "trio.Event", task_status: "trio.TaskStatus[None]") -> None:
    """The first signal stops politely, the second at once."""
    import trio

    with trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        task_status.started()
        async for number in signals:
            if stopping.is_set():
                os._exit(128 + number)
            stopping.set()


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
    def told(stage: str, warmed: "Warmed") -> None:
        ending = f"failed: {warmed.failure}" if warmed.failure else f"ready in {warmed.ms:.0f} ms"
        output.event(
            "warmed",
            f"{stage:9} {warmed.engine} {ending}",
            stage=stage,
            name=warmed.engine,
            ms=warmed.ms,
            failure=warmed.failure,
        )

    await gateway.warm(told)
    output.event("ready", "Ready for calls.")
