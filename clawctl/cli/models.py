"""clawctl models: which there are, fetching them, and where they lie."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clawctl.cli.output import Output

if TYPE_CHECKING:
    from clawctl.cli.hub.listing import Listing
    from clawctl.cli.hub.shelf import Shelved

AS_JSON = click.option("--json", "as_json", is_flag=True, help="JSON, on a terminal too.")
SETTINGS = click.option("--config", "path", type=click.Path(path_type=Path), help="Settings file.")


@click.group("models")
def command() -> None:
    """List models, fetch them, and tell where they lie.

    A model is named as at the hub (mlx-community/Qwen2.5-1.5B-Instruct-4bit), a Piper voice by its
    own name (de_DE-thorsten-high). They are kept in HF_HOME where that is set, else in .models of
    the working place where there is one, else where all programs of the hub keep theirs. The
    gateway fetches nothing by itself.
    """


@command.command("list")
@SETTINGS
@AS_JSON
def list_models(path: Path | None, as_json: bool) -> None:
    """List the models that the engines want and those that are here; as JSON one object a line."""
    from clawctl.cli.hub.progress import readable
    from clawctl.cli.hub.shelf import shelved
    from clawctl.config.load import load
    from clawctl.plugins import find, sections

    output, plugins = Output(as_json), find()
    found = shelved(plugins, load(path, plugins=sections(plugins)).settings)
    for one in found if output.as_json else ():
        output.data(_told(one))
    rows = [
        (one.model, one.state, readable(one.size) if one.size else "", ", ".join(one.wanted_by))
        for one in found
    ]
    output.rows([] if output.as_json else rows, ("MODEL", "STATE", "SIZE", "WANTED BY"))
    if not found:
        output.note("No model is wanted by the engines that are installed, and none is here.")
    for one in found:
        if one.wanted_by and not one.place:
            output.note(f"Fetch it with: clawctl models pull {one.model}")


@command.command("pull")
@click.argument("models", metavar="MODEL...", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Do not ask, however large it is.")
@AS_JSON
def pull(models: tuple[str, ...], yes: bool, as_json: bool) -> None:
    """Fetch MODELs from the hub; what was fetched in part is gone on with.

    The size is told first, and on a terminal asked about. HF_TOKEN opens models that are not
    everybody's, HF_ENDPOINT names another hub, HF_HUB_OFFLINE forbids it.
    """
    output = Output(as_json)
    for model in dict.fromkeys(models):
        try:
            _pull(model, output, yes=yes)
        except KeyboardInterrupt:
            output.progress("")
            output.note(f"What was fetched is kept; go on with: clawctl models pull {model}")
            raise
        finally:
            output.progress("")


@command.command("path")
@click.argument("model")
@AS_JSON
def path_of(model: str, as_json: bool) -> None:
    """Print where MODEL lies; exit 5 if it is not there, or not all of it."""
    from clawctl.engines.models import where, why_not
    from clawctl.errors import NoSuch

    if (place := where(model)) is None:
        raise NoSuch(why_not(model))
    output = Output(as_json)
    if as_json:
        output.data({"model": model, "path": str(place)})
    else:
        output.text(f"{place}\n")


def _told(one: "Shelved") -> dict[str, Any]:
    return {
        "model": one.model,
        "state": one.state,
        "bytes": one.size,
        "path": str(one.place or ""),
        "wanted_by": list(one.wanted_by),
    }


def _pull(model: str, output: Output, *, yes: bool) -> None:
    from clawctl.cli.hub.fetching import check_room, fetch, present
    from clawctl.cli.hub.listing import listed
    from clawctl.cli.hub.progress import Progress
    from clawctl.engines.models import caches, where
    from clawctl.errors import NotFetched

    output.progress(f"Asking the hub for {model} …")
    listing, cache = listed(model), caches()[0]
    output.progress("")
    here = present(listing, cache)
    if here < listing.size:
        check_room(listing, cache)
        _tell_size(listing, here, cache, output)
        _consent(yes=yes)
    progress = Progress(output, listing.size)
    fetch(listing, cache, progress.told)
    output.progress("")
    if (place := where(listing.model)) is None:
        raise NotFetched(f"{listing.model} was fetched, and is no model that an engine could load")
    output.event(
        "pulled", f"{listing.model}: {place}", model=listing.model, bytes=listing.size,
        path=str(place),
    )  # fmt: skip


def _tell_size(listing: "Listing", here: int, cache: Path, output: Output) -> None:
    from clawctl.cli.hub.progress import readable

    more = f", {readable(here)} of it here" if here else ""
    output.event(
        "size",
        f"{listing.model}: {readable(listing.size)}{more}; to {cache}",
        model=listing.model, bytes=listing.size, here=here, files=len(listing.files),
    )  # fmt: skip


def _consent(*, yes: bool) -> None:
    if not yes and sys.stdin.isatty() and sys.stderr.isatty():
        click.confirm("Fetch it?", default=True, abort=True, err=True)
