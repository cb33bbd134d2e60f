"""clawctl doctor: what is wrong with this machine, and the command that mends it."""

import sys

import click

from clawctl.cli.asking import Asking, asks


@click.command("doctor")
@click.option(
    "--only", multiple=True, metavar="NAME[,NAME]", help="Only these groups or single checks."
)
@click.option("--call", "calls", is_flag=True, help="Make a proof call too.")
@click.option("--fix", is_flag=True, help="Mend what can be mended safely.")
@click.option("--strict", is_flag=True, help="Warnings count as failures.")
@asks
def command(ask: Asking, only: tuple[str, ...], calls: bool, fix: bool, strict: bool) -> None:
    """Check the installation, the settings, the data, the gateway, the engines and the phone.

    A line for each check: its state (ok, warning, failed, skipped), why, and the command that
    mends it. Exit 0 unless a check failed; with --strict also warnings count. What is not
    configured is skipped, and so is what a failed check makes meaningless.

    --call plays a recorded caller through the running gateway, or one it starts itself, and
    requires the words to come back and the reply to have sound.

    --fix makes the data directory and makes settings, tokens, data and log readable by their
    owner alone. On the phone it starts the app and the root helper (not during a call), grants
    permissions, makes the app the dialer, installs the profile, forwards the port and keeps the app
    awake; it starts the adb server. It removes nothing; without it nothing is changed.

    --only phone is everything about the phone: the groups phone, app, profile, line, root, modem
    and upkeep. Where no phone is attached or named in the settings, that alone is told.

    \b
    --json prints one object, and this shape stays:
      {"ok": true, "checks": [{"group": "store", "name": "room", "state": "ok",
                               "why": "...", "mend": "", "fixed": ""}]}
    """
    import trio

    from clawctl import log
    from clawctl.cli.doctor.patient import Patient
    from clawctl.cli.doctor.rounds import examine, wanted
    from clawctl.cli.doctor.table import GROUPS
    from clawctl.cli.doctor.view import View
    from clawctl.config.schema import LogSettings
    from clawctl.errors import BadInput

    asked = [name.strip() for names in only for name in names.split(",") if name.strip()]
    try:
        names = wanted(GROUPS, asked, calls)
    except BadInput as error:
        raise click.BadParameter(str(error), param_hint="--only") from None
    # What the engines we try complain about is in the verdict.
    log.configure(LogSettings(log_level="error"))
    view = View(ask.output)

    async def rounds() -> bool:
        results = await examine(
            GROUPS, names, Patient(ask), fix=fix, begun=view.begin, told=view.tell
        )
        bad = {"failed", "warning"} if strict else {"failed"}
        good = not any(result.state in bad for result in results)
        view.conclude(results, good=good)
        return good

    if not trio.run(rounds):
        sys.exit(1)
